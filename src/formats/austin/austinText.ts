import { growInt32 } from '../../profile/growColumn';
import type { Profile } from '../../profile/profile';
import { StringTable } from '../../profile/stringTable';
import { readLines } from '../bytes/readLines';
import { DecodeError } from '../decodeError';
import type { ByteSource, DecodeContext } from '../format';
import { AustinSamples } from './austinSamples';

const SPACE = 32;
const SEMICOLON = 59;
/** A head of threads, `P1;T2`, that is longer is none. */
const LONGEST_HEAD = 200;
const ascii = new TextDecoder('latin1');

/** Whether bytes begin as Austin's text does: `# austin: 3.7.0`, other metadata or blank lines, `P1;T0:2;file:function:3 4`. */
export function looksLikeAustinText(head: Uint8Array): boolean {
  const text = ascii.decode(head.subarray(0, 4096));
  if (/^(\ufeff|\u00ef\u00bb\u00bf)?\s*# austin: /.test(text)) {
    return true;
  }
  const line = /^(?:\s*\n|# [^\n]*\n)*(P\d+;T[^\n]*)/.exec(text)?.[1];
  return line !== undefined && /^P\d+;T(\w+:)?\w+[; ]/.test(line);
}

/**
 * Austin's text: metadata as `# key: value`, then `P<pid>;T<interpreter>:<thread>;<file>:<function>:<line>;… <metric>` a
 * sample, with `time,idle,memory` for the metric in full mode.
 * @throws DecodeError where most lines are something else
 */
export function decodeAustinText(source: ByteSource, context: DecodeContext): Profile {
  const decoder = new AustinTextDecoder();
  readLines(
    source,
    context,
    (bytes, start, stop, line) => decoder.line(bytes, start, stop, line),
    () => decoder.refuseForeign(1000),
  );
  return decoder.finish();
}

class AustinTextDecoder {
  private readonly samples = new AustinSamples();
  /** Frames by their bytes, so that a known frame costs no string. */
  private readonly tokens = new StringTable();
  private frameOfToken: Int32Array = new Int32Array(256).fill(-1);
  private readonly heads = new StringTable();
  private threadOfHead: Int32Array = new Int32Array(16).fill(-1);
  private bad = 0;
  private firstBad = 0;
  /** Numbers of the last metric: time (or memory, where that is all), idle and memory; NaN where not there. */
  private readonly metric = new Float64Array(3);

  line(bytes: Uint8Array, start: number, stop: number, number: number): void {
    if (start === stop) {
      return;
    }
    if (bytes[start] === 35) {
      this.metadata(ascii.decode(bytes.subarray(start, Math.min(stop, start + 4096))));
      return;
    }
    let blank = stop;
    while (blank > start && bytes[blank - 1] !== SPACE) {
      blank--;
    }
    const end = blank - 1;
    const head = end > start ? this.head(bytes, start, end) : null;
    if (head === null || !this.readMetric(bytes, blank, stop)) {
      this.bad++;
      this.firstBad ||= number;
      return;
    }
    const { samples, metric } = this;
    let stack = -1;
    for (let from = head.end + 1; from < end; ) {
      let to = from;
      while (to < end && bytes[to] !== SEMICOLON) {
        to++;
      }
      if (to > from) {
        stack = samples.stacks.stack(stack, this.frame(bytes, from, to));
      }
      from = to + 1;
    }
    if (Number.isNaN(metric[1])) {
      const memory = samples.mode === 'memory';
      samples.add(head.thread, stack, memory ? null : metric[0], memory ? metric[0] : null, false);
    } else {
      samples.add(head.thread, stack, metric[0], metric[2], metric[1] !== 0);
    }
  }

  private metadata(text: string): void {
    const colon = text.indexOf(': ');
    if (colon > 2) {
      this.samples.metadata(text.slice(2, colon), text.slice(colon + 2));
    }
  }

  /** Reads `P1;T0:2`, with its thread known by its bytes. */
  private head(bytes: Uint8Array, start: number, end: number): { thread: number; end: number } | null {
    let to = start;
    let semicolons = 0;
    for (; to < end && to - start < LONGEST_HEAD; to++) {
      if (bytes[to] === SEMICOLON && ++semicolons === 2) {
        break;
      }
    }
    const token = this.heads.internBytes(bytes, start, to);
    if (token >= this.threadOfHead.length) {
      const known = this.threadOfHead.length;
      this.threadOfHead = growInt32(this.threadOfHead, token + 1).fill(-1, known);
    }
    let thread = this.threadOfHead[token];
    if (thread < 0) {
      const match = /^P(\d{1,15});T(?:(\w{1,20}):)?(.{1,100})$/.exec(this.heads.text(token));
      if (match === null) {
        return null;
      }
      const [, pid, interpreter, id] = match;
      const tid = /^\d{1,20}$/.test(id) || /^0x[0-9a-f]{1,16}$/i.test(id) ? Number(id) : null;
      thread = this.samples.threadIndex(Number(pid), interpreter ?? null, tid, id);
      this.threadOfHead[token] = thread;
    }
    return { thread, end: to };
  }

  private frame(bytes: Uint8Array, from: number, to: number): number {
    const token = this.tokens.internBytes(bytes, from, to);
    if (token >= this.frameOfToken.length) {
      const known = this.frameOfToken.length;
      this.frameOfToken = growInt32(this.frameOfToken, token + 1).fill(-1, known);
    }
    let frame = this.frameOfToken[token];
    if (frame < 0) {
      const { file, name, line } = splitAustinFrame(this.tokens.text(token));
      frame = this.samples.frameOf(file, name, line);
      this.frameOfToken[token] = frame;
    }
    return frame;
  }

  /** Reads `12` or `12,0,-34` into `metric`. */
  private readMetric(bytes: Uint8Array, from: number, to: number): boolean {
    const { metric } = this;
    metric.fill(Number.NaN);
    let at = from;
    for (let i = 0; i < 3; i++) {
      const negative = bytes[at] === 45;
      if (negative) {
        at++;
      }
      const first = at;
      let value = 0;
      for (; at < to && bytes[at] >= 48 && bytes[at] <= 57; at++) {
        value = value * 10 + bytes[at] - 48;
      }
      if (at === first || at - first > 18) {
        return false;
      }
      metric[i] = negative ? -value : value;
      if (at === to) {
        return i !== 1;
      }
      if (bytes[at++] !== 44) {
        return false;
      }
    }
    return false;
  }

  /** Where most of the first `least` lines or more are no samples, the file is something else. */
  refuseForeign(least: number): void {
    const lines = this.bad + this.samples.length;
    if (this.bad > 0 && lines >= least && this.bad * 2 >= lines) {
      throw new DecodeError(
        'Expected a sample of Austin, such as "P1;T0:2;app.py:main:3 100", but this line is none',
        `line ${this.firstBad}`,
      );
    }
  }

  finish(): Profile {
    this.refuseForeign(1);
    const { samples, bad } = this;
    if (samples.length === 0) {
      samples.notes.push('The file has no samples.');
    }
    if (bad > 0) {
      samples.notes.push(
        bad === 1
          ? `One line is no sample of Austin and left out (it is line ${this.firstBad}).`
          : `${bad} lines are no samples of Austin and left out (the first is line ${this.firstBad}).`,
      );
    }
    return samples.finish();
  }
}

/** Splits `file:function:line`; a file may have a drive's colon, a native function `::`. */
export function splitAustinFrame(text: string): { file: string; name: string; line: number } {
  const last = text.lastIndexOf(':');
  const digits = text.slice(last + 1);
  if (last < 0 || !/^-?\d{0,15}$/.test(digits)) {
    return { file: '', name: text, line: 0 };
  }
  const rest = text.slice(0, last);
  let colon = rest.lastIndexOf(':');
  while (colon > 0 && rest[colon - 1] === ':') {
    colon = rest.lastIndexOf(':', colon - 2);
  }
  return colon < 0
    ? { file: '', name: rest, line: Math.max(0, Number(digits)) }
    : { file: rest.slice(0, colon), name: rest.slice(colon + 1) || '<unknown>', line: Math.max(0, Number(digits)) };
}
