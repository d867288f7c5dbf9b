import { growFloat64 } from '../../profile/growColumn';
import type { Profile } from '../../profile/profile';
import { ProfileBuilder } from '../../profile/profileBuilder';
import { DecodeError } from '../decodeError';
import { assembleFolded, type FoldedSamples } from './foldedAssemble';
import { type FoldedLine, isFoldedComment, splitFoldedLine } from './foldedLine';
import type { FoldedColumns, FoldedStacks } from './foldedStacks';

/** More unreadable lines than this share of all: it is not a folded file. */
export const TOLERATED = 0.2;

/** Reads the lines of a folded file, all or those that a `FoldedScanner` leaves, and makes the profile. */
export class FoldedReader {
  private readonly split: FoldedLine = { end: 0, count: 0 };
  private good = 0;
  private bad = 0;
  private firstBad = 0;
  /** Lines with a count and no frame: how many, and their sum. */
  private empty = 0;
  private emptySum = 0;
  private emptyBase = 0;
  /** Of a differential file: the first count of each stack. */
  private base: Float64Array = new Float64Array(0);
  private seconds: number | null = null;
  private granularity = false;

  /** @param differential whether lines have two counts */
  constructor(
    private readonly stacks: FoldedStacks,
    private readonly differential: boolean,
  ) {}

  /** Whether lines with a plain count need not come here any more: they are no header. */
  get plain(): boolean {
    return !this.differential && (this.good > 0 || this.granularity);
  }

  /** Takes one line. @param number of the line, 1-based */
  line(bytes: Uint8Array, start: number, stop: number, number: number): void {
    if (start === stop || isFoldedComment(bytes, start, stop)) {
      return;
    }
    const { split } = this;
    if (!splitFoldedLine(bytes, start, stop, split)) {
      this.unreadable(bytes, start, stop, number);
      return;
    }
    const { count } = split;
    let base = 0;
    if (this.differential) {
      if (!splitFoldedLine(bytes, start, split.end, split)) {
        this.unreadable(bytes, start, stop, number);
        return;
      }
      base = split.count;
    }
    if (this.good === 0 && !this.granularity && this.header(bytes, start, count)) {
      return;
    }
    let stack = -1;
    if (split.end > start) {
      this.good++;
      stack = this.stacks.stackOf(bytes, start, split.end);
    }
    if (stack < 0) {
      this.empty++;
      this.emptySum += count;
      this.emptyBase += base;
      this.checkSum(this.emptySum, number);
    } else {
      this.checkSum(this.stacks.add(stack, count), number);
      if (this.differential) {
        this.base = growFloat64(this.base, stack + 1);
        this.base[stack] += base;
        this.checkSum(this.base[stack], number);
      }
    }
  }

  private unreadable(bytes: Uint8Array, start: number, stop: number, number: number): void {
    let blank = true;
    for (let i = start; i < stop && blank; i++) {
      blank = bytes[i] === 32 || bytes[i] === 9;
    }
    if (!blank && bytes[start] !== 35) {
      this.bad++;
      this.firstBad ||= number;
    }
  }

  private checkSum(sum: number, number: number): void {
    if (!Number.isFinite(sum)) {
      throw new DecodeError('Expected counts that can be added up, but they exceed every number', `line ${number}`);
    }
  }

  /** Nylas' sampler writes `elapsed 2.3729` and `granularity 0.005` (seconds) before its stacks. */
  private header(bytes: Uint8Array, start: number, count: number): boolean {
    const word = String.fromCharCode(...bytes.subarray(start, Math.min(this.split.end, start + 12)));
    if (word === 'elapsed' && this.seconds === null) {
      this.seconds = count;
      return true;
    }
    if (word === 'granularity' && this.seconds !== null) {
      this.granularity = true;
      return true;
    }
    return false;
  }

  /**
   * @param taken good lines that did not come here
   * @throws DecodeError where after `lines` lines more than `share` of them are no stacks
   */
  refuseForeign(taken: number, lines: number, share: number): void {
    const all = this.good + taken + this.bad;
    if (all >= lines && this.bad > all * share) {
      throw new DecodeError('Expected folded stacks, "frame;frame;frame count" on each line', `line ${this.firstBad}`);
    }
  }

  /** @param taken good lines that did not come here */
  finish(consumed: number, taken: number): Profile {
    if (consumed === 0) {
      throw new DecodeError('The file is empty: expected folded stacks');
    }
    this.refuseForeign(taken, 1, TOLERATED);
    if (this.good + taken === 0 && this.empty === 0 && this.seconds === null) {
      throw new DecodeError(
        'Expected folded stacks, "frame;frame;frame count" on each line, but there is no such line',
      );
    }
    if (this.seconds !== null && !this.granularity) {
      // A lone `elapsed 3` was a stack after all.
      const name = new TextEncoder().encode('elapsed');
      this.stacks.add(this.stacks.stackOf(name, 0, name.length), this.seconds);
      this.seconds = null;
    }
    const columns = this.stacks.columns();
    const builder = new ProfileBuilder();
    builder.addSampleType('samples', 'count');
    if (this.differential) {
      builder.addSampleType('base', 'count');
      builder.addSampleType('change', 'count');
    }
    const samples = assembleFolded(builder, columns, this.granularity);
    this.addSamples(builder, columns, samples);
    return builder.finish({
      formats: ['folded'],
      durationMs: this.seconds === null || this.seconds < 0 ? null : this.seconds * 1000,
      startTimeMs: null,
      defaultSampleType: 0,
      lines: samples.lined ? 'call' : 'none',
      notes: this.notes(),
    });
  }

  private addSamples(builder: ProfileBuilder, columns: FoldedColumns, samples: FoldedSamples): void {
    const { length, sum } = columns;
    this.base = growFloat64(this.base, length);
    if (this.empty > 0) {
      this.addRow(builder, -1, samples.plainThread(), this.emptySum, this.emptyBase);
    }
    if (samples.threadOf === null && !this.differential && this.empty === 0) {
      addBlock(builder, samples.stackOf, sum);
      return;
    }
    for (let stack = 0; stack < length; stack++) {
      if (sum[stack] !== 0 || this.base[stack] !== 0) {
        const thread = samples.threadOf === null ? 0 : samples.threadOf[stack];
        const of = thread < 0 ? samples.plainThread() : thread;
        this.addRow(builder, samples.stackOf[stack], of, sum[stack], this.base[stack]);
      }
    }
  }

  private addRow(builder: ProfileBuilder, stack: number, thread: number, count: number, base: number): void {
    const row = builder.addSample(stack, thread, null, -1);
    builder.setValue(row, 0, count);
    if (this.differential) {
      builder.setValue(row, 1, base);
      builder.setValue(row, 2, count - base);
    }
  }

  private notes(): string[] {
    const notes: string[] = [];
    if (this.differential) {
      notes.push('Each line has two counts: "samples" is the second one, "base" the first, "change" the difference.');
    }
    if (this.bad > 0) {
      notes.push(
        this.bad === 1
          ? `One line is not "frame;frame;frame count" and left out (it is line ${this.firstBad}).`
          : `${this.bad} lines are not "frame;frame;frame count" and left out (the first is line ${this.firstBad}).`,
      );
    }
    return notes;
  }
}

/** Adds the stacks with a count, without a copy of the rows. */
function addBlock(builder: ProfileBuilder, stackOf: Int32Array, sum: Float64Array): void {
  let count = 0;
  for (let i = 0; i < sum.length; i++) {
    count += sum[i] !== 0 ? 1 : 0;
  }
  const stack = new Int32Array(count);
  const values = new Float64Array(count);
  let row = 0;
  for (let i = 0; i < sum.length; i++) {
    if (sum[i] !== 0) {
      stack[row] = stackOf[i];
      values[row] = sum[i];
      row++;
    }
  }
  builder.addSamples({ stack, thread: 0, time: null, values: [values] });
}
