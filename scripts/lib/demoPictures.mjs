// npm run demo -- --pictures: what the README shows. It works on a copy of the service, which it rewrites on the way.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pictureSize, savePicture } from './pictures.mjs';
import { root } from './setup.mjs';
import { step } from './steps.mjs';
import { openFile, runCommand } from './workbench/commandPalette.mjs';
import { waitForFlameGraph, webview } from './workbench/profileEditor.mjs';
import { pick, waitForQuickPick } from './workbench/quickInput.mjs';
import { waitForStatusBarItem } from './workbench/statusBar.mjs';
import { decoratedLines, hoverOver } from './workbench/textEditors.mjs';
import { dismissWidgets } from './workbench/widgets.mjs';
import { chooseTheme } from './workbench/window.mjs';

export const themes = {
  dark: { label: 'Dark Modern', dark: true },
  light: { label: 'Light Modern', dark: false },
  contrast: { label: 'Dark High Contrast', kind: 'hc-black' },
};
const hotFile = 'billOfMaterials.ts';
const editor = '.part.editor';
const code = '.editor-instance .view-lines > .view-line';

/** Makes the pictures' window: nothing in it but what they show. */
export const pictureSettings = {
  'remote.autoForwardPorts': false,
  'editor.fontSize': 12,
  'editor.lineHeight': 19,
  'editor.lightbulb.enabled': 'off',
  'editor.renderLineHighlight': 'none',
  'editor.occurrencesHighlight': 'off',
  'editor.hover.above': false,
  'editor.guides.indentation': false,
  'explorer.compactFolders': false,
  // Of this window's width, which the default does not know.
  'emberline.heat.labelColumn': 75,
  'files.exclude': { '**/.vscode': true },
  'outline.collapseItems': 'alwaysCollapse',
};

/** Of one profile: chart, hot lines in three themes, hover, sandwich, Hottest Lines beside the Explorer. */
export async function picturesOfProfile(page, folder) {
  const save = saverFor(page, folder);
  await showEditorsOnly(page);
  await chartOfService(page);
  await settled(page);
  await save('flame-graph-dark', { from: editor, locators: [editor], margin: 0 });

  await openFile(page, hotFile);
  for (const [name, theme] of Object.entries(themes)) {
    if (name !== 'dark') await chooseTheme(page, theme);
    await waitForLines(page, (line) => line.label?.includes('%') && line.background !== null);
    await settled(page);
    await save(`hot-lines-${name}`, { from: editor, locators: [code], margin: 0 });
  }
  await chooseTheme(page, themes.dark);
  await step('The hover of a hot line', async () => {
    await hoverOver(page, 'catalog.get');
    await page.locator('.monaco-hover:visible', { hasText: 'Show in Flame Graph' }).first().waitFor();
    await save('hover-dark', { from: editor, locators: ['.monaco-hover:visible', code] });
    await dismissWidgets(page);
  });
  await step('Hottest Lines in the Explorer', async () => {
    await page.setViewportSize({ width: pictureSize.width + 114, height: 700 }).catch(() => {});
    await hottestLinesInExplorer(page);
    await widenSideBar(page, 50);
    // The view's buttons are shown while it has the focus.
    await openFile(page, hotFile);
    await showInLabels(page, 'Self');
    await waitForLines(page, (line) => line.label?.includes('%') && !line.label.includes('total'));
    await settled(page);
    await save('hottest-lines-dark', { from: '.part.sidebar', locators: [editor], margin: 0 });
    await showInLabels(page, 'Self and Total');
    await page.setViewportSize(pictureSize).catch(() => {});
    await runCommand(page, 'View: Close Primary Side Bar');
  });
  await step('The sandwich view', async () => {
    await openFile(page, 'quote.ts');
    await goToLine(page, await lineOf('quote.ts', 'async function quoteLine'));
    await runCommand(page, 'Emberline: Show Function in Sandwich View');
    await webview(page).locator('emberline-sandwich header').waitFor({ timeout: 30_000 });
    await settled(page);
    await save('sandwich-dark', { from: editor, locators: [editor], margin: 0 });
  });
  await runCommand(page, 'Emberline: Set as Baseline');
  await waitForStatusBarItem(page, 'baseline');
  await runCommand(page, 'View: Close All Editors');
}

/** Of the profile after the rewrite, with the one before as baseline: the changes in chart and lines. */
export async function picturesOfChange(page, folder) {
  const save = saverFor(page, folder);
  await showEditorsOnly(page);
  await chartOfService(page);
  await webview(page).locator('emberline-function-table .change').first().waitFor({ timeout: 30_000 });
  await settled(page);
  await save('baseline-chart-dark', { from: editor, locators: [editor], margin: 0 });
  await page.setViewportSize({ ...pictureSize, height: 680 }).catch(() => {});
  await openFile(page, hotFile);
  await waitForLines(page, (line) => line.label?.includes('pp'));
  await settled(page);
  await save('baseline-lines-dark', { from: editor, locators: [code], margin: 0 });
}

/** Makes the cost of a part known within one order, as somebody would who has seen where the time goes. */
export async function rewriteService(service) {
  const path = join(service, 'src', hotFile);
  let text = await readFile(path, 'utf8');
  const replace = (from, to) => {
    if (!text.includes(from)) throw new Error(`demo/src/${hotFile} has no "${from.trim()}" any more to rewrite.`);
    text = text.replace(from, to);
  };
  replace('is costed in each of them.', 'is costed once: `known` has what a piece costs.');
  replace(
    '(catalog: Catalog, id: string, quantity: number)',
    '(\n  catalog: Catalog,\n  id: string,\n  quantity: number,\n  known = new Map<string, number>(),\n)',
  );
  replace('let each = part.cost;', 'const before = known.get(id);\n  let each = before ?? part.cost;');
  replace(
    'for (const component of part.components)',
    'for (const component of before === undefined ? part.components : [])',
  );
  replace('component.part, component.quantity)', 'component.part, component.quantity, known)');
  replace('  return Math.round', '  known.set(id, each);\n  return Math.round');
  await writeFile(path, text);
}

function saverFor(page, folder) {
  return (name, part) => savePicture(page, join(folder, `${name}.png`), part);
}

async function showEditorsOnly(page) {
  await runCommand(page, 'View: Close Primary Side Bar');
  // The debug console may have opened.
  if ((await page.locator('.part.panel:visible').count()) > 0) await page.keyboard.press('Control+j');
  await page.locator('.part.panel').waitFor({ state: 'hidden', timeout: 10_000 });
  await runCommand(page, 'Notifications: Clear All Notifications');
}

/** The view as a user moves it, with the Explorer's badges above. */
async function hottestLinesInExplorer(page) {
  await runCommand(page, 'View: Move View');
  await waitForQuickPick(page, 'Select a View');
  await page.locator('.quick-input-widget:visible input[type=text]').first().fill('Hottest Lines');
  await pick(page, 'Hottest Lines');
  await waitForQuickPick(page, 'Select a Destination');
  await page.locator('.quick-input-widget:visible input[type=text]').first().fill('Explorer');
  await pick(page, 'Explorer');
  const pane = page.locator('.part.sidebar .pane', { has: page.locator('.pane-header[aria-label^="Hottest Lines"]') });
  const row = pane.locator('.monaco-list-row', { hasText: hotFile }).first();
  await row.waitFor({ timeout: 30_000 });
  await row.locator('.monaco-tl-twistie').click();
}

/** By its sash, as a user does: so that what stands in lines can be read. */
async function widenSideBar(page, by) {
  const { x, y, width, height } = await page.locator('.part.sidebar').first().boundingBox();
  const at = { x: x + width, y: y + height / 2 };
  await page.mouse.move(at.x, at.y);
  await page.mouse.down();
  await page.mouse.move(at.x + by, at.y, { steps: 5 });
  await page.mouse.up();
}

async function lineOf(file, text) {
  const lines = (await readFile(join(root, 'demo', 'src', file), 'utf8')).split('\n');
  return lines.findIndex((line) => line.includes(text)) + 1;
}

async function goToLine(page, line) {
  await page.keyboard.press('Control+g');
  const input = page.locator('.quick-input-widget:visible input[type=text]').first();
  await input.waitFor();
  await page.keyboard.type(String(line));
  const gone = () => page.locator('.quick-input-widget').waitFor({ state: 'hidden', timeout: 3000 });
  // Pressed before the quick input has read the number, the key does nothing.
  for (let tries = 0; tries < 5; tries++) {
    await input.press('Enter');
    if (
      await gone().then(
        () => true,
        () => false,
      )
    )
      break;
  }
  await page
    .locator('.line-numbers.active-line-number', { hasText: String(line) })
    .first()
    .waitFor();
}

async function showInLabels(page, what) {
  await runCommand(page, 'Emberline: Choose What Lines Show…');
  await waitForQuickPick(page);
  const rows = page.locator('.quick-input-widget:visible .monaco-list-row');
  await rows
    .filter({ has: page.locator('.label-name', { hasText: new RegExp(`^\\s*${what}$`) }) })
    .first()
    .click();
  await page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
}

/** The service's own thread, without its child's. */
async function chartOfService(page) {
  await waitForFlameGraph(page);
  await dismissNotes(page);
  const frame = webview(page);
  await frame.getByRole('button', { name: /^Thread:/ }).click();
  await frame.locator('.heading:has-text("server.js") + .option').click();
}

/** What was lost is said above a chart, where the machine was busy: read and closed. */
async function dismissNotes(page) {
  const close = webview(page).getByRole('button', { name: 'Dismiss notes' });
  if ((await close.count()) > 0) await close.click();
}

async function waitForLines(page, fits) {
  for (let i = 0; i < 150; i++) {
    if ((await decoratedLines(page)).some(fits)) return;
    await page.waitForTimeout(200);
  }
  throw new Error('The editor shows no hot lines.');
}

/** The pointer out of the way, and what follows the last step drawn. */
async function settled(page) {
  const { width, height } = page.viewportSize() ?? pictureSize;
  await page.mouse.move(width - 3, height - 3);
  await page.waitForTimeout(1500);
}
