// Chooses who answers: the embedded engine, the model of the user's configuration file, or one named here.
import * as vscode from 'vscode';
import type { Server } from './server';
import { choice, keyName, type ModelChoice } from './settings';

const PROVIDERS = [
  { label: 'By its name', description: 'claude-…, gpt-…, gemini-…', provider: '' },
  { label: 'Anthropic', description: 'Messages', provider: 'anthropic' },
  { label: 'OpenAI', description: 'Responses', provider: 'openai-responses' },
  { label: 'OpenAI-compatible', description: 'chat completions: llama.cpp, vLLM, gateways', provider: 'openai' },
  { label: 'Gemini', description: 'Google', provider: 'gemini' },
  { label: 'Ollama', description: 'on your own machine', provider: 'ollama' },
] as const;

/** Asks who answers, and writes it into the user's settings; the key goes into the secret storage. */
export async function pickModel(server: Server, secrets: vscode.SecretStorage): Promise<void> {
  if (!vscode.workspace.isTrusted) {
    const trust = 'Manage Workspace Trust';
    const text = 'groundplan: no model is asked about a workspace that you do not trust; the embedded engine writes plans here.';
    if (await vscode.window.showInformationMessage(text, trust) === trust) {
      await vscode.commands.executeCommand('workbench.trust.manage');
    }
    return;
  }
  const now = choice();
  const mark = (engine: ModelChoice['engine']): string => (now.engine === engine ? '$(check) ' : '');
  const picked = await vscode.window.showQuickPick([
    { label: `${mark('evidence')}Embedded engine`, detail: 'No key, and the same answer every time. Nothing leaves your machine but names of packages, if you have allowed that.', engine: 'evidence' as const },
    { label: `${mark('configured')}As my configuration file says`, detail: 'The model that your own groundplan/config.toml names; the embedded engine where it names none.', engine: 'configured' as const },
    {
      label: `${mark('model')}A language model…`,
      detail: now.name === '' ? 'Of a provider, or on your own machine. It is given what the embedded engine found, and may only cite what it read.' : `Now: ${now.name}`,
      engine: 'model' as const,
    },
  ], { title: 'Who answers the questions of a plan?', matchOnDetail: true });
  if (picked === undefined) {
    return;
  }
  const settings = vscode.workspace.getConfiguration('groundplan');
  if (picked.engine === 'model') {
    const model = await askForModel(now);
    if (model === undefined || !await askForKey(model, secrets)) {
      return;
    }
    await settings.update('model.name', model.name, vscode.ConfigurationTarget.Global);
    await settings.update('model.provider', model.provider || undefined, vscode.ConfigurationTarget.Global);
    await settings.update('model.endpoint', model.endpoint || undefined, vscode.ConfigurationTarget.Global);
  }
  await settings.update('engine', picked.engine === 'configured' ? undefined : picked.engine, vscode.ConfigurationTarget.Global);
  server.restartSoon();
}

async function askForModel(now: ModelChoice): Promise<ModelChoice | undefined> {
  const title = 'A language model';
  const name = await vscode.window.showInputBox({
    title, value: now.name, prompt: 'Its name, as its provider writes it', placeHolder: 'claude-sonnet-4-6', ignoreFocusOut: true,
    validateInput: (text) => (text.trim() === '' ? 'Name a model.' : undefined),
  });
  if (name === undefined) {
    return undefined;
  }
  const provider = await vscode.window.showQuickPick(PROVIDERS, { title, placeHolder: 'Whose protocol does it speak?', ignoreFocusOut: true });
  if (provider === undefined) {
    return undefined;
  }
  const endpoint = await vscode.window.showInputBox({
    title, value: now.name === name.trim() ? now.endpoint : '', prompt: 'Its base address; empty for the provider’s own',
    placeHolder: 'http://127.0.0.1:8080/v1/', ignoreFocusOut: true,
    validateInput: (text) => (text.trim() === '' || /^https?:\/\/\S+$/.test(text.trim()) ? undefined : 'An address starts with http:// or https://.'),
  });
  return endpoint === undefined ? undefined : { engine: 'model', name: name.trim(), provider: provider.provider, endpoint: endpoint.trim() };
}

/** Asks for the key; whether the choice goes on. Without one, the provider's usual variable is read. */
async function askForKey(model: ModelChoice, secrets: vscode.SecretStorage): Promise<boolean> {
  const stored = await secrets.get(keyName(model)) !== undefined;
  const key = await vscode.window.showInputBox({
    title: `Key for ${model.name}`, password: true, ignoreFocusOut: true,
    prompt: stored
      ? 'A key is stored. Empty keeps it.'
      : 'Stored in your system’s key store. Empty: the usual variable of the provider, or none for an address of your own.',
  });
  if (key !== undefined && key.trim() !== '') {
    await secrets.store(keyName(model), key.trim());
  }
  return key !== undefined;
}

/** Asks for the key of the model that is set. */
export async function setKey(server: Server, secrets: vscode.SecretStorage): Promise<void> {
  const model = choice();
  if (model.engine !== 'model') {
    void vscode.window.showInformationMessage('groundplan: a key belongs to a model that is chosen here; use “Choose Engine and Model” first. A model of your configuration file has its key there.');
    return;
  }
  if (await askForKey(model, secrets)) {
    server.restartSoon();
  }
}

/** Takes the key of the model that is set out of the secret storage. */
export async function forgetKey(server: Server, secrets: vscode.SecretStorage): Promise<void> {
  await secrets.delete(keyName(choice()));
  server.restartSoon();
  void vscode.window.showInformationMessage('groundplan: the key is no longer stored.');
}
