// The side bar's view of runs: the questions of those at work, and what the journal keeps of those by a model.
import * as vscode from 'vscode';
import type { Kept, Running, Runs } from './protocol';
import type { Server } from './server';

/** Least time between two looks while a run is at work. */
const PACE_MS = 250;

export interface RunNode extends vscode.TreeItem {
  children?: RunNode[];
  uri?: string | null;
  /** The number of a run of the journal. */
  run?: number;
}

const STATES: Record<Kept['status'], readonly [string, string]> = {
  running: ['loading~spin', 'running in another window'],
  interrupted: ['debug-pause', 'interrupted'],
  finished: ['pass', 'finished'],
  failed: ['error', 'failed'],
  cancelled: ['circle-slash', 'cancelled'],
  superseded: ['history', 'taken over by a later run'],
};

export class RunsView implements vscode.TreeDataProvider<RunNode>, vscode.Disposable {
  readonly onDidChangeTreeData: vscode.Event<undefined>;
  private readonly changed = new vscode.EventEmitter<undefined>();
  private readonly view: vscode.TreeView<RunNode>;
  private readonly disposables: { dispose: () => unknown }[];
  private runs: Runs = { running: [], kept: [] };
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly server: Server) {
    this.onDidChangeTreeData = this.changed.event;
    this.view = vscode.window.createTreeView<RunNode>('groundplan.runs', { treeDataProvider: this });
    this.disposables = [
      this.view,
      this.changed,
      this.view.onDidChangeVisibility(() => { this.later(0); }),
      server.onRun(() => { this.later(PACE_MS); }),
      server.onStanding(() => { this.later(0); }),
    ];
  }

  /** Looks again, once for many reasons, and only where somebody sees it. */
  later(pause: number): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      void this.look();
    }, pause);
  }

  getTreeItem(node: RunNode): vscode.TreeItem {
    return node;
  }

  getChildren(node?: RunNode): RunNode[] {
    return node === undefined ? [...this.runs.running.map(runningNode), ...this.runs.kept.map(keptNode)] : node.children ?? [];
  }

  dispose(): void {
    clearTimeout(this.timer);
    vscode.Disposable.from(...this.disposables).dispose();
  }

  private async look(): Promise<void> {
    if (!this.view.visible) {
      return;
    }
    this.runs = await this.server.listRuns();
    this.changed.fire(undefined);
  }
}

function nameOf(uri: string): string {
  return vscode.workspace.asRelativePath(vscode.Uri.parse(uri));
}

function runningNode(run: Running): RunNode {
  const areas = [...new Set(run.questions.map((question) => question.area))].map((area): RunNode => {
    const questions = run.questions.filter((question) => question.area === area);
    const answered = questions.filter((question) => question.answered).length;
    return Object.assign(new vscode.TreeItem(area, vscode.TreeItemCollapsibleState.Expanded), {
      description: `${answered} of ${questions.length} answered`,
      children: questions.map((question): RunNode => Object.assign(new vscode.TreeItem(question.text), {
        tooltip: question.text,
        iconPath: new vscode.ThemeIcon(question.answered ? 'pass' : 'loading~spin'),
      })),
    });
  });
  return Object.assign(new vscode.TreeItem(nameOf(run.uri), vscode.TreeItemCollapsibleState.Expanded), {
    description: [run.used, run.message].filter(Boolean).join(' · '),
    tooltip: [run.message, run.used].filter(Boolean).join('\n'),
    contextValue: 'running',
    iconPath: new vscode.ThemeIcon('loading~spin'),
    uri: run.uri,
    children: areas,
  });
}

function keptNode(run: Kept): RunNode {
  const [name, words] = STATES[run.status];
  const label = run.uri === null ? run.document : nameOf(run.uri);
  return Object.assign(new vscode.TreeItem(label), {
    description: `${words} · ${run.answered} of ${run.questions} answered · ${Math.ceil(run.tokens / 1000)}k tokens · ${run.model}`,
    tooltip: [`Run ${run.id}, started ${run.started}`, run.note].filter(Boolean).join('\n'),
    contextValue: run.status === 'interrupted' ? 'interrupted' : 'kept',
    iconPath: new vscode.ThemeIcon(name),
    uri: run.uri,
    run: run.id,
    command: { command: 'groundplan.showRun', title: 'Show Run', arguments: [{ run: run.id }] },
  });
}
