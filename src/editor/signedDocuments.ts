import * as vscode from 'vscode';
import { type LineSignatures, signLines } from '../sources/lineSignatures';
import { cellScheme } from './openCells';

/** Longer documents are not looked at: signing takes the extension host's time at every pause of typing. */
export const maxSignedLength = 1_500_000;

const signed = new WeakMap<vscode.TextDocument, { readonly version: number; readonly lines: LineSignatures }>();

/** A document's lines as they are now, kept until it changes; null where it is too long. */
export function signDocument(document: vscode.TextDocument): LineSignatures | null {
  const known = signed.get(document);
  if (known?.version === document.version) return known.lines;
  // The end's offset is found without putting the text together.
  if (document.offsetAt(new vscode.Position(document.lineCount, 0)) > maxSignedLength) return null;
  const lines = signLines(document.getText(), nameOf(document));
  signed.set(document, { version: document.version, lines });
  return lines;
}

/** Takes signatures for those of a document as it is now: whoever says so knows that it is the text that was signed. */
export function takeSigned(document: vscode.TextDocument, lines: LineSignatures): void {
  signed.set(document, { version: document.version, lines });
}

/** A cell has its notebook's name; profiles are of Python's. */
function nameOf({ uri }: vscode.TextDocument): string {
  return uri.scheme === cellScheme ? '.py' : uri.path;
}
