// The side bar's view of a plan: sections with their state, requirements with their coverage, sources with their freshness.
import * as vscode from 'vscode';
import type { Range as ProtocolRange } from 'vscode-languageclient/node';
import type { Overview, Requirement, Section, Source } from './protocol';
import type { Server } from './server';

/** Time after the last keystroke before the view looks again. */
const PAUSE_MS = 400;

export interface Node extends vscode.TreeItem {
  children?: Node[];
  /** The section that the node stands for, and its document. */
  section?: string;
  document?: vscode.Uri;
}

const ICONS: Record<Section['state'], readonly [string, string | undefined, string]> = {
  missing: ['circle-outline', 'disabledForeground', 'missing'],
  hints: ['circle-outline', 'disabledForeground', 'only hints'],
  generated: ['pass', 'testing.iconPassed', 'generated'],
  yours: ['account', 'charts.blue', 'yours'],
};

const FRESHNESS: Record<Source['state'], readonly [string, string | undefined, string]> = {
  fresh: ['pass', 'testing.iconPassed', 'The text is as it was read.'],
  moved: ['arrow-swap', 'charts.blue', 'The same text stands on other lines now.'],
  changed: ['warning', 'list.warningForeground', 'There is other text now.'],
  gone: ['error', 'list.errorForeground', 'The file or the commit is gone.'],
  unknown: ['circle-outline', 'disabledForeground', 'Nothing on this machine can tell whether it is as it was.'],
};

function icon([name, color]: readonly [string, string | undefined, string]): vscode.ThemeIcon {
  return new vscode.ThemeIcon(name, color === undefined ? undefined : new vscode.ThemeColor(color));
}

/** A range of the protocol as the editor has it; both count in UTF-16, which this client negotiates. */
export function toRange(range: ProtocolRange): vscode.Range {
  return new vscode.Range(range.start.line, range.start.character, range.end.line, range.end.character);
}

/** Whether groundplan may have something to say about a document. */
export function isDocument(document: vscode.TextDocument): boolean {
  return document.languageId === 'markdown' && ['file', 'untitled'].includes(document.uri.scheme);
}

function open(uri: vscode.Uri, range: vscode.Range): vscode.Command {
  return { command: 'vscode.open', title: 'Open', arguments: [uri, { selection: range.with({ end: range.start }), preview: true }] };
}

export class PlanView implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  readonly onDidChangeTreeData: vscode.Event<undefined>;
  readonly onOverview: vscode.Event<Overview | undefined>;
  /** What the view shows. */
  overview: Overview | undefined;
  private readonly changed = new vscode.EventEmitter<undefined>();
  private readonly seen = new vscode.EventEmitter<Overview | undefined>();
  private readonly view: vscode.TreeView<Node>;
  private readonly disposables: { dispose: () => unknown }[];
  private document: vscode.Uri | undefined;
  private timer: NodeJS.Timeout | undefined;
  private news: NodeJS.Timeout | undefined;
  private looking = 0;

  constructor(private readonly server: Server) {
    this.onDidChangeTreeData = this.changed.event;
    this.onOverview = this.seen.event;
    this.view = vscode.window.createTreeView<Node>('groundplan.plan', { treeDataProvider: this, showCollapseAll: true });
    const mine = (uri: vscode.Uri): boolean => uri.toString() === this.document?.toString();
    this.disposables = [
      this.view,
      this.changed,
      this.seen,
      vscode.window.onDidChangeActiveTextEditor(() => { this.later(0); }),
      vscode.workspace.onDidChangeTextDocument((change) => { if (mine(change.document.uri)) { this.later(PAUSE_MS); } }),
      vscode.languages.onDidChangeDiagnostics((change) => { if (change.uris.some(mine)) { this.later(PAUSE_MS); } }),
      vscode.workspace.onDidCloseTextDocument((closed) => { if (mine(closed.uri)) { this.later(0); } }),
      server.onStanding(() => { this.later(0); }),
      server.onRun((run) => { if (run.state === 'ended') { this.later(0); } else { this.nowAndThen(); } }),
    ];
    this.later(0);
  }

  /** Looks again after a pause, once for many reasons. */
  later(pause: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.look(), pause);
  }

  /** Looks again while news keep coming, and not only when they have ended. */
  private nowAndThen(): void {
    this.news ??= setTimeout(() => {
      this.news = undefined;
      void this.look();
    }, PAUSE_MS);
  }

  getTreeItem(node: Node): vscode.TreeItem {
    return node;
  }

  getChildren(node?: Node): Node[] {
    if (node !== undefined) {
      return node.children ?? [];
    }
    return this.overview === undefined || this.document === undefined ? [] : nodes(this.overview, this.document);
  }

  dispose(): void {
    clearTimeout(this.timer);
    clearTimeout(this.news);
    vscode.Disposable.from(...this.disposables).dispose();
  }

  private async look(): Promise<void> {
    const turn = ++this.looking;
    const active = vscode.window.activeTextEditor?.document;
    // The view keeps its document while another kind of file or no file is looked at.
    if (active !== undefined && isDocument(active)) {
      this.document = active.uri;
    }
    const isOpen = vscode.workspace.textDocuments.some((document) => document.uri.toString() === this.document?.toString());
    const found = this.document !== undefined && isOpen ? await this.server.overview(this.document) : undefined;
    if (turn !== this.looking) {
      return;
    }
    this.overview = found?.kind === 'none' ? undefined : found;
    this.view.description = this.overview === undefined || this.document === undefined ? '' : vscode.workspace.asRelativePath(this.document);
    const stale = this.overview?.sections.filter((section) => section.stale.length > 0).length ?? 0;
    this.view.badge = stale > 0 ? { value: stale, tooltip: `${stale === 1 ? '1 section is' : `${stale} sections are`} out of date` } : undefined;
    const contexts = {
      'groundplan.demands': (this.overview?.requirements.length ?? 0) > 0,
      'groundplan.stale': stale > 0,
      'groundplan.running': typeof this.overview?.running === 'string',
    };
    for (const [name, value] of Object.entries(contexts)) {
      void vscode.commands.executeCommand('setContext', name, value);
    }
    this.changed.fire(undefined);
    this.seen.fire(found);
  }
}

function nodes(overview: Overview, document: vscode.Uri): Node[] {
  const { sections, requirements, sources } = overview;
  const groups: Node[] = [];
  if (overview.running !== null) {
    groups.push(new vscode.TreeItem(overview.running || 'starting…'));
    groups[0] = Object.assign(groups[0] as Node, { iconPath: new vscode.ThemeIcon('loading~spin'), contextValue: 'working' });
  }
  if (overview.plan !== null) {
    const stale = sections.filter((section) => section.stale.length > 0).length;
    groups.push(group('Sections', stale > 0 ? `${stale} out of date` : `${sections.length}`, sections.map((section) => sectionNode(section, document)), true));
  }
  if (requirements.length > 0) {
    const served = requirements.filter((requirement) => requirement.phases.length > 0).length;
    const count = overview.plan === null ? `${requirements.length}, no plan yet` : `${served} of ${requirements.length} served`;
    groups.push(group('Requirements', count, requirements.map((requirement) => requirementNode(requirement, overview.plan !== null)), true));
  }
  if (sources.length > 0) {
    const fresh = sources.filter((source) => source.state === 'fresh').length;
    const rank = (source: Source): number => ['gone', 'changed', 'moved', 'unknown', 'fresh'].indexOf(source.state);
    // What needs a look comes first; the rest keeps the order of the ledger.
    const sorted = sources.toSorted((a, b) => rank(a) - rank(b));
    groups.push(group('Sources', `${fresh} of ${sources.length} fresh`, sorted.map((source, index) => sourceNode(source, index, document)), fresh < sources.length));
  }
  return groups;
}

function group(label: string, description: string, children: Node[], expanded: boolean): Node {
  const state = expanded ? vscode.TreeItemCollapsibleState.Expanded : vscode.TreeItemCollapsibleState.Collapsed;
  return Object.assign(new vscode.TreeItem(label, state), { id: label, description, children });
}

function sectionNode(section: Section, document: vscode.Uri): Node {
  const phases = section.phases.map((phase): Node => {
    const item = new vscode.TreeItem(`Phase ${phase.number}: ${phase.name}`);
    return Object.assign(item, { iconPath: new vscode.ThemeIcon('milestone'), command: open(document, toRange(phase.range)) });
  });
  const item: Node = new vscode.TreeItem(
    section.title,
    phases.length > 0 ? vscode.TreeItemCollapsibleState.Expanded : vscode.TreeItemCollapsibleState.None,
  );
  const stale = section.stale.length > 0;
  const meaning = {
    missing: 'This section is missing.',
    hints: 'This section holds only the template’s hints.',
    generated: 'Written by a run and not changed since.',
    yours: 'You wrote or changed it: a run leaves it as it is, and shows you the difference first if you ask for it anew.',
  }[section.state];
  const shown = ICONS[section.state];
  item.id = `section ${section.title}`;
  // The sign says it of most of them; words are for what a person should know.
  const word = section.state === 'generated' ? '' : shown[2];
  item.description = stale ? (section.state === 'yours' ? 'yours, out of date' : 'out of date') : word;
  item.iconPath = stale ? icon(['warning', 'list.warningForeground', '']) : icon(shown);
  item.tooltip = [meaning, ...section.stale.map((reason) => `• ${reason}`)].join('\n');
  item.contextValue = `section.${section.state}`;
  item.section = section.title;
  item.document = document;
  item.children = phases;
  if (section.range !== null) {
    item.command = open(document, toRange(section.range));
  }
  return item;
}

function requirementNode(requirement: Requirement, planned: boolean): Node {
  const item: Node = new vscode.TreeItem(requirement.id);
  const served = requirement.phases.length > 0;
  const phases = `phase${requirement.phases.length === 1 ? '' : 's'} ${requirement.phases.join(', ')}`;
  item.id = `requirement ${requirement.id} ${requirement.range.start.line}`;
  item.description = `${planned ? `${served ? phases : 'no phase'} · ` : ''}${requirement.summary}`;
  item.tooltip = [
    requirement.summary,
    ...(planned ? [served ? `Served by ${phases}.` : 'No phase of the plan serves it.'] : []),
    ...(requirement.changed ? ['It says something else than when the plan was written for it.'] : []),
  ].join('\n');
  const state = requirement.changed ? 'changed' : served ? 'served' : planned ? 'unserved' : 'open';
  item.iconPath = icon({
    changed: ['warning', 'list.warningForeground', ''] as const,
    served: ['pass', 'testing.iconPassed', ''] as const,
    unserved: ['error', 'list.errorForeground', ''] as const,
    open: ['circle-outline', undefined, ''] as const,
  }[state]);
  item.command = open(vscode.Uri.parse(requirement.uri, true), toRange(requirement.range));
  return item;
}

function sourceNode(source: Source, index: number, document: vscode.Uri): Node {
  const item: Node = new vscode.TreeItem(source.name);
  const shown = FRESHNESS[source.state];
  item.id = `source ${index} ${source.id}`;
  item.description = source.state === 'fresh' ? source.id : `${source.id} · ${source.state}`;
  item.iconPath = icon(shown);
  item.tooltip = new vscode.MarkdownString().appendText(`${shown[2]}\nRead then: `).appendCodeblock(source.excerpt);
  const line = Math.max(0, (source.line ?? 1) - 1);
  item.command = source.uri === null || source.state === 'gone'
    ? open(document, toRange(source.range))
    : open(vscode.Uri.parse(source.uri, true), new vscode.Range(line, 0, line, 0));
  return item;
}
