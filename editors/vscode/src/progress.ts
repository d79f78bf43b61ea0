// Shows the server's progress as a notification with Cancel; the client library alone shows it without one.
import * as vscode from 'vscode';
import type { LanguageClient, ProgressToken, WorkDoneProgressBegin, WorkDoneProgressEnd, WorkDoneProgressReport } from 'vscode-languageclient/node';

type Step = WorkDoneProgressBegin | WorkDoneProgressReport | WorkDoneProgressEnd;

interface Shown {
  report: (step: WorkDoneProgressReport) => void;
  end: () => void;
}

export class Progresses {
  private readonly shown = new Map<ProgressToken, Shown>();

  /** Takes a step of a job of the server. */
  take(client: LanguageClient, token: ProgressToken, step: Step): void {
    if (step.kind === 'begin') {
      this.begin(client, token, step);
    } else if (step.kind === 'report') {
      this.shown.get(token)?.report(step);
    } else {
      this.shown.get(token)?.end();
      this.shown.delete(token);
    }
  }

  /** Ends all, for a server that is gone. */
  clear(): void {
    for (const shown of this.shown.values()) {
      shown.end();
    }
    this.shown.clear();
  }

  private begin(client: LanguageClient, token: ProgressToken, step: WorkDoneProgressBegin): void {
    const options = { location: vscode.ProgressLocation.Notification, title: `groundplan: ${step.title}`, cancellable: true };
    void vscode.window.withProgress(options, async (progress, cancelled) => {
      let percentage = 0;
      await new Promise<void>((resolve) => {
        this.shown.set(token, {
          report: (next) => {
            const increment = Math.max(0, (next.percentage ?? percentage) - percentage);
            percentage += increment;
            progress.report({ increment, ...(next.message === undefined ? {} : { message: next.message }) });
          },
          end: resolve,
        });
        cancelled.onCancellationRequested(() => {
          void client.sendNotification('window/workDoneProgress/cancel', { token });
        });
      });
    });
  }
}
