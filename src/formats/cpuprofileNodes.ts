import type { CpuprofileColumns } from './cpuprofileColumns';
import { END, FIRST, type JsonScanner, memberNames } from './jsonScanner';

const nodeMembers = memberNames('id', 'callFrame', 'hitCount', 'children', 'positionTicks', 'parent', 'locationId');
const tickMembers = memberNames('line', 'ticks', 'startLocationId');

const [idText, callFrameText, hitCountText, childrenText, ticksText, lineText, countText] = memberNames(
  '{"id":',
  ',"callFrame":',
  ',"hitCount":',
  ',"children":[',
  ',"positionTicks":[',
  '{"line":',
  ',"ticks":',
);
const COMMA = 0x2c;
const CLOSE_ARRAY = 0x5d;
const CLOSE_OBJECT = 0x7d;

/** Reads `nodes` into columns. */
export class CpuprofileNodes {
  /** Where `fast` stands. */
  private at = 0;

  constructor(
    private readonly scanner: JsonScanner,
    private readonly columns: CpuprofileColumns,
    private readonly checkpoint: () => void,
  ) {}

  /** @throws DecodeError where the value is no array of nodes */
  read(): void {
    const { scanner, columns } = this;
    scanner.enterArray('"nodes", an array of call tree nodes');
    for (let first = true; scanner.element(first); first = false) {
      columns.reserveNode();
      const row = columns.nodes++;
      if ((row & 8191) === 8191) {
        this.checkpoint();
      }
      const { links, ticks } = columns;
      const begin = scanner.pos;
      if (!this.fast(row)) {
        scanner.pos = begin;
        columns.links = links;
        columns.ticks = ticks;
        this.careful(row);
      }
      columns.totalHits += columns.hits[row];
    }
  }

  /**
   * Reads a node as V8 itself writes it: known members in their order, no blanks, small integers.
   * @returns false where it is written in another way: then nothing counts that was read
   */
  private fast(row: number): boolean {
    const { scanner, columns } = this;
    const { bytes } = scanner;
    this.at = scanner.pos;
    if (!this.text(idText)) {
      return false;
    }
    const id = this.integer();
    if (id < 0 || !this.text(callFrameText)) {
      return false;
    }
    columns.id[row] = id;
    scanner.pos = this.at;
    columns.callFrame[row] = columns.callFrames.read();
    this.at = scanner.pos;
    let hits = 0;
    if (this.text(hitCountText)) {
      hits = this.integer();
      if (hits < 0) {
        return false;
      }
    }
    columns.hits[row] = hits;
    if (this.text(childrenText) && bytes[this.at++] !== CLOSE_ARRAY) {
      this.at--;
      for (let byte = COMMA; byte === COMMA; ) {
        const child = this.integer();
        byte = bytes[this.at++];
        if (child < 0 || (byte !== COMMA && byte !== CLOSE_ARRAY)) {
          return false;
        }
        columns.addLink(row, child);
      }
    }
    if (this.text(ticksText)) {
      for (let byte = COMMA; byte === COMMA; ) {
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
        columns.addTick(row, line, count);
        byte = bytes[this.at++];
        if (byte !== COMMA && byte !== CLOSE_ARRAY) {
          return false;
        }
      }
    }
    if (bytes[this.at] !== CLOSE_OBJECT) {
      return false;
    }
    scanner.pos = this.at + 1;
    return true;
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
      if (location >= 0) {
        columns.setTickLocation(columns.ticks, location);
      }
      columns.addTick(row, line, count);
    }
  }
}
