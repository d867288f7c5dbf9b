import { growInt32 } from '../../profile/growColumn';
import type { StringTable } from '../../profile/stringTable';
import { END, FIRST, type JsonScanner, memberNames } from '../json/jsonScanner';

const rootMembers = memberNames('locations');
const locationMembers = memberNames('locations');
const placeMembers = memberNames('lineNumber', 'columnNumber', 'source');
const sourceMembers = memberNames('name', 'path');

/**
 * The member `$vscode` that js-debug adds to profiles it saves: `locations[i].locations[0]` is where location `i` is
 * in the source. Line and column are 1-based there, unlike a call frame's (seen in files that js-debug 1.117 saved).
 */
export class CpuprofileLocations {
  length = 0;
  /** String index of the source's path or name, -1 where the location has none. */
  file: Int32Array = new Int32Array(64);
  /** 1-based, 0 where unknown. */
  line: Int32Array = new Int32Array(64);
  column: Int32Array = new Int32Array(64);

  /** Reads the member's value; null where it has no locations. */
  static read(scanner: JsonScanner, strings: StringTable): CpuprofileLocations | null {
    const locations = new CpuprofileLocations();
    forMembers(scanner, rootMembers, () => {
      forElements(scanner, () => locations.readLocation(scanner, strings));
    });
    return locations.length > 0 ? locations : null;
  }

  private readLocation(scanner: JsonScanner, strings: StringTable): void {
    const row = this.length++;
    if (row === this.file.length) {
      this.file = growInt32(this.file, row * 2);
      this.line = growInt32(this.line, row * 2);
      this.column = growInt32(this.column, row * 2);
    }
    this.file[row] = -1;
    forMembers(scanner, locationMembers, () => {
      let place = 0;
      forElements(scanner, () => {
        if (place++ === 0) {
          this.readPlace(scanner, strings, row);
        } else {
          scanner.skip();
        }
      });
    });
  }

  private readPlace(scanner: JsonScanner, strings: StringTable, row: number): void {
    forMembers(scanner, placeMembers, (m) => {
      if (m === 2) {
        let path: string | null = null;
        let name: string | null = null;
        forMembers(scanner, sourceMembers, (member) => {
          if (member === 0) {
            name = scanner.textOrNull();
          } else {
            path = scanner.textOrNull();
          }
        });
        const file = path || name;
        this.file[row] = file ? strings.intern(file) : -1;
        return;
      }
      const value = scanner.numberOrNull();
      const oneBased = value !== null && value >= 1 && value < 0x80000000 ? Math.trunc(value) : 0;
      if (m === 0) {
        this.line[row] = oneBased;
      } else {
        this.column[row] = oneBased;
      }
    });
  }
}

/** Calls `visit` at the value of each known member; skips the others, and a value that is no object. */
function forMembers(scanner: JsonScanner, names: readonly Uint8Array[], visit: (member: number) => void): void {
  if (scanner.peek() !== 0x7b) {
    scanner.skip();
    return;
  }
  scanner.enterObject('an object');
  for (let m = scanner.member(FIRST, names); m !== END; m = scanner.member(m, names)) {
    if (m < 0) {
      scanner.skip();
    } else {
      visit(m);
    }
  }
}

/** Calls `visit` at each element; skips a value that is no array. */
function forElements(scanner: JsonScanner, visit: () => void): void {
  if (scanner.peek() !== 0x5b) {
    scanner.skip();
    return;
  }
  scanner.enterArray('an array');
  for (let first = true; scanner.element(first); first = false) {
    visit();
  }
}
