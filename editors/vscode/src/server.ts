// The server's life: found, started, restarted, asked; and what it tells.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import * as vscode from 'vscode';
import { findBinary } from './binary';
import type { Connection } from './client';
import { Proposals } from './proposals';
import type { Overview, RunChanged, Runs } from './protocol';
import { environment } from './settings';
import { Texts } from './texts';

/** Time after the last change of a setting before the server is started anew. */
const SETTLE_MS = 200;

export type Standing = 'starting' | 'ready' | 'missing' | 'stopped';

export class Server implements vscode.Disposable {
  readonly log = vscode.window.createOutputChannel('groundplan', { log: true });
  readonly texts = new Texts();
  readonly proposals = new Proposals(this.texts);
  readonly onStanding: vscode.Event<Standing>;
  readonly onRun: vscode.Event<RunChanged>;
  standing: Standing = 'starting';
  /** Why there is no server. */
  reason = '';
  /** Version of the program. */
  about = '';
  private connection: Connection | undefined;
  private command: string | undefined;
  private queue: Promise<void> = Promise.resolve();
  /** Waits for the end of a run before a restart. */
  private waiting: vscode.Disposable | undefined;
  private timer: NodeJS.Timeout | undefined;
  /** Counts the starts, so that a server that has been replaced is not heard any more. */
  private turn = 0;
  private readonly standings = new vscode.EventEmitter<Standing>();
  private readonly runs = new vscode.EventEmitter<RunChanged>();

  constructor(private readonly context: vscode.ExtensionContext) {
    this.onStanding = this.standings.event;
    this.onRun = this.runs.event;
  }

  /** Starts it anew when things have settled: a choice changes several settings in a row, and a run goes to its end. */
  restartSoon(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.restartWhenIdle(), SETTLE_MS);
  }

  private async restartWhenIdle(): Promise<void> {
    this.waiting?.dispose();
    if ((await this.listRuns()).running.length === 0) {
      await this.restart();
      return;
    }
    void vscode.window.showInformationMessage('groundplan: a run is at work; the choice holds as soon as it has ended.');
    this.waiting = this.onRun((run) => {
      if (run.state === 'ended') {
        this.restartSoon();
      }
    });
  }

  /** Starts the server, or starts it anew; calls in a row wait for each other. */
  restart(): Promise<void> {
    this.queue = this.queue.then(() => this.stop()).then(() => this.start());
    return this.queue;
  }

  /** The document's plan at a glance; nothing where the server does not know it. */
  async overview(uri: vscode.Uri): Promise<Overview | undefined> {
    if (this.standing !== 'ready') {
      return undefined;
    }
    try {
      return await this.execute<Overview>('groundplan.overview', { uri: uri.toString() });
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
    if (this.connection === undefined || this.standing !== 'ready') {
      throw new Error(this.reason || 'The groundplan server is not running.');
    }
    return this.connection.execute<T>(command, argument);
  }

  /** What the command line says; rejects with what it complains about. */
  async say(...command: string[]): Promise<string> {
    await this.queue;
    if (this.command === undefined) {
      throw new Error(this.reason || 'The groundplan program was not found.');
    }
    // Only who tries the model is given its key.
    const chosen = command[0] === 'doctor' ? await environment(this.context.secrets) : {};
    const env = { ...process.env, ...chosen };
    const cwd = vscode.workspace.workspaceFolders?.find((folder) => folder.uri.scheme === 'file')?.uri.fsPath;
    const options = { env, maxBuffer: 64 * 1024 * 1024, ...(cwd === undefined ? {} : { cwd }) };
    const { stdout } = await promisify(execFile)(this.command, command, options);
    return stdout;
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.waiting?.dispose();
    void this.stop();
    this.texts.dispose();
    this.log.dispose();
    this.standings.dispose();
    this.runs.dispose();
  }

  async stop(): Promise<void> {
    const connection = this.connection;
    this.connection = undefined;
    this.turn += 1;
    await connection?.stop();
  }

  private stands(standing: Standing): void {
    this.standing = standing;
    this.standings.fire(standing);
  }

  private async start(): Promise<void> {
    const found = findBinary({
      setting: vscode.workspace.getConfiguration('groundplan').get('server.path', ''),
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
    const turn = ++this.turn;
    try {
      const { connect } = await import('./client.js');
      this.connection = await connect(found.command, await environment(this.context.secrets), {
        log: this.log,
        run: (run) => {
          if (run.state === 'ended') {
            // A comparison that is still open belongs to it.
            this.proposals.decide(false);
          }
          this.runs.fire(run);
        },
        propose: (proposal) => this.proposals.ask(proposal),
        running: (running) => {
          // The first time, nobody may ask before the connection is there.
          if (turn === this.turn && this.connection !== undefined) {
            this.stands(running ? 'ready' : 'stopped');
          }
        },
      });
      this.about = this.connection.version;
      this.stands('ready');
    } catch (error) {
      this.reason = `The groundplan server did not start: ${error instanceof Error ? error.message : String(error)}`;
      this.stands('stopped');
    }
  }
}
