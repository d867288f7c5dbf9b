import type { StringTable } from '../../profile/stringTable';
import { END, FIRST, type JsonScanner, memberNames } from '../json/jsonScanner';

const members = memberNames(
  'data',
  'filename',
  'file',
  'path',
  'url',
  'fileName',
  '[file]',
  'line',
  'lineno',
  '[line]',
  'lineNumber',
  'columnNumber',
  'functionName',
  'detail',
);
const nameMember = memberNames('name');

/** What the `args` of an event say about where it comes from. */
export interface EventPlace {
  /** String indices, -1 for none. */
  file: number;
  functionName: number;
  detail: number;
  /** 1-based, 0 for none. */
  line: number;
  column: number;
  /** Whether the line is where the event's function is declared; the line that was running otherwise. */
  declared: boolean;
}

/**
 * Reads the place out of `args` at the scanner's position: `filename` and `line` (py-spy: the running line), `data` with
 * `url`, `lineNumber`, `columnNumber`, `functionName` (Chrome: the declaration, all 1-based, unlike a call frame's),
 * `[file]` and `[line]` (Rust's tracing: the declaration), `path` (TypeScript), `detail` (Clang).
 */
export function readPlace(scanner: JsonScanner, strings: StringTable, place: EventPlace): void {
  place.file = -1;
  place.functionName = -1;
  place.detail = -1;
  place.line = 0;
  place.column = 0;
  place.declared = false;
  readMembers(scanner, strings, place, true);
}

function readMembers(scanner: JsonScanner, strings: StringTable, place: EventPlace, outer: boolean): void {
  scanner.enterObject('an object');
  for (let m = scanner.member(FIRST, members); m !== END; m = scanner.member(m, members)) {
    const first = scanner.peek();
    const text = first === 0x22;
    if (m === 0 && outer && first === 0x7b) {
      readMembers(scanner, strings, place, false);
    } else if (m >= 1 && m <= 6 && text) {
      const file = scanner.string(strings, 'a file');
      place.file = file > 0 ? file : place.file;
    } else if (m >= 7 && m <= 10) {
      place.line = readLine(scanner);
      place.declared = m >= 9;
    } else if (m === 11) {
      place.column = readLine(scanner);
    } else if (m === 12 && text) {
      const name = scanner.string(strings, 'a name');
      place.functionName = name > 0 ? name : -1;
    } else if (m === 13 && text && outer) {
      place.detail = scanner.string(strings, 'a detail');
    } else {
      scanner.skip();
    }
  }
}

/** A 1-based number; 0 for anything else. */
function readLine(scanner: JsonScanner): number {
  return Math.max(0, scanner.lineNumber() - 1);
}

/** The member `name` of the `args` of a metadata event; null for none. */
export function readNameArg(scanner: JsonScanner): string | null {
  let name: string | null = null;
  scanner.enterObject('an object');
  for (let m = scanner.member(FIRST, nameMember); m !== END; m = scanner.member(m, nameMember)) {
    if (m === 0) {
      name = scanner.textOrNull();
    } else {
      scanner.skip();
    }
  }
  return name;
}
