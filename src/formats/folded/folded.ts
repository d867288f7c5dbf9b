import { growInt32 } from '../../profile/growColumn';
import type { Profile } from '../../profile/profile';
import { ProfileBuilder } from '../../profile/profileBuilder';
import { StringTable } from '../../profile/stringTable';
import { looksLikeAustinText } from '../austin/austinText';
import { forEachLine } from '../bytes/byteLines';
import { DecodeError } from '../decodeError';
import type { ByteSource, Confidence, DecodeContext, Format } from '../format';
import { encodeFolded } from './foldedEncode';
import { readFoldedFrame } from './foldedFrame';
import { type FoldedLine, isFoldedComment, splitFoldedLine } from './foldedLine';

const SEMICOLON = 59;
/** More unreadable lines than this share of all: it is not a folded file. */
const TOLERATED = 0.2;

/**
 * Folded (collapsed) stacks: `root;caller;leaf count` a line, as stackcollapse-*.pl, py-spy's raw output and
 * async-profiler's `collapsed` write them (https://github.com/brendangregg/FlameGraph), with the two leading lines
 * `elapsed` and `granularity` of Nylas' sampler. Read in one pass, a line at a time.
 */
export const folded: Format = {
  name: 'folded',
  title: 'Folded stacks',
  extensions: ['.folded', '.collapsed', '.txt'],
  detect: detectFolded,
  decode: decodeFolded,
  encode: encodeFolded,
};

function detectFolded(head: Uint8Array, name: string): Confidence {
  const wanted = /\.(folded|collapsed)$/i.test(name) ? 'possible' : 'no';
  if (looksLikeAustinText(head)) {
    return 'no';
  }
  if (head.length === 0 || head.includes(0)) {
    return head.length === 0 ? wanted : 'no';
  }
  const line: FoldedLine = { end: 0, count: 0 };
  let good = 0;
  let bad = 0;
  let nested = false;
  for (let start = 0; start < head.length && good + bad < 200; ) {
    const newline = head.indexOf(10, start);
    const stop = newline < 0 ? head.length : newline;
    const textEnd = stop > start && head[stop - 1] === 13 ? stop - 1 : stop;
    // The last line may be cut off by the head's end.
    const whole = newline >= 0 || head.length < 65536;
    if (textEnd > start && whole && !isFoldedComment(head, start, textEnd)) {
      if (splitFoldedLine(head, start, textEnd, line)) {
        // An indented number tells nothing.
        good += line.end > start ? 1 : 0;
        nested ||= head.subarray(start, line.end).includes(SEMICOLON);
      } else {
        bad++;
      }
    }
    start = stop + 1;
  }
  if (good === 0 || bad > (good + bad) * TOLERATED || isJson(head)) {
    return wanted;
  }
  return nested ? 'certain' : 'possible';
}

/** `{"…` and `[1…` are JSON; `{main};…` and `[libc.so];…` are frames. */
function isJson(head: Uint8Array): boolean {
  return /^(\{\s*["}]|\[\s*(["{\d]|\[[\s"{\d]))/.test(String.fromCharCode(...head.subarray(0, 40)));
}

function decodeFolded(source: ByteSource, context: DecodeContext): Profile {
  const decoder = new FoldedDecoder();
  let size = 0;
  forEachLine(
    source.chunks(),
    (bytes, start, stop, line) => decoder.line(bytes, start, stop, line),
    (consumed) => {
      size = consumed;
      decoder.refuseForeign(1000, 0.5);
      context.checkpoint(source.size === null || source.size === 0 ? null : Math.min(1, consumed / source.size));
    },
  );
  return decoder.finish(size);
}

class FoldedDecoder {
  private readonly builder = new ProfileBuilder();
  /** Frames by their bytes, so that a known frame costs no string. */
  private readonly tokens = new StringTable();
  private frameOfToken: Int32Array = new Int32Array(256).fill(-1);
  /** Row of each stack plus 1, for the empty one is -1. */
  private rowOfStack: Int32Array = new Int32Array(256).fill(-1);
  private readonly split: FoldedLine = { end: 0, count: 0 };
  private good = 0;
  private empty = 0;
  private bad = 0;
  private firstBad = 0;
  private lined = false;
  private seconds: number | null = null;
  private granularity = false;

  constructor() {
    this.builder.addSampleType('samples', 'count');
  }

  /** Takes one line. */
  line(bytes: Uint8Array, start: number, stop: number, number: number): void {
    if (start === stop || isFoldedComment(bytes, start, stop)) {
      return;
    }
    if (!splitFoldedLine(bytes, start, stop, this.split)) {
      let blank = true;
      for (let i = start; i < stop && blank; i++) {
        blank = bytes[i] === 32 || bytes[i] === 9;
      }
      if (!blank && bytes[start] !== 35) {
        this.bad++;
        this.firstBad ||= number;
      }
      return;
    }
    if (this.split.end === start) {
      this.empty++;
      this.add(-1, number);
      return;
    }
    if (this.good < 2 && !this.granularity && this.header(bytes, start)) {
      return;
    }
    this.good++;
    this.add(this.stack(bytes, start, this.split.end), number);
  }

  /** Adds the count of the line to the sample of its stack. */
  private add(stack: number, number: number): void {
    if (stack + 1 >= this.rowOfStack.length) {
      const known = this.rowOfStack.length;
      this.rowOfStack = growInt32(this.rowOfStack, stack + 2).fill(-1, known);
    }
    let row = this.rowOfStack[stack + 1];
    if (row < 0) {
      row = this.builder.addSample(stack, 0, null, -1);
      this.rowOfStack[stack + 1] = row;
    }
    const sum = this.builder.value(row, 0) + this.split.count;
    if (!Number.isFinite(sum)) {
      throw new DecodeError('Expected counts that can be added up, but they exceed every number', `line ${number}`);
    }
    this.builder.setValue(row, 0, sum);
  }

  /** Nylas' sampler writes `elapsed 2.3729` and `granularity 0.005` (seconds) before its stacks. */
  private header(bytes: Uint8Array, start: number): boolean {
    const word =
      this.good === 0 ? String.fromCharCode(...bytes.subarray(start, Math.min(this.split.end, start + 12))) : '';
    if (word === 'elapsed' && this.seconds === null) {
      this.seconds = this.split.count;
      return true;
    }
    if (word === 'granularity' && this.seconds !== null) {
      this.granularity = true;
      return true;
    }
    return false;
  }

  private stack(bytes: Uint8Array, start: number, end: number): number {
    let stack = -1;
    for (let from = start; from < end; ) {
      let to = from;
      while (to < end && bytes[to] !== SEMICOLON) {
        to++;
      }
      if (to > from) {
        stack = this.builder.stack(stack, this.frame(bytes, from, to));
      }
      from = to + 1;
    }
    if (stack < 0) {
      stack = this.builder.stack(-1, this.frame(bytes, start, end));
    }
    return stack;
  }

  private frame(bytes: Uint8Array, from: number, to: number): number {
    const token = this.tokens.internBytes(bytes, from, to);
    if (token >= this.frameOfToken.length) {
      const known = this.frameOfToken.length;
      this.frameOfToken = growInt32(this.frameOfToken, token + 1).fill(-1, known);
    }
    let frame = this.frameOfToken[token];
    if (frame < 0) {
      const read = readFoldedFrame(this.tokens.text(token));
      const { builder } = this;
      const file = read.file === null ? -1 : builder.string(read.file);
      frame = builder.frame(builder.func(builder.string(read.name), file, 0, 0), read.line, read.inlined);
      this.frameOfToken[token] = frame;
      this.lined ||= read.line > 0;
    }
    return frame;
  }

  /** @throws DecodeError where after `lines` lines more than `share` of them are no stacks. */
  refuseForeign(lines: number, share: number): void {
    const all = this.good + this.bad;
    if (all >= lines && this.bad > all * share) {
      throw new DecodeError('Expected folded stacks, "frame;frame;frame count" on each line', `line ${this.firstBad}`);
    }
  }

  finish(consumed: number): Profile {
    if (consumed === 0) {
      throw new DecodeError('The file is empty: expected folded stacks');
    }
    this.refuseForeign(1, TOLERATED);
    if (this.good === 0 && this.empty === 0 && this.seconds === null) {
      throw new DecodeError(
        'Expected folded stacks, "frame;frame;frame count" on each line, but there is no such line',
      );
    }
    const notes: string[] = [];
    if (this.seconds !== null && !this.granularity) {
      // A lone `elapsed 3` was a stack after all.
      this.builder.setValue(
        this.builder.addSample(this.builder.stack(-1, this.plainFrame('elapsed')), 0, null, -1),
        0,
        this.seconds,
      );
      this.seconds = null;
    }
    if (this.bad > 0) {
      notes.push(
        this.bad === 1
          ? `One line is not "frame;frame;frame count" and left out (it is line ${this.firstBad}).`
          : `${this.bad} lines are not "frame;frame;frame count" and left out (the first is line ${this.firstBad}).`,
      );
    }
    return this.builder.finish({
      formats: ['folded'],
      durationMs: this.seconds === null || this.seconds < 0 ? null : this.seconds * 1000,
      startTimeMs: null,
      defaultSampleType: 0,
      lines: this.lined ? 'call' : 'none',
      notes,
    });
  }

  private plainFrame(name: string): number {
    return this.builder.frame(this.builder.func(this.builder.string(name), -1, 0, 0), 0, false);
  }
}
