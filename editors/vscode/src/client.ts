// The client of the language server, in a bundle of its own: it is loaded when the extension is active already.
import type * as vscode from 'vscode';
import { LanguageClient, RevealOutputChannelOn, State, type StaticFeature } from 'vscode-languageclient/node';
import { Progresses } from './progress';
import type { Proposal, RunChanged } from './protocol';
import { shared } from './settings';

/** What the server tells, and what it asks. */
export interface Listener {
  log: vscode.LogOutputChannel;
  run: (run: RunChanged) => void;
  propose: (proposal: Proposal) => Promise<{ accepted: boolean }>;
  /** Whether the server runs; a client that crashed is started again by itself. */
  running: (running: boolean) => void;
}

/** A server at work. */
export interface Connection {
  version: string;
  execute: <T>(command: string, argument?: object) => Promise<T>;
  stop: () => Promise<void>;
}

/** Tells the server that runs are followed and that differences are shown. */
const announced: StaticFeature = {
  getState: () => ({ kind: 'static' }),
  fillClientCapabilities: (capabilities) => {
    const others = capabilities.experimental as object | undefined;
    capabilities.experimental = { ...others, groundplan: { runs: true, proposals: true } };
  },
  initialize: () => undefined,
  clear: () => undefined,
};

/** Starts a server and waits until it answers. */
export async function connect(command: string, env: Record<string, string>, listener: Listener): Promise<Connection> {
  const progresses = new Progresses();
  const client: LanguageClient = new LanguageClient(
    'groundplan',
    'groundplan',
    { command, args: ['lsp'], options: { env: { ...process.env, ...env } } },
    {
      documentSelector: [
        { language: 'markdown', scheme: 'file' },
        { language: 'markdown', scheme: 'untitled' },
      ],
      outputChannel: listener.log,
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      initializationOptions: shared,
      middleware: {
        workspace: { configuration: (params) => params.items.map(() => shared()) },
        handleWorkDoneProgress: (token, step) => { progresses.take(client, token, step); },
      },
    },
  );
  client.registerFeature(announced);
  client.onNotification('groundplan/run', listener.run);
  client.onRequest('groundplan/propose', listener.propose);
  client.onDidChangeState((change) => {
    if (change.newState === State.Stopped) {
      progresses.clear();
    }
    if (change.newState !== State.Starting) {
      listener.running(change.newState === State.Running);
    }
  });
  await client.start();
  return {
    version: client.initializeResult?.serverInfo?.version ?? '',
    execute: (command, argument) =>
      client.sendRequest('workspace/executeCommand', { command, arguments: argument === undefined ? [] : [argument] }),
    stop: async () => {
      progresses.clear();
      // One that is gone already cannot be stopped.
      await client.dispose().catch(() => undefined);
    },
  };
}
