import { growFloat64, growInt32, growUint8 } from '../../profile/growColumn';
import type { ProfileBuilder } from '../../profile/profileBuilder';
import { stableOrder } from '../../profile/stableOrder';
import { type ColumnSet, columnSetNames, columnSets } from './jfrEvents';
import { LongIndex } from './longIndex';

/**
 * The samples of all chunks. Which columns a profile has is known only at the end, so they are kept here as they come:
 * a set of columns, a count and a weight each.
 */
export class JfrRows {
  length = 0;
  thread: Int32Array = new Int32Array(64);
  private stack: Int32Array = new Int32Array(64);
  private labels: Int32Array = new Int32Array(64);
  private time: Float64Array = new Float64Array(64);
  private count: Float64Array = new Float64Array(64);
  private value: Float64Array = new Float64Array(64);
  private columns: Uint8Array = new Uint8Array(64);

  /** `malloc` and `free` calls: the row of the former, -1 for the latter. */
  private readonly addresses = new LongIndex();
  private calls = 0;
  private callTime: Float64Array = new Float64Array(16);
  private callAddress: Int32Array = new Int32Array(16);
  private callRow: Int32Array = new Int32Array(16);
  private frees = 0;

  /** Adds a sample: `time` in nanoseconds since the profile's start. Returns its row. */
  add(
    columns: number,
    stack: number,
    thread: number,
    time: number,
    labels: number,
    count: number,
    value: number,
  ): number {
    const row = this.length++;
    if (row >= this.stack.length) {
      this.stack = growInt32(this.stack, row + 1);
      this.thread = growInt32(this.thread, row + 1);
      this.labels = growInt32(this.labels, row + 1);
      this.time = growFloat64(this.time, row + 1);
      this.count = growFloat64(this.count, row + 1);
      this.value = growFloat64(this.value, row + 1);
      this.columns = growUint8(this.columns, row + 1);
    }
    this.stack[row] = stack;
    this.thread[row] = thread;
    this.labels[row] = labels;
    this.time[row] = time;
    this.count[row] = count;
    this.value[row] = value;
    this.columns[row] = columns;
    return row;
  }

  /** Notes that memory at an address (in halves) was allocated by the sample `row`, or freed: -1. */
  addCall(low: number, high: number, time: number, row: number): void {
    const call = this.calls++;
    if (call >= this.callRow.length) {
      this.callTime = growFloat64(this.callTime, call + 1);
      this.callAddress = growInt32(this.callAddress, call + 1);
      this.callRow = growInt32(this.callRow, call + 1);
    }
    this.callTime[call] = time;
    this.callAddress[call] = this.addresses.add(low, high);
    this.callRow[call] = row;
    this.frees += row < 0 ? 1 : 0;
  }

  /** 1 for each row whose memory was not freed; null where nothing says what was. */
  private unfreed(): Uint8Array | null {
    if (this.frees === 0) {
      return null;
    }
    const left = new Uint8Array(this.length);
    const holder = new Int32Array(this.addresses.length).fill(-1);
    // Threads write their events apart: only time says which of two calls came first.
    const order = stableOrder(this.callTime.subarray(0, this.calls));
    for (let i = 0; i < this.calls; i++) {
      const call = order === null ? i : order[i];
      const address = this.callAddress[call];
      if (holder[address] >= 0) {
        left[holder[address]] = 0;
      }
      const row = this.callRow[call];
      holder[address] = row;
      if (row >= 0) {
        left[row] = 1;
      }
    }
    return left;
  }

  /**
   * Adds the sample types that occur, and all samples.
   * @returns the sample type to show first
   */
  addTo(builder: ProfileBuilder): number {
    const { length } = this;
    const rowsOf = new Float64Array(columnSetNames.length);
    const weightOf = new Float64Array(columnSetNames.length);
    for (let row = 0; row < length; row++) {
      rowsOf[this.columns[row]]++;
      weightOf[this.columns[row]] += Math.abs(this.value[row]);
    }
    const has = (set: ColumnSet): boolean => rowsOf[columnSetNames.indexOf(set)] > 0;
    const unfreed = this.unfreed();
    const countType = new Int32Array(columnSetNames.length).fill(-1);
    const valueType = new Int32Array(columnSetNames.length).fill(-1);
    const main = mainSampler(rowsOf);
    let types = 0;
    columnSetNames.forEach((set, i) => {
      const { count, value } = columnSets[set];
      const unfreedToo = set === 'unfreed' && unfreed !== null;
      if (rowsOf[i] === 0 && !unfreedToo) {
        return;
      }
      // Buffers and samples are two measures of one thing: apart only where a file has both.
      const name = (type: string): string => (has('allocation') ? type : type.replace(/^tlab_/, 'alloc_'));
      if (count !== null) {
        countType[i] = types++;
        builder.addSampleType(i === main ? 'samples' : name(count), 'count');
      }
      if (value !== null && (count === null || weightOf[i] > 0)) {
        valueType[i] = types++;
        builder.addSampleType(name(value[0]), value[1]);
      }
    });
    const unfreedType = valueType[columnSetNames.indexOf('unfreed')];
    // Threads write their events apart: only time says in which order they came.
    const time = this.time.subarray(0, length);
    const order = stableOrder(time);
    const values = Array.from({ length: types }, () => new Float64Array(length));
    for (let at = 0; at < length; at++) {
      const row = order === null ? at : order[at];
      const set = this.columns[row];
      if (countType[set] >= 0) {
        values[countType[set]][at] = this.count[row];
      }
      if (valueType[set] >= 0) {
        values[valueType[set]][at] = this.value[row];
      }
      if (unfreed !== null && unfreed[row] === 1) {
        values[unfreedType][at] = this.value[row];
      }
    }
    const labelled = this.labels.subarray(0, length).some((set) => set >= 0);
    builder.addSamples({
      stack: inOrder(this.stack, length, order),
      thread: inOrder(this.thread, length, order),
      time: order === null ? time.slice() : timesInOrder(time, order),
      values,
      labelSet: labelled ? inOrder(this.labels, length, order) : null,
    });
    const first = has('execution') ? columnSetNames.indexOf('execution') : rowsOf.indexOf(Math.max(...rowsOf));
    return Math.max(0, valueType[first] >= 0 ? valueType[first] : countType[first]);
  }
}

function inOrder(column: Int32Array, length: number, order: Int32Array | null): Int32Array {
  return order === null ? column.slice(0, length) : order.map((row) => column[row]);
}

function timesInOrder(time: Float64Array, order: Int32Array): Float64Array {
  const result = new Float64Array(order.length);
  for (let i = 0; i < result.length; i++) {
    result[i] = time[order[i]];
  }
  return result;
}

/** The sampler whose count is called `samples`: of code that runs, else the one with the most samples; -1 for none. */
function mainSampler(rowsOf: Float64Array): number {
  let main = -1;
  for (let i = 0; i < columnSetNames.length; i++) {
    const set = columnSetNames[i];
    if (rowsOf[i] > 0 && columnSets[set].count !== null && set !== 'exceptions') {
      if (set === 'execution') {
        return i;
      }
      main = main < 0 || rowsOf[i] > rowsOf[main] ? i : main;
    }
  }
  return main;
}
