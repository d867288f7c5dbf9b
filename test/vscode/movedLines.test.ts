import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, renameSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { decoratedLines, eventually, screenshot, ui } from './driver';
import {
  closeAll,
  expectedLabels,
  inBareWindow,
  type Label,
  labelsAre,
  mapFixturesTo,
  openCapture,
  openSource,
} from './movedLabels';
import { cases, editedText, fixture } from './movedLineCases';
import { DARK_AND_LIGHT, inThemes } from './themes';
import { removeFromWorkspace, replaceFile, writeWorkspace } from './workspaceFolder';

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

/**
 * Waits until a document is what was written to its file. VS Code's watcher may have missed it: the editor is told to
 * read its file again then, as a person would. What comes of it is a change of the document all the same.
 */
async function written({ document }: vscode.TextEditor, text: string): Promise<void> {
  const isWritten = (limit: number): Promise<string> =>
    eventually(
      () => document.getText(),
      (now) => now === text,
      limit,
    );
  try {
    await isWritten(5000);
  } catch {
    const state = `unsaved edits: ${document.isDirty}, closed: ${document.isClosed}`;
    console.log(`      VS Code has not seen that ${document.uri.fsPath} was written (${state}): read again`);
    await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand('workbench.action.files.revert');
    await isWritten(90_000);
  }
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

/** What Emberline has written to disk of the sources of profiles, in every window. */
function recordings(): Buffer[] {
  const data = join(process.env['EMBERLINE_TEST_DATA'] ?? '', 'User', 'workspaceStorage');
  const stored = existsSync(data) ? readdirSync(data, { recursive: true, encoding: 'utf8' }) : [];
  return stored.filter((path) => path.endsWith('.lines')).map((path) => readFileSync(join(data, path)));
}

suite('Lines that moved', () => {
  inBareWindow();

  suiteTeardown(() => {
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
      await mapFixturesTo(folder);
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

      const { document } = editor;
      await eventually(
        async () => document.save(),
        (saved) => saved,
      );
      await closeAll();
      // Somebody else wrote the file meanwhile.
      const farther = ['', ...editedText(original, each, 5)].join('\n');
      replaceFile(source, farther);
      const lower = (label: Label): Label => ({ ...label, line: label.line + 1 });
      await openCapture(join(folder, capture), sampleType);
      editor = await openSource(source);
      await written(editor, farther);
      await labelsAre(editor, expected(5).map(lower));

      // git checkout, under the open editor.
      replaceFile(source, text);
      await written(editor, text);
      await labelsAre(editor, expected(0));

      // Renamed outside, then in VS Code.
      await closeAll();
      const renamed = source.replace(/(\.\w+)$/, 'Renamed$1');
      replaceFile(source, editedText(original, each, 5).join('\n'));
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
          await tools.waitForEmberline(page);
          await tools.runCommand(page, 'View: Close All Editors');
          await tools.openFromExplorer(page, 'capture.folded');
          await page.locator('.explorer-folders-view .monaco-list-row', { hasText: 'work.py' }).dblclick();
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
      await eventually(
        () => recordings().some((recording) => recording.includes('movedReload/work.py')),
        (remembered) => remembered,
      );
      replaceFile(join(folder, 'work.py'), changed.join('\n'));
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
});
