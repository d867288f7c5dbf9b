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
  const place = column > 0 ? map.placeAt(line, column) : map.placeFrom(line, 1);
  if (place) {
    return { ...place, name: originalName(map, name, line, column) ?? name };
  }
  // A module's top level starts before its first mapping.
  if (line === 1 && column <= 1 && map.onlySource !== null) {
    return { name, file: map.onlySource, line: 1, column: 1 };
  }
  return null;
}

/**
 * The source line of a line (1-based) inside a function of compiled code: that of the line's first mapping, or on the
 * function's first line that of the first mapping in the function. Where that is in another source (inlined by a
 * bundler, or another function before it on the line), and where nothing is mapped, the function's own line.
 */
export function mapLine(map: ScriptMap, mapped: MappedFunction, line: number, first: number, column: number): number {
  if (line === first) {
    const place = map.placeFrom(line, Math.max(1, column));
    // The position between name and body often belongs to the declaration: never an earlier line than that.
    return place?.file === mapped.file && place.line >= mapped.line ? place.line : mapped.line;
  }
  const place = map.placeFrom(line, 1);
  return place?.file === mapped.file ? place.line : mapped.line;
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
