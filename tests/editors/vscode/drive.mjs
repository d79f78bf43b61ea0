// Goes through the extension as a person does: node drive.mjs FOLDER GROUNDPLAN [PICTURES]
import { execFileSync } from 'node:child_process';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PATIENCE, chromium, repository, startEditor } from './desk.mjs';
import { startModel } from './model.mjs';

const [folder, program, docs] = process.argv.slice(2);
const began = Date.now();
// Pictures that the extension, its page and the README show.
const PUBLISHED = ['write', 'progress', 'hover', 'sidebar', 'stale', 'proposal', 'model'];
let checks = 0;

function ok(what) {
  checks += 1;
  console.log(`ok: ${what}  (${((Date.now() - began) / 1000).toFixed(1)} s)`);
}

function must(fact, what) {
  if (!fact) throw new Error(what);
}

/** Hands for a page with the editor in it. */
class Desk {
  constructor(page, workspace) {
    this.page = page;
    this.workspace = workspace;
  }

  /** A picture for whoever looks for a fault; with a name of the docs, it is one of theirs. */
  async picture(name, options = {}) {
    const path = join(folder, 'pictures', `${name}.png`);
    await this.page.screenshot({ path, animations: 'disabled', caret: 'hide', ...options });
    if (docs && PUBLISHED.includes(name)) copyFileSync(path, join(docs, `${name}.png`));
  }

  /** Waits until what a function of the page says is true. */
  until(what, test, argument) {
    return this.page.waitForFunction(test, argument, { timeout: PATIENCE }).catch(() => { throw new Error(`never: ${what}`); });
  }

  /** Opens the box of a key; one that comes while something else takes the keys is pressed again. */
  async summon(key) {
    const box = this.page.locator('.quick-input-widget input.input');
    for (const until = Date.now() + PATIENCE; ; ) {
      await this.page.keyboard.press(key);
      if (await box.waitFor({ timeout: 5000 }).then(() => true, () => false)) return box;
      must(Date.now() < until, `never: the box of ${key}`);
    }
  }

  /** Opens the menu of actions at the cursor; one that an update of the document closes is opened again. */
  async actions() {
    const menu = this.page.locator('.action-widget .monaco-list-row').first();
    for (const until = Date.now() + PATIENCE; ; ) {
      await this.page.keyboard.press('Control+.');
      if (await menu.waitFor({ timeout: 5000 }).then(() => true, () => false)) return;
      must(Date.now() < until, 'never: a menu of actions');
    }
  }

  async palette(text) {
    const box = await this.summon('F1');
    await box.fill(`>${text}`);
    await this.page.locator('.quick-input-list .monaco-list-row').filter({ hasText: text.replace('groundplan: ', '') }).first().waitFor();
    await this.page.keyboard.press('Enter');
  }

  async open(path) {
    const box = await this.summon('Control+p');
    await box.fill(path);
    await this.page.locator('.quick-input-list .monaco-list-row', { hasText: path.split('/').pop() }).first().waitFor();
    await this.page.keyboard.press('Enter');
    await this.page.locator(`.tab[data-resource-name="${path.split('/').pop()}"]`).first().waitFor();
  }

  /** Puts the cursor into a line, counted from 1. */
  async line(number, column = 1) {
    const box = await this.summon('Control+g');
    await box.fill(`:${number}:${column}`);
    await this.page.keyboard.press('Enter');
    await box.waitFor({ state: 'hidden' });
  }

  row(text, view = '.pane-body') {
    return this.page.locator(`${view} .monaco-list-row`, { hasText: text });
  }

  /** What the editor has written to disk, once that fits. */
  async saved(path, fits, what) {
    await this.page.keyboard.press('Control+s');
    await this.until(what, () => document.querySelector('.tab.active.dirty') === null);
    for (const until = Date.now() + PATIENCE; ; ) {
      const text = readFileSync(join(this.workspace, path), 'utf8');
      if (fits(text)) return text;
      must(Date.now() < until, `never on disk: ${what}\n${text}`);
      await new Promise((soon) => setTimeout(soon, 100));
      await this.page.keyboard.press('Control+s');
    }
  }

  /** Closes an editor that lies over the others. */
  async closeModal() {
    await this.page.locator('.modal-editor-action-container .codicon-close').first().click();
    await this.page.locator('.modal-editor-part').waitFor({ state: 'hidden' });
  }

  toast(text) {
    return this.page.locator('.notification-toast', { hasText: text }).first();
  }

  async clear() {
    await this.palette('Notifications: Clear All Notifications');
    await this.page.locator('.notification-toast').first().waitFor({ state: 'detached' });
  }
}

function lineOf(text, needle) {
  const at = text.split('\n').findIndex((line) => line.includes(needle));
  must(at >= 0, `${needle} is not in the text`);
  return at + 1;
}

const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium', headless: true,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--force-color-profile=srgb'],
});
const model = await startModel();
let desk;
let editor;

async function enter(options, workspace) {
  editor = await startEditor({ folder, workspace, ...options });
  const context = await browser.newContext({ viewport: { width: 1360, height: 820 } });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  desk = new Desk(page, workspace);
  await page.goto(editor.url);
  await page.locator('.monaco-workbench').waitFor();
  return page;
}

async function leave() {
  await desk.page.context().close();
  editor.stop();
}

const DOCUMENT = 'docs/export.requirements.md';

/** From requirements to a plan, and what keeps it true: the program that came with the extension. */
async function story() {
  const workspace = join(folder, 'run/story répository');
  repository(workspace);
  const page = await enter({ name: 'story' }, workspace);
  await desk.open(DOCUMENT);
  const lens = page.locator('.codelens-decoration a', { hasText: /^Generate implementation plan \(\d+ questions, no model\)/ });
  await lens.waitFor();
  ok('the lens offers the plan, with its size');
  await page.locator('.activitybar .action-item a[aria-label^="groundplan"]').click();
  await desk.row('2, no plan yet').waitFor();
  ok('the side bar shows the requirements');
  await desk.picture('write');

  await desk.line(3);
  await desk.actions();
  await page.locator('.action-widget .monaco-list-row', { hasText: 'Generate implementation plan into a new file' }).waitFor();
  const action = page.locator('.action-widget .monaco-list-row', { hasText: /Generate implementation plan \(/ });
  await action.waitFor();
  ok('the light bulb offers it');
  await desk.picture('actions');
  await action.click();
  await desk.toast('groundplan: Implementation plan').getByRole('button', { name: 'Cancel' }).waitFor();
  ok('progress is a notification with Cancel');
  await desk.toast(/6 sections written, \d+ of \d+ claims cite a source that was read/).waitFor();
  await desk.until('the plan is revealed', () => [...document.querySelectorAll('.view-lines .view-line')].some((line) => line.textContent.includes('Executive') && line.getBoundingClientRect().top < 300));
  ok('the plan is written and revealed');
  const plan = await desk.saved(DOCUMENT, (text) => text.includes('groundplan-stamp'), 'the plan');
  execFileSync(program, ['check', DOCUMENT], { cwd: workspace });
  ok('the plan draws no finding');

  await desk.row('2 of 2 served').waitFor();
  await desk.row(/Sources.*(\d+) of \1 fresh/).waitFor();
  await desk.row(/^Executive Summary\s*$/).waitFor();
  ok('the side bar shows sections, coverage and fresh sources');
  await desk.clear();
  await desk.picture('sidebar');

  const cited = lineOf(plan, '- **Reuse Strategy**');
  await desk.line(cited);
  await page.locator('.view-line span[class^="mtk"]', { hasText: /^\^s2$/ }).first().hover();
  await page.locator('.monaco-hover:visible', { hasText: /· fresh/ }).waitFor();
  ok('a hover shows what is cited, and that it is fresh');
  await desk.picture('hover');

  await desk.line(cited);
  await page.keyboard.press('Home');
  await page.keyboard.press('Shift+ArrowDown');
  await page.keyboard.press('Delete');
  await page.locator('.squiggly-warning, .squiggly-error, .squiggly-info').first().waitFor();
  await page.keyboard.press('Control+Shift+m');
  await page.locator('.markers-panel .monaco-list-row', { hasText: 'Reuse Strategy' }).waitFor();
  ok('a field that is taken out is a squiggle and a problem');
  await desk.picture('problems');
  await page.locator('.markers-panel .monaco-list-row', { hasText: 'Reuse Strategy' }).dblclick();
  await page.locator('.monaco-editor.focused').first().waitFor();
  await desk.actions();
  const fix = page.locator('.action-widget .monaco-list-row', { hasText: 'Insert the field' });
  await fix.first().waitFor();
  await fix.first().click();
  await desk.saved(DOCUMENT, (text) => text.includes('- **Reuse Strategy**: ['), 'the field that the fix puts back');
  ok('a quick fix puts it back');
  await page.keyboard.press('Control+z');
  await page.keyboard.press('Control+z');
  await desk.saved(DOCUMENT, (text) => text === plan, 'what stood before');
  ok('undo takes both back');
  await page.keyboard.press('Control+j');
  await page.locator('.markers-panel').waitFor({ state: 'hidden' });

  writeFileSync(join(workspace, DOCUMENT), plan.replace('within 2 seconds', 'within 9 seconds'));
  await desk.row(/^FR-001.*within 9 seconds/).waitFor();
  await desk.row('out of date').first().waitFor();
  await page.locator('.squiggly-warning, .squiggly-info').first().waitFor();
  ok('a requirement that says something else makes sections out of date');
  await desk.picture('stale');
  await desk.row('out of date').first().hover();
  await page.locator('.pane-header', { hasText: 'Plan' }).first().hover();
  await page.getByRole('button', { name: 'Refresh What Is out of Date' }).first().click();
  await desk.toast(/sections? written/).waitFor();
  await desk.saved(DOCUMENT, (text) => text.includes('within 9 seconds') && text !== plan, 'the refreshed plan');
  execFileSync(program, ['check', DOCUMENT], { cwd: workspace });
  ok('what was out of date is refreshed');
  await desk.clear();

  const refreshed = readFileSync(join(workspace, DOCUMENT), 'utf8');
  const mine = refreshed.replace('- **Implementation Approach**:', '- **Implementation Approach**: my own words.');
  writeFileSync(join(workspace, DOCUMENT), mine);
  await desk.row(/^Executive Summary\s*yours/).waitFor();
  ok('a section that a person has changed is theirs');
  for (const [answer, expected] of [['Keep My Text', mine], ['Replace My Text', refreshed]]) {
    await desk.row(/^Executive Summary/).hover();
    await desk.row(/^Executive Summary/).getByRole('button', { name: 'Regenerate Section' }).click();
    await page.locator('.tab.active', { hasText: 'Executive Summary: yours' }).waitFor();
    // Once by the notification, once by the title of the comparison, which stays when that has gone.
    const inTitle = page.locator('.editor-actions, .title-actions').getByRole('button', { name: answer });
    const button = answer === 'Keep My Text' ? desk.toast('was changed by hand').getByRole('button', { name: answer }) : inTitle.first();
    await button.waitFor();
    await inTitle.first().waitFor();
    if (answer === 'Keep My Text') await desk.picture('proposal');
    await button.click();
    await page.locator('.tab', { hasText: 'Executive Summary: yours' }).waitFor({ state: 'detached' });
    await desk.toast(/written/).waitFor();
    await desk.open(DOCUMENT);
    await desk.saved(DOCUMENT, (text) => text === expected, `${answer}: the document`);
    await desk.clear();
    ok(`the difference is shown first, and ${answer} is heard`);
  }

  await leave();
}

/** A model chosen in the editor: what it is asked is shown while it works, it can be cancelled, killed and resumed. */
async function withModel() {
  const workspace = join(folder, 'run/model-repository');
  repository(workspace);
  // Every message of the server is kept, for the check against the protocol's types.
  const recorder = join(folder, 'run/groundplan-recorded');
  const record = fileURLToPath(new URL('../record.mjs', import.meta.url));
  const log = join(folder, 'run/messages.jsonl');
  writeFileSync(recorder, `#!/bin/sh\nexec '${process.execPath}' '${record}' '${log}' '${program}' "$@"\n`, { mode: 0o755 });
  const page = await enter({ name: 'model', machine: { 'groundplan.server.path': recorder } }, workspace);
  await desk.open(DOCUMENT);
  await page.locator('.codelens-decoration a', { hasText: 'no model' }).first().waitFor();
  await desk.palette('groundplan: Choose Engine and Model');
  await desk.row('A language model', '.quick-input-list').waitFor();
  await desk.picture('model');
  await desk.row('A language model', '.quick-input-list').click();
  const box = page.locator('.quick-input-widget input.input');
  const answer = async (title, text) => {
    await page.locator('.quick-input-widget:visible', { hasText: title }).waitFor();
    await box.fill(text);
    await page.keyboard.press('Enter');
  };
  await answer('as its provider writes it', 'patient');
  await desk.row('OpenAI-compatible', '.quick-input-list').click();
  await answer('base address', model.url);
  await answer('Stored in your system', 'test-key');
  const lens = page.locator('.codelens-decoration a', { hasText: /^Generate implementation plan \(12 questions, patient, at most 600k tokens\)/ });
  await lens.waitFor();
  ok('a model is chosen in the editor, and the lens says what a run may use');

  await page.locator('.activitybar .action-item a[aria-label^="groundplan"]').click();
  await page.locator('.pane-header', { hasText: 'Runs' }).click();
  // All rows are in sight only while the other view is closed.
  await page.locator('.pane-header', { hasText: 'Plan' }).click();
  model.allow = 2;
  await lens.click();
  await desk.until('two questions are answered', () => document.querySelectorAll('.pane-body .monaco-list-row .codicon-pass').length >= 2);
  await desk.until('others are being asked', () => document.querySelectorAll('.pane-body .monaco-list-row .codicon-loading').length >= 2);
  await desk.row(/\d+ requests? and \d+k tokens used/).waitFor();
  ok('the side bar shows the questions of each area, answered and not, and what was used');
  await desk.toast(/groundplan: Implementation plan.*(technology|system|design|testing) \d/).waitFor();
  await desk.picture('progress');
  await desk.toast('groundplan: Implementation plan').getByRole('button', { name: 'Cancel' }).click();
  await desk.toast('cancelled; nothing was written').waitFor();
  await desk.row(/cancelled · 2 of 12 answered/).waitFor();
  must(readFileSync(join(workspace, DOCUMENT), 'utf8').length < 400, 'a cancelled run has written something');
  ok('Cancel of the notification is heard, and the run is kept in the side bar');
  await desk.clear();

  model.allow = model.asked + 5;
  await lens.click();
  await desk.until('answers of the run', () => document.querySelectorAll('.pane-body .monaco-list-row .codicon-pass').length >= 6);
  execFileSync('pkill', ['-KILL', '-f', `^${program} lsp`]);
  await desk.toast(/interrupted with \d+ of 12 questions answered/).waitFor();
  await desk.toast('groundplan: Implementation plan').waitFor({ state: 'detached' });
  await desk.row('interrupted').waitFor();
  ok('a server that is killed is started again, and says what was interrupted');
  await desk.picture('runs');
  await desk.clear();
  const before = model.asked;
  model.release();
  await desk.row('interrupted').hover();
  await desk.row('interrupted').getByRole('button', { name: 'Resume Run' }).click();
  await desk.toast(/6 sections written/).waitFor();
  must(model.asked - before < 24, `${model.asked - before} requests after the resume`);
  await desk.saved(DOCUMENT, (text) => text.includes('engine: model patient'), 'the plan by the model');
  execFileSync(program, ['check', DOCUMENT], { cwd: workspace });
  ok('a resumed run finishes the plan');
  must(model.keys.size === 1 && model.keys.has('Bearer test-key'), `keys: ${[...model.keys]}`);
  must(!readFileSync(join(editor.run, 'data/User/settings.json'), 'utf8').includes('test-key'), 'the key stands in the settings');
  ok('the key comes from the secret storage and stands in no settings');
  await desk.clear();

  await desk.row(/finished · \d+ of 12 answered/).first().click();
  await page.locator('.view-lines', { hasText: 'finished' }).filter({ hasText: 'patient' }).waitFor();
  ok('a run is shown with what it asked and used');
  await desk.palette('Preferences: Open Settings (UI)');
  await page.locator('.settings-editor .suggest-input-container .monaco-editor').first().click();
  await page.keyboard.type('groundplan');
  await page.locator('.settings-editor', { hasText: 'Where a plan goes.' }).waitFor();
  // What a repository must not set is a setting of the machine.
  await page.locator('.settings-editor .action-label', { hasText: 'Remote' }).click();
  await page.locator('.settings-editor', { hasText: 'Who answers the questions of a plan' }).waitFor();
  ok('settings say what they are for');
  await desk.picture('settings');
  await desk.closeModal();
  await desk.palette('Welcome: Open Walkthrough...');
  await desk.row('From requirements to a plan', '.quick-input-list').click();
  await page.locator('.gettingStartedContainer', { hasText: 'Check any claim' }).first().waitFor();
  ok('the walkthrough is there');
  await desk.picture('walkthrough');
  await leave();
}

/** A workspace that nobody trusts: the plan is written, and the model of the user's configuration is not asked. */
async function untrusted() {
  const workspace = join(folder, 'run/strange-repository');
  repository(workspace);
  const asked = model.asked;
  const config = `model.name = 'patient'\nmodel.provider = 'openai'\nmodel.endpoint = '${model.url}'\n`;
  const page = await enter({ name: 'untrusted', trusted: false, config }, workspace);
  await page.locator('.monaco-dialog-box').getByRole('button', { name: /No, I don't trust/ }).click();
  await desk.open(DOCUMENT);
  const lens = page.locator('.codelens-decoration a', { hasText: /^Generate implementation plan \(12 questions, no model\)/ });
  await lens.waitFor();
  await desk.palette('groundplan: Choose Engine and Model');
  await desk.toast('no model is asked about a workspace that you do not trust').waitFor();
  await desk.picture('untrusted');
  await desk.clear();
  await page.locator('.codelens-decoration a', { hasText: 'Generate implementation plan into a new file' }).click();
  await page.locator('.tab', { hasText: 'export.requirements.plan.md' }).waitFor();
  await desk.toast(/6 sections written/).waitFor();
  must(model.asked === asked, 'a model was asked about an untrusted workspace');
  ok('in an untrusted workspace the embedded engine writes the plan, here into a file of its own');
  await desk.clear();
  await desk.palette('Workspaces: Manage Workspace Trust');
  await page.locator('.workspace-trust-editor').getByRole('button', { name: /^Trust$/ }).first().click();
  await page.locator('.workspace-trust-editor', { hasText: 'You trust this folder' }).waitFor();
  await desk.closeModal();
  await desk.open(DOCUMENT);
  await page.locator('.codelens-decoration a', { hasText: /patient, at most 600k tokens/ }).first().waitFor();
  ok('once it is trusted, the model of the configuration is there');
  await leave();
}

/** A program that is not where the setting says. */
async function missing() {
  const workspace = join(folder, 'run/missing-repository');
  repository(workspace);
  const page = await enter({ name: 'missing', machine: { 'groundplan.server.path': '/nowhere/groundplan' } }, workspace);
  await desk.open(DOCUMENT);
  await desk.toast('names /nowhere/groundplan, which is no program; give its whole path').getByRole('button', { name: 'Set Its Path' }).waitFor();
  ok('a program that is not there is said, with the way out');
  await desk.picture('missing');
  await desk.palette('groundplan: Generate Implementation Plan');
  await page.locator('.notification-toast', { hasText: 'names /nowhere/groundplan' }).nth(1).waitFor();
  ok('commands say it, too');
  await leave();
}

const scenarios = { story, withModel, untrusted, missing };
const wanted = process.env.GROUNDPLAN_SCENARIO?.split(' ') ?? Object.keys(scenarios);
for (const name of wanted) {
  console.log(`-- ${name}`);
  try {
    await scenarios[name]();
  } catch (error) {
    await desk?.picture(`fail-${name}`).catch(() => undefined);
    console.log(`failed: ${error.message}`);
    process.exitCode = 1;
    editor?.stop();
    break;
  }
}
await browser.close();
model.stop();
console.log(`${checks} checks passed, ${process.exitCode ? 1 : 0} failed`);
process.exit();
