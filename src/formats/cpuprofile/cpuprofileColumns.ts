import { growFloat64, growInt32 } from '../../profile/growColumn';
import type { CallFrames } from './callFrames';
import type { CpuprofileExtension } from './cpuprofileExtension';
import type { CpuprofileLocations } from './cpuprofileLocations';
import type { ElapsedColumn } from './cpuprofileNumbers';
import type { PlainProfile } from './plainProfile';

/**
 * One profile object of a `.cpuprofile`, as columns: row `i` is `nodes[i]`. The format is the DevTools protocol's
 * `Profiler.Profile` (https://chromedevtools.github.io/devtools-protocol/tot/Profiler/#type-Profile).
 */
export class CpuprofileColumns {
  nodes = 0;
  id: Int32Array;
  /** Index into `callFrames`, -1 for none. */
  callFrame: Int32Array;
  hits: Float64Array;
  totalHits = 0;

  /** Pairs of a node's row and a child's id. */
  links = 0;
  linkRow: Int32Array;
  linkChild: Int32Array;

  ticks = 0;
  tickRow: Int32Array;
  /** 1-based line in the script. */
  tickLine: Int32Array;
  tickCount: Float64Array;

  /** Pairs of a node's row and its parent's id, for files whose nodes name parents instead of children. */
  parents = 0;
  parentRow: Int32Array = new Int32Array(0);
  parentId: Int32Array = new Int32Array(0);
  /** js-debug's `locationId` of nodes and `startLocationId` of ticks, plus 1: 0 where there is none. */
  nodeLocation: Int32Array = new Int32Array(0);
  tickLocation: Int32Array = new Int32Array(0);

  /** Microseconds of the target's monotonic clock. */
  startTime: number | null = null;
  endTime: number | null = null;
  /** Node ids; stacks where there is a `plain`. */
  samples: Int32Array | null = null;
  elapsed: ElapsedColumn | null = null;
  locations: CpuprofileLocations | null = null;
  extension: CpuprofileExtension | null = null;

  /** What was made of the nodes as they were read, where they were as V8 writes them: instead of the columns above. */
  plain: PlainProfile | null = null;

  /** @param expectedNodes how many nodes there may be; wrong guesses cost time only */
  constructor(
    readonly callFrames: CallFrames,
    private readonly expectedNodes: number,
  ) {
    // Small first, see `StringTable`.
    const capacity = 16;
    this.id = new Int32Array(capacity);
    this.callFrame = new Int32Array(capacity);
    this.hits = new Float64Array(capacity);
    this.linkRow = new Int32Array(capacity);
    this.linkChild = new Int32Array(capacity);
    this.tickRow = new Int32Array(capacity);
    this.tickLine = new Int32Array(capacity);
    this.tickCount = new Float64Array(capacity);
  }

  /** What to grow a full column of `length` entries to; not far ahead, for other profiles may follow in the file. */
  private capacity(length: number): number {
    return length < 512 ? length * 2 : Math.max(length * 2, Math.min(length * 8, this.expectedNodes));
  }

  /** Makes room for one more node. */
  reserveNode(): void {
    if (this.nodes === this.id.length) {
      const capacity = this.capacity(this.nodes);
      this.id = growInt32(this.id, capacity);
      this.callFrame = growInt32(this.callFrame, capacity);
      this.hits = growFloat64(this.hits, capacity);
    }
  }

  /** Makes room for more nodes, links and ticks. */
  reserve(nodes: number, links: number, ticks: number): void {
    this.id = growInt32(this.id, this.nodes + nodes);
    this.callFrame = growInt32(this.callFrame, this.nodes + nodes);
    this.hits = growFloat64(this.hits, this.nodes + nodes);
    this.linkRow = growInt32(this.linkRow, this.links + links);
    this.linkChild = growInt32(this.linkChild, this.links + links);
    this.tickRow = growInt32(this.tickRow, this.ticks + ticks);
    this.tickLine = growInt32(this.tickLine, this.ticks + ticks);
    this.tickCount = growFloat64(this.tickCount, this.ticks + ticks);
  }

  addLink(row: number, child: number): void {
    const link = this.links++;
    if (link === this.linkRow.length) {
      this.linkRow = growInt32(this.linkRow, this.capacity(link));
      this.linkChild = growInt32(this.linkChild, this.capacity(link));
    }
    this.linkRow[link] = row;
    this.linkChild[link] = child;
  }

  addTick(row: number, line: number, count: number): void {
    const tick = this.ticks++;
    if (tick === this.tickRow.length) {
      this.tickRow = growInt32(this.tickRow, this.capacity(tick));
      this.tickLine = growInt32(this.tickLine, this.capacity(tick));
      this.tickCount = growFloat64(this.tickCount, this.capacity(tick));
    }
    this.tickRow[tick] = row;
    this.tickLine[tick] = line;
    this.tickCount[tick] = count;
  }

  addParent(row: number, id: number): void {
    const link = this.parents++;
    this.parentRow = growInt32(this.parentRow, this.parents);
    this.parentId = growInt32(this.parentId, this.parents);
    this.parentRow[link] = row;
    this.parentId[link] = id;
  }

  setNodeLocation(row: number, location: number): void {
    this.nodeLocation = growInt32(this.nodeLocation, row + 1);
    this.nodeLocation[row] = location + 1;
  }

  setTickLocation(tick: number, location: number): void {
    this.tickLocation = growInt32(this.tickLocation, tick + 1);
    this.tickLocation[tick] = location + 1;
  }

  /** Index of a node's location that has a file, -1 for none. */
  locationOfNode(row: number): number {
    return this.mapped(row < this.nodeLocation.length ? this.nodeLocation[row] - 1 : -1);
  }

  /** As `locationOfNode`, for a tick. */
  locationOfTick(tick: number): number {
    return this.mapped(tick < this.tickLocation.length ? this.tickLocation[tick] - 1 : -1);
  }

  private mapped(location: number): number {
    const { locations } = this;
    return locations !== null && location >= 0 && location < locations.length && locations.file[location] >= 0
      ? location
      : -1;
  }
}
