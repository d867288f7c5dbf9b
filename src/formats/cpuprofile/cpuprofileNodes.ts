import type { StringTable } from '../../profile/stringTable';
import { END, FIRST, type JsonScanner, memberNames } from '../json/jsonScanner';
import type { CpuprofileColumns } from './cpuprofileColumns';
import type { CpuprofileScanner } from './wasm/cpuprofileScanner';

const nodeMembers = memberNames('id', 'callFrame', 'hitCount', 'children', 'positionTicks', 'parent', 'locationId');
const tickMembers = memberNames('line', 'ticks', 'startLocationId');

/** What stands before the values of a node as V8 writes it, and before those of a tick. */
const [idText, callFrameText, hitCountText, childrenText, ticksText, lineText, countText] = memberNames(
  '"id":',
  '"callFrame":',
  '"hitCount":',
  '"children":[',
  '"positionTicks":[',
  '{"line":',
  ',"ticks":',
);
/** Nodes read in one go; see `cpuprofileNumbers.ts`. */
const BLOCK = 256;
const COMMA = 0x2c;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** The member whose name may stand at `at`, judged by its first letters. */
function nodeMember(bytes: Uint8Array, at: number): Uint8Array | null {
  switch (bytes[at + 1]) {
    case 0x69:
      return idText;
    case 0x63:
      return bytes[at + 2] === 0x61 ? callFrameText : childrenText;
    case 0x68:
      return hitCountText;
    case 0x70:
      return ticksText;
    default:
      return null;
  }
}

/** Reads `nodes` into columns. */
export class CpuprofileNodes {
  /** Where `plain` stands. */
  private at = 0;

  constructor(
    private readonly scanner: JsonScanner,
    private readonly columns: CpuprofileColumns,
    private readonly checkpoint: () => void,
    private readonly fast: CpuprofileScanner | null,
    private readonly strings: StringTable,
  ) {}

  /** @throws DecodeError where the value is no array of nodes */
  read(): void {
    const { scanner, columns } = this;
    scanner.enterArray('"nodes", an array of call tree nodes');
    let blocks = 0;
    let retryAt = 0;
    let pause = 0;
    for (let more = scanner.element(true); more; ) {
      if (this.fast !== null && columns.nodes >= retryAt) {
        // Where nodes are written in another way, it is asked ever more seldom.
        pause = this.readFast(this.fast) ? 0 : Math.min(pause * 2 + 1, 4096);
        if (this.fast.ended) {
          return;
        }
        retryAt = columns.nodes + pause;
      }
      const target = columns.nodes + Math.min(BLOCK, columns.nodes + 8);
      if (this.plain(target) === target) {
        if ((blocks++ & 63) === 1) {
          this.checkpoint();
        }
        continue;
      }
      columns.reserveNode();
      const row = columns.nodes++;
      this.careful(row);
      columns.totalHits += columns.hits[row];
      more = scanner.element(false);
    }
  }

  /** @returns whether any was read */
  private readFast(fast: CpuprofileScanner): boolean {
    const { columns } = this;
    let any = fast.nodes(columns);
    while (fast.more) {
      this.checkpoint();
      any = fast.nodes(columns) || any;
    }
    columns.plain = fast.makePlain(columns, this.strings);
    if (columns.plain === null) {
      fast.takeNodes(columns);
    }
    return any;
  }

  /**
   * Reads nodes as V8 itself writes them, each with its comma: known members, no blanks, small integers. Stops before a
   * node that is written in another way, and at the last one. One function with its loop, for V8 compiles it once.
   * @param target number of nodes to stop at
   * @returns `target`; where it stopped before, -1
   */
  private plain(target: number): number {
    const { scanner, columns } = this;
    const { bytes } = scanner;
    while (columns.nodes < target) {
      const { links, ticks } = columns;
      columns.reserveNode();
      const row = columns.nodes;
      const begin = scanner.pos;
      this.at = begin;
      columns.callFrame[row] = -1;
      columns.hits[row] = 0;
      let hasId = false;
      let plain = bytes[this.at] === OPEN_OBJECT;
      while (plain) {
        const member = nodeMember(bytes, ++this.at);
        if (member === null || !this.text(member)) {
          plain = false;
        } else if (member === callFrameText) {
          scanner.pos = this.at;
          columns.callFrame[row] = columns.callFrames.read();
          this.at = scanner.pos;
        } else if (member === childrenText) {
          plain = this.children(row);
        } else if (member === ticksText) {
          plain = this.positionTicks(row);
        } else {
          const value = this.integer();
          plain = value >= 0;
          if (member === idText) {
            columns.id[row] = value;
            hasId = true;
          } else {
            columns.hits[row] = value;
          }
        }
        if (bytes[this.at] !== COMMA) {
          break;
        }
      }
      if (!plain || !hasId || bytes[this.at] !== CLOSE_OBJECT || bytes[this.at + 1] !== COMMA) {
        scanner.pos = begin;
        columns.links = links;
        columns.ticks = ticks;
        return -1;
      }
      columns.totalHits += columns.hits[row];
      columns.nodes++;
      scanner.pos = this.at + 2;
    }
    return target;
  }

  private children(row: number): boolean {
    const { bytes } = this.scanner;
    if (bytes[this.at] === CLOSE_ARRAY) {
      this.at++;
      return true;
    }
    let byte = COMMA;
    while (byte === COMMA) {
      const child = this.integer();
      byte = bytes[this.at++];
      if (child < 0) {
        return false;
      }
      this.columns.addLink(row, child);
    }
    return byte === CLOSE_ARRAY;
  }

  private positionTicks(row: number): boolean {
    const { bytes } = this.scanner;
    let byte = COMMA;
    while (byte === COMMA) {
      if (!this.text(lineText)) {
        return false;
      }
      const line = this.integer();
      if (line < 0 || !this.text(countText)) {
        return false;
      }
      const count = this.integer();
      if (count < 0 || bytes[this.at++] !== CLOSE_OBJECT) {
        return false;
      }
      this.columns.addTick(row, line, count);
      byte = bytes[this.at++];
    }
    return byte === CLOSE_ARRAY;
  }

  /** Goes behind a text where it stands here. */
  private text(text: Uint8Array): boolean {
    const { bytes } = this.scanner;
    const { at } = this;
    for (let i = 0; i < text.length; i++) {
      if (bytes[at + i] !== text[i]) {
        return false;
      }
    }
    this.at = at + text.length;
    return true;
  }

  /** Up to nine digits; -1 for anything else. */
  private integer(): number {
    const { bytes } = this.scanner;
    const from = this.at;
    let at = from;
    let value = 0;
    let byte = bytes[at];
    while (byte >= 48 && byte <= 57) {
      value = (Math.imul(value, 10) + (byte - 48)) | 0;
      byte = bytes[++at];
    }
    this.at = at;
    return at === from || at - from > 9 || byte === 0x2e || byte === 0x65 || byte === 0x45 ? -1 : value;
  }

  /** Reads any node: members in any order, unknown ones skipped. */
  private careful(row: number): void {
    const { scanner, columns } = this;
    let hasId = false;
    columns.callFrame[row] = -1;
    columns.hits[row] = 0;
    scanner.enterObject('a call tree node');
    for (let m = scanner.member(FIRST, nodeMembers); m !== END; m = scanner.member(m, nodeMembers)) {
      switch (m) {
        case 0:
          columns.id[row] = this.readId();
          hasId = true;
          break;
        case 1:
          scanner.peek();
          columns.callFrame[row] = columns.callFrames.read();
          break;
        case 2:
          columns.hits[row] = this.readCount('a hit count');
          break;
        case 3:
          this.readChildren(row);
          break;
        case 4:
          this.readTicks(row);
          break;
        case 5:
          columns.addParent(row, this.readId());
          break;
        case 6:
          columns.setNodeLocation(row, scanner.lineNumber() - 1);
          break;
        default:
          scanner.skip();
      }
    }
    if (!hasId) {
      scanner.fail('"id" in the node that ends before this');
    }
  }

  private readId(): number {
    const id = this.scanner.number('a node id');
    if ((id | 0) !== id) {
      this.scanner.fail('a node id, an integer of 32 bits, before this');
    }
    return id;
  }

  private readCount(what: string): number {
    const count = this.scanner.number(what);
    if (count >= 2 ** 53) {
      this.scanner.fail(`${what} below 2^53 before this`);
    }
    return Math.max(0, count);
  }

  private readChildren(row: number): void {
    const { scanner, columns } = this;
    if (scanner.peek() !== 0x5b) {
      scanner.skip();
      return;
    }
    scanner.enterArray('an array of children');
    for (let first = true; scanner.element(first); first = false) {
      columns.addLink(row, this.readId());
    }
  }

  private readTicks(row: number): void {
    const { scanner, columns } = this;
    if (scanner.peek() !== 0x5b) {
      scanner.skip();
      return;
    }
    scanner.enterArray('an array of position ticks');
    for (let first = true; scanner.element(first); first = false) {
      let line = 0;
      let count = 0;
      let location = -1;
      scanner.enterObject('a position tick');
      for (let m = scanner.member(FIRST, tickMembers); m !== END; m = scanner.member(m, tickMembers)) {
        if (m === 0) {
          line = Math.max(0, scanner.lineNumber() - 1);
        } else if (m === 1) {
          count = this.readCount('a number of ticks');
        } else if (m === 2) {
          location = scanner.lineNumber() - 1;
        } else {
          scanner.skip();
        }
      }
      if (line > 0 && count > 0) {
        if (location >= 0) {
          columns.setTickLocation(columns.ticks, location);
        }
        columns.addTick(row, line, count);
      }
    }
  }
}
