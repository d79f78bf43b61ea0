// The server's life: found, started, restarted, asked; and what it tells.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import * as vscode from 'vscode';
import { LanguageClient, RevealOutputChannelOn, State, type StaticFeature } from 'vscode-languageclient/node';
import { findBinary } from './binary';
import { Progresses } from './progress';
import { ask } from './proposals';
import type { Overview, Proposal, RunChanged, Runs } from './protocol';
import { environment, shared } from './settings';
import { Texts } from './texts';

/** Time after the last change of a setting before the server is started anew. */
const SETTLE_MS = 200;

export type Standing = 'starting' | 'ready' | 'missing' | 'stopped';

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

export class Server implements vscode.Disposable {
  readonly log = vscode.window.createOutputChannel('groundplan', { log: true });
  readonly texts = new Texts();
  readonly onStanding: vscode.Event<Standing>;
  readonly onRun: vscode.Event<RunChanged>;
  standing: Standing = 'stopped';
  /** Why there is no server. */
  reason = '';
  /** Version and place of the program. */
  about = '';
  private client: LanguageClient | undefined;
  private command: string | undefined;
  private queue: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;
  private readonly progresses = new Progresses();
  private readonly standings = new vscode.EventEmitter<Standing>();
  private readonly runs = new vscode.EventEmitter<RunChanged>();

  constructor(private readonly context: vscode.ExtensionContext) {
    this.onStanding = this.standings.event;
    this.onRun = this.runs.event;
  }

  /** Starts it anew when things have settled: a choice changes several settings in a row. */
  restartSoon(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.restart(), SETTLE_MS);
  }

  /** Starts the server, or starts it anew; calls in a row wait for each other. */
  restart(): Promise<void> {
    this.queue = this.queue.then(() => this.stop()).then(() => this.start());
    return this.queue;
  }

  /** The document's plan at a glance; nothing where the server does not know it. */
  async overview(uri: vscode.Uri): Promise<Overview | undefined> {
    const client = this.client;
    if (this.standing !== 'ready' || client === undefined) {
      return undefined;
    }
    try {
      return await this.execute<Overview>('groundplan.overview', { uri: client.code2ProtocolConverter.asUri(uri) });
    } catch {
      // It has just been closed or the server is being restarted; who asks gets an event when there is more.
      return undefined;
    }
  }

  async listRuns(): Promise<Runs> {
    const none: Runs = { running: [], kept: [] };
    return this.standing === 'ready' ? this.execute<Runs>('groundplan.runs').catch(() => none) : none;
  }

  /** Does a command of the server. */
  async execute<T>(command: string, argument?: object): Promise<T> {
    await this.queue;
    if (this.client === undefined || this.standing !== 'ready') {
      throw new Error(this.reason || 'The groundplan server is not running.');
    }
    const params = { command, arguments: argument === undefined ? [] : [argument] };
    return this.client.sendRequest<T>('workspace/executeCommand', params);
  }

  /** What the command line says; rejects with what it complains about. */
  async say(...command: string[]): Promise<string> {
    if (this.command === undefined) {
      throw new Error(this.reason || 'The groundplan program was not found.');
    }
    const env = { ...process.env, ...(await environment(this.context.secrets)) };
    const cwd = vscode.workspace.workspaceFolders?.find((folder) => folder.uri.scheme === 'file')?.uri.fsPath;
    const options = { env, maxBuffer: 64 * 1024 * 1024, ...(cwd === undefined ? {} : { cwd }) };
    const { stdout } = await promisify(execFile)(this.command, command, options);
    return stdout;
  }

  dispose(): void {
    clearTimeout(this.timer);
    void this.stop();
    this.texts.dispose();
    this.log.dispose();
    this.standings.dispose();
    this.runs.dispose();
  }

  async stop(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    this.progresses.clear();
    this.stands('stopped');
    // One that is gone already cannot be stopped.
    await client?.dispose().catch(() => undefined);
  }

  private stands(standing: Standing): void {
    this.standing = standing;
    this.standings.fire(standing);
  }

  private async start(): Promise<void> {
    const settings = vscode.workspace.getConfiguration('groundplan');
    const found = findBinary({
      setting: settings.get('server.path', ''),
      environment: process.env,
      extension: this.context.extensionPath,
      platform: process.platform,
    });
    if ('missing' in found) {
      this.command = undefined;
      this.reason = found.missing;
      this.log.error(found.missing);
      this.stands('missing');
      return;
    }
    this.reason = '';
    this.command = found.command;
    this.stands('starting');
    this.log.info(`starting ${found.command} (from the ${found.from})`);
    const client = this.create(found.command, await environment(this.context.secrets));
    this.client = client;
    try {
      await client.start();
      this.about = `${client.initializeResult?.serverInfo?.version ?? ''} · ${found.command}`;
      this.stands('ready');
    } catch (error) {
      this.reason = `The groundplan server did not start: ${error instanceof Error ? error.message : String(error)}`;
      this.stands('stopped');
    }
  }

  private create(command: string, env: Record<string, string>): LanguageClient {
    const client: LanguageClient = new LanguageClient(
      'groundplan',
      'groundplan',
      { command, args: ['lsp'], options: { env: { ...process.env, ...env } } },
      {
        documentSelector: [
          { language: 'markdown', scheme: 'file' },
          { language: 'markdown', scheme: 'untitled' },
        ],
        outputChannel: this.log,
        revealOutputChannelOn: RevealOutputChannelOn.Never,
        initializationOptions: shared,
        middleware: {
          workspace: { configuration: (params) => params.items.map(() => shared()) },
          handleWorkDoneProgress: (token, step) => { this.progresses.take(client, token, step); },
        },
      },
    );
    client.registerFeature(announced);
    client.onNotification('groundplan/run', (run: RunChanged) => { this.runs.fire(run); });
    client.onRequest('groundplan/propose', (proposal: Proposal) => ask(this.texts, proposal));
    client.onDidChangeState((change) => {
      if (client !== this.client) {
        return;
      }
      if (change.newState === State.Stopped) {
        this.progresses.clear();
        this.stands('stopped');
      } else if (change.newState === State.Running && this.standing !== 'ready') {
        this.stands('ready');
      }
    });
    return client;
  }
}
