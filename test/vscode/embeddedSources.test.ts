import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as vscode from 'vscode';
import { decoratedLines, eventually, screenshot, tabs, ui } from './driver';
import { labelOf, v8Lines } from './lineOracles';
import { openProfile } from './openProfile';
import { projectFile, writeWorkspace } from './workspaceFolder';

const kernel = `interface Load {
  readonly rounds: number;
}

export function grindText(load: Load): number {
  let sum: number = 0;
  for (let i = 0; i < load.rounds; i++) {
    sum += Math.sqrt(i) * Math.sin(i) + Math.atan2(i, sum);
  }
  return sum;
}
`;
const main = `import { grindText } from './embeddedKernel';

const end: number = Date.now() + 1000;
let sum = 0;
while (Date.now() < end) {
  for (let i: number = 0; i < 20000; i++) {
    sum += Math.cbrt(i) + Math.cosh(i);
  }
  sum += grindText({ rounds: 20000 });
}
console.log(sum);
`;

const activateRow = (name: string): Promise<void> =>
  ui(async (page, text, tools) => {
    const frame = tools.webview(page);
    await frame.getByRole('textbox', { name: /filter/i }).fill(text);
    await frame.getByRole('gridcell').filter({ hasText: text }).first().dblclick();
  }, name);

/** Clicks a line in the Hottest Lines view where it is shown, else its file where that is closed. */
const clickLine = (file: string, line: string): Promise<void> =>
  ui(
    async (page, [ofFile, ofLine]) => {
      const rows = page.locator('.part.sidebar .pane .monaco-list-row');
      const shown = rows.filter({ hasText: ofLine! });
      const closed = rows.and(page.locator('[aria-expanded="false"]')).filter({ hasText: ofFile! });
      const wanted = (await shown.count()) > 0 ? shown : closed;
      if ((await wanted.count()) > 0) {
        // The tree may be drawn anew meanwhile.
        await wanted
          .first()
          .click({ timeout: 5000 })
          .catch(() => undefined);
      }
    },
    [file, line],
  );

/** The label behind the line that has a text; undefined while there is none. */
const labelBehind = async (text: string): Promise<string | undefined> =>
  (await decoratedLines()).find((line) => line.text.includes(text) && line.label !== null)?.label ?? undefined;

suite('Sources that are no files of the workspace', () => {
  let outside: string;

  suiteSetup(async () => {
    outside = realpathSync(mkdtempSync(join(tmpdir(), 'emberline-embedded-')));
    await vscode.commands.executeCommand('workbench.action.closeSidebar');
    await vscode.commands.executeCommand('emberline.forgetSourceChoices');
    await vscode.commands.executeCommand('notifications.clearAll');
  });

  suiteTeardown(async () => {
    rmSync(outside, { recursive: true, force: true });
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.commands.executeCommand('emberline.clearHeat');
  });

  test('a deleted TypeScript file is shown as its source map has it, and glows', async function () {
    this.timeout(180_000);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    mkdirSync(join(outside, 'src'));
    writeFileSync(join(outside, 'src', 'embeddedKernel.ts'), kernel);
    writeFileSync(join(outside, 'src', 'embeddedMain.ts'), main);
    const folder = writeWorkspace('embedded', {});
    mkdirSync(folder, { recursive: true });
    const esbuild = createRequire(projectFile('package.json'))('esbuild') as typeof import('esbuild');
    const outfile = join(folder, 'bundle.js');
    await esbuild.build({
      entryPoints: [join(outside, 'src', 'embeddedMain.ts')],
      bundle: true,
      outfile,
      platform: 'node',
      sourcemap: 'linked',
      logLevel: 'silent',
    });
    rmSync(join(outside, 'src'), { recursive: true });
    await promisify(execFile)(
      process.execPath,
      ['--cpu-prof', '--cpu-prof-interval', '500', '--cpu-prof-dir', folder, outfile],
      { cwd: folder, env: { ...process.env, ELECTRON_RUN_AS_NODE: '1', NODE_OPTIONS: '' } },
    );
    const profile = join(folder, 'embedded.cpuprofile');
    renameSync(join(folder, readdirSync(folder).find((file) => file.endsWith('.cpuprofile'))!), profile);

    await openProfile(profile);
    await ui(async (page, _, tools) => {
      const frame = tools.webview(page);
      await frame.getByRole('combobox', { name: 'Sample type' }).click();
      await frame.getByRole('option', { name: 'samples' }).first().click();
    }, null);
    await activateRow('grindText');
    const editor = await eventually(
      async () => vscode.window.visibleTextEditors.find(({ document }) => document.uri.scheme === 'emberline-source'),
      (shown) => shown !== undefined,
    );
    const { document } = editor!;
    assert.equal(document.getText(), kernel);
    assert.equal(document.languageId, 'typescript');
    assert.match(document.uri.path, /\/src\/embeddedKernel\.ts$/);
    await eventually(
      () => editor!.selection.active.line,
      (line) => line === 4,
    );
    assert.ok((await tabs()).some((tab) => tab.includes('embeddedKernel.ts')));
    // The oracle is V8's own ticks of the statement in the bundle, whatever function it counted them for.
    const bundled = readFileSync(outfile, 'utf8').split('\n');
    const expectLabel = async (text: string): Promise<void> => {
      const generated = bundled.findIndex((line) => line.includes(text)) + 1;
      const expected = labelOf(v8Lines(profile, 'bundle.js'), generated);
      assert.ok(expected !== null);
      await eventually(
        () => labelBehind(text),
        (label) => label === expected,
      );
    };
    await expectLabel('Math.atan2');
    const pictures = process.env['EMBERLINE_TEST_OUTPUT'];
    if (pictures !== undefined) await screenshot(join(pictures, 'embedded-source.png'));
    // Nobody can type into it.
    await vscode.window.showTextDocument(document, editor!.viewColumn);
    await vscode.commands.executeCommand('type', { text: 'x' });
    assert.equal(document.getText(), kernel);

    // Top-level code has no function but the bundle's: its lines are known all the same, and lead there.
    await vscode.commands.executeCommand('emberline.hottestLines.focus');
    // A click on a row that is just drawn anew does nothing.
    const top = await eventually(
      async () => {
        const before = vscode.window.activeTextEditor;
        if (before?.document.uri.path.endsWith('/src/embeddedMain.ts')) return before;
        await clickLine('embeddedMain.ts', 'Math.cosh');
        return vscode.window.activeTextEditor;
      },
      (active) => active?.document.uri.path.endsWith('/src/embeddedMain.ts') === true,
    );
    assert.equal(top!.document.getText(), main);
    await eventually(
      () => top!.document.lineAt(top!.selection.active.line).text,
      (line) => line.includes('Math.cosh'),
    );
    await expectLabel('Math.cosh');
    if (pictures !== undefined) await screenshot(join(pictures, 'embedded-top-level.png'));
    await vscode.commands.executeCommand('workbench.action.closeSidebar');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  test('packages, read-only files and open files outside the workspace glow', async function () {
    this.timeout(120_000);
    const library = join(outside, 'outsider.py');
    writeFileSync(library, 'def peek():\n    spin()\n');
    const folder = writeWorkspace('libraries', {
      'node_modules/leftpadded/lib/pad.js': 'exports.pad = (text) => {\n  return text.padStart(80);\n};\n',
    });
    const pad = join(folder, 'node_modules', 'leftpadded', 'lib', 'pad.js');
    const profile = join(folder, 'libraries.folded');
    const packaged = '/app/node_modules/leftpadded/lib/pad.js';
    writeFileSync(profile, `padText (${packaged}:2) 30\npeekOut (${library}:2) 10\n`);
    const files = vscode.workspace.getConfiguration('files');
    await files.update('readonlyInclude', { '**/node_modules/**': true }, vscode.ConfigurationTarget.Global);
    try {
      await openProfile(profile);
      await activateRow('padText');
      await eventually(
        () => labelBehind('padStart'),
        (label) => label === '75.0% self · 75.0% total',
      );
      assert.ok(vscode.window.visibleTextEditors.some(({ document }) => document.uri.fsPath === pad));
      // Whoever opened a file needs not be asked whether its lines may glow.
      await vscode.window.showTextDocument(vscode.Uri.file(library), { viewColumn: vscode.ViewColumn.Two });
      await eventually(
        () => labelBehind('spin()'),
        (label) => label === '25.0% self · 25.0% total',
      );
    } finally {
      await files.update('readonlyInclude', undefined, vscode.ConfigurationTarget.Global);
    }
  });
});
