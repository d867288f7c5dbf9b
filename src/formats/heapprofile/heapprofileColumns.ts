import { growFloat64, growInt32 } from '../../profile/growColumn';
import type { CallFrames } from '../cpuprofile/callFrames';
import { END, FIRST, type JsonScanner, memberNames } from '../json/jsonScanner';

const nodeMembers = memberNames('callFrame', 'selfSize', 'id', 'children', 'locationId');
const sampleMembers = memberNames('size', 'nodeId', 'ordinal');
const CHILDREN = 3;
/** Nodes or samples between two calls of the checkpoint. */
const STRIDE = 1 << 15;

/** The nodes of a heap profile's tree, each after its parent. */
export class HeapNodes {
  length = 0;
  /** Row of the parent, -1 for the root. */
  parent: Int32Array = new Int32Array(64);
  /** Index into the call frames, -1 for none. */
  callFrame: Int32Array = new Int32Array(64);
  /** Bytes. */
  selfSize: Float64Array = new Float64Array(64);
  id: Int32Array = new Int32Array(64);
  /** js-debug's `locationId`, plus 1. */
  private locations: Int32Array = new Int32Array(0);

  constructor(
    private readonly scanner: JsonScanner,
    private readonly callFrames: CallFrames,
    private readonly checkpoint: () => void,
  ) {}

  /** Index of js-debug's location, -1 for none. */
  location(row: number): number {
    return row < this.locations.length ? this.locations[row] - 1 : -1;
  }

  /** Reads a node and all below it, however deep. @throws DecodeError where it is none */
  read(): void {
    const { scanner } = this;
    let depth = 0;
    // Rows whose members are being read, outermost first.
    let open: Int32Array = new Int32Array(64);
    const enter = (): void => {
      open = growInt32(open, depth + 1);
      open[depth] = this.add(depth === 0 ? -1 : open[depth - 1]);
      depth++;
    };
    enter();
    for (let m = FIRST; depth > 0; ) {
      const row = open[depth - 1];
      m = scanner.member(m, nodeMembers);
      if (m === END) {
        depth--;
        // Behind a child, in its parent's array.
        if (depth > 0 && scanner.element(false)) {
          enter();
          m = FIRST;
        } else {
          m = CHILDREN;
        }
      } else if (m === CHILDREN && scanner.peek() === 0x5b) {
        scanner.enterArray('an array of nodes');
        if (scanner.element(true)) {
          enter();
          m = FIRST;
        }
      } else {
        this.member(row, m);
      }
    }
  }

  private add(parent: number): number {
    const row = this.length++;
    if (row === this.parent.length) {
      this.parent = growInt32(this.parent, row + 1);
      this.callFrame = growInt32(this.callFrame, row + 1);
      this.selfSize = growFloat64(this.selfSize, row + 1);
      this.id = growInt32(this.id, row + 1);
    }
    this.parent[row] = parent;
    this.callFrame[row] = -1;
    this.scanner.enterObject('a node, an object with "callFrame" and "selfSize"');
    if (row % STRIDE === STRIDE - 1) {
      this.checkpoint();
    }
    return row;
  }

  private member(row: number, m: number): void {
    const { scanner } = this;
    if (m === 0) {
      scanner.peek();
      this.callFrame[row] = this.callFrames.read();
    } else if (m === 1) {
      this.selfSize[row] = readAmount(scanner, 'a size in bytes');
    } else if (m === 2) {
      this.id[row] = readId(scanner);
    } else if (m === 4) {
      this.locations = growInt32(this.locations, row + 1);
      this.locations[row] = scanner.lineNumber();
    } else {
      scanner.skip();
    }
  }
}

/** The samples of a heap profile, as they stand in the file. */
export class HeapSamples {
  length = 0;
  /** Bytes. */
  size: Float64Array = new Float64Array(64);
  nodeId: Int32Array = new Int32Array(64);
  /** Of allocations in the order of time; -1 where there is none. */
  ordinal: Float64Array = new Float64Array(64);

  constructor(
    private readonly scanner: JsonScanner,
    private readonly checkpoint: () => void,
  ) {}

  /** Reads the member `samples`. @throws DecodeError where it is no array of samples */
  read(): void {
    const { scanner } = this;
    scanner.enterArray('an array of samples');
    while (scanner.element(this.length === 0)) {
      const row = this.length++;
      if (row === this.size.length) {
        this.size = growFloat64(this.size, row + 1);
        this.nodeId = growInt32(this.nodeId, row + 1);
        this.ordinal = growFloat64(this.ordinal, row + 1);
      }
      this.ordinal[row] = -1;
      scanner.enterObject('a sample, an object with "size" and "nodeId"');
      for (let m = scanner.member(FIRST, sampleMembers); m !== END; m = scanner.member(m, sampleMembers)) {
        if (m === 0) {
          this.size[row] = readAmount(scanner, 'a size in bytes');
        } else if (m === 1) {
          this.nodeId[row] = readId(scanner);
        } else if (m === 2) {
          this.ordinal[row] = readAmount(scanner, 'an ordinal');
        } else {
          scanner.skip();
        }
      }
      if (row % STRIDE === STRIDE - 1) {
        this.checkpoint();
      }
    }
  }
}

function readAmount(scanner: JsonScanner, what: string): number {
  const value = scanner.number(what);
  if (!(Math.abs(value) < 2 ** 53)) {
    scanner.fail(`${what} below 2^53 before this`);
  }
  return value;
}

/** V8's ids are unsigned numbers of 32 bits: the same bits, signed. */
function readId(scanner: JsonScanner): number {
  const id = scanner.number('a node id');
  if (id >>> 0 !== id && (id | 0) !== id) {
    scanner.fail('a node id, an integer of 32 bits, before this');
  }
  return id | 0;
}
