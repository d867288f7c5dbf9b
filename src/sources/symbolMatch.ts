import { functionSegments, symbolSegments } from './functionNames';

/** A definition in a document, as its language's symbol provider tells. Lines are 0-based. */
export interface DefinedSymbol {
  /** Names from the outermost container to the symbol itself, as shown. */
  readonly path: readonly string[];
  /** Where the definition begins (decorators and comments may come first), where its name is, and where it ends. */
  readonly startLine: number;
  readonly nameLine: number;
  readonly endLine: number;
}

/** A function of a profile that may be in the document. */
export interface RecordedFunction {
  readonly name: string;
  /** Library, binary or Python module, null where unknown. */
  readonly module: string | null;
  /** Whether the profile says that it is in this document's file. */
  readonly inFile: boolean;
  /** 0-based line of its declaration in the document as it is now; null where unknown. */
  readonly line: number | null;
}

/**
 * How sure a match is: `line` by name and declaration, `file` by name in the recorded file, `qualified` by the name and
 * what is before it (class, package, module), `name` by a bare name only: another file may define it as well.
 */
export type MatchKind = 'line' | 'file' | 'qualified' | 'name';

export interface SymbolMatch {
  /** Index into the functions. */
  readonly func: number;
  /** Index into the symbols. */
  readonly symbol: number;
  readonly kind: MatchKind;
}

export interface SymbolMatches {
  readonly matches: readonly SymbolMatch[];
  /** Functions that several symbols fit equally well, or that share a symbol with others: not to be marked. */
  readonly ambiguous: readonly number[];
}

/**
 * Finds the definitions of a profile's functions among a document's symbols, by their qualified names, and where the
 * profile knows it by the line of the declaration.
 *
 * @param path of the document, with `/`: its folders and its name stand for packages and modules
 */
export function matchSymbols(
  functions: readonly RecordedFunction[],
  symbols: readonly DefinedSymbol[],
  path: string,
): SymbolMatches {
  const byName = indexSymbols(symbols);
  const place = placeOf(path);
  const matches: SymbolMatch[] = [];
  const ambiguous: number[] = [];
  const taken = new Map<number, number[]>();
  functions.forEach((recorded, func) => {
    const segments = functionSegments(recorded.name);
    const named = segments === null ? undefined : byName.get(segments.at(-1)!);
    if (segments === null || named === undefined) {
      return;
    }
    const best = bestOf(named, recorded, qualified(recorded, segments), symbols, place);
    if (best === null) {
      return;
    }
    if (best.symbols.length > 1) {
      ambiguous.push(func);
      return;
    }
    const symbol = best.symbols[0]!;
    taken.set(symbol, [...(taken.get(symbol) ?? []), matches.length]);
    matches.push({ func, symbol, kind: best.kind });
  });
  const dropped = new Set<number>();
  for (const sharing of taken.values()) {
    // Overloads whose parameters were cut off: whose cost is whose cannot be said. A better kind of match wins.
    const first = Math.min(...sharing.map((at) => kinds.indexOf(matches[at]!.kind)));
    const winners = sharing.filter((at) => kinds.indexOf(matches[at]!.kind) === first);
    for (const at of sharing) {
      if (winners.length > 1 || at !== winners[0]) dropped.add(at);
    }
  }
  for (const at of dropped) {
    ambiguous.push(matches[at]!.func);
  }
  return { matches: matches.filter((_, at) => !dropped.has(at)), ambiguous: ambiguous.sort((a, b) => a - b) };
}

/** Best first. */
const kinds: readonly MatchKind[] = ['line', 'file', 'qualified', 'name'];

interface NamedSymbol {
  readonly symbol: number;
  /** Names of the containers, innermost first. */
  readonly containers: readonly string[];
}

function indexSymbols(symbols: readonly DefinedSymbol[]): Map<string, NamedSymbol[]> {
  const byName = new Map<string, NamedSymbol[]>();
  symbols.forEach(({ path }, symbol) => {
    const segments = path.flatMap((name) => symbolSegments(name));
    const name = segments.at(-1);
    if (name === undefined || symbolSegments(path.at(-1)!).length === 0) {
      return;
    }
    const named = { symbol, containers: segments.slice(0, -1).reverse() };
    const others = byName.get(name);
    if (others === undefined) {
      byName.set(name, [named]);
    } else {
      others.push(named);
    }
  });
  return byName;
}

/** What is known before a function's name, innermost first: its qualifiers, and its module's where it has none. */
function qualified({ module, inFile }: RecordedFunction, segments: readonly string[]): readonly string[] {
  const own = segments.slice(0, -1);
  // A Python module; a path or a library's name says nothing about sources.
  const modules = own.length === 0 && !inFile && module !== null && /^[\w.]+$/.test(module) ? module.split('.') : [];
  const library = /\.(?:so|dll|dylib|exe)(?:\.|$)/.test(module ?? '');
  return [...(library ? [] : modules), ...own].reverse();
}

interface Best {
  readonly kind: MatchKind;
  readonly symbols: readonly number[];
}

function bestOf(
  named: readonly NamedSymbol[],
  recorded: RecordedFunction,
  qualifiers: readonly string[],
  symbols: readonly DefinedSymbol[],
  place: Place,
): Best | null {
  const { inFile, line } = recorded;
  const fitting = named.flatMap(({ symbol, containers }) => {
    const fit = fitOf(qualifiers, containers, place);
    return fit === null ? [] : [{ symbol, ...fit }];
  });
  if (inFile) {
    const declared = named.filter(({ symbol }) => isDeclaredAt(symbols[symbol]!, line));
    const sure = declared.length > 1 ? declared.filter(({ symbol }) => symbols[symbol]!.nameLine === line) : declared;
    if (sure.length === 1) {
      return { kind: 'line', symbols: [sure[0]!.symbol] };
    }
    return best(fitting, 'file', ({ containers }) => containers);
  }
  const known = fitting.filter(({ unknown }) => unknown === 0);
  const proven = known.filter(({ containers, outside }) => containers + outside > 0);
  if (proven.length > 0) {
    return best(proven, 'qualified', ({ containers, outside }) => containers * 100 + outside);
  }
  return best(known, 'name', ({ deeper }) => -deeper);
}

function best<T extends { readonly symbol: number }>(
  fitting: readonly T[],
  kind: MatchKind,
  score: (fit: T) => number,
): Best | null {
  if (fitting.length === 0) {
    return null;
  }
  const top = Math.max(...fitting.map(score));
  return { kind, symbols: fitting.filter((fit) => score(fit) === top).map(({ symbol }) => symbol) };
}

/** Declarations are recorded at the name, or at the first decorator or modifier before it. */
function isDeclaredAt({ startLine, nameLine }: DefinedSymbol, line: number | null): boolean {
  return line !== null && line >= startLine && line <= nameLine;
}

interface Fit {
  /** Containers that the qualifiers name. */
  readonly containers: number;
  /** Containers that they do not get to: the record is a bare name. */
  readonly deeper: number;
  /** Qualifiers beyond the containers that the document's folders and name confirm. */
  readonly outside: number;
  /** Qualifiers that nothing confirms. */
  readonly unknown: number;
}

/** Null where the qualifiers name another container than the symbol is in. */
function fitOf(qualifiers: readonly string[], containers: readonly string[], place: Place): Fit | null {
  let inside = 0;
  while (
    inside < qualifiers.length &&
    inside < containers.length &&
    sameName(qualifiers[inside]!, containers[inside]!)
  ) {
    inside++;
  }
  if (inside < qualifiers.length && inside < containers.length) {
    // A namespace or package may be a symbol of the document too, or be left out of the record.
    return null;
  }
  const rest = qualifiers.slice(inside);
  const outside = confirmed(rest, place);
  const neutral = rest.length === outside || anywhere.has(rest[0]!) || (outside > 0 && !place.packages);
  return {
    containers: inside,
    deeper: containers.length - inside,
    outside,
    unknown: neutral ? 0 : rest.length - outside,
  };
}

/** Go's and Python's programs are called so wherever they are. */
const anywhere = new Set(['main', '__main__']);

interface Place {
  /** The document's folders, innermost first. */
  readonly folders: readonly string[];
  readonly stem: string;
  /** Whether all of a qualified name is in the folders (Java's packages), not only the end of it. */
  readonly packages: boolean;
}

function placeOf(path: string): Place {
  const folders = path.split('/').filter((segment) => segment !== '');
  const file = folders.pop() ?? '';
  const dot = file.indexOf('.', 1);
  return {
    folders: folders.reverse(),
    stem: dot < 0 ? file : file.slice(0, dot),
    packages: /\.(?:java|kt|kts|scala|groovy|clj)$/.test(file),
  };
}

/** Files that stand for their folder: Python, Rust, JavaScript. */
const folderStems = new Set(['__init__', '__main__', 'mod', 'lib', 'main', 'index']);

/** How many qualifiers (innermost first) the document's place confirms. */
function confirmed(qualifiers: readonly string[], { folders, stem }: Place): number {
  const withStem = qualifiers[0] !== undefined && (sameName(qualifiers[0], stem) || qualifiers[0] === `${stem}Kt`);
  const start = withStem ? 1 : 0;
  let count = start;
  // A crate's name and `src` beside it: what is in `src` is the crate's.
  const places = folders.filter((folder) => folder !== 'src');
  for (let i = start; i < qualifiers.length && sameName(qualifiers[i]!, places[i - start] ?? ''); i++) {
    count++;
  }
  if (count === 0 && folderStems.has(stem) && sameName(qualifiers[0] ?? '', places[0] ?? '')) {
    count = 1;
  }
  return count;
}

/** Crates and packages are spelled with `_` in names, often with `-` in folders. */
function sameName(a: string, b: string): boolean {
  return a === b || (a.length === b.length && a.replaceAll('-', '_') === b.replaceAll('-', '_'));
}
