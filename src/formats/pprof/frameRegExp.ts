import { parseRegExp, type RegExpNode } from './frameRegExpSyntax';

/** Steps of an expression over all the texts it is asked for: a few seconds. Real ones take some millions. */
const MOST_STEPS = 200_000_000;
/** Instructions of a program, as RE2 bounds its own: counted repetitions multiply. */
const MOST_INSTRUCTIONS = 20_000;

const SET = 0;
const SPLIT = 1;
const JUMP = 2;
const ASSERT = 3;
const MATCH = 4;

/**
 * A regular expression of Go's syntax (https://github.com/google/re2/wiki/Syntax) that is matched against whole names in
 * time linear in their length, for expressions that come from a file: JavaScript's own backtrack, so that a file could
 * make them run for ever. Threads in lock step (Thompson 1968, https://swtch.com/~rsc/regexp/regexp2.html).
 */
export class FrameRegExp {
  private readonly op: number[] = [];
  private readonly x: number[] = [];
  private readonly y: number[] = [];
  private readonly sets: (readonly number[])[] = [];
  private readonly mark: Int32Array;
  private generation = 0;
  private readonly pending: number[] = [];
  /** Threads moved so far. */
  steps = 0;

  /** @throws SyntaxError for what is no such expression, is too large, or uses flags or Unicode classes */
  constructor(pattern: string) {
    this.emitNode(parseRegExp(pattern));
    this.emit(MATCH, 0, 0);
    this.mark = new Int32Array(this.op.length);
  }

  private emit(op: number, x: number, y: number): number {
    if (this.op.length >= MOST_INSTRUCTIONS) {
      throw new SyntaxError('The expression is too large.');
    }
    this.x.push(x);
    this.y.push(y);
    return this.op.push(op) - 1;
  }

  private emitNode(node: RegExpNode): void {
    switch (node.kind) {
      case 'set':
        this.emit(SET, this.sets.push(node.ranges) - 1, 0);
        break;
      case 'assert':
        this.emit(ASSERT, node.what.charCodeAt(0), 0);
        break;
      case 'sequence':
        for (const part of node.parts) {
          this.emitNode(part);
        }
        break;
      case 'choice':
        this.emitChoice(node.parts);
        break;
      default:
        this.emitRepeat(node.of, node.least, node.most);
    }
  }

  private emitChoice(parts: readonly RegExpNode[]): void {
    const jumps: number[] = [];
    parts.forEach((part, i) => {
      const split = i < parts.length - 1 ? this.emit(SPLIT, 0, 0) : -1;
      if (split >= 0) {
        this.x[split] = split + 1;
      }
      this.emitNode(part);
      if (split >= 0) {
        jumps.push(this.emit(JUMP, 0, 0));
        this.y[split] = this.op.length;
      }
    });
    for (const jump of jumps) {
      this.x[jump] = this.op.length;
    }
  }

  private emitRepeat(of: RegExpNode, least: number, most: number): void {
    for (let i = 0; i < least; i++) {
      this.emitCounted(of);
    }
    if (most === Number.POSITIVE_INFINITY) {
      const split = this.emit(SPLIT, this.op.length + 1, 0);
      this.emitNode(of);
      this.emit(JUMP, split, 0);
      this.y[split] = this.op.length;
      return;
    }
    const splits: number[] = [];
    for (let i = least; i < most; i++) {
      splits.push(this.emit(SPLIT, this.op.length + 1, 0));
      this.emitNode(of);
    }
    for (const split of splits) {
      this.y[split] = this.op.length;
    }
  }

  /** Of nothing, a thousand times a thousand are too many, too. */
  private emitCounted(of: RegExpNode): void {
    const before = this.op.length;
    this.emitNode(of);
    if (this.op.length === before) {
      this.emit(JUMP, before + 1, 0);
    }
  }

  /**
   * Whether the expression matches all of a text.
   * @throws SyntaxError where it takes too long
   */
  matches(text: string): boolean {
    let threads: number[] = [];
    let following: number[] = [];
    let before = -1;
    let at = 0;
    let code = text.codePointAt(0) ?? -1;
    this.generation++;
    this.add(threads, 0, before, code);
    while (code >= 0 && threads.length > 0) {
      at += code > 0xffff ? 2 : 1;
      const after = text.codePointAt(at) ?? -1;
      this.generation++;
      following.length = 0;
      for (const thread of threads) {
        if (this.op[thread] === SET && contains(this.sets[this.x[thread]], code)) {
          this.add(following, thread + 1, code, after);
        }
      }
      this.steps += threads.length;
      if (this.steps > MOST_STEPS) {
        throw new SyntaxError('The expression takes too long.');
      }
      [threads, following] = [following, threads];
      before = code;
      code = after;
    }
    return code < 0 && threads.some((thread) => this.op[thread] === MATCH);
  }

  /** Adds the instructions that take a character or end the match, as reached from one without taking any. */
  private add(threads: number[], from: number, before: number, after: number): void {
    const { mark, pending, generation, op } = this;
    pending.push(from);
    for (let pc = pending.pop(); pc !== undefined; pc = pending.pop()) {
      if (mark[pc] === generation) {
        continue;
      }
      mark[pc] = generation;
      this.steps++;
      if (op[pc] === SPLIT) {
        pending.push(this.y[pc], this.x[pc]);
      } else if (op[pc] === JUMP) {
        pending.push(this.x[pc]);
      } else if (op[pc] !== ASSERT) {
        threads.push(pc);
      } else if (holds(this.x[pc], before, after)) {
        pending.push(pc + 1);
      }
    }
  }
}

/** @param ranges first and last of each range */
function contains(ranges: readonly number[], code: number): boolean {
  for (let i = 0; i < ranges.length; i += 2) {
    if (code >= ranges[i] && code <= ranges[i + 1]) {
      return true;
    }
  }
  return false;
}

/** Whether an assertion (`^`, `$`, `b`, `B`) holds between two characters, -1 for none. */
function holds(what: number, before: number, after: number): boolean {
  switch (String.fromCharCode(what)) {
    case '^':
      return before < 0;
    case '$':
      return after < 0;
    case 'b':
      return isWord(before) !== isWord(after);
    default:
      return isWord(before) === isWord(after);
  }
}

function isWord(code: number): boolean {
  return code >= 0 && code < 128 && /\w/.test(String.fromCharCode(code));
}
