import { growInt32 } from '../../profile/growColumn';
import { DecodeError } from '../decodeError';
import type { JfrType, JfrTypes } from './jfrMetadata';
import { JfrPlan, slotKind, textField } from './jfrPlan';
import type { JfrReader } from './jfrReader';
import { LongIndex } from './longIndex';

/** What is kept of a constant, by its type's name: a slot each. Of other types, slot 0 is what stands for it as text. */
const wantedFields: Readonly<Record<string, readonly (readonly string[])[]>> = {
  'jdk.types.StackTrace': [['frames'], ['truncated']],
  'jdk.types.Method': [['name'], ['type'], ['descriptor']],
  // Beside a description in words.
  'jdk.types.OldObject': [['type']],
  'java.lang.Thread': [
    ['javaName'],
    ['osName'],
    ['osThreadId'],
    ['javaThreadId'],
    ['group', 'threadGroup'],
    ['virtual'],
  ],
};

/** Symbol of a class that has the symbol of a name … no chain of texts is longer. */
const LONGEST_CHAIN = 4;

/** The constants of one type in one chunk: a slot's halves for each, numbered in the order in which they came. */
export class JfrPool {
  readonly index = new LongIndex();
  readonly plan: JfrPlan;
  private readonly low: Int32Array[];
  private readonly high: Int32Array[];
  private readonly texts: (string | null | undefined)[] = [];

  constructor(
    types: JfrTypes,
    readonly type: JfrType,
    compressed: boolean,
  ) {
    const text = textField(type, types);
    // A string's own plan puts it into the first slot, whatever that is called.
    const wanted = wantedFields[type.name] ?? [text === null ? [] : [text.name]];
    this.plan = new JfrPlan(types, type, wanted, compressed);
    this.low = wanted.map(() => new Int32Array(8));
    this.high = wanted.map(() => new Int32Array(8));
  }

  /** Reads one constant; of several with one key, the first in the file counts, as in the JDK's reader. */
  read(reader: JfrReader): void {
    const { index, plan } = this;
    reader.long();
    const { low, high } = reader;
    plan.run(reader);
    if (reader.pos > reader.end) {
      throw new DecodeError('Expected a constant, but the chunk ends inside it', reader.where);
    }
    const count = index.length;
    const at = index.add(low, high);
    if (at < count) {
      return;
    }
    for (let slot = 0; slot < this.low.length; slot++) {
      if (at >= this.low[slot].length) {
        this.low[slot] = growInt32(this.low[slot], at + 1);
        this.high[slot] = growInt32(this.high[slot], at + 1);
      }
      this.low[slot][at] = plan.low[slot];
      this.high[slot][at] = plan.high[slot];
    }
  }

  lowOf(at: number, slot: number): number {
    return this.low[slot][at];
  }

  highOf(at: number, slot: number): number {
    return this.high[slot][at];
  }

  /** The text that a constant stands for, kept for the next time. */
  text(at: number, of: (pool: JfrPool, at: number) => string | null): string | null {
    let text = this.texts[at];
    if (text === undefined) {
      text = of(this, at);
      this.texts[at] = text;
    }
    return text;
  }
}

/**
 * The constant pools of one chunk: what its checkpoint events hold (JDK: `jdk.jfr.internal.consumer.ChunkParser`,
 * `fillConstantPools`). References between constants are followed only once all of them are read.
 */
export class JfrPools {
  private readonly pools = new Map<number, JfrPool>();
  private readonly stringType: number;

  constructor(
    private readonly reader: JfrReader,
    private readonly types: JfrTypes,
  ) {
    this.stringType = [...types.values()].find(({ name }) => name === 'java.lang.String')?.id ?? -1;
  }

  /**
   * Reads a checkpoint event: pools, one after the other.
   * @param end of the event
   * @throws DecodeError where it cannot be read; what came before stays
   */
  readCheckpoint(start: number, end: number): void {
    const { reader, types } = this;
    reader.pos = start;
    reader.int();
    reader.long();
    // Time, duration, the distance to another checkpoint (all are found by walking the chunk), flags.
    reader.long();
    reader.long();
    reader.long();
    reader.byte();
    for (let pools = reader.count(2); pools > 0; pools--) {
      const id = reader.number();
      let pool = this.pools.get(id);
      if (pool === undefined) {
        const type = types.get(id);
        if (type === undefined) {
          throw new DecodeError(`Expected constants of a declared type, but found type ${id}`, reader.where);
        }
        pool = new JfrPool(types, type, reader.compressed);
        this.pools.set(id, pool);
      }
      for (let left = reader.count(1); left > 0; left--) {
        pool.read(reader);
      }
      if (reader.pos > end) {
        throw new DecodeError('Expected constants, but they exceed their event', reader.where);
      }
    }
  }

  /** The pool of a type; undefined where the chunk has no such constants. */
  pool(typeId: number): JfrPool | undefined {
    return this.pools.get(typeId);
  }

  /** The text of a plan's slot: a string, or a constant's; null for none. */
  slotText(plan: JfrPlan, slot: number): string | null {
    return this.textOf(plan.kind[slot], plan.pool[slot], plan.low[slot], plan.high[slot], 0);
  }

  /** The text of a constant's slot. */
  constantText(pool: JfrPool, at: number, slot: number, depth = 0): string | null {
    const { plan } = pool;
    return this.textOf(plan.kind[slot], plan.pool[slot], pool.lowOf(at, slot), pool.highOf(at, slot), depth);
  }

  private textOf(kind: number, typeId: number, low: number, high: number, depth: number): string | null {
    if (kind === slotKind.text) {
      return this.stringAt(low, depth);
    }
    if (kind !== slotKind.key || depth > LONGEST_CHAIN) {
      return null;
    }
    const pool = this.pools.get(typeId);
    const at = pool === undefined ? -1 : pool.index.find(low, high);
    return at < 0 ? null : pool!.text(at, (of, index) => this.constantText(of, index, 0, depth + 1));
  }

  private stringAt(position: number, depth: number): string | null {
    const { reader } = this;
    const before = reader.pos;
    reader.pos = position;
    const text = reader.string();
    const { low, high } = reader;
    reader.pos = before;
    return text === undefined ? this.textOf(slotKind.key, this.stringType, low, high, depth + 1) : text;
  }
}
