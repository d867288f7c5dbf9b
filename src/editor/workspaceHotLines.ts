import * as vscode from 'vscode';
import type { FileLines } from '../engine/lineApi';
import { formatPercent } from '../units/units';
import type { Heat } from './heat';
import { shareOf } from './hotLines';
import type { LineTexts } from './lineTexts';
import type { SourceOpener } from './sourceOpener';

const messageMs = 5000;
/** Files that are not found are passed over, but not forever. */
const mostTried = 200;

export interface WorkspaceHotLineServices {
  readonly heat: Heat;
  readonly opener: SourceOpener;
  readonly texts: LineTexts;
}

/**
 * The next (or previous) hot line of the file under the cursor, and beyond its last (or first) one that of the next file
 * by heat, round the ends of the list of files.
 */
export async function goToHotLineInWorkspace(
  { heat, opener, texts }: WorkspaceHotLineServices,
  direction: 1 | -1,
): Promise<void> {
  const files = heat.heatFiles;
  if (files === null) {
    void vscode.window.showInformationMessage('No profile is open: open one, or profile the debug target.');
    return;
  }
  if (!heat.visible) {
    heat.setVisible(true);
  }
  const editor = vscode.window.activeTextEditor;
  const here = editor === undefined ? [] : await files.recordsOf(editor.document);
  const cursor = editor?.selection.active.line ?? -1;
  if (editor !== undefined && here.length > 0) {
    const { lines } = heat.hotLines(editor.document);
    const next =
      direction === 1 ? lines.find(({ line }) => line > cursor) : lines.findLast(({ line }) => line < cursor);
    if (next !== undefined) {
      const position = new vscode.Position(
        next.line,
        editor.document.lineAt(next.line).firstNonWhitespaceCharacterIndex,
      );
      editor.selection = new vscode.Selection(position, position);
      editor.revealRange(new vscode.Range(position, position), vscode.TextEditorRevealType.InCenterIfOutsideViewport);
      return;
    }
  }
  const { metric } = heat;
  const { viewTotal } = await files.totals();
  const hot = (await files.hottest())
    .filter((file) => file.hasLines && (file.self !== 0 || file.total !== 0))
    .sort((a, b) => Math.abs(b[metric]) - Math.abs(a[metric]));
  const at = hot.findIndex((file) => here.includes(file));
  for (let step = 1; step <= Math.min(hot.length, mostTried); step++) {
    const index = at < 0 && direction === -1 ? hot.length - step : at + direction * step;
    const file = hot[((index % hot.length) + hot.length) % hot.length]!;
    if (here.includes(file) && step < hot.length) {
      continue;
    }
    const target =
      (await texts.uriOf(file.path)) === null
        ? null
        : endLine(await files.linesOfFile(file.file), direction, heat.look.threshold);
    if (target !== null) {
      await opener.open({ name: '', file: file.path, line: target, column: null }, undefined);
      const share = formatPercent(shareOf(file[metric], viewTotal), 1);
      const place = `file ${hot.indexOf(file) + 1} of ${hot.length} by ${metric}`;
      vscode.window.setStatusBarMessage(`$(flame) ${share} ${metric} — ${place}`, messageMs);
      return;
    }
  }
  void vscode.window.showInformationMessage('No file with hot lines was found in the workspace.');
}

/** The first (or last) line of a file that is hot enough to be marked; null where none is. */
function endLine(lines: FileLines, direction: 1 | -1, threshold: number): number | null {
  const order = [...lines.line.keys()];
  const hot = order.filter((i) => {
    const size = Math.max(Math.abs(lines.self[i]!), Math.abs(lines.total[i]!));
    return size > 0 && Math.abs(shareOf(size, lines.viewTotal)) >= threshold;
  });
  const at = direction === 1 ? hot[0] : hot.at(-1);
  return at === undefined ? null : lines.line[at]!;
}
