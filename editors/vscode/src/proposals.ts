// Shows what a run would put in the place of a person's text, side by side, and asks which one stands.
import * as vscode from 'vscode';
import type { Proposal } from './protocol';
import type { Texts } from './texts';

const REPLACE = 'Replace My Text';
const KEEP = 'Keep My Text';

/** Whether the proposed text may replace the one that stands. Closing the comparison keeps it. */
export async function ask(texts: Texts, proposal: Proposal): Promise<{ accepted: boolean }> {
  const before = texts.put(`yours/${proposal.title}.md`, proposal.before ?? '');
  const after = texts.put(`generated/${proposal.title}.md`, proposal.after ?? '');
  const isMine = (tab: vscode.Tab): boolean =>
    tab.input instanceof vscode.TabInputTextDiff && tab.input.modified.toString() === after.toString();
  await vscode.commands.executeCommand('vscode.diff', before, after, `${proposal.title}: yours ↔ generated`, { preview: false });
  const closed = new Promise<undefined>((resolve) => {
    const watch = vscode.window.tabGroups.onDidChangeTabs((change) => {
      if (change.closed.some(isMine)) {
        watch.dispose();
        resolve(undefined);
      }
    });
  });
  const question = `groundplan: “${proposal.title}” was changed by hand. The comparison shows the generated section on the right.`;
  const answer = await Promise.race([vscode.window.showInformationMessage(question, REPLACE, KEEP), closed]);
  await vscode.window.tabGroups.close(vscode.window.tabGroups.all.flatMap((group) => group.tabs).filter(isMine));
  return { accepted: answer === REPLACE };
}
