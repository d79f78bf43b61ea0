// The language status item: which engine answers, whether a run is at work, and what is wrong.
import * as vscode from 'vscode';
import type { Overview } from './protocol';
import type { Server } from './server';

export class Status implements vscode.Disposable {
  private readonly item = vscode.languages.createLanguageStatusItem('groundplan', { language: 'markdown' });
  private overview: Overview | undefined;

  constructor(private readonly server: Server) {
    this.item.name = 'groundplan';
    this.show();
  }

  /** Takes note of what the active document's plan is. */
  see(overview: Overview | undefined): void {
    this.overview = overview;
    this.show();
  }

  show(): void {
    const item = this.item;
    item.severity = vscode.LanguageStatusSeverity.Information;
    item.busy = false;
    item.command = { command: 'groundplan.pickModel', title: 'Choose Engine and Model' };
    item.detail = this.server.about;
    switch (this.server.standing) {
      case 'missing':
      case 'stopped':
        item.severity = vscode.LanguageStatusSeverity.Error;
        item.text = this.server.standing === 'missing' ? 'groundplan: program not found' : 'groundplan: not running';
        item.detail = this.server.reason;
        item.command = this.server.standing === 'missing'
          ? { command: 'workbench.action.openSettings', title: 'Set Its Path', arguments: ['groundplan.server.path'] }
          : { command: 'groundplan.restart', title: 'Start It' };
        return;
      case 'starting':
        item.text = 'groundplan: starting';
        item.busy = true;
        return;
      case 'ready':
    }
    const running = this.overview?.running;
    if (typeof running === 'string') {
      item.text = `groundplan: ${running || 'starting a run'}`;
      item.busy = true;
      item.command = { command: 'groundplan.cancelRun', title: 'Cancel' };
    } else if (!vscode.workspace.isTrusted) {
      item.text = 'groundplan: embedded engine (workspace not trusted)';
    } else {
      item.text = `groundplan: ${this.overview?.model?.name ?? 'embedded engine'}`;
    }
  }

  dispose(): void {
    this.item.dispose();
  }
}
