import { growFloat64, growInt32 } from '../../profile/growColumn';
import type { StringTable } from '../../profile/stringTable';
import { QuadTable } from '../../profile/tupleTables';
import { END, FIRST, type JsonScanner, memberNames } from '../json/jsonScanner';
import type { TraceEvent } from './traceEvent';

const argsMembers = memberNames('data');
const dataMembers = memberNames('cpuProfile', 'timeDeltas', 'lines', 'startTime', 'endTime', 'nodes', 'samples');
const nodeMembers = memberNames('callFrame', 'id', 'parent', 'children', 'url', 'lineNumber');
const frameMembers = memberNames('columnNumber', 'functionName', 'lineNumber', 'url');
const COMMA = 0x2c;
/** No trace has more; a small file could otherwise name millions, each with tables of its own. */
const MOST_PROFILES = 10_000;
/** Room that is made for numbers in advance. */
const BLOCK = 128;

/** A piece of a CPU profile: ranges of the columns of `TraceCpu`. */
export interface CpuChunk {
  readonly ts: number;
  readonly nodes: number;
  readonly links: number;
  readonly samples: number;
  readonly deltas: number;
  readonly lines: number;
  nodesEnd: number;
  linksEnd: number;
  samplesEnd: number;
  deltasEnd: number;
  linesEnd: number;
}

/** One `Profile` of a trace. Times in microseconds of the trace's clock. */
export interface CpuTrace {
  readonly pid: number;
  /** Of the thread that was sampled, not of the one that wrote the chunks; NaN where its `Profile` is missing. */
  tid: number;
  /** The thread that wrote the first chunk. */
  readonly writer: number;
  startTime: number | null;
  endTime: number | null;
  readonly chunks: CpuChunk[];
}

/**
 * V8's CPU profiles in a trace: an event `Profile` begins one, `ProfileChunk`s of the same process and id bring its nodes,
 * samples and time deltas as they are taken (StreamPendingTraceEvents in V8's src/profiler/profile-generator.cc);
 * `CpuProfile`, as older DevTools wrote, has it whole.
 */
export class TraceCpu {
  readonly profiles = new Map<string, CpuTrace>();
  /** Distinct call frames: string indices of name and URL, 1-based line and column. */
  readonly callFrames = new QuadTable();

  nodes = 0;
  nodeId: Int32Array = new Int32Array(64);
  nodeCallFrame: Int32Array = new Int32Array(64);
  /** Pairs of a node's row and another's id. */
  links = 0;
  linkRow: Int32Array = new Int32Array(64);
  linkId: Int32Array = new Int32Array(64);
  /** 1 where the id is the parent's, 0 where it is a child's. */
  linkUp: Int32Array = new Int32Array(64);
  samples = 0;
  sample: Int32Array = new Int32Array(64);
  deltas = 0;
  /** Microseconds. */
  delta: Float64Array = new Float64Array(64);
  lines = 0;
  /** 1-based, 0 for none. */
  line: Int32Array = new Int32Array(64);

  constructor(
    private readonly scanner: JsonScanner,
    private readonly strings: StringTable,
  ) {}

  /** Reads an event of a CPU profile, whose `args` stand at the scanner's position. */
  read(event: TraceEvent, begins: boolean): void {
    const key = `${event.pid} ${event.id}`;
    let profile = this.profiles.get(key);
    if (profile === undefined) {
      profile = { pid: event.pid, tid: Number.NaN, writer: event.tid, startTime: null, endTime: null, chunks: [] };
      this.profiles.set(key, profile);
      if (this.profiles.size > MOST_PROFILES) {
        this.scanner.fail(`at most ${MOST_PROFILES} CPU profiles before this`);
      }
    }
    if (begins) {
      profile.tid = event.tid;
      profile.startTime ??= Number.isNaN(event.ts) ? null : event.ts;
    }
    const { nodes, links, samples, deltas, lines, scanner } = this;
    scanner.enterObject('an object');
    for (let m = scanner.member(FIRST, argsMembers); m !== END; m = scanner.member(m, argsMembers)) {
      if (m === 0 && scanner.peek() === 0x7b) {
        this.readData(profile, begins, true);
      } else {
        scanner.skip();
      }
    }
    if (this.nodes > nodes || this.samples > samples || this.deltas > deltas) {
      profile.chunks.push({
        ts: event.ts,
        nodes,
        links,
        samples,
        deltas,
        lines,
        nodesEnd: this.nodes,
        linksEnd: this.links,
        samplesEnd: this.samples,
        deltasEnd: this.deltas,
        linesEnd: this.lines,
      });
    }
  }

  private readData(profile: CpuTrace, begins: boolean, outer: boolean): void {
    const { scanner } = this;
    scanner.enterObject('an object');
    for (let m = scanner.member(FIRST, dataMembers); m !== END; m = scanner.member(m, dataMembers)) {
      const first = scanner.peek();
      const array = first === 0x5b;
      if (m === 0 && outer && first === 0x7b) {
        this.readData(profile, begins, false);
      } else if (m === 1 && array) {
        this.readDeltas();
      } else if (m === 2 && array) {
        this.readLines();
      } else if (m === 3) {
        const start = readTime(scanner);
        profile.startTime = begins ? (start ?? profile.startTime) : (profile.startTime ?? start);
      } else if (m === 4) {
        profile.endTime = readTime(scanner) ?? profile.endTime;
      } else if (m === 5 && array) {
        this.readNodes();
      } else if (m === 6 && array) {
        this.readSamples();
      } else {
        scanner.skip();
      }
    }
  }

  private readNodes(): void {
    const { scanner } = this;
    scanner.enterArray('an array of nodes');
    for (let first = true; scanner.element(first); first = false) {
      const row = this.nodes++;
      if (row === this.nodeId.length) {
        this.nodeId = growInt32(this.nodeId, row + 1);
        this.nodeCallFrame = growInt32(this.nodeCallFrame, row + 1);
      }
      this.nodeCallFrame[row] = -1;
      let hasId = false;
      scanner.enterObject('a call tree node');
      for (let m = scanner.member(FIRST, nodeMembers); m !== END; m = scanner.member(m, nodeMembers)) {
        if (m === 0) {
          this.nodeCallFrame[row] = this.readCallFrame();
        } else if (m === 1) {
          this.nodeId[row] = this.readId();
          hasId = true;
        } else if (m === 2) {
          this.addLink(row, this.readId(), 1);
        } else if (m === 3 && scanner.peek() === 0x5b) {
          scanner.enterArray('an array of children');
          for (let child = true; scanner.element(child); child = false) {
            this.addLink(row, this.readId(), 0);
          }
        } else {
          scanner.skip();
        }
      }
      if (!hasId) {
        scanner.fail('"id" in the node that ends before this');
      }
    }
  }

  private addLink(row: number, id: number, up: number): void {
    const link = this.links++;
    if (link === this.linkRow.length) {
      this.linkRow = growInt32(this.linkRow, link + 1);
      this.linkId = growInt32(this.linkId, link + 1);
      this.linkUp = growInt32(this.linkUp, link + 1);
    }
    this.linkRow[link] = row;
    this.linkId[link] = id;
    this.linkUp[link] = up;
  }

  private readId(): number {
    const id = this.scanner.number('a node id');
    if ((id | 0) !== id) {
      this.scanner.fail('a node id, an integer of 32 bits, before this');
    }
    return id;
  }

  /** Members that are not known are left out by V8; lines and columns are 0-based. */
  private readCallFrame(): number {
    const { scanner, strings } = this;
    let name = 0;
    let url = 0;
    let line = 0;
    let column = 0;
    scanner.enterObject('a call frame');
    for (let m = scanner.member(FIRST, frameMembers); m !== END; m = scanner.member(m, frameMembers)) {
      if (m === 0) {
        column = scanner.lineNumber();
      } else if (m === 1) {
        name = scanner.string(strings, "a function's name");
      } else if (m === 2) {
        line = scanner.lineNumber();
      } else if (m === 3) {
        url = scanner.string(strings, 'a URL');
      } else {
        scanner.skip();
      }
    }
    return this.callFrames.intern(name, url, line, column);
  }

  private readSamples(): void {
    const { scanner } = this;
    scanner.enterArray('an array of node ids');
    for (let more = scanner.element(true); more; more = scanner.element(false)) {
      this.sample = growInt32(this.sample, this.samples + BLOCK);
      this.samples = readIntegers(scanner, this.sample, this.samples, this.sample.length - 1);
      this.sample[this.samples++] = this.readId();
    }
  }

  private readLines(): void {
    const { scanner } = this;
    scanner.enterArray('an array of lines');
    for (let more = scanner.element(true); more; more = scanner.element(false)) {
      this.line = growInt32(this.line, this.lines + BLOCK);
      this.lines = readIntegers(scanner, this.line, this.lines, this.line.length - 1);
      this.line[this.lines++] = Math.max(0, scanner.lineNumber() - 1);
    }
  }

  private readDeltas(): void {
    const { scanner } = this;
    scanner.enterArray('an array of microseconds');
    for (let more = scanner.element(true); more; more = scanner.element(false)) {
      this.delta = growFloat64(this.delta, this.deltas + BLOCK);
      this.deltas = readNumbers(scanner, this.delta, this.deltas, this.delta.length - 1);
      const value = scanner.number('a time delta');
      if (!(Math.abs(value) < 2 ** 53)) {
        scanner.fail('a time delta of microseconds below 2^53 before this');
      }
      this.delta[this.deltas++] = value;
    }
  }
}

/**
 * Reads numbers of at most nine digits, each with its comma, into `column` from row `from` on, and stops before any other
 * and at `end`. @returns the row behind the last
 */
function readIntegers(scanner: JsonScanner, column: Int32Array, from: number, end: number): number {
  const { bytes } = scanner;
  let { pos } = scanner;
  let length = from;
  while (length < end) {
    let at = pos;
    let value = 0;
    let digit = bytes[at] - 48;
    while (digit >= 0 && digit <= 9) {
      value = (Math.imul(value, 10) + digit) | 0;
      digit = bytes[++at] - 48;
    }
    if (bytes[at] !== COMMA || at === pos || at - pos > 9) {
      break;
    }
    column[length++] = value;
    pos = at + 1;
  }
  scanner.pos = pos;
  return length;
}

/** As `readIntegers`. */
function readNumbers(scanner: JsonScanner, column: Float64Array, from: number, end: number): number {
  const { bytes } = scanner;
  let { pos } = scanner;
  let length = from;
  while (length < end) {
    let at = pos;
    let value = 0;
    let digit = bytes[at] - 48;
    while (digit >= 0 && digit <= 9) {
      value = (Math.imul(value, 10) + digit) | 0;
      digit = bytes[++at] - 48;
    }
    if (bytes[at] !== COMMA || at === pos || at - pos > 9) {
      break;
    }
    column[length++] = value;
    pos = at + 1;
  }
  scanner.pos = pos;
  return length;
}

/** A time of the trace's clock in microseconds; null for what is no time. */
function readTime(scanner: JsonScanner): number | null {
  const time = scanner.numberOrNull();
  return time !== null && Math.abs(time) < 2 ** 53 ? time : null;
}
