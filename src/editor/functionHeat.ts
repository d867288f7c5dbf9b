import type * as vscode from 'vscode';
import type { FileFunctions, FunctionHeat } from '../engine/hottestApi';
import { functionSegments, symbolSegments } from '../sources/functionNames';
import { type DefinedSymbol, type MatchKind, matchSymbols } from '../sources/symbolMatch';
import { definedSymbols, functionSymbolsNamed } from './documentSymbols';
import type { HeatFiles } from './heatFiles';

/** A function of the profile that a document defines. */
export interface DefinedFunction {
  readonly func: FunctionHeat;
  readonly symbol: DefinedSymbol;
  readonly kind: MatchKind;
}

/** The profile's functions in one document. */
export interface DocumentFunctions {
  readonly defined: readonly DefinedFunction[];
  /** Functions of the document's own file that no symbol fits, with the line of their declaration as it is now. */
  readonly unplaced: readonly { readonly func: FunctionHeat; readonly line: number }[];
  readonly totals: Pick<FileFunctions, 'viewTotal' | 'viewSamples' | 'unit'>;
  /** Whether the document's language told its symbols. */
  readonly symbols: boolean;
}

/** Names that are looked up in one document. */
const mostNames = 5000;
/** Bare names that the languages are asked about, hottest first; the others are not marked. */
const mostAsked = 25;

/**
 * Matches the profile's functions to the symbols of a document.
 *
 * @param lineNow where a recorded line (0-based) is in the document now, -1 where it was deleted
 */
export async function findFunctions(
  document: vscode.TextDocument,
  files: HeatFiles,
  lineNow: (line: number) => Promise<number>,
): Promise<DocumentFunctions> {
  const records = (await files.recordsOf(document)).map(({ file }) => file);
  // Beside functions with lines, those without a file are native code or the runtime's own: no document's.
  const unlined = !(await files.hottest()).some(({ hasLines }) => hasLines);
  if (records.length === 0 && !unlined) {
    return { defined: [], unplaced: [], totals: await files.totals(), symbols: true };
  }
  const told = await definedSymbols(document);
  const symbols = told ?? [];
  const names = new Set(symbols.flatMap(({ path }) => symbolSegments(path.at(-1)!).at(-1) ?? []));
  const { functions, ...totals } = await files.functionsOf(records, unlined ? [...names].slice(0, mostNames) : []);
  const own = new Set(records);
  const recorded = await Promise.all(
    functions.map(async ({ name, module, file, line }) => {
      const now = line === null || !own.has(file) ? -1 : await lineNow(line - 1);
      return { name, module, inFile: own.has(file), line: now < 0 ? null : now };
    }),
  );
  const { matches } = matchSymbols(recorded, symbols, document.uri.path);
  const defined: DefinedFunction[] = [];
  let asked = 0;
  for (const { func, symbol, kind } of matches) {
    const found = functions[func]!;
    // Heaviest first, so the ones that matter are asked about.
    if (kind === 'name' && (++asked > mostAsked || !(await isOnlyDefinition(found.name)))) {
      continue;
    }
    defined.push({ func: found, symbol: symbols[symbol]!, kind });
  }
  const placed = new Set(matches.map(({ func }) => func));
  const unplaced = functions.flatMap((func, i) => {
    const { line } = recorded[i]!;
    return line === null || placed.has(i) ? [] : [{ func, line }];
  });
  return { defined, unplaced, totals, symbols: told !== null };
}

/** A bare name may be any file's: it counts where the workspace defines it once, or nobody can tell. */
async function isOnlyDefinition(name: string): Promise<boolean> {
  const own = functionSegments(name)?.at(-1);
  return own !== undefined && (await functionSymbolsNamed(own)).length <= 1;
}
