import { growFloat64, growInt32 } from '../../profile/growColumn';
import type { ProfileBuilder } from '../../profile/profileBuilder';
import { QuadTable } from '../../profile/tupleTables';
import { DecodeError } from '../decodeError';
import { MarshalReader } from './marshalReader';

const NANOSECONDS = 1e9;
/** Sums of times and counts stay exact below this: 104 days in nanoseconds. */
const MOST = 2 ** 53;
/** Stands for the key that marks Python 3.15's sampling profiler. */
const SAMPLED = -2;

/** Function keys, and what a profile says of each and of the calls between them; a row a function or call, in order. */
export class PstatsTables {
  /** String indices of file and name, and the line, of each function. */
  private readonly keys = new QuadTable();
  /** Primitive calls, calls, nanoseconds of its own and in all. Functions that are only known as callers have zeros. */
  primitive: Float64Array = new Float64Array(64);
  calls: Float64Array = new Float64Array(64);
  self: Float64Array = new Float64Array(64);
  total: Float64Array = new Float64Array(64);

  edges = 0;
  caller: Int32Array = new Int32Array(64);
  callee: Int32Array = new Int32Array(64);
  edgeCalls: Float64Array = new Float64Array(64);
  /** Nanoseconds in all of each edge; NaN where the file has only its calls. */
  edgeTotal: Float64Array = new Float64Array(64);

  /** Whether Python 3.15's sampling profiler wrote it: calls are samples, primitive ones those of the function itself. */
  sampled = false;
  /** Whether a time was below zero and taken for zero. */
  negative = false;
  private allCalls = 0;
  private allTime = 0;

  constructor(private readonly builder: ProfileBuilder) {}

  get functions(): number {
    return this.keys.length;
  }

  name(func: number): number {
    return this.keys.a[func];
  }

  file(func: number): number {
    return this.keys.b[func];
  }

  line(func: number): number {
    return this.keys.c[func];
  }

  /**
   * Reads `{(file, line, name): (cc, nc, tt, ct, {(file, line, name): (nc, cc, tt, ct) or count})}`, as cProfile and
   * profile dump it (Lib/cProfile.py, Lib/profile.py) and pstats loads it (Lib/pstats.py).
   */
  read(bytes: Uint8Array, checkpoint: (fraction: number) => void): void {
    const reader = new MarshalReader(bytes, this.builder.strings);
    let next = 1 << 21;
    reader.dict('a dict of functions');
    while (reader.more()) {
      const at = reader.pos;
      const func = this.key(reader);
      if (func === SAMPLED) {
        this.sampled = reader.number('a mark') !== 0;
        continue;
      }
      if (reader.tuple('a tuple of a function') !== 5) {
        throw new DecodeError('Expected five values of a function in a profile of Python', `byte ${at}`);
      }
      this.primitive[func] += this.count(reader);
      this.calls[func] += this.count(reader);
      const own = this.time(reader);
      this.allTime += own;
      this.self[func] += own;
      this.total[func] += this.time(reader);
      if (!(this.allTime < MOST)) {
        throw new DecodeError('Expected times in a profile of Python that add up to less than 104 days', `byte ${at}`);
      }
      reader.dict("a dict of a function's callers");
      while (reader.more()) {
        this.edge(reader, func);
        if (reader.pos > next) {
          next = reader.pos + (1 << 21);
          checkpoint(reader.pos / bytes.length);
        }
      }
    }
  }

  private key(reader: MarshalReader): number {
    return reader.key('the key of a function (a tuple of its file, line and name)', (length, at) => {
      const file = reader.string('a file name');
      if (length === 1) {
        return SAMPLED;
      }
      if (length !== 3) {
        throw new DecodeError('Expected a file, a line and a name of a function in a profile of Python', `byte ${at}`);
      }
      const line = reader.number('a line number');
      const name = reader.string('the name of a function');
      return this.function(file, line > 0 && line < 2 ** 31 ? Math.floor(line) : 0, name);
    });
  }

  private function(file: number, line: number, name: number): number {
    const known = this.keys.length;
    const func = this.keys.intern(name, file, line, 0);
    if (func === known) {
      this.primitive = growFloat64(this.primitive, func + 1);
      this.calls = growFloat64(this.calls, func + 1);
      this.self = growFloat64(this.self, func + 1);
      this.total = growFloat64(this.total, func + 1);
    }
    return func;
  }

  private edge(reader: MarshalReader, callee: number): void {
    const at = reader.pos;
    const caller = this.key(reader);
    if (caller === SAMPLED) {
      throw new DecodeError('Expected a caller in a profile of Python', `byte ${at}`);
    }
    const edge = this.edges++;
    if (edge >= this.caller.length) {
      this.caller = growInt32(this.caller, edge + 1);
      this.callee = growInt32(this.callee, edge + 1);
      this.edgeCalls = growFloat64(this.edgeCalls, edge + 1);
      this.edgeTotal = growFloat64(this.edgeTotal, edge + 1);
    }
    this.caller[edge] = caller;
    this.callee[edge] = callee;
    if (!reader.atTuple) {
      // The module profile and Python's sampling profiler count calls alone.
      this.edgeCalls[edge] = this.count(reader);
      this.edgeTotal[edge] = Number.NaN;
      return;
    }
    if (reader.tuple('a tuple of calls') !== 4) {
      throw new DecodeError('Expected four values of a call in a profile of Python', `byte ${at}`);
    }
    // All calls come first here, unlike in a function's own tuple.
    this.edgeCalls[edge] = this.count(reader);
    this.count(reader);
    this.time(reader);
    this.edgeTotal[edge] = this.time(reader);
  }

  private count(reader: MarshalReader): number {
    const at = reader.pos;
    const value = reader.number('a number of calls');
    this.allCalls += value;
    if (!(value >= 0 && Number.isInteger(value) && this.allCalls < MOST)) {
      throw new DecodeError(`Expected a number of calls in a profile of Python, but found ${value}`, `byte ${at}`);
    }
    return value;
  }

  /** Reads seconds. @returns whole nanoseconds, which cProfile's timer counts */
  private time(reader: MarshalReader): number {
    const at = reader.pos;
    const value = Math.round(reader.number('a time') * NANOSECONDS);
    this.negative ||= value < 0;
    const time = Math.max(0, value);
    if (!(time < MOST)) {
      throw new DecodeError(
        `Expected a time in seconds in a profile of Python, but found ${value / 1e9}`,
        `byte ${at}`,
      );
    }
    return time;
  }
}
