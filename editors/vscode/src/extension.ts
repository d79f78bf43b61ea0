// The extension: what it puts together when it is activated. Nothing here waits for the server.
import * as vscode from 'vscode';
import { register } from './commands';
import { PlanView } from './plan-view';
import { Reveal } from './reveal';
import { RunsView } from './runs-view';
import { Server } from './server';
import { Status } from './status';

let server: Server | undefined;

export function activate(context: vscode.ExtensionContext): void {
  const started = new Server(context);
  server = started;
  const plan = new PlanView(started);
  const runs = new RunsView(started);
  const status = new Status(started);
  context.subscriptions.push(started, plan, runs, status, new Reveal(started));
  register(context, started, plan, runs);
  context.subscriptions.push(
    started.onStanding((standing) => {
      status.show();
      if (standing === 'missing') {
        void tellOfMissing(started.reason);
      }
    }),
    plan.onOverview((overview) => { status.see(overview); }),
    vscode.workspace.onDidGrantWorkspaceTrust(() => void started.restart()),
    vscode.workspace.onDidChangeConfiguration((change) => {
      const places = ['groundplan.server.path', 'groundplan.engine', 'groundplan.model'];
      if (places.some((place) => change.affectsConfiguration(place))) {
        started.restartSoon();
      }
    }),
  );
  void started.restart();
}

export async function deactivate(): Promise<void> {
  await server?.stop();
}

async function tellOfMissing(reason: string): Promise<void> {
  const [set, how] = ['Set Its Path', 'How to Install It'];
  const answer = await vscode.window.showErrorMessage(`groundplan: ${reason}`, set, how);
  if (answer === set) {
    await vscode.commands.executeCommand('workbench.action.openSettings', 'groundplan.server.path');
  } else if (answer === how) {
    await vscode.env.openExternal(vscode.Uri.parse('https://github.com/groundplan/groundplan#readme'));
  }
}
