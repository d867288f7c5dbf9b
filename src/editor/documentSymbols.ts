import * as vscode from 'vscode';
import { symbolSegments } from '../sources/functionNames';
import type { DefinedSymbol } from '../sources/symbolMatch';

/** Generated files may define more; a profile's functions among the first are found all the same. */
const mostSymbols = 20_000;
const deepest = 50;

/** Documents whose outlines name no functions, though they may have kinds that look so. */
const noCode = new Set([
  'css',
  'scss',
  'less',
  'html',
  'markdown',
  'json',
  'jsonc',
  'yaml',
  'xml',
  'plaintext',
  'ini',
  'properties',
  'log',
  'diff',
]);

const { SymbolKind } = vscode;
/** What may be a function: languages also tell arrow functions as variables, constants and properties. */
const functionKinds = new Set([
  SymbolKind.Function,
  SymbolKind.Method,
  SymbolKind.Constructor,
  SymbolKind.Operator,
  SymbolKind.Property,
  SymbolKind.Field,
  SymbolKind.Variable,
  SymbolKind.Constant,
]);

/** The definitions that a document's language knows; null where no provider answers (yet). */
export async function definedSymbols(document: vscode.TextDocument): Promise<readonly DefinedSymbol[] | null> {
  if (noCode.has(document.languageId)) {
    return [];
  }
  const found = await vscode.commands.executeCommand<(vscode.DocumentSymbol | vscode.SymbolInformation)[] | undefined>(
    'vscode.executeDocumentSymbolProvider',
    document.uri,
  );
  if (found === undefined || found === null || found.length === 0) {
    return null;
  }
  const symbols: DefinedSymbol[] = [];
  for (const each of found) {
    if ('location' in each && !('children' in each)) {
      flatSymbol(each, symbols);
    } else {
      collect(each as vscode.DocumentSymbol, [], symbols);
    }
  }
  return symbols;
}

/** Providers of the old kind tell the container's name only. */
function flatSymbol({ name, kind, containerName, location }: vscode.SymbolInformation, symbols: DefinedSymbol[]): void {
  if (functionKinds.has(kind) && symbols.length < mostSymbols) {
    const { start, end } = location.range;
    const path = containerName ? [containerName, name] : [name];
    symbols.push({ path, startLine: start.line, nameLine: start.line, endLine: end.line });
  }
}

function collect(symbol: vscode.DocumentSymbol, above: readonly string[], symbols: DefinedSymbol[]): void {
  if (symbols.length >= mostSymbols || above.length > deepest) {
    return;
  }
  const { name, kind, range, selectionRange, children } = symbol;
  const path = [...above, name];
  const lines = { startLine: range.start.line, nameLine: selectionRange.start.line, endLine: range.end.line };
  if (kind === SymbolKind.Constructor) {
    // `constructor`, in profiles named as the class.
    symbols.push({ path: [...above, above.at(-1) ?? name], ...lines });
  } else if (functionKinds.has(kind)) {
    symbols.push({ path, ...lines });
  } else if (kind === SymbolKind.Class && !children.some((child) => child.kind === SymbolKind.Constructor)) {
    symbols.push({ path: [...path, name], ...lines });
  }
  for (const child of children) {
    collect(child, path, symbols);
  }
}

/** The functions of a name (without qualifiers) that the languages know in the workspace; most know some files only. */
export async function functionSymbolsNamed(name: string): Promise<readonly vscode.SymbolInformation[]> {
  const found = await vscode.commands.executeCommand<vscode.SymbolInformation[] | undefined>(
    'vscode.executeWorkspaceSymbolProvider',
    name,
  );
  const own = (found ?? []).filter((each) => functionKinds.has(each.kind) && symbolSegments(each.name).at(-1) === name);
  const places = new Map(own.map((each) => [`${each.location.uri}#${each.location.range.start.line}`, each]));
  return [...places.values()];
}
