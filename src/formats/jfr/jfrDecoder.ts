import type { Profile } from '../../profile/profile';
import { ProfileBuilder } from '../../profile/profileBuilder';
import { DecodeError } from '../decodeError';
import { humanClassName } from './javaNames';
import { type ChunkHeader, headerSize } from './jfrChunks';
import { type EventPlan, eventSlot, FREE, LABELS, nanoseconds, PROCESS, planEvent } from './jfrEventPlan';
import { JfrMetadata, type JfrTypes } from './jfrMetadata';
import { JfrNotes } from './jfrNotes';
import { slotKind } from './jfrPlan';
import { type JfrPool, JfrPools } from './jfrPools';
import type { JfrReader } from './jfrReader';
import { JfrRows } from './jfrRows';
import { JfrStacks } from './jfrStacks';
import { type JfrProcess, JfrThreads, programName, threadGroup } from './jfrThreads';
import type { ChunkWalk } from './jfrWalk';

/** Events between two looks at whether the request was cancelled. */
const CHECK_EVERY = 1 << 17;

/** Makes a profile of chunks, given one after the other. */
export class JfrDecoder {
  readonly notes = new JfrNotes();
  private readonly builder = new ProfileBuilder();
  private readonly rows = new JfrRows();
  private readonly threads = new JfrThreads(this.builder);
  private readonly metadata = new JfrMetadata();
  private firstStart: bigint | null = null;
  private lastNanos = 0;
  private types: JfrTypes | null = null;
  private process: JfrProcess = { name: null, pid: null };
  private firstError: DecodeError | null = null;
  private events = 0;

  constructor(private readonly check: () => void) {}

  /** Reads a chunk's events up to `walk.end`. */
  chunk(reader: JfrReader, header: ChunkHeader, walk: ChunkWalk): void {
    this.firstStart ??= header.startNanos;
    const types = this.readTypes(reader, walk);
    if (types === null) {
      this.notes.unreadableChunks++;
      return;
    }
    const pools = new JfrPools(reader, types);
    for (const { at, size } of walk.checkpoints) {
      try {
        pools.readCheckpoint(at, at + size);
      } catch (error) {
        this.tolerate(error);
        this.notes.brokenConstants++;
      }
    }
    const chunk = new ChunkSamples(this.builder, this.rows, this.notes, reader, pools, types, this.clockOf(header));
    for (let pos = headerSize; pos < walk.end; ) {
      reader.pos = pos;
      const size = reader.int();
      const plan = chunk.planOf(reader.number());
      if (plan !== null) {
        try {
          chunk.event(plan, pos + size);
        } catch (error) {
          this.tolerate(error);
          this.notes.brokenEvents++;
        }
      }
      pos += size;
      if (++this.events % CHECK_EVERY === 0) {
        this.check();
      }
    }
    this.process = chunk.process ?? this.process;
    chunk.resolveThreads(this.threads, this.process);
    this.lastNanos = Math.max(this.lastNanos, chunk.lastNanos, this.since(header.startNanos) + header.durationNanos);
  }

  /** The chunk's own types; where they are cut off, those of the chunk before, which the same process wrote. */
  private readTypes(reader: JfrReader, walk: ChunkWalk): JfrTypes | null {
    if (walk.metadata >= 0) {
      reader.pos = walk.metadata;
      try {
        this.types = this.metadata.read(reader);
      } catch (error) {
        this.tolerate(error);
      }
    }
    return this.types;
  }

  private tolerate(error: unknown): void {
    if (!(error instanceof DecodeError)) {
      throw error;
    }
    this.firstError ??= error;
  }

  private since(nanos: bigint): number {
    return Number(nanos - (this.firstStart ?? nanos));
  }

  private clockOf(header: ChunkHeader): ChunkClock {
    if (header.ticksPerSecond <= 0) {
      this.notes.noClock++;
    }
    return {
      start: this.since(header.startNanos),
      firstNanos: Number(this.firstStart),
      low: header.startTicksLow >>> 0,
      high: header.startTicksHigh,
      ticks: header.ticksPerSecond > 0 ? header.ticksPerSecond / 1e9 : 1,
      compressed: header.compressedTicks,
    };
  }

  /** @throws DecodeError where there are no samples */
  finish(): Profile {
    const { rows, builder, notes } = this;
    if (rows.length === 0) {
      if (this.firstError !== null) {
        throw new DecodeError(`Nothing of the flight recording can be read: ${this.firstError.message}`);
      }
      if (notes.unreadableChunks > 0) {
        throw new DecodeError(
          'The flight recording is cut before its metadata, which the recorder writes last: nothing of it can be read',
        );
      }
      const cause = notes.sentences().slice(0, 2).join(' ');
      throw new DecodeError(
        `The flight recording has no samples: none of its ${this.events} events says where code ran, waited or allocated${cause === '' ? '' : `. ${cause}`}`,
      );
    }
    const defaultSampleType = rows.addTo(builder);
    const start = Number(this.firstStart) / 1e6;
    return builder.finish({
      formats: ['jfr'],
      durationMs: this.lastNanos > 0 ? this.lastNanos / 1e6 : null,
      startTimeMs: start > 0 ? start : null,
      defaultSampleType,
      lines: 'call',
      notes: notes.sentences(),
    });
  }
}

interface ChunkClock {
  /** Nanoseconds from the profile's start to the chunk's. */
  readonly start: number;
  /** The profile's start, nanoseconds since the epoch. */
  readonly firstNanos: number;
  /** Ticks at the chunk's start, in halves. */
  readonly low: number;
  readonly high: number;
  /** Per nanosecond. */
  readonly ticks: number;
  readonly compressed: boolean;
}

/** The samples of one chunk. */
class ChunkSamples {
  process: JfrProcess | null = null;
  lastNanos = 0;
  private readonly plans = new Map<number, EventPlan | null>();
  private readonly stacks: JfrStacks;
  private readonly threadPool: JfrPool | undefined;
  private readonly firstRow: number;
  /** By thread of the pool: string index of its group, -1 for none, -2 where not yet known. */
  private readonly groups: Int32Array;
  private readonly textKeys = new Map<string, number>();
  /** String indices of label texts, by pool and low half of their key. */
  private readonly texts = new Map<number, Map<number, number>>();
  /** Ticks from the chunk's start to the last time that was written in full. */
  private base = Number.NaN;

  constructor(
    private readonly builder: ProfileBuilder,
    private readonly rows: JfrRows,
    private readonly notes: JfrNotes,
    private readonly reader: JfrReader,
    private readonly pools: JfrPools,
    private readonly types: JfrTypes,
    private readonly clock: ChunkClock,
  ) {
    this.stacks = new JfrStacks(builder, reader, pools, types);
    const thread = [...types.values()].find(({ name }) => name === 'java.lang.Thread');
    this.threadPool = thread === undefined ? undefined : pools.pool(thread.id);
    this.groups = new Int32Array(this.threadPool?.index.length ?? 0).fill(-2);
    this.firstRow = rows.length;
  }

  planOf(typeId: number): EventPlan | null {
    let plan = this.plans.get(typeId);
    if (plan === undefined) {
      const type = this.types.get(typeId);
      try {
        plan = type === undefined ? null : planEvent(this.types, type, this.reader.compressed);
      } catch (error) {
        if (!(error instanceof DecodeError)) {
          throw error;
        }
        plan = null;
        this.notes.brokenEvents++;
      }
      this.plans.set(typeId, plan);
    }
    return plan;
  }

  /** Reads an event behind its type. */
  event(of: EventPlan, end: number): void {
    const { plan, event } = of;
    const { reader, rows, notes } = this;
    plan.run(reader);
    if (reader.pos > end) {
      notes.brokenEvents++;
      return;
    }
    if (of.columns === PROCESS) {
      const pid = plan.number(0);
      this.process = {
        name: programName(this.pools.slotText(plan, 1)),
        pid: Number.isSafeInteger(pid) && pid > 0 ? pid : null,
      };
      return;
    }
    const time = this.time(of);
    if (of.columns === FREE) {
      rows.addCall(plan.low[eventSlot.address], plan.high[eventSlot.address], time, -1);
      return;
    }
    let value = 0;
    if (of.isSpan) {
      value = nanoseconds(plan, eventSlot.duration, this.clock.ticks);
    } else if (event.value !== null) {
      const isTime = plan.timeUnit[eventSlot.value] !== null;
      value = isTime ? nanoseconds(plan, eventSlot.value, this.clock.ticks) : plan.number(eventSlot.value);
    }
    if (value < 0) {
      notes.negativeDurations += of.isSpan ? 1 : 0;
      value = 0;
    }
    const trace = this.stacks.find(plan.low[eventSlot.stack], plan.high[eventSlot.stack]);
    if (event.columns === 'other' && (trace < 0 || value === 0)) {
      return;
    }
    if (trace < 0 && (plan.low[eventSlot.stack] !== 0 || plan.high[eventSlot.stack] !== 0)) {
      notes.missingStacks++;
    }
    const stack = trace < 0 ? -1 : this.stacks.stack(trace);
    const count = event.count === null ? 1 : Math.max(0, plan.number(eventSlot.count));
    const thread = this.thread(of);
    const labels = this.labels(of, thread, trace);
    const row = rows.add(of.columns, stack, thread, time, labels, count, value);
    if (of.isMalloc) {
      rows.addCall(plan.low[eventSlot.address], plan.high[eventSlot.address], time, row);
    }
    this.lastNanos = Math.max(this.lastNanos, time + (of.isSpan ? value : 0));
  }

  private time({ plan }: EventPlan): number {
    const { clock } = this;
    switch (plan.timeUnit[eventSlot.start]) {
      case 'MILLISECONDS_SINCE_EPOCH':
        return plan.number(eventSlot.start) * 1e6 - clock.firstNanos;
      case 'NANOSECONDS_SINCE_EPOCH':
        return plan.number(eventSlot.start) - clock.firstNanos;
      default: {
        const [low, high] = [plan.low[eventSlot.start] >>> 0, plan.high[eventSlot.start]];
        let ticks = (high - clock.high) * 4294967296 + (low - clock.low);
        if (clock.compressed) {
          // A time is from the last one that is later than the chunk's start (JDK: `TimeConverter.unpackStartTicks`).
          if (ticks > 0 || Number.isNaN(this.base)) {
            this.base = ticks;
          } else {
            ticks = this.base + high * 4294967296 + low;
          }
        }
        return clock.start + Math.trunc(ticks / clock.ticks);
      }
    }
  }

  private thread({ plan }: EventPlan): number {
    const { threadPool } = this;
    return threadPool === undefined || plan.kind[eventSlot.thread] !== slotKind.key
      ? -1
      : threadPool.index.find(plan.low[eventSlot.thread], plan.high[eventSlot.thread]);
  }

  private labels(of: EventPlan, thread: number, trace: number): number {
    const { labels } = this.builder;
    const { plan, event } = of;
    labels.begin();
    if (event.named) {
      labels.addText(this.key('event'), this.key(of.name));
    }
    this.label(of, 'state', eventSlot.state);
    this.label(of, 'class', eventSlot.class);
    for (let i = 0; i < event.labels.length; i++) {
      if (plan.kind[LABELS + i] === slotKind.integer) {
        labels.addNumber(this.key(event.labels[i]), plan.number(LABELS + i), -1);
      } else {
        this.label(of, event.labels[i], LABELS + i);
      }
    }
    if (thread >= 0) {
      let group = this.groups[thread];
      if (group === -2) {
        const name = threadGroup(this.pools, this.threadPool!, thread);
        group = name === null || name === '' ? -1 : this.builder.string(name);
        this.groups[thread] = group;
      }
      if (group >= 0) {
        labels.addText(this.key('group'), group);
      }
    }
    if (trace >= 0 && this.stacks.isTruncated(trace)) {
      this.notes.truncatedStacks++;
      labels.addText(this.key('stack'), this.key('truncated'));
    }
    return labels.end();
  }

  private label({ plan }: EventPlan, key: string, slot: number): void {
    const kind = plan.kind[slot];
    if (kind === slotKind.absent) {
      return;
    }
    let text: number | undefined;
    let known: Map<number, number> | undefined;
    if (kind === slotKind.key && plan.high[slot] === 0) {
      known = this.texts.get(plan.pool[slot]);
      if (known === undefined) {
        known = new Map();
        this.texts.set(plan.pool[slot], known);
      }
      text = known.get(plan.low[slot]);
    }
    if (text === undefined) {
      const found = this.pools.slotText(plan, slot);
      const shown = found !== null && slot === eventSlot.class ? humanClassName(found) : found;
      text = shown === null || shown === '' ? -1 : this.builder.string(shown);
      known?.set(plan.low[slot], text);
    }
    if (text >= 0) {
      this.builder.labels.addText(this.key(key), text);
    }
  }

  /** String index of one of our own few words. */
  private key(text: string): number {
    let index = this.textKeys.get(text);
    if (index === undefined) {
      index = this.builder.string(text);
      this.textKeys.set(text, index);
    }
    return index;
  }

  /** Replaces the pool's numbers of threads, which are the chunk's, by the profile's. */
  resolveThreads(threads: JfrThreads, process: JfrProcess): void {
    const { rows, pools, threadPool } = this;
    const resolved = new Int32Array((threadPool?.index.length ?? 0) + 1).fill(-1);
    for (let row = this.firstRow; row < rows.length; row++) {
      const at = rows.thread[row];
      if (resolved[at + 1] < 0) {
        resolved[at + 1] = threads.resolve(pools, at < 0 ? undefined : threadPool, at, process);
      }
      rows.thread[row] = resolved[at + 1];
    }
  }
}
