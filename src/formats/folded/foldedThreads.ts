import type { Thread } from '../../profile/profile';

/** What a frame at the root says about thread and process instead of naming a function. */
export type ThreadMark =
  | { readonly kind: 'process'; readonly pid: number; readonly process: string }
  | { readonly kind: 'thread'; readonly name: string; readonly tid: number | null }
  /** The beginning of a thread's name that a semicolon has cut: async-profiler writes names as they are. */
  | { readonly kind: 'cut'; readonly text: string };

/** async-profiler's option `threads`. */
const asyncThread = /^\[(?:(.*) )?tid=(\d{1,15})\]$/s;
/** py-spy's `--threads` (the number is the thread's or, on macOS, an address) and `--subprocesses`. */
const pySpyThread = /^thread \((?:(\d{1,15})|0x[0-9A-Fa-f]+)\)(?:: (.*))?$/s;
const pySpyProcess = /^process (\d{1,15}):"(.*)"$/s;

/** Reads a frame that may be a mark of a thread or process; null where it is a function. */
export function readThreadMark(text: string): ThreadMark | null {
  if (text.length > 10_000) {
    return null;
  }
  const thread = asyncThread.exec(text);
  if (thread !== null) {
    return { kind: 'thread', name: thread[1] ?? '', tid: Number(thread[2]) };
  }
  const pySpy = pySpyThread.exec(text);
  if (pySpy !== null) {
    return { kind: 'thread', name: pySpy[2] ?? '', tid: pySpy[1] === undefined ? null : Number(pySpy[1]) };
  }
  const process = pySpyProcess.exec(text);
  if (process !== null) {
    return { kind: 'process', pid: Number(process[1]), process: process[2] };
  }
  return text.startsWith('[') && !text.includes(']') ? { kind: 'cut', text } : null;
}

/** The root frame of a thread, as async-profiler writes it: `readThreadMark` reads it again. */
export function writeThreadMark({ name, tid, process, pid }: Thread): string[] {
  const clean = (text: string): string => text.replace(/;/g, ':').replace(/[\r\n]+/g, ' ');
  const marks = pid === null ? [] : [`process ${pid}:"${clean(process ?? '')}"`];
  if (tid !== null) {
    marks.push(name === '' ? `[tid=${tid}]` : `[${clean(name)} tid=${tid}]`);
  }
  return marks;
}
