import type { Profile } from '../../profile/profile';
import { type WasmUse, worthWasm } from '../../profile/wasmModule';
import { looksLikeAustinText } from '../austin/austinText';
import { forEachLine } from '../bytes/byteLines';
import { fractionRead } from '../bytes/fractionRead';
import type { ByteSource, Confidence, DecodeContext, Format } from '../format';
import { encodeFolded } from './foldedEncode';
import { type FoldedLine, isFoldedComment, splitFoldedLine } from './foldedLine';
import { FoldedReader, TOLERATED } from './foldedReader';
import { PlainFoldedStacks } from './foldedStacks';
import { forEachFoldedLine } from './foldedWindow';
import { FoldedScanner } from './wasm/foldedScanner';

const SPACE = 0x20;
const COLON = 0x3a;
const SEMICOLON = 59;
const HEAD = 65536;
/** Bytes from which on WebAssembly is worth its start. */
const WORTH_WASM = 1 << 20;

/**
 * Folded (collapsed) stacks: `root;caller;leaf count` a line, as stackcollapse-*.pl, py-spy's raw output and
 * async-profiler's `collapsed` write them (https://github.com/brendangregg/FlameGraph), with the two leading lines
 * `elapsed` and `granularity` of Nylas' sampler, and with the two counts of difffolded.pl. Read in one pass.
 */
export const folded: Format = {
  name: 'folded',
  title: 'Folded stacks',
  extensions: ['.folded', '.collapsed', '.txt'],
  detect: detectFolded,
  decode: (source, context) => decodeFolded(source, context),
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
  let plain = 0;
  for (let start = 0; start < head.length && good + bad < 200; ) {
    const newline = head.indexOf(10, start);
    const stop = newline < 0 ? head.length : newline;
    const textEnd = stop > start && head[stop - 1] === 13 ? stop - 1 : stop;
    // The last line may be cut off by the head's end.
    const whole = newline >= 0 || head.length < HEAD;
    if (textEnd > start && whole && !isFoldedComment(head, start, textEnd)) {
      if (splitFoldedLine(head, start, textEnd, line)) {
        // An indented number tells nothing.
        good += line.end > start ? 1 : 0;
        const stack = head.subarray(start, line.end);
        nested ||= stack.includes(SEMICOLON);
        plain += stack.includes(SPACE) || stack.at(-1) === COLON ? 0 : 1;
      } else {
        bad++;
      }
    }
    start = stop + 1;
  }
  if (good === 0 || bad > (good + bad) * TOLERATED || isJson(head)) {
    return wanted;
  }
  // Lines that end in a number are in many a text: without a caller anywhere, most of them must look like a name and its count.
  return nested ? 'certain' : plain * 2 > good ? 'possible' : wanted;
}

/** `{"…` and `[1…` are JSON; `{main};…` and `[libc.so];…` are frames. */
function isJson(head: Uint8Array): boolean {
  return /^(\{\s*["}]|\[\s*(["{\d]|\[[\s"{\d]))/.test(String.fromCharCode(...head.subarray(0, 40)));
}

/** @param use whether to use WebAssembly; `auto` for what is large enough */
export function decodeFolded(source: ByteSource, context: DecodeContext, use: WasmUse = 'auto'): Profile {
  const differential = isDifferential(source.head(HEAD));
  const scanner = worthWasm(use, source.size ?? WORTH_WASM, WORTH_WASM) ? FoldedScanner.create() : null;
  const reader = new FoldedReader(scanner ?? new PlainFoldedStacks(), differential);
  let size = 0;
  const afterChunk = (consumed: number): void => {
    size = consumed;
    reader.refuseForeign(scanner?.taken ?? 0, 1000, 0.5);
    context.checkpoint(fractionRead(source, consumed));
  };
  const line = (bytes: Uint8Array, start: number, stop: number, number: number): void =>
    reader.line(bytes, start, stop, number);
  if (scanner === null) {
    forEachLine(source.chunks(), line, afterChunk);
  } else {
    forEachFoldedLine(scanner, source.chunks(), () => reader.plain, line, afterChunk);
  }
  return reader.finish(size, scanner?.taken ?? 0);
}

/** Whether every line of a file's beginning has two counts, and there are two such lines: difffolded.pl's output. */
function isDifferential(head: Uint8Array): boolean {
  const line: FoldedLine = { end: 0, count: 0 };
  let lines = 0;
  for (let start = 0; start < head.length && lines < 200; ) {
    const newline = head.indexOf(10, start);
    if (newline < 0 && head.length >= HEAD) {
      break;
    }
    const stop = newline < 0 ? head.length : newline;
    const textEnd = stop > start && head[stop - 1] === 13 ? stop - 1 : stop;
    if (splitFoldedLine(head, start, textEnd, line) && !isFoldedComment(head, start, textEnd)) {
      if (!splitFoldedLine(head, start, line.end, line) || line.end === start) {
        return false;
      }
      lines++;
    }
    start = stop + 1;
  }
  return lines > 1;
}
