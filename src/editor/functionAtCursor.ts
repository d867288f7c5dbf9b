import * as vscode from 'vscode';
import { type ViewSpec, withoutSplit } from '../analysis/viewSpec';
import type { EngineApi } from '../engine/engineApi';
import { functionSegments, symbolSegments } from '../sources/functionNames';
import type { Heat } from './heat';
import type { HeatFiles } from './heatFiles';

/** A function of the profile that glows. */
export interface ProfiledFunction {
  readonly func: number;
  readonly name: string;
}

/** The functions of the profile that have the document's line, heaviest first; none where the line is not hot. */
export async function functionsOfLine(
  engine: EngineApi,
  heat: Heat,
  files: HeatFiles,
  document: vscode.TextDocument,
  line: number,
  signal?: AbortSignal,
): Promise<ProfiledFunction[]> {
  const hot = heat.hotLines(document).lines.find((each) => each.line === line);
  if (hot === undefined || hot.recorded.length === 0) {
    return [];
  }
  const params = { profile: files.profile, view: files.view, lines: hot.recorded };
  return engine.request('lineFunctions', params, signal === undefined ? {} : { signal });
}

/**
 * The function of the profile that a position is in: that of its line, else the one whose name the innermost definition
 * around it has, by the language's own symbols.
 */
export async function functionAt(
  engine: EngineApi,
  heat: Heat,
  files: HeatFiles,
  document: vscode.TextDocument,
  position: vscode.Position,
): Promise<ProfiledFunction | null> {
  const [heaviest] = await functionsOfLine(engine, heat, files, document, position.line);
  if (heaviest !== undefined) {
    return heaviest;
  }
  const symbols = await vscode.commands.executeCommand<unknown>('vscode.executeDocumentSymbolProvider', document.uri);
  const around = definitionsAround(Array.isArray(symbols) ? symbols : [], position);
  if (around.length === 0) {
    return null;
  }
  const recorded = (await files.linesOf(document)).map(({ file }) => file);
  for (const symbol of around.reverse()) {
    const name = symbolSegments(symbol.name).at(-1);
    const found = name === undefined ? null : await named(engine, files.profile, files.view, recorded, name);
    if (found !== null) {
      return found;
    }
  }
  return null;
}

const definitions = new Set([
  vscode.SymbolKind.Function,
  vscode.SymbolKind.Method,
  vscode.SymbolKind.Constructor,
  vscode.SymbolKind.Operator,
  vscode.SymbolKind.Property,
  vscode.SymbolKind.Variable,
  vscode.SymbolKind.Constant,
]);

/** Providers may answer flat lists of names instead, whose ranges hold no others. VS Code's answer is of a class of its own. */
function isNested(symbol: unknown): symbol is vscode.DocumentSymbol {
  return typeof symbol === 'object' && symbol !== null && 'range' in symbol && 'children' in symbol;
}

/** Outermost first. */
function definitionsAround(symbols: readonly unknown[], position: vscode.Position): vscode.DocumentSymbol[] {
  const around: vscode.DocumentSymbol[] = [];
  let level = symbols;
  for (;;) {
    const inside = level.filter(isNested).find(({ range }) => range.contains(position));
    if (inside === undefined) {
      return around;
    }
    if (definitions.has(inside.kind)) {
      around.push(inside);
    }
    level = inside.children;
  }
}

/** The heaviest function of a name: of the document's files, else of no known file. */
async function named(
  engine: EngineApi,
  profile: number,
  view: ViewSpec,
  files: number[],
  name: string,
): Promise<ProfiledFunction | null> {
  const { functions } = await engine.request('fileFunctions', {
    profile,
    view: withoutSplit(view),
    files,
    names: [name],
  });
  const fitting = functions.filter((each) => functionSegments(each.name)?.at(-1) === name);
  return fitting.find(({ file }) => files.includes(file)) ?? fitting[0] ?? null;
}
