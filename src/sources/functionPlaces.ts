import type { ScriptMap, SourcePlace } from './scriptMap';

export interface MappedFunction extends SourcePlace {
  readonly name: string;
}

/**
 * Where a function of compiled code was declared, null where its map does not say.
 *
 * V8 gives a function's start as the position of its parameters, right behind the name. The name stays the compiled
 * one, unless the map names the very identifier that it stands for: then it is the original one (minifiers rename, and
 * bundlers number names that clash). An anonymous function stays anonymous.
 *
 * @param line 1-based line of the declaration in the compiled code
 * @param column 1-based, 0 where unknown
 */
export function mapFunction(map: ScriptMap, name: string, line: number, column: number): MappedFunction | null {
  // What is at its start does not say whose the top level of several modules in one script is.
  const several = line === 1 && column === 1 && map.onlySource === null;
  const place = several ? null : column > 0 ? map.placeAt(line, column) : map.placeFrom(line, 1);
  if (place) {
    return { ...place, name: originalName(map, name, line, column) ?? name };
  }
  // A module's top level starts before its first mapping.
  if (line === 1 && column <= 1 && map.onlySource !== null) {
    return { name, file: map.onlySource, line: 1, column: 1 };
  }
  return null;
}

/** A line in an original source. */
export interface MappedLine {
  readonly file: string;
  /** 1-based. */
  readonly line: number;
}

/**
 * The source line of a line (1-based) that V8 counted for a function of compiled code: where that line is mapped
 * (`placeOfLine`), in whatever source (the top level of a bundle is of many, and the lines of what V8 inlined count for
 * the caller).
 * On the function's own first line it is that of the first mapping in the function, and so in its source. Where nothing
 * is mapped, and where a compiled line is of several sources (minified code), it is the function's own line.
 *
 * @param mapped null for a function that the map does not know
 * @param first 1-based line of the declaration in the compiled code
 * @param column 1-based, 0 where unknown
 * @returns null where neither the line nor its function is mapped
 */
export function mapLine(
  map: ScriptMap,
  mapped: MappedFunction | null,
  line: number,
  first: number,
  column: number,
): MappedLine | null {
  const inFirst = line === first;
  const place = inFirst ? map.placeFrom(line, Math.max(1, column)) : map.placeOfLine(line);
  const own = place !== null && place.file === mapped?.file;
  if (mapped !== null && inFirst) {
    // The position between name and body often belongs to the declaration: never an earlier line than that.
    return own && place.line >= mapped.line ? place : mapped;
  }
  return place !== null && (own || map.isOfOneSource(line)) ? place : mapped;
}

/** What may stand between an identifier and the parameters: `a(`, `a=(`, `a=function(`, `a:(`, `a:function(`. */
const GAPS = [0, 1, 9];

function originalName(map: ScriptMap, name: string, line: number, column: number): string | null {
  const own = name.slice(name.lastIndexOf('.') + 1);
  if (own === '' || column === 0) {
    return null;
  }
  for (const gap of GAPS) {
    const found = map.nameAt(line, column - own.length - gap);
    if (found !== null) {
      return found;
    }
  }
  return null;
}
