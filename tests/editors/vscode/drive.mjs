// Goes through the extension as a person does: node drive.mjs FOLDER GROUNDPLAN [PICTURES]
import { execFileSync } from 'node:child_process';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PATIENCE, chromium, repository, startEditor } from './desk.mjs';
import { startModel } from './model.mjs';

const [folder, program, docs] = process.argv.slice(2);
const here = fileURLToPath(new URL('.', import.meta.url));
const began = Date.now();
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
    if (docs) copyFileSync(path, join(docs, `${name}.png`));
  }

  /** Waits until what a function of the page says is true. */
  until(what, test, argument) {
    return this.page.waitForFunction(test, argument, { timeout: PATIENCE }).catch(() => { throw new Error(`never: ${what}`); });
  }

  async palette(text) {
    await this.page.keyboard.press('F1');
    const box = this.page.locator('.quick-input-widget input.input');
    await box.waitFor();
    await box.fill(`>${text}`);
    await this.page.locator('.quick-input-list .monaco-list-row').filter({ hasText: text.replace('groundplan: ', '') }).first().waitFor();
    await this.page.keyboard.press('Enter');
  }

  async open(path) {
    await this.page.keyboard.press('Control+p');
    const box = this.page.locator('.quick-input-widget input.input');
    await box.waitFor();
    await box.fill(path);
    await this.page.locator('.quick-input-list .monaco-list-row', { hasText: path.split('/').pop() }).first().waitFor();
    await this.page.keyboard.press('Enter');
    await this.page.locator(`.tab[data-resource-name="${path.split('/').pop()}"]`).first().waitFor();
  }

  /** Puts the cursor into a line, counted from 1. */
  async line(number, column = 1) {
    await this.page.keyboard.press('Control+g');
    const box = this.page.locator('.quick-input-widget input.input');
    await box.waitFor();
    await box.fill(`:${number}:${column}`);
    await this.page.keyboard.press('Enter');
    await box.waitFor({ state: 'hidden' });
  }

  row(text, view = '') {
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
  const workspace = join(folder, 'run/story-repository');
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
  await page.keyboard.press('Control+.');
  await page.locator('.action-widget .monaco-list-row', { hasText: 'Generate implementation plan into a new file' }).waitFor();
  const action = page.locator('.action-widget .monaco-list-row', { hasText: /Generate implementation plan \(/ });
  await action.waitFor();
  ok('the light bulb offers it');
  await desk.picture('actions');
  await action.click();
  await desk.toast('groundplan: Implementation plan').getByRole('button', { name: 'Cancel' }).waitFor();
  ok('progress is a notification with Cancel');
  await desk.picture('progress');
  await desk.toast(/6 sections written, \d+ of \d+ claims cite a source that was read/).waitFor();
  await desk.until('the plan is revealed', () => [...document.querySelectorAll('.view-lines .view-line')].some((line) => line.textContent.includes('Executive') && line.getBoundingClientRect().top < 300));
  ok('the plan is written and revealed');
  const plan = await desk.saved(DOCUMENT, (text) => text.includes('groundplan-stamp'), 'the plan');
  execFileSync(program, ['check', DOCUMENT], { cwd: workspace });
  ok('the plan draws no finding');

  await desk.row('2 of 2 served').waitFor();
  await desk.row(/Sources.*(\d+) of \1 fresh/).waitFor();
  await desk.row(/^Executive Summary\s*generated/).waitFor();
  ok('the side bar shows sections, coverage and fresh sources');
  await desk.clear();
  await desk.picture('sidebar');

  const cited = lineOf(plan, '- **Reuse Strategy**');
  await desk.line(cited);
  await page.locator('.view-line span', { hasText: /\[\^s\d+\]/ }).first().hover();
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
  await page.keyboard.press('Control+.');
  const fix = page.locator('.action-widget .monaco-list-row', { hasText: 'Insert the field' });
  await fix.first().waitFor();
  await fix.first().click();
  await desk.saved(DOCUMENT, (text) => text.includes('- **Reuse Strategy**: ['), 'the field that the fix puts back');
  ok('a quick fix puts it back');
  await page.keyboard.press('Control+z');
  await page.keyboard.press('Control+z');
  await desk.saved(DOCUMENT, (text) => text === plan, 'what stood before');
  ok('undo takes both back');
  await page.keyboard.press('Control+Shift+m');
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
    const button = desk.toast('was changed by hand').getByRole('button', { name: answer });
    await button.waitFor();
    if (answer === 'Keep My Text') await desk.picture('proposal');
    await button.click();
    await page.locator('.tab', { hasText: 'Executive Summary: yours' }).waitFor({ state: 'detached' });
    await desk.toast(/section(s)? written/).waitFor();
    await desk.open(DOCUMENT);
    await desk.saved(DOCUMENT, (text) => text === expected, `${answer}: the document`);
    await desk.clear();
    ok(`the difference is shown first, and ${answer} is heard`);
  }

  await desk.palette('groundplan: Generate Implementation Plan into a New File');
  await page.locator('.tab', { hasText: 'export.requirements.plan.md' }).waitFor().catch(async () => {
    await desk.picture('fail-file');
    throw new Error('no plan of its own file');
  });
  await leave();
}

await story().catch(async (error) => {
  await desk?.picture('fail').catch(() => undefined);
  console.log(`failed: ${error.message}`);
  process.exitCode = 1;
});
await browser.close();
editor?.stop();
model.stop();
console.log(`${checks} checks passed, ${process.exitCode ? 1 : 0} failed`);
