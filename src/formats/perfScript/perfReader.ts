import { growInt32 } from '../../profile/growColumn';
import type { Profile } from '../../profile/profile';
import { ProfileBuilder } from '../../profile/profileBuilder';
import { StringTable } from '../../profile/stringTable';
import { PairTable } from '../../profile/tupleTables';
import { DecodeError } from '../decodeError';
import { readPerfFrame } from './perfFrame';
import { type PerfHeader, readPerfHeader } from './perfHeader';
import { PerfSamples } from './perfSamples';

/** More unreadable lines than this share of all: it is no perf script. */
const TOLERATED = 0.2;
/** A frame in the header's line, where there are no call chains. */
const frameText = /^[\da-f]{1,16} .*\)$/;
const SPACE = 32;
const TAB = 9;

/** Takes `perf script`'s text line by line. */
export class PerfReader {
  private readonly builder = new ProfileBuilder();
  private readonly samples = new PerfSamples(this.builder);
  private readonly decoder = new TextDecoder();
  /** Frame lines and source lines by their bytes: a known one costs no string. */
  private readonly tokens = new StringTable();
  private readonly pairs = new PairTable();
  private frameOfPair: Int32Array = new Int32Array(256);
  private lined = false;

  /** The sample at hand: its frames (tokens of a frame and its source), leaf first. */
  private header: PerfHeader | null = null;
  private open = false;
  /** Whether frames follow the header. */
  private chained = true;
  private depth = 0;
  private frameTokens: Int32Array = new Int32Array(64);
  private sourceTokens: Int32Array = new Int32Array(64);

  private good = 0;
  private bad = 0;
  private firstBad = 0;
  private lost = 0;
  private branches = false;
  private empty = 0;

  /** Takes one line. */
  line(bytes: Uint8Array, start: number, stop: number, number: number): void {
    let from = start;
    while (from < stop && (bytes[from] === SPACE || bytes[from] === TAB)) {
      from++;
    }
    let to = stop;
    while (to > from && (bytes[to - 1] === SPACE || bytes[to - 1] === TAB)) {
      to--;
    }
    if (from === to) {
      this.end();
    } else if (from > start && this.open && this.chained && this.isFrame(bytes, from, to, start)) {
      this.good++;
      this.push(this.tokens.internBytes(bytes, from, to), 0);
    } else if (
      (from > start || bytes[from] === 124) &&
      this.open &&
      this.depth > 0 &&
      this.isBelowFrame(bytes, from, to)
    ) {
      this.good++;
    } else if (bytes[start] !== 35) {
      this.other(bytes, start, from, to, number);
    }
  }

  /** A frame begins with an address; without one (`-F -ip`), with a tab. */
  private isFrame(bytes: Uint8Array, from: number, to: number, start: number): boolean {
    let at = from;
    while (at < to && ((bytes[at] >= 48 && bytes[at] <= 57) || (bytes[at] >= 97 && bytes[at] <= 102))) {
      at++;
    }
    if (at > from && at - from <= 16 && (at === to || bytes[at] === SPACE)) {
      return true;
    }
    return bytes[start] === TAB && !this.isBranches(bytes, from, to) && bytes[from] !== 124;
  }

  /** `0x12/0x34/P/-/-/0 …` */
  private isBranches(bytes: Uint8Array, from: number, to: number): boolean {
    if (bytes[from] === 48 && from + 1 < to && bytes[from + 1] === 120 && bytes.subarray(from, to).includes(47)) {
      this.branches = true;
      return true;
    }
    return false;
  }

  /** The line of source of the frame above, its text (`-F +srccode`), or branches. */
  private isBelowFrame(bytes: Uint8Array, from: number, to: number): boolean {
    if (bytes[from] === 124 || this.isBranches(bytes, from, to)) {
      return true;
    }
    if (this.sourceTokens[this.depth - 1] !== 0) {
      return false;
    }
    const text = this.decoder.decode(bytes.subarray(from, Math.min(to, from + 6000)));
    if (!/:\d+( \(discriminator \d+\))?( \(inlined\))?$|\[[\da-f]+\]( \(inlined\))?$|^\(inlined\)$|^\?\?/.test(text)) {
      return false;
    }
    this.sourceTokens[this.depth - 1] = this.tokens.internBytes(bytes, from, to);
    return true;
  }

  private other(bytes: Uint8Array, start: number, from: number, to: number, number: number): void {
    // A mapped file's name may be long, a header is not.
    const text = this.decoder.decode(bytes.subarray(start, Math.min(to, start + 4096)));
    const record = /PERF_RECORD_(\w+)(?:.*?\blost (\d{1,15}))?/.exec(text);
    if (record !== null) {
      this.good++;
      this.end();
      this.lost += /^LOST/.test(record[1]) ? Number(record[2] ?? 0) : 0;
      return;
    }
    const header = readPerfHeader(text);
    if (header !== null) {
      this.end();
      this.good++;
      this.header = header;
      this.open = true;
      this.chained = !frameText.test(header.rest.trim());
    } else if (!this.open && from > start && this.isFrame(bytes, from, to, start)) {
      // Stacks alone, `-F ip,sym`.
      this.good++;
      this.header = null;
      this.open = true;
      this.chained = true;
      this.push(this.tokens.internBytes(bytes, from, to), 0);
    } else {
      this.bad++;
      this.firstBad ||= number;
    }
  }

  private push(frame: number, source: number): void {
    const at = this.depth++;
    if (at >= this.frameTokens.length) {
      this.frameTokens = growInt32(this.frameTokens, at + 1);
      this.sourceTokens = growInt32(this.sourceTokens, at + 1);
    }
    this.frameTokens[at] = frame;
    this.sourceTokens[at] = source;
  }

  /** The sample at hand is whole. */
  private end(): void {
    if (!this.open) {
      return;
    }
    let text = this.header?.rest.trim() ?? '';
    if (!this.chained) {
      // Without call chains, the only frame stands in the same line.
      this.push(this.tokens.intern(text), 0);
      text = '';
    } else if (/^[\da-f]{1,16}( .*\))?$/.test(text)) {
      text = '';
    } else if (/^0x[\da-f]+\/0x/.test(text)) {
      this.branches = true;
      text = '';
    }
    let stack = -1;
    for (let i = this.depth - 1; i >= 0; i--) {
      stack = this.builder.stack(stack, this.frame(this.frameTokens[i], this.sourceTokens[i]));
    }
    this.empty += this.depth === 0 ? 1 : 0;
    this.samples.add(this.header, stack, text.slice(0, 1000));
    this.open = false;
    this.depth = 0;
  }

  private frame(frameToken: number, sourceToken: number): number {
    const pair = this.pairs.intern(frameToken, sourceToken);
    if (pair >= this.frameOfPair.length) {
      this.frameOfPair = growInt32(this.frameOfPair, pair + 1);
    }
    // Frames are kept plus 1.
    let frame = this.frameOfPair[pair] - 1;
    if (frame < 0) {
      const { builder } = this;
      const read = readPerfFrame(this.tokens.text(frameToken), this.tokens.text(sourceToken));
      const file = read.file === null ? -1 : builder.string(read.file);
      const module = read.module === null ? -1 : builder.string(read.module);
      const func = builder.func(builder.string(read.name), file, read.declared, 0, module);
      frame = builder.frame(func, read.line, read.inlined, read.kind);
      this.frameOfPair[pair] = frame + 1;
      this.lined ||= read.line > 0;
    }
    return frame;
  }

  /** @throws DecodeError where after `lines` lines more than `share` of them are not perf's. */
  refuseForeign(lines: number, share: number): void {
    const all = this.good + this.bad;
    if (all >= lines && this.bad > all * share) {
      throw new DecodeError(
        'Expected perf script\'s text, such as "name 123 45.678901: 1 cycles:" and frames below',
        `line ${this.firstBad}`,
      );
    }
  }

  /** @throws DecodeError where there is no sample */
  finish(consumed: number): Profile {
    this.end();
    if (consumed === 0) {
      throw new DecodeError("The file is empty: expected perf script's text");
    }
    this.refuseForeign(1, TOLERATED);
    if (this.samples.length === 0) {
      throw new DecodeError(
        'Expected samples, such as "name 123 45.678901: 1 cycles:" and frames below, but there are none',
      );
    }
    const notes: string[] = [];
    if (this.bad > 0) {
      notes.push(
        `${this.bad === 1 ? 'One line is' : `${this.bad} lines are`} unreadable and left out (the first is line ${this.firstBad}).`,
      );
    }
    if (this.lost > 0) {
      notes.push(`perf lost ${this.lost} events: they are missing here.`);
    }
    if (this.branches) {
      notes.push('Recorded branches are not shown.');
    }
    if (this.empty === this.samples.length) {
      notes.push('There are no stacks: record them with "perf record -g", and print them with "perf script".');
    }
    const { defaultSampleType, durationMs } = this.samples.finish();
    return this.builder.finish({
      formats: ['perf'],
      durationMs,
      startTimeMs: null,
      defaultSampleType,
      lines: this.lined ? 'call' : 'none',
      notes,
    });
  }
}
