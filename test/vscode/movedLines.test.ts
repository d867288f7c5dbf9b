import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, renameSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import {
  decoratedLines,
  eventually,
  pick,
  runCommand,
  screenshot,
  ui,
  waitForFlameGraph,
  waitForQuickPick,
  waitForStatusBarItem,
} from './driver';
import { type LineTable, labelOf } from './lineOracles';
import { type Case, cases, editedText, fixture } from './movedLineCases';
import { DARK_AND_LIGHT, inThemes } from './themes';
import { removeFromWorkspace, writeWorkspace } from './workspaceFolder';

interface Label {
  readonly line: number;
  readonly text: string;
  readonly label: string;
  readonly stale: boolean;
}

/** All labels of the only text editor, as drawn, from its first line to its last. */
async function drawnLabels(editor: vscode.TextEditor): Promise<Label[]> {
  const found = new Map<number, Label>();
  for (let top = 0; top < editor.document.lineCount; top += 25) {
    editor.revealRange(new vscode.Range(top, 0, top, 0), vscode.TextEditorRevealType.AtTop);
    await eventually(
      () => editor.visibleRanges[0]?.start.line ?? -1,
      (line) => Math.abs(line - top) <= 1,
      3000,
    ).catch(() => {});
    for (const { line, text, label, outlined } of await decoratedLines()) {
      if (line !== null && label !== null) found.set(line, { line, text, label, stale: outlined });
    }
  }
  return [...found.values()].sort((a, b) => a.line - b.line);
}

const trimmed = (line: string): string => line.trim();

/** The labels that must be drawn after `count` edits: each on its statement, the one that changed marked as stale. */
function expectedLabels(original: readonly string[], each: Case, table: LineTable, count: number): Label[] {
  const now = editedText(original, each, count);
  const marked = editedText(
    original.map((_, i) => `#${i + 1}`),
    { ...each, edit: (line) => `${line}~`, comment: '' },
    count,
  );
  return marked.flatMap((mark, i) => {
    const [, line, changed] = /^\s*#(\d+)(~?)$/.exec(mark) ?? [];
    const label = line === undefined ? null : labelOf(table, Number(line));
    return label === null ? [] : [{ line: i + 1, text: trimmed(now[i]!), label, stale: changed === '~' }];
  });
}

async function labelsAre(editor: vscode.TextEditor, expected: readonly Label[]): Promise<void> {
  const read = async (): Promise<Label[]> =>
    (await drawnLabels(editor)).map((label) => ({ ...label, text: trimmed(label.text) }));
  const same = (labels: Label[]): boolean => JSON.stringify(labels) === JSON.stringify(expected);
  const labels = await eventually(read, same, 15_000).catch(read);
  assert.deepEqual(labels, expected);
}

async function replaceText(
  document: vscode.TextDocument,
  from: number,
  to: number,
  by: readonly string[],
): Promise<void> {
  const edit = new vscode.WorkspaceEdit();
  edit.replace(document.uri, new vscode.Range(from, 0, to, 0), by.map((line) => `${line}\n`).join(''));
  assert.ok(await vscode.workspace.applyEdit(edit));
}

/** Makes the document's lines `to`, by one edit for each run of lines that differ. */
async function editTo(document: vscode.TextDocument, to: readonly string[]): Promise<void> {
  const from = document.getText().split('\n');
  let start = 0;
  while (start < Math.min(from.length, to.length) && from[start] === to[start]) start++;
  let end = 0;
  while (end < Math.min(from.length, to.length) - start && from.at(-1 - end) === to.at(-1 - end)) end++;
  await replaceText(document, start, from.length - end, to.slice(start, to.length - end));
  assert.equal(document.getText(), to.join('\n'));
}

async function openCapture(path: string, sampleType?: string): Promise<void> {
  await vscode.commands.executeCommand('vscode.openWith', vscode.Uri.file(path), 'emberline.profileOption');
  await waitForFlameGraph();
  if (sampleType === undefined) return;
  await ui(async (page, type, tools) => {
    const frame = tools.webview(page);
    const box = frame.getByRole('combobox').first();
    if ((await box.textContent())?.trim() === type) return;
    await box.click();
    await frame.getByRole('option', { name: type }).first().click();
  }, sampleType);
}

async function openSource(path: string): Promise<vscode.TextEditor> {
  return vscode.window.showTextDocument(vscode.Uri.file(path), { preview: false });
}

/** Waits until a document is what was written to its file: VS Code's watcher may miss it, and is told again then. */
async function written(document: vscode.TextDocument, text: string): Promise<void> {
  for (let tries = 0; tries < 10 && document.getText() !== text; tries++) {
    const is = eventually(
      () => document.getText(),
      (now) => now === text,
      3000,
    );
    await is.catch(() => writeFileSync(document.uri.fsPath, text));
  }
  assert.equal(document.getText(), text);
}

/** Closes the profile and the source, and waits until VS Code let go of the document. */
async function closeAll(): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  await vscode.commands.executeCommand('emberline.clearHeat');
}

/** Lines that changed, in dark and light. */
async function pictures(editor: vscode.TextEditor): Promise<void> {
  const folder = process.env['EMBERLINE_TEST_OUTPUT'];
  if (folder === undefined) return;
  editor.revealRange(new vscode.Range(0, 0, 0, 0), vscode.TextEditorRevealType.AtTop);
  await inThemes(DARK_AND_LIGHT, async (kind) => {
    await eventually(decoratedLines, (lines) => lines.some(({ outlined }) => outlined));
    await screenshot(join(folder, `moved-lines-${kind}.png`));
  });
}

/** The rows of the Hottest Lines view, label and description. */
function hottestRows(): Promise<string[]> {
  return ui(async (page) =>
    page
      .locator('.part.sidebar .pane', { has: page.locator('.pane-header[aria-label^="Hottest Lines"]') })
      .locator('.monaco-list-row')
      .evaluateAll((all) =>
        all.map((row) =>
          ['.label-name', '.label-description'].map((part) => row.querySelector(part)?.textContent ?? '').join(' '),
        ),
      ),
  );
}

function sticky(enabled: boolean | undefined): Thenable<void> {
  return vscode.workspace
    .getConfiguration()
    .update('editor.stickyScroll.enabled', enabled, vscode.ConfigurationTarget.Global);
}

suite('Lines that moved', () => {
  suiteSetup(async () => {
    await vscode.commands.executeCommand('workbench.action.closeSidebar');
    await vscode.commands.executeCommand('workbench.action.closePanel');
    // What is revealed at the top is seen there.
    await sticky(false);
  });

  suiteTeardown(async () => {
    await closeAll();
    await sticky(undefined);
    await vscode.workspace
      .getConfiguration()
      .update('emberline.pathMappings', undefined, vscode.ConfigurationTarget.Workspace);
    for (const { name } of cases) removeFromWorkspace(`moved${name}`);
  });

  for (const each of cases) {
    test(`keep the labels of ${each.name}'s own tool on their statements`, async function () {
      this.timeout(240_000);
      const program = { Node: '', Go: 'go', Java: 'java', Python: '' }[each.name]!;
      const text = readFileSync(fixture('programs', program, each.source), 'utf8');
      const original = text.split('\n');
      const capture = each.capture.slice(each.capture.lastIndexOf('/') + 1);
      const folder = writeWorkspace(`moved${each.name}`, {
        [each.source]: text,
        [capture]: readFileSync(fixture(...each.capture.split('/'))),
        ...(each.beside === undefined
          ? {}
          : { [each.beside]: readFileSync(fixture('programs', program, each.beside), 'utf8') }),
      });
      // As if written before the capture.
      const source = join(folder, each.source);
      utimesSync(source, 1e9, 1e9);
      await vscode.workspace
        .getConfiguration()
        .update(
          'emberline.pathMappings',
          [{ from: '/tmp/emberline-fixtures', to: folder }],
          vscode.ConfigurationTarget.Workspace,
        );
      const table = each.table();
      assert.ok(table.lines.size >= 8, `${table.lines.size} lines`);
      const expected = (count: number): Label[] => expectedLabels(original, each, table, count);
      const sampleType = each.name === 'Node' ? 'samples' : undefined;

      await openCapture(join(folder, capture), sampleType);
      let editor = await openSource(source);
      await labelsAre(editor, expected(0));
      for (const count of [1, 2, 3, 4]) {
        await editTo(editor.document, editedText(original, each, count));
        await labelsAre(editor, expected(count));
      }
      // A function is cut in one place and pasted in another.
      const [first, last] = each.moved;
      const before = editedText(original, each, 4);
      const start = before.indexOf(original[first - 1]!);
      const end = before.indexOf(original[last - 1]!, start) + 1;
      await replaceText(editor.document, start, end, []);
      await editTo(editor.document, editedText(original, each, 5));
      await labelsAre(editor, expected(5));
      if (each.name === 'Python') await pictures(editor);

      await editor.document.save();
      await closeAll();
      // Somebody else wrote the file meanwhile.
      const farther = ['', ...editedText(original, each, 5)].join('\n');
      writeFileSync(source, farther);
      const lower = (label: Label): Label => ({ ...label, line: label.line + 1 });
      await openCapture(join(folder, capture), sampleType);
      editor = await openSource(source);
      await written(editor.document, farther);
      await labelsAre(editor, expected(5).map(lower));

      // git checkout, under the open editor.
      writeFileSync(source, text);
      await written(editor.document, text);
      await labelsAre(editor, expected(0));

      // Renamed outside, then in VS Code.
      await closeAll();
      const renamed = source.replace(/(\.\w+)$/, 'Renamed$1');
      writeFileSync(source, editedText(original, each, 5).join('\n'));
      renameSync(source, renamed);
      await openCapture(join(folder, capture), sampleType);
      editor = await openSource(renamed);
      await labelsAre(editor, expected(5));
      const again = source.replace(/(\.\w+)$/, 'Again$1');
      const edit = new vscode.WorkspaceEdit();
      edit.renameFile(vscode.Uri.file(renamed), vscode.Uri.file(again));
      assert.ok(await vscode.workspace.applyEdit(edit));
      editor = await openSource(again);
      await labelsAre(editor, expected(5));
      await closeAll();
    });
  }

  test('keep their labels when the window is reloaded after the file was changed elsewhere', async function () {
    this.timeout(240_000);
    // VS Code's, not ours, to mend: now and then a new window shows no webview on a busy machine.
    this.retries(1);
    const source = ['def f(n):', '    return n * n', '', 'def main():', '    for i in range(9):', '        f(i)', ''];
    const folder = writeWorkspace('movedReload', {
      'work.py': source.join('\n'),
      'capture.folded': 'main (work.py:6);f (work.py:2) 30\nmain (work.py:5) 10\n',
    });
    type Lines = { line: number | null; label: string | null; outlined: boolean }[];
    // Opens the capture and the source in the window's last page, and reads the labels once there are as many.
    const shown = (open: string | null, count: number): Promise<Lines> =>
      ui(
        async (own, { open, count }, tools) => {
          const page = open === null ? own.context().pages().at(-1)! : await tools.openWindow(open);
          if (open === null) await page.reload();
          const row = (name: string) => page.locator('.explorer-folders-view .monaco-list-row', { hasText: name });
          await page.locator('.monaco-workbench').waitFor({ timeout: 60_000 });
          for (let i = 0; i < 60; i++) {
            if ((await tools.paletteOffers(page, 'Emberline')).includes('Emberline: Open Profile…')) break;
            await page.waitForTimeout(500);
          }
          await tools.runCommand(page, 'View: Close All Editors');
          for (let tries = 0; tries < 5; tries++) {
            await row('capture.folded').dblclick();
            const webview = page.locator('iframe.webview.ready:visible').first();
            const opened = await webview.waitFor({ timeout: 10_000 }).then(
              () => true,
              () => false,
            );
            if (opened) break;
            await tools.runCommand(page, 'View: Close All Editors');
          }
          await tools.waitForFlameGraph(page);
          await row('work.py').dblclick();
          const deadline = Date.now() + 30_000;
          for (;;) {
            const lines = (await tools.decoratedLines(page)).filter(({ label }) => label !== null);
            if (lines.length >= count || Date.now() > deadline) return lines;
            await page.waitForTimeout(250);
          }
        },
        { open, count },
      );
    try {
      const before = await shown(folder, 3);
      assert.deepEqual(
        before.map(({ line, label }) => [line, label]),
        [
          [2, '75.0% self · 75.0% total'],
          [5, '25.0% self · 25.0% total'],
          [6, '75.0% total'],
        ],
      );
      // Line 6 is another call now, and the function stands below.
      const changed = ['import time', ...source.slice(3, 5), '        f(i, 2)', '', ...source.slice(0, 3)];
      // What was recorded is written to disk a moment after it was first seen.
      await new Promise((resolve) => setTimeout(resolve, 2000));
      writeFileSync(join(folder, 'work.py'), changed.join('\n'));
      const after = await shown(null, 3);
      assert.deepEqual(
        after.map(({ line, label, outlined }) => [line, label, outlined]),
        [
          [3, '25.0% self · 25.0% total', false],
          [4, '75.0% total', true],
          [7, '75.0% self · 75.0% total', false],
        ],
      );
    } finally {
      await ui(async (own) => {
        const last = own.context().pages().at(-1)!;
        if (last !== own) await last.close();
      });
      removeFromWorkspace('movedReload');
    }
  });

  test('are found at the commit that is said to be the profile’s', async function () {
    this.timeout(240_000);
    const each = cases.find(({ name }) => name === 'Python')!;
    const original = readFileSync(fixture('programs', each.source), 'utf8').split('\n');
    const table = each.table();
    const folder = writeWorkspace('movedGit', {
      'repository/busy.py': original.join('\n'),
      'repository/notes.txt': 'Notes.\n',
    });
    const repository = join(folder, 'repository');
    const run = (...args: string[]): string =>
      execFileSync('git', ['-c', 'user.name=Test', '-c', 'user.email=test@localhost', ...args], {
        cwd: repository,
        encoding: 'utf8',
        env: { ...process.env, PATH: process.env['EMBERLINE_TEST_PATH'] ?? process.env['PATH'] },
      }).trim();
    const git = vscode.workspace.getConfiguration('git');
    try {
      run('init', '-q');
      run('add', '.');
      run('commit', '-qm', 'As it was profiled');
      const commit = run('rev-parse', 'HEAD');
      // Another revision is checked out, in which the file has another name, when the profile is opened first.
      run('mv', 'busy.py', 'work.py');
      writeFileSync(join(repository, 'work.py'), editedText(original, each, 5).join('\n'));
      run('commit', '-qam', 'Later');
      writeFileSync(join(folder, 'capture.folded'), readFileSync(fixture('py-spy.folded')));
      await git.update('enabled', true, vscode.ConfigurationTarget.Global);
      await vscode.workspace
        .getConfiguration()
        .update(
          'emberline.pathMappings',
          [{ from: '/tmp/emberline-fixtures', to: repository }],
          vscode.ConfigurationTarget.Workspace,
        );
      await openCapture(join(folder, 'capture.folded'));
      // VS Code finds the repository by a file that is shown.
      await openSource(join(repository, 'notes.txt'));
      void runCommand("Emberline: Set the Profile's Commit…");
      const items = await waitForQuickPick('Commit that capture.folded was recorded at');
      assert.ok(items.length > 0);
      const shown = await eventually(
        () => waitForQuickPick('Commit that capture.folded was recorded at'),
        (found) => found.some(({ label }) => label.includes(commit.slice(0, 10))),
      );
      // Each commit once, however often git's API hands out its repository.
      assert.deepEqual(
        [...new Set(shown.map(({ label }) => label))],
        shown.map(({ label }) => label),
      );
      await pick(shown.find(({ label }) => label.includes(commit.slice(0, 10)))!.label);
      await waitForStatusBarItem(`is of commit ${commit.slice(0, 10)}`);
      const labels = expectedLabels(original, each, table, 5);
      await vscode.commands.executeCommand('emberline.hottestLines.focus');
      await ui(async (page) => {
        await page.locator('.part.sidebar .pane .monaco-list-row').filter({ hasText: 'work.py' }).first().click();
      });
      const hot = labels.filter(({ label }) => label.includes(' self'));
      const rowOf = ({ label, text, line }: Label): string =>
        `${label.split(' ')[0]}  ${text.replace(/\s+/g, ' ')} :${line}`;
      // What stands in the file, which is not open, is what was hot.
      const missing = async (): Promise<string[]> => {
        const rows = await hottestRows();
        return hot.map(rowOf).filter((row) => !rows.includes(row));
      };
      await eventually(missing, (rows) => rows.length === 0).catch(missing);
      assert.deepEqual(await missing(), [], (await hottestRows()).join(' | '));
      await vscode.commands.executeCommand('workbench.action.closeSidebar');
      await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
      const editor = await openSource(join(repository, 'work.py'));
      await labelsAre(editor, labels);
    } finally {
      await closeAll();
      await git.update('enabled', undefined, vscode.ConfigurationTarget.Global);
      removeFromWorkspace('movedGit');
    }
  });

  test('are in doubt where a file was written after the recording, unless git had it before', async function () {
    this.timeout(240_000);
    const code = 'def hot():\n    return sum(range(100))\n';
    const folder = writeWorkspace('doubtful', { 'repo/same.py': code, 'repo/other.py': code });
    const repository = join(folder, 'repo');
    const twoHoursAgo = new Date(Date.now() - 7_200_000);
    const run = (...args: string[]): string =>
      execFileSync('git', ['-c', 'user.name=Test', '-c', 'user.email=test@localhost', ...args], {
        cwd: repository,
        encoding: 'utf8',
        env: {
          ...process.env,
          PATH: process.env['EMBERLINE_TEST_PATH'] ?? process.env['PATH'],
          GIT_COMMITTER_DATE: twoHoursAgo.toISOString(),
          GIT_AUTHOR_DATE: twoHoursAgo.toISOString(),
        },
      });
    const git = vscode.workspace.getConfiguration('git');
    try {
      run('init', '-q');
      run('add', '.');
      run('commit', '-qm', 'As it was profiled');
      // Both files are written now, as by a checkout; one of them is another since.
      writeFileSync(join(repository, 'same.py'), code);
      writeFileSync(join(repository, 'other.py'), `import math\n${code}`);
      const recorded = join(folder, 'recorded.folded');
      const stack = (name: string): string => `hot (${join(repository, name)}:2) 10\n`;
      writeFileSync(recorded, stack('same.py') + stack('other.py'));
      const anHourAgo = Date.now() / 1000 - 3600;
      utimesSync(recorded, anHourAgo, anHourAgo);
      await git.update('enabled', true, vscode.ConfigurationTarget.Global);
      await openCapture(recorded);
      const drawn = async (name: string): Promise<{ line: number | null; hollow: boolean }[]> => {
        await openSource(join(repository, name));
        const lines = await eventually(decoratedLines, (all) => all.some(({ label }) => label !== null));
        return lines.map(({ line, outlined }) => ({ line, hollow: outlined }));
      };
      assert.deepEqual(await drawn('other.py'), [{ line: 2, hollow: true }]);
      await eventually(
        () => drawn('same.py'),
        (lines) => lines.length === 1 && !lines[0]!.hollow,
      );
      assert.deepEqual(await drawn('other.py'), [{ line: 2, hollow: true }]);
    } finally {
      await closeAll();
      await git.update('enabled', undefined, vscode.ConfigurationTarget.Global);
      removeFromWorkspace('doubtful');
    }
  });
});
