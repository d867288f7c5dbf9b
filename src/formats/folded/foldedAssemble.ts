import { frameKind } from '../../profile/frameKind';
import type { ProfileBuilder } from '../../profile/profileBuilder';
import { type FoldedFrame, readFoldedFrame } from './foldedFrame';
import type { FoldedColumns } from './foldedStacks';
import { readThreadMark, type ThreadMark } from './foldedThreads';

/** What the stacks of a file came out as. */
export interface FoldedSamples {
  /** Per stack of the columns: stack of the profile, -1 for none (a thread's mark alone). */
  readonly stackOf: Int32Array;
  /** Per stack of the columns: its thread; null where there is but one. */
  readonly threadOf: Int32Array | null;
  /** The thread of what no thread's mark is on. */
  plainThread(): number;
  /** Whether any frame has a line. */
  readonly lined: boolean;
}

/** What bcc's `-d` puts between the frames of a program and those of the kernel. */
const DELIMITER = '-';

/** Makes the frames, stacks and threads of a folded file. @param nylas as for `readFoldedFrame` */
export function assembleFolded(builder: ProfileBuilder, columns: FoldedColumns, nylas: boolean): FoldedSamples {
  const { tokens, length, prefix, token } = columns;
  const frames = new TokenFrames(builder, tokens, nylas);
  const roots = new Uint8Array(tokens.length);
  for (let stack = 0; stack < length; stack++) {
    if (prefix[stack] < 0) {
      roots[token[stack]] = 1;
    }
  }
  const threaded = tokens.some((text, index) => roots[index] === 1 && readThreadMark(text) !== null);
  if (!threaded && !tokens.includes(DELIMITER) && frames.distinct()) {
    const frame = new Int32Array(length);
    for (let stack = 0; stack < length; stack++) {
      frame[stack] = frames.of(token[stack], false);
    }
    builder.setStacks(prefix.slice(), frame);
    const stackOf = new Int32Array(length);
    for (let stack = 0; stack < length; stack++) {
      stackOf[stack] = stack;
    }
    return { stackOf, threadOf: null, plainThread: () => 0, lined: frames.lined };
  }
  const stacks = new MarkedStacks(builder, columns, frames);
  stacks.build();
  return {
    stackOf: stacks.stackOf,
    threadOf: threaded ? stacks.threadOf : null,
    plainThread: () => (threaded ? stacks.thread('', null, -1) : 0),
    lined: frames.lined,
  };
}

/** Frames of tokens, made as they are asked for. */
class TokenFrames {
  lined = false;
  private readonly frame: Int32Array;
  private readonly inKernel: Int32Array;

  constructor(
    private readonly builder: ProfileBuilder,
    private readonly tokens: readonly string[],
    private readonly nylas: boolean,
  ) {
    this.frame = new Int32Array(tokens.length).fill(-1);
    this.inKernel = new Int32Array(tokens.length).fill(-1);
  }

  /** The frame of a token. @param kernel whether it stands behind `DELIMITER` */
  of(token: number, kernel: boolean): number {
    const known = kernel ? this.inKernel : this.frame;
    if (known[token] < 0) {
      const read = readFoldedFrame(this.tokens[token], this.nylas);
      known[token] = this.add(kernel ? { ...read, kind: frameKind.kernel } : read);
    }
    return known[token];
  }

  private add({ name, file, module, line, inlined, kind }: FoldedFrame): number {
    const { builder } = this;
    this.lined ||= line > 0;
    const index = (text: string | null): number => (text === null ? -1 : builder.string(text));
    return builder.frame(builder.func(builder.string(name), index(file), 0, 0, index(module)), line, inlined, kind);
  }

  /** Makes the frames of all tokens. @returns whether no two are the same */
  distinct(): boolean {
    let last = -1;
    for (let token = 0; token < this.tokens.length; token++) {
      const frame = this.of(token, false);
      if (frame <= last) {
        return false;
      }
      last = frame;
    }
    return true;
  }
}

/** Stacks with marks of threads or delimiters in them, which are no frames. */
class MarkedStacks {
  readonly stackOf: Int32Array;
  /** -1 for marks that name no thread. */
  readonly threadOf: Int32Array;
  /** 1 where all frames so far are marks, 2 behind a delimiter. */
  private readonly state: Uint8Array;
  /** Processes and cut names of stacks that are marks only. */
  private readonly processes = new Map<number, { pid: number; process: string }>();
  private readonly cuts = new Map<number, string>();
  private readonly threads = new Map<string, number>();
  /** py-spy learns a thread's name after its first samples. */
  private readonly nameOf: ReadonlyMap<number, string>;

  constructor(
    private readonly builder: ProfileBuilder,
    private readonly columns: FoldedColumns,
    private readonly frames: TokenFrames,
  ) {
    this.stackOf = new Int32Array(columns.length).fill(-1);
    this.threadOf = new Int32Array(columns.length).fill(-1);
    this.state = new Uint8Array(columns.length);
    this.nameOf = threadNames(columns.tokens);
  }

  build(): void {
    const { length, prefix, token, tokens } = this.columns;
    for (let stack = 0; stack < length; stack++) {
      const below = prefix[stack];
      const text = tokens[token[stack]];
      if ((below < 0 || this.state[below] === 1) && this.mark(stack, below, text)) {
        this.state[stack] = 1;
        continue;
      }
      const threadBelow = below < 0 ? -1 : this.threadOf[below];
      this.threadOf[stack] = threadBelow < 0 ? this.thread('', null, below) : threadBelow;
      const base = below < 0 ? -1 : this.stackOf[below];
      const kernel = below >= 0 && this.state[below] === 2;
      if (text === DELIMITER && base >= 0 && !kernel) {
        this.stackOf[stack] = base;
        this.state[stack] = 2;
        continue;
      }
      this.state[stack] = kernel ? 2 : 0;
      this.stackOf[stack] = this.builder.stack(base, this.frames.of(token[stack], kernel));
      if (below < 0 || this.cuts.has(below)) {
        this.noteCut(stack, below, text);
      }
    }
  }

  /** Takes a mark of a thread or process. @returns whether it is one */
  private mark(stack: number, below: number, text: string): boolean {
    const cut = below < 0 ? undefined : this.cuts.get(below);
    const read: ThreadMark | null = readThreadMark(cut === undefined ? text : `${cut};${text}`);
    if (read === null || read.kind === 'cut') {
      return false;
    }
    if (read.kind === 'process') {
      this.processes.set(stack, read);
    } else {
      this.threadOf[stack] = this.thread(read.name, read.tid, below);
    }
    return true;
  }

  /** The beginning of a name that goes on in the frame above is a frame, too, where it does not end there. */
  private noteCut(stack: number, below: number, text: string): void {
    const whole = below < 0 ? text : `${this.cuts.get(below)};${text}`;
    if (readThreadMark(whole)?.kind === 'cut') {
      this.cuts.set(stack, whole);
      this.state[stack] = 1;
    }
  }

  /** Index of the thread. @param processOf the stack of the mark of its process, -1 for none */
  thread(name: string, tid: number | null, processOf: number): number {
    const of = this.processes.get(processOf) ?? null;
    const called = name === '' && tid !== null ? (this.nameOf.get(tid) ?? '') : name;
    const key = `${of?.pid};${tid};${called}`;
    let index = this.threads.get(key);
    if (index === undefined) {
      index = this.builder.addThread({ name: called, tid, process: of?.process ?? null, pid: of?.pid ?? null });
      this.threads.set(key, index);
    }
    return index;
  }
}

/** The first name of each thread that any mark names. */
function threadNames(texts: readonly string[]): Map<number, string> {
  const names = new Map<number, string>();
  for (const text of texts) {
    const mark = readThreadMark(text);
    if (mark?.kind === 'thread' && mark.tid !== null && mark.name !== '' && !names.has(mark.tid)) {
      names.set(mark.tid, mark.name);
    }
  }
  return names;
}
