import { growFloat64, growInt32 } from '../profile/growColumn';
import type { StringTable } from '../profile/stringTable';
import { type CpuprofileExtension, readCpuprofileExtension } from './cpuprofileExtension';
import { CpuprofileLocations } from './cpuprofileLocations';
import { readIds, readSummedDeltas } from './cpuprofileNumbers';
import { END, FIRST, type JsonScanner, memberNames } from './jsonScanner';

const profileMembers = memberNames('nodes', 'startTime', 'endTime', 'samples', 'timeDeltas', '$vscode', '$emberline');
const nodeMembers = memberNames('id', 'callFrame', 'hitCount', 'children', 'positionTicks', 'parent', 'locationId');
const frameMembers = memberNames('functionName', 'scriptId', 'url', 'lineNumber', 'columnNumber');
const tickMembers = memberNames('line', 'ticks', 'startLocationId');

/**
 * One profile object of a `.cpuprofile`, as columns: row `i` is `nodes[i]`. The format is the DevTools protocol's
 * `Profiler.Profile` (https://chromedevtools.github.io/devtools-protocol/tot/Profiler/#type-Profile).
 */
export class CpuprofileColumns {
  nodes = 0;
  id: Int32Array = new Int32Array(256);
  /** String index of the function's name; 0 (the empty text) for an anonymous one. */
  name: Int32Array = new Int32Array(256);
  /** String index of the URL; 0 for none. */
  url: Int32Array = new Int32Array(256);
  /** 1-based, 0 where unknown. */
  line: Int32Array = new Int32Array(256);
  column: Int32Array = new Int32Array(256);
  hits: Float64Array = new Float64Array(256);
  /** Id of the parent where the node names it; see `hasParent`. */
  parentId: Int32Array = new Int32Array(256);
  hasParent: Int32Array = new Int32Array(256);
  locationId: Int32Array = new Int32Array(256);

  /** Pairs of a node's row and a child's id. */
  links = 0;
  linkRow: Int32Array = new Int32Array(256);
  linkChild: Int32Array = new Int32Array(256);

  ticks = 0;
  tickRow: Int32Array = new Int32Array(256);
  /** 1-based line in the script. */
  tickLine: Int32Array = new Int32Array(256);
  tickCount: Float64Array = new Float64Array(256);
  tickLocation: Int32Array = new Int32Array(256);

  /** Microseconds of the target's monotonic clock. */
  startTime: number | null = null;
  endTime: number | null = null;
  /** Node ids. */
  samples: Int32Array | null = null;
  /** Microseconds from the start to each sample. */
  elapsed: Float64Array | null = null;
  locations: CpuprofileLocations | null = null;
  extension: CpuprofileExtension | null = null;
}

/** Reads one profile object. @throws DecodeError where it is none */
export function scanCpuprofile(scanner: JsonScanner, strings: StringTable, checkpoint: () => void): CpuprofileColumns {
  const columns = new CpuprofileColumns();
  let hasNodes = false;
  const begin = scanner.pos;
  scanner.enterObject('an object with "nodes" and "samples"');
  for (let m = scanner.member(FIRST, profileMembers); m !== END; m = scanner.member(m, profileMembers)) {
    if (m === 0 && !hasNodes) {
      hasNodes = true;
      scanNodes(scanner, strings, columns, checkpoint);
    } else if (m === 1) {
      columns.startTime = readTime(scanner);
    } else if (m === 2) {
      columns.endTime = readTime(scanner);
    } else if (m === 3 && scanner.peek() === 0x5b) {
      columns.samples = readIds(scanner, checkpoint);
    } else if (m === 4 && scanner.peek() === 0x5b) {
      columns.elapsed = readSummedDeltas(scanner, checkpoint);
    } else if (m === 5) {
      columns.locations = CpuprofileLocations.read(scanner, strings);
    } else if (m === 6) {
      columns.extension = readCpuprofileExtension(scanner);
    } else {
      scanner.skip();
    }
  }
  if (!hasNodes) {
    scanner.pos = begin;
    scanner.fail('an object with the member "nodes"');
  }
  return columns;
}

function scanNodes(
  scanner: JsonScanner,
  strings: StringTable,
  columns: CpuprofileColumns,
  checkpoint: () => void,
): void {
  scanner.enterArray('"nodes", an array of call tree nodes');
  for (let first = true; scanner.element(first); first = false) {
    const row = columns.nodes++;
    if (row === columns.id.length) {
      growNodes(columns, row * 2);
    }
    if ((row & 8191) === 8191) {
      checkpoint();
    }
    scanNode(scanner, strings, columns, row);
  }
}

function growNodes(columns: CpuprofileColumns, capacity: number): void {
  columns.id = growInt32(columns.id, capacity);
  columns.name = growInt32(columns.name, capacity);
  columns.url = growInt32(columns.url, capacity);
  columns.line = growInt32(columns.line, capacity);
  columns.column = growInt32(columns.column, capacity);
  columns.hits = growFloat64(columns.hits, capacity);
  columns.parentId = growInt32(columns.parentId, capacity);
  columns.hasParent = growInt32(columns.hasParent, capacity);
  columns.locationId = growInt32(columns.locationId, capacity);
}

function scanNode(scanner: JsonScanner, strings: StringTable, columns: CpuprofileColumns, row: number): void {
  columns.locationId[row] = -1;
  let hasId = false;
  scanner.enterObject('a call tree node');
  for (let m = scanner.member(FIRST, nodeMembers); m !== END; m = scanner.member(m, nodeMembers)) {
    switch (m) {
      case 0:
        columns.id[row] = readId(scanner);
        hasId = true;
        break;
      case 1:
        scanCallFrame(scanner, strings, columns, row);
        break;
      case 2:
        columns.hits[row] = readCount(scanner, 'a hit count');
        break;
      case 3:
        scanChildren(scanner, columns, row);
        break;
      case 4:
        scanTicks(scanner, columns, row);
        break;
      case 5:
        columns.parentId[row] = readId(scanner);
        columns.hasParent[row] = 1;
        break;
      case 6:
        columns.locationId[row] = lineNumber(scanner) - 1;
        break;
      default:
        scanner.skip();
    }
  }
  if (!hasId) {
    scanner.fail('"id" in the node that ends before this');
  }
}

function readId(scanner: JsonScanner): number {
  const id = scanner.number('a node id');
  if ((id | 0) !== id) {
    scanner.fail('a node id, an integer of 32 bits, before this');
  }
  return id;
}

function readCount(scanner: JsonScanner, what: string): number {
  const count = scanner.number(what);
  if (count >= 2 ** 53) {
    scanner.fail(`${what} below 2^53 before this`);
  }
  return Math.max(0, count);
}

/** A time of the target's clock in microseconds; null for what is no time. */
function readTime(scanner: JsonScanner): number | null {
  const time = scanner.numberOrNull();
  return time !== null && Math.abs(time) < 2 ** 53 ? time : null;
}

/** A 0-based number as a 1-based one; 0 for none, for another value and for what no file has. */
function lineNumber(scanner: JsonScanner): number {
  const value = scanner.numberOrNull();
  return value === null || !(value >= 0 && value < 0x7fffffff) ? 0 : Math.trunc(value) + 1;
}

function scanCallFrame(scanner: JsonScanner, strings: StringTable, columns: CpuprofileColumns, row: number): void {
  scanner.enterObject('a call frame');
  for (let m = scanner.member(FIRST, frameMembers); m !== END; m = scanner.member(m, frameMembers)) {
    if (m === 0) {
      columns.name[row] = scanner.string(strings, "a function's name");
    } else if (m === 2) {
      columns.url[row] = scanner.string(strings, 'a URL');
    } else if (m === 3) {
      columns.line[row] = lineNumber(scanner);
    } else if (m === 4) {
      columns.column[row] = lineNumber(scanner);
    } else {
      scanner.skip();
    }
  }
}

function scanChildren(scanner: JsonScanner, columns: CpuprofileColumns, row: number): void {
  if (scanner.peek() !== 0x5b) {
    scanner.skip();
    return;
  }
  scanner.enterArray('an array of children');
  for (let first = true; scanner.element(first); first = false) {
    const link = columns.links++;
    if (link === columns.linkRow.length) {
      columns.linkRow = growInt32(columns.linkRow, link * 2);
      columns.linkChild = growInt32(columns.linkChild, link * 2);
    }
    columns.linkRow[link] = row;
    columns.linkChild[link] = readId(scanner);
  }
}

function scanTicks(scanner: JsonScanner, columns: CpuprofileColumns, row: number): void {
  if (scanner.peek() !== 0x5b) {
    scanner.skip();
    return;
  }
  scanner.enterArray('an array of position ticks');
  for (let first = true; scanner.element(first); first = false) {
    const tick = columns.ticks++;
    if (tick === columns.tickRow.length) {
      columns.tickRow = growInt32(columns.tickRow, tick * 2);
      columns.tickLine = growInt32(columns.tickLine, tick * 2);
      columns.tickCount = growFloat64(columns.tickCount, tick * 2);
      columns.tickLocation = growInt32(columns.tickLocation, tick * 2);
    }
    columns.tickRow[tick] = row;
    columns.tickLine[tick] = 0;
    columns.tickCount[tick] = 0;
    columns.tickLocation[tick] = -1;
    scanner.enterObject('a position tick');
    for (let m = scanner.member(FIRST, tickMembers); m !== END; m = scanner.member(m, tickMembers)) {
      if (m === 0) {
        columns.tickLine[tick] = Math.max(0, lineNumber(scanner) - 1);
      } else if (m === 1) {
        columns.tickCount[tick] = readCount(scanner, 'a number of ticks');
      } else if (m === 2) {
        columns.tickLocation[tick] = lineNumber(scanner) - 1;
      } else {
        scanner.skip();
      }
    }
  }
}
