import assert from 'node:assert/strict';
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { eventually, screenshot, ui } from './driver';
import { openProfile } from './openProfile';
import { projectFile, writeWorkspace } from './workspaceFolder';

/** The badge of the notebook in the Explorer, by the texts of its row. */
const notebookBadge = (): Promise<string> =>
  ui((page) =>
    page
      .locator('.explorer-folders-view .monaco-list-row .monaco-icon-label', { hasText: 'digests.ipynb' })
      .evaluateAll(([row]) => (row === undefined ? '' : getComputedStyle(row, '::after').content.replaceAll('"', ''))),
  );

/** What stands behind each labelled line of a notebook's cells, by the line's text. */
const cellLabels = (): Promise<Record<string, string>> =>
  ui((page) =>
    page.evaluate(() => {
      const labels: Record<string, string> = {};
      for (const line of document.querySelectorAll('.notebookOverlay .view-lines > .view-line')) {
        for (const part of line.querySelectorAll('[class*="ced-"]')) {
          const { content } = getComputedStyle(part, '::after');
          if (content.startsWith('"') && content.length > 2) {
            const text = (line.textContent ?? '').replaceAll('\u00a0', ' ').trim();
            labels[text] = content.slice(1, -1).replace(/\s+/g, ' ').trim();
          }
        }
      }
      return labels;
    }),
  );

suite('Notebook cells', () => {
  suiteTeardown(async () => {
    await vscode.commands.executeCommand('emberline.clearHeat');
  });

  test('glow where a Python kernel was sampled, and keep their marks when edited', async function () {
    this.timeout(120_000);
    // py-spy's samples of ipykernel while it ran this cell.
    const source = readFileSync(projectFile('test', 'fixtures', 'notebook', 'cell.py'), 'utf8');
    const cell = (type: string, text: string): object => ({
      cell_type: type,
      metadata: {},
      source: text.split(/(?<=\n)/),
      ...(type === 'code' ? { execution_count: 1, outputs: [] } : {}),
    });
    const notebook = {
      cells: [cell('markdown', '# Digests'), cell('code', 'import os'), cell('code', source)],
      metadata: { language_info: { name: 'python' } },
      nbformat: 4,
      nbformat_minor: 5,
    };
    const folder = writeWorkspace('notebook', { 'digests.ipynb': JSON.stringify(notebook) });
    copyFileSync(projectFile('test', 'fixtures', 'notebook', 'cell.folded'), join(folder, 'cell.folded'));
    await vscode.commands.executeCommand('workbench.action.closeSidebar');
    await openProfile(join(folder, 'cell.folded'));
    const opened = await vscode.workspace.openNotebookDocument(vscode.Uri.file(join(folder, 'digests.ipynb')));
    await vscode.window.showNotebookDocument(opened, { viewColumn: vscode.ViewColumn.Beside });
    const hot = 'total += i * i % 7';
    const labels = await eventually(cellLabels, (found) => found[hot] !== undefined);
    // The oracle is py-spy's own text: samples whose innermost frame is that line, of all.
    const samples = readFileSync(projectFile('test', 'fixtures', 'notebook', 'cell.folded'), 'utf8')
      .trim()
      .split('\n');
    const sum = (stacks: readonly string[]): number =>
      stacks.reduce((total, stack) => total + Number(stack.slice(stack.lastIndexOf(' '))), 0);
    const share = sum(samples.filter((stack) => /ipykernel_\d+\/\d+\.py:4\) \d+$/.test(stack))) / sum(samples);
    assert.ok(labels[hot]!.startsWith(`${(100 * share).toFixed(1)}% self`), labels[hot]);
    assert.equal(labels['import os'], undefined);
    const output = process.env['EMBERLINE_TEST_OUTPUT'];
    if (output !== undefined) await screenshot(join(output, 'notebook-cells.png'));

    // The file has what its cells have.
    const cells = sum(samples.filter((stack) => /ipykernel_\d+\/\d+\.py:\d+\) \d+$/.test(stack))) / sum(samples);
    await vscode.commands.executeCommand('revealInExplorer', opened.uri);
    await eventually(notebookBadge, (badge) => badge === String(Math.min(99, Math.round(100 * cells))));
    if (output !== undefined) await screenshot(join(output, 'notebook-badge.png'));

    // A line above: the marks go with their statements.
    const { document } = opened.getCells()[2]!;
    const edit = new vscode.WorkspaceEdit();
    edit.insert(document.uri, new vscode.Position(0, 0), '# what is measured\n');
    await vscode.workspace.applyEdit(edit);
    assert.equal(document.lineAt(4).text.trim(), hot);
    await eventually(cellLabels, (found) => found[hot] === labels[hot]);
    await vscode.commands.executeCommand('workbench.action.files.revert');
  });
});
