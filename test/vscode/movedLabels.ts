import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { decoratedLines, eventually, ui } from './driver';
import { type LineTable, labelOf } from './lineOracles';
import { type Case, editedText } from './movedLineCases';
import { openProfile } from './openProfile';
import { updateWorkspaceSetting } from './workspaceSettings';

export interface Label {
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
export function expectedLabels(original: readonly string[], each: Case, table: LineTable, count: number): Label[] {
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

/** Waits until these labels are drawn, each on its line. */
export async function labelsAre(editor: vscode.TextEditor, expected: readonly Label[]): Promise<void> {
  const read = async (): Promise<Label[]> =>
    (await drawnLabels(editor)).map((label) => ({ ...label, text: trimmed(label.text) }));
  const same = (labels: Label[]): boolean => JSON.stringify(labels) === JSON.stringify(expected);
  const labels = await eventually(read, same).catch(read);
  assert.deepEqual(labels, expected);
}

/** Opens a capture and shows a sample type of it: the one that it shows by itself when left out. */
export async function openCapture(path: string, sampleType?: string): Promise<void> {
  await openProfile(path, 'emberline.profileOption');
  if (sampleType === undefined) return;
  await ui(async (page, type, tools) => {
    const frame = tools.webview(page);
    const box = frame.getByRole('combobox').first();
    if ((await box.textContent())?.trim() === type) return;
    await box.click();
    await frame.getByRole('option', { name: type }).first().click();
  }, sampleType);
}

export async function openSource(path: string): Promise<vscode.TextEditor> {
  return vscode.window.showTextDocument(vscode.Uri.file(path), { preview: false });
}

/** Closes the profile and the source. VS Code may keep the document for a while. */
export async function closeAll(): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  await vscode.commands.executeCommand('emberline.clearHeat');
}

/** Makes a suite's window show what is revealed at the top there, with nothing beside it; undone after its tests. */
export function inBareWindow(): void {
  suiteSetup(async () => {
    await vscode.commands.executeCommand('workbench.action.closeSidebar');
    await vscode.commands.executeCommand('workbench.action.closePanel');
    await sticky(false);
  });

  suiteTeardown(async () => {
    await closeAll();
    await sticky(undefined);
    await updateWorkspaceSetting('emberline.pathMappings', undefined);
  });
}

/** Where the machine had the files that ran the captured programs is a folder of this machine. */
export function mapFixturesTo(folder: string): Thenable<void> {
  return updateWorkspaceSetting('emberline.pathMappings', [{ from: '/tmp/emberline-fixtures', to: folder }]);
}

function sticky(enabled: boolean | undefined): Thenable<void> {
  return vscode.workspace
    .getConfiguration()
    .update('editor.stickyScroll.enabled', enabled, vscode.ConfigurationTarget.Global);
}
