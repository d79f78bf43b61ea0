// What the palette, the side bar and the menus do.
import * as vscode from 'vscode';
import { forgetKey, pickModel, setKey } from './model';
import { isDocument, toRange, type Node, type PlanView } from './plan-view';
import type { RunNode, RunsView } from './runs-view';
import { SAMPLE } from './sample';
import type { Server } from './server';

/** A command that says what went wrong. */
type Deed = (node?: Node & RunNode) => Promise<void> | void;

export function register(context: vscode.ExtensionContext, server: Server, plan: PlanView, runs: RunsView): void {
  const deeds: Record<string, Deed> = {
    generatePlan: () => run('groundplan.generate', { target: undefined }),
    generatePlanFile: () => run('groundplan.generate', { target: 'file' }),
    generateMissingSections: () => run('groundplan.generateMissing', {}),
    refreshPlan: () => run('groundplan.refresh', {}),
    regenerateThisSection: async (node) => {
      const uri = node?.document ?? document();
      const section = node?.section ?? (uri === undefined ? undefined : await sectionHere(uri));
      if (uri === undefined || section !== undefined) {
        await run('groundplan.regenerateSection', { section }, uri);
      }
    },
    acceptProposal: () => { server.proposals.decide(true); },
    refuseProposal: () => { server.proposals.decide(false); },
    cancelRun: async (node) => {
      const uri = node?.uri ?? await atWork(document());
      if (uri === null) {
        void vscode.window.showInformationMessage('groundplan: no run is at work.');
      } else if (uri !== undefined) {
        await server.execute('groundplan.cancel', { uri });
      }
    },
    resumeRun: async (node) => {
      const id = node?.run ?? (await pickRun('interrupted'))?.run;
      const kept = id === undefined ? undefined : (await server.listRuns()).kept.find((entry) => entry.id === id);
      if (typeof kept?.uri !== 'string') {
        return;
      }
      const opened = vscode.Uri.parse(kept.uri, true);
      await vscode.window.showTextDocument(opened);
      const model = (await server.overview(opened))?.model?.name;
      if (model !== kept.model) {
        void vscode.window.showWarningMessage(
          `groundplan: that run asked ${kept.model}, and now ${model ?? 'no model'} is set; choose ${kept.model} to go on with it.`,
        );
        return;
      }
      await run('groundplan.generate', kept.output === null ? {} : { target: 'file' }, opened);
    },
    showRun: async (node) => {
      const id = node?.run ?? await pickRun().then((picked) => picked?.run);
      if (id !== undefined) {
        await server.texts.show(`run ${id}.txt`, await server.say('runs', 'show', String(id)));
      }
    },
    pickModel: () => pickModel(server, context.secrets),
    setKey: () => setKey(server, context.secrets),
    forgetKey: () => forgetKey(server, context.secrets),
    doctor: async () => {
      const title = { location: vscode.ProgressLocation.Notification, title: 'groundplan: trying the model' };
      // What it complains about is what is looked for here.
      const said = await vscode.window.withProgress(title, () => server.say('doctor').catch((error: unknown) => {
        const output = (error as { stdout?: string; stderr?: string });
        return `${output.stdout ?? ''}${output.stderr ?? ''}` || String(error);
      }));
      await server.texts.show('set-up.txt', said);
    },
    newRequirements: async () => {
      await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ content: SAMPLE, language: 'markdown' }));
    },
    restart: () => server.restart(),
    showLog: () => { server.log.show(); },
    refreshRuns: () => { runs.later(0); },
  };
  for (const [name, deed] of Object.entries(deeds)) {
    const guarded = async (node?: Node & RunNode): Promise<void> => {
      try {
        await deed(node);
      } catch (error) {
        void vscode.window.showErrorMessage(`groundplan: ${error instanceof Error ? error.message : String(error)}`);
      }
    };
    context.subscriptions.push(vscode.commands.registerCommand(`groundplan.${name}`, guarded));
  }

  /** The document that commands are about: the one in the editor, else the one that the side bar shows. */
  function document(): vscode.Uri | undefined {
    const active = vscode.window.activeTextEditor?.document;
    const shown = plan.overview?.uri;
    return active !== undefined && isDocument(active) ? active.uri : shown === undefined ? undefined : vscode.Uri.parse(shown, true);
  }

  async function run(command: string, more: object, uri = document()): Promise<void> {
    if (uri === undefined) {
      void vscode.window.showInformationMessage('groundplan: open a markdown document with requirements first.');
      return;
    }
    await server.execute(command, { uri: uri.toString(), ...more });
  }

  /** The run at work in a document, else the only one, else the one that the user picks; null where there is none. */
  async function atWork(uri: vscode.Uri | undefined): Promise<string | null | undefined> {
    const uris = (await server.listRuns()).running.map((running) => running.uri);
    const here = uris.find((one) => vscode.Uri.parse(one).toString() === uri?.toString());
    if (here !== undefined || uris.length < 2) {
      return here ?? uris[0] ?? null;
    }
    const items = uris.map((one) => ({ label: vscode.workspace.asRelativePath(vscode.Uri.parse(one)), one }));
    return (await vscode.window.showQuickPick(items, { title: 'Which run is cancelled?' }))?.one;
  }

  /** The section that the cursor is in; where it is in none, the user picks one. */
  async function sectionHere(uri: vscode.Uri): Promise<string | undefined> {
    const editor = vscode.window.visibleTextEditors.find((one) => one.document.uri.toString() === uri.toString());
    const overview = await server.overview(uri);
    const sections = overview?.sections.filter((section) => section.range !== null) ?? [];
    const line = editor?.selection.active.line ?? -1;
    const last = overview?.sources[0]?.range.start.line ?? Number.POSITIVE_INFINITY;
    const above = sections.filter((section) => section.range !== null && toRange(section.range).start.line <= line);
    const here = above.at(-1);
    if (here !== undefined && line < last) {
      return here.title;
    }
    const titles = sections.map((section) => section.title);
    if (titles.length === 0) {
      void vscode.window.showInformationMessage('groundplan: this document has no plan yet.');
      return undefined;
    }
    return vscode.window.showQuickPick(titles, { title: 'Which section is written anew?' });
  }

  async function pickRun(status?: string): Promise<{ uri: string | null; run: number } | undefined> {
    const kept = (await server.listRuns()).kept.filter((entry) => status === undefined || entry.status === status);
    if (kept.length === 0) {
      void vscode.window.showInformationMessage(
        status === undefined ? 'groundplan: no model has been asked here yet.' : `groundplan: no run is ${status}.`,
      );
      return undefined;
    }
    const items = kept.map((entry) => ({
      label: `${entry.id}: ${vscode.workspace.asRelativePath(entry.document)}`,
      description: `${entry.status} · ${entry.model} · ${entry.started}`,
      uri: entry.uri,
      run: entry.id,
    }));
    return vscode.window.showQuickPick(items, { title: 'Runs by a language model', matchOnDescription: true });
  }
}
