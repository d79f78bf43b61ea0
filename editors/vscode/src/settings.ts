// The user's settings as the server takes them.
import * as vscode from 'vscode';

/** Settings that the server reads, by the name that it gives them. */
const SHARED: readonly (readonly [string, readonly string[]])[] = [
  ['rules', ['rules']],
  ['documents', ['documents']],
  ['exclude', ['exclude']],
  ['codeLens', ['code-lens']],
  ['plan.target', ['plan', 'target']],
  ['plan.template', ['plan', 'template']],
];

/**
 * What the user has set. Defaults are left out, so that they do not stand before a repository's groundplan.toml; so are
 * model, key and program, which the server never takes from an editor's settings.
 */
export function shared(): Record<string, unknown> {
  const settings = vscode.workspace.getConfiguration('groundplan');
  const out: Record<string, unknown> = {};
  for (const [name, path] of SHARED) {
    const said = settings.inspect(name);
    const isSet = (said?.workspaceFolderValue ?? said?.workspaceValue ?? said?.globalValue) !== undefined;
    // Objects of several layers come merged.
    const value: unknown = settings.get(name);
    if (!isSet || value === '') {
      continue;
    }
    let target = out;
    for (const step of path.slice(0, -1)) {
      target = (target[step] ??= {}) as Record<string, unknown>;
    }
    target[path[path.length - 1] ?? name] = value;
  }
  return out;
}

export type Engine = 'configured' | 'evidence' | 'model';

export interface ModelChoice {
  engine: Engine;
  name: string;
  provider: string;
  endpoint: string;
}

/** Who answers, as the machine's settings say. */
export function choice(): ModelChoice {
  const settings = vscode.workspace.getConfiguration('groundplan');
  const text = (name: string): string => settings.get<string>(name, '').trim();
  const name = text('model.name');
  const engine = settings.get<Engine>('engine', 'configured');
  return {
    engine: engine === 'model' && name === '' ? 'configured' : engine,
    name,
    provider: text('model.provider'),
    endpoint: text('model.endpoint'),
  };
}

/** The name under which the key of a model is stored: one a provider or endpoint, so that no key goes elsewhere. */
export function keyName(model: ModelChoice): string {
  return `groundplan.key ${model.endpoint || model.provider || model.name}`;
}

/** The variables that tell the server who answers. */
export async function environment(secrets: vscode.SecretStorage): Promise<Record<string, string>> {
  const model = choice();
  if (!vscode.workspace.isTrusted) {
    return { GROUNDPLAN_OFFLINE: '1' };
  }
  if (model.engine === 'evidence') {
    return { GROUNDPLAN_MODEL: 'none' };
  }
  if (model.engine === 'configured') {
    return {};
  }
  const key = await secrets.get(keyName(model));
  return {
    GROUNDPLAN_MODEL: model.name,
    GROUNDPLAN_MODEL_PROVIDER: model.provider,
    GROUNDPLAN_MODEL_ENDPOINT: model.endpoint,
    GROUNDPLAN_MODEL_KEY: key ?? '',
  };
}
