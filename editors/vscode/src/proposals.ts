// Shows what a run would put in the place of a person's text, side by side, and asks which one stands.
import * as vscode from 'vscode';
import type { Proposal } from './protocol';
import type { Texts } from './texts';

const REPLACE = 'Replace My Text';
const KEEP = 'Keep My Text';

export class Proposals {
  /** Ends the comparison that is looked at, with the user's decision. */
  decide: (accepted: boolean) => void = () => undefined;

  constructor(private readonly texts: Texts) {}

  /** Whether the proposed text may replace the one that stands. Closing the comparison keeps it. */
  async ask(proposal: Proposal): Promise<{ accepted: boolean }> {
    const before = this.texts.put(`yours/${proposal.title}.md`, proposal.before ?? '');
    const after = this.texts.put(`generated/${proposal.title}.md`, proposal.after ?? '');
    const isMine = (tab: vscode.Tab): boolean =>
      tab.input instanceof vscode.TabInputTextDiff && tab.input.modified.toString() === after.toString();
    const decided = new Promise<boolean>((resolve) => { this.decide = resolve; });
    // Buttons in the title of the comparison stay for as long as it is looked at; the notification goes after a while.
    await vscode.commands.executeCommand('setContext', 'groundplan.proposal', true);
    const watch = vscode.window.tabGroups.onDidChangeTabs((change) => {
      if (change.closed.some(isMine)) {
        this.decide(false);
      }
    });
    await vscode.commands.executeCommand('vscode.diff', before, after, `${proposal.title}: yours ↔ generated`, { preview: false });
    const question = `groundplan: “${proposal.title}” was changed by hand. The comparison shows the generated section on the right.`;
    void vscode.window.showInformationMessage(question, REPLACE, KEEP).then((answer) => {
      if (answer !== undefined) {
        this.decide(answer === REPLACE);
      }
    });
    const accepted = await decided;
    watch.dispose();
    this.decide = () => undefined;
    await vscode.commands.executeCommand('setContext', 'groundplan.proposal', false);
    await vscode.window.tabGroups.close(vscode.window.tabGroups.all.flatMap((group) => group.tabs).filter(isMine));
    return { accepted };
  }
}
