import { createHash } from 'node:crypto';
import * as vscode from 'vscode';
import { cellHashOf, kernelHash } from '../sources/notebookCells';

/** Texts of a cell that are remembered: profiles are of what ran, which may have been edited since. */
const mostTexts = 20;

interface KnownCell {
  version: number;
  /** By hash: the text that has it. */
  readonly texts: Map<string, string>;
}

const known = new WeakMap<vscode.TextDocument, KnownCell>();

export const cellScheme = 'vscode-notebook-cell';

/** The cell of an open notebook that a profile's record names, by what its text is or was; null where none is. */
export function cellOf(recorded: string): vscode.NotebookCell | null {
  const hash = cellHashOf(recorded);
  if (hash === null) return null;
  const cells = vscode.workspace.notebookDocuments.flatMap((notebook) => notebook.getCells());
  // What a cell is now tells more than what another one was once.
  return (
    cells.find((cell) => textsOf(cell.document).get(hash) === plainText(cell.document)) ??
    cells.find((cell) => textsOf(cell.document).has(hash)) ??
    null
  );
}

/** The file of the open notebook that a cell is of; null where it is no cell, or of none that is open. */
export function notebookOf(uri: vscode.Uri): vscode.Uri | null {
  if (uri.scheme !== cellScheme) return null;
  const key = uri.toString();
  const has = (notebook: vscode.NotebookDocument): boolean =>
    notebook.getCells().some(({ document }) => document.uri.toString() === key);
  return vscode.workspace.notebookDocuments.find(has)?.uri ?? null;
}

/** The text of a cell that a profile with these records ran; null where none of them is the cell. */
export function recordedCellText(cell: vscode.TextDocument, records: readonly string[]): string | null {
  const texts = textsOf(cell);
  for (const record of records) {
    const hash = cellHashOf(record);
    const text = hash === null ? undefined : texts.get(hash);
    if (text !== undefined) return text;
  }
  return null;
}

function textsOf(document: vscode.TextDocument): ReadonlyMap<string, string> {
  const cell = known.get(document) ?? { version: -1, texts: new Map<string, string>() };
  if (cell.version !== document.version) {
    known.set(document, cell);
    cell.version = document.version;
    const text = plainText(document);
    for (const hash of hashesOf(text)) {
      cell.texts.delete(hash);
      cell.texts.set(hash, text);
    }
    for (const oldest of cell.texts.keys()) {
      if (cell.texts.size <= mostTexts) break;
      cell.texts.delete(oldest);
    }
  }
  return cell.texts;
}

/** What IPython hashes ends with a line break. */
function hashesOf(text: string): string[] {
  const compiled = text.endsWith('\n') ? text : `${text}\n`;
  const old = ['sha1', 'md5'].map((name) => createHash(name).update(compiled).digest('hex').slice(0, 12));
  return [kernelHash(text), ...old];
}

function plainText(document: vscode.TextDocument): string {
  return document.getText().replace(/\r\n?/g, '\n');
}
