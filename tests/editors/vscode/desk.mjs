// A repository with requirements, a user's folders, and the editor over them in a browser.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
export const { chromium } = createRequire(join(process.env.NODE_PATH, 'x.js'))('playwright-core');

/** How long anything may take on a loaded machine. */
export const PATIENCE = Number(process.env.GROUNDPLAN_PATIENCE_MS ?? 120_000);

/** Every test writes into a repository of its own; it has enough files that a run can be seen. */
export function repository(folder) {
  rmSync(folder, { recursive: true, force: true });
  cpSync(join(here, '../fixture'), folder, { recursive: true });
  for (let n = 0; n < 300; n++) {
    const lines = Array.from({ length: 120 }, (_, line) => `pub fn f${n}_${line}() -> u32 { 1 }\n`);
    writeFileSync(join(folder, `src/m${n}.rs`), lines.join(''));
  }
  const git = (...options) => execFileSync('git', ['-C', folder, '-c', 'user.name=Ann', '-c', 'user.email=ann@example.invalid', ...options]);
  git('init', '--quiet');
  git('add', '.');
  git('commit', '--quiet', '-m', 'Add orders and the report export');
}

async function freePort() {
  const server = createServer();
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = server.address();
  await new Promise((closed) => server.close(closed));
  return port;
}

/** Starts the editor with the extension; `machine` are settings of the machine, `trusted` whether trust is taken for granted. */
export async function startEditor({ folder, name, workspace, machine = {}, trusted = true, config = '' }) {
  const run = join(folder, 'run', name);
  const data = join(run, 'data');
  const put = (path, text) => {
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, text);
  };
  put(join(data, 'User/settings.json'), JSON.stringify({
    'workbench.startupEditor': 'none',
    'workbench.welcomePage.walkthroughs.openOnInstall': false,
    'workbench.tips.enabled': false,
    'workbench.secondarySideBar.defaultVisibility': 'hidden',
    'chat.disableAIFeatures': true,
    'chat.commandCenter.enabled': false,
    'telemetry.telemetryLevel': 'off',
    'update.mode': 'none',
    'extensions.autoCheckUpdates': false,
    'extensions.autoUpdate': false,
    'extensions.ignoreRecommendations': true,
    'security.workspace.trust.startupPrompt': 'always',
    'git.enabled': false,
    'git.openRepositoryInParentFolders': 'never',
    'files.autoSave': 'off',
    'editor.accessibilitySupport': 'off',
    'editor.hover.delay': 100,
    'editor.minimap.enabled': false,
    'editor.wordWrap': 'on',
    'editor.stickyScroll.enabled': false,
    'editor.unicodeHighlight.ambiguousCharacters': false,
  }));
  put(join(data, 'Machine/settings.json'), JSON.stringify(machine));
  put(join(run, 'config/groundplan/config.toml'), `research.registries = false\n${config}`);
  const port = await freePort();
  put(join(run, 'code-server.yaml'), `auth: none\nbind-addr: 127.0.0.1:${port}\n`);
  const program = join(folder, 'node_modules/code-server/out/node/entry.js');
  const places = ['--config', join(run, 'code-server.yaml'), '--user-data-dir', data, '--extensions-dir', join(run, 'extensions')];
  const env = { ...process.env, XDG_CONFIG_HOME: join(run, 'config'), XDG_STATE_HOME: join(run, 'state'), XDG_CACHE_HOME: join(run, 'cache') };
  delete env.NODE_PATH;
  const installed = spawnSync(process.execPath, [program, ...places, '--force', '--install-extension', join(folder, 'groundplan.vsix')], { env, encoding: 'utf8' });
  if (installed.status !== 0) throw new Error(`the extension was not installed\n${`${installed.stdout}${installed.stderr}`.slice(-2000)}`);
  const options = ['--disable-telemetry', '--disable-update-check', '--disable-getting-started-override'];
  if (trusted) options.push('--disable-workspace-trust');
  const server = spawn(process.execPath, [program, ...places, ...options, workspace], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [server.stdout, server.stderr]) stream.on('data', (piece) => { said += piece; });
  const until = Date.now() + PATIENCE;
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => undefined);
    if (answer?.ok) break;
    if (server.exitCode !== null || Date.now() > until) throw new Error(`the editor did not start\n${said}`);
    await new Promise((soon) => setTimeout(soon, 100));
  }
  return { url: `http://127.0.0.1:${port}/?folder=${encodeURIComponent(workspace)}`, run, stop: () => server.kill(), exists: (path) => existsSync(join(run, path)) };
}
