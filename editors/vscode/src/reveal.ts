// Shows a plan that a run has just written, unless the user has gone on to something else.
import * as vscode from 'vscode';
import { toRange } from './plan-view';
import type { Server } from './server';

interface Start {
  planned: boolean;
  selection: vscode.Selection;
}

export class Reveal implements vscode.Disposable {
  private readonly starts = new Map<string, Promise<Start | undefined>>();
  private readonly watch: vscode.Disposable;

  constructor(private readonly server: Server) {
    const forget = server.onStanding(() => { this.starts.clear(); });
    const follow = server.onRun((run) => {
      if (run.state === 'running' && !this.starts.has(run.uri)) {
        this.starts.set(run.uri, this.begin(run.uri));
      } else if (run.state === 'ended') {
        const start = this.starts.get(run.uri);
        this.starts.delete(run.uri);
        void this.end(run.uri, start);
      }
    });
    this.watch = vscode.Disposable.from(forget, follow);
  }

  dispose(): void {
    this.watch.dispose();
  }

  private async begin(uri: string): Promise<Start | undefined> {
    const editor = find(uri);
    const overview = editor === undefined ? undefined : await this.server.overview(editor.document.uri);
    return editor === undefined || overview === undefined ? undefined : { planned: overview.plan !== null, selection: editor.selection };
  }

  private async end(uri: string, starting: Promise<Start | undefined> | undefined): Promise<void> {
    const start = await starting;
    const editor = find(uri);
    if (start === undefined || start.planned || editor?.selection.isEqual(start.selection) !== true) {
      return;
    }
    const plan = (await this.server.overview(editor.document.uri))?.plan;
    if (plan !== null && plan !== undefined) {
      editor.revealRange(toRange(plan), vscode.TextEditorRevealType.AtTop);
    }
  }
}

function find(uri: string): vscode.TextEditor | undefined {
  const wanted = vscode.Uri.parse(uri).toString();
  return vscode.window.visibleTextEditors.find((editor) => editor.document.uri.toString() === wanted);
}
