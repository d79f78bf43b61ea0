// Shows what a run would put in the place of a person's text, side by side, and asks which one stands.
import * as vscode from 'vscode';
import type { Proposal } from './protocol';

const SCHEME = 'groundplan-proposal';
const REPLACE = 'Replace My Text';
const KEEP = 'Keep My Text';

export class Proposals implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly texts = new Map<string, string>();
  private readonly registration = vscode.workspace.registerTextDocumentContentProvider(SCHEME, this);
  private count = 0;

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.texts.get(uri.toString()) ?? '';
  }

  /** Whether the proposed text may replace the one that stands. Closing the comparison keeps it. */
  async ask(proposal: Proposal): Promise<{ accepted: boolean }> {
    this.count += 1;
    const place = (side: string): vscode.Uri =>
      vscode.Uri.from({ scheme: SCHEME, path: `/${this.count}/${side}/${proposal.title.replaceAll('/', '-')}.md` });
    const [before, after] = [place('yours'), place('generated')];
    this.texts.set(before.toString(), proposal.before ?? '');
    this.texts.set(after.toString(), proposal.after ?? '');
    const title = `${proposal.title}: yours ↔ generated`;
    await vscode.commands.executeCommand('vscode.diff', before, after, title, { preview: false });
    const closed = new Promise<undefined>((resolve) => {
      const watch = vscode.window.tabGroups.onDidChangeTabs((change) => {
        if (change.closed.some((tab) => isDiff(tab, after))) {
          watch.dispose();
          resolve(undefined);
        }
      });
    });
    const question = `groundplan: “${proposal.title}” was changed by hand. The comparison shows the generated section on the right.`;
    const answer = await Promise.race([vscode.window.showInformationMessage(question, REPLACE, KEEP), closed]);
    const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs).filter((tab) => isDiff(tab, after));
    await vscode.window.tabGroups.close(tabs);
    this.texts.delete(before.toString());
    this.texts.delete(after.toString());
    return { accepted: answer === REPLACE };
  }

  dispose(): void {
    this.registration.dispose();
  }
}

function isDiff(tab: vscode.Tab, after: vscode.Uri): boolean {
  return tab.input instanceof vscode.TabInputTextDiff && tab.input.modified.toString() === after.toString();
}
