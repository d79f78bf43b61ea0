// Texts to read that are no files: what the program says, and the two sides of a comparison.
import * as vscode from 'vscode';

const SCHEME = 'groundplan';

export class Texts implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly texts = new Map<string, string>();
  private readonly registration = vscode.workspace.registerTextDocumentContentProvider(SCHEME, this);
  private readonly closing = vscode.workspace.onDidCloseTextDocument((closed) => this.texts.delete(closed.uri.toString()));
  private count = 0;

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.texts.get(uri.toString()) ?? '';
  }

  /** Keeps a text under a name until its document is closed. */
  put(name: string, text: string): vscode.Uri {
    this.count += 1;
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${this.count}/${name.replaceAll('/', '-')}` });
    this.texts.set(uri.toString(), text);
    return uri;
  }

  /** Shows a text that nobody is asked to save. */
  async show(name: string, text: string): Promise<void> {
    await vscode.window.showTextDocument(this.put(name, text), { preview: true });
  }

  dispose(): void {
    this.registration.dispose();
    this.closing.dispose();
  }
}
