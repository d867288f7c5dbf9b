import { growFloat64, growInt32 } from '../../profile/growColumn';
import type { JsonScanner } from '../json/jsonScanner';
import { END, FIRST, memberNames } from '../json/jsonScanner';
import type { JsonWindow } from '../json/jsonWindow';
import type { LateStacks } from '../lateStacks';
import { EventTemplate } from './eventTemplate';
import { frameIndex, NO_FRAME } from './speedscopeSamples';

const eventMembers = memberNames('type', 'frame', 'at');

/** Where a profile's rows go: pieces of time (or of whatever is counted) in which its stack stayed the same. */
class SpeedscopeRows {
  length = 0;
  stack: Int32Array = new Int32Array(64);
  start: Float64Array = new Float64Array(64);
  value: Float64Array = new Float64Array(64);

  /** Makes room for so many more rows. */
  reserve(count: number): void {
    const { length } = this;
    if (length + count > this.stack.length) {
      this.stack = growInt32(this.stack, length + count);
      this.start = growFloat64(this.start, length + count);
      this.value = growFloat64(this.value, length + count);
    }
  }

  /** Adds a row. Values are in the profile's unit. */
  add(stack: number, start: number, value: number): void {
    this.reserve(1);
    this.put(stack, start, value);
  }

  /** As `add`, where there is room. */
  put(stack: number, start: number, value: number): void {
    const row = this.length++;
    this.stack[row] = stack;
    this.start[row] = start;
    this.value[row] = value;
  }
}

/** What had to be repaired in a file, counted. */
export interface SpeedscopeRepairs {
  /** Frames that did not end. */
  open: number;
  /** Frames that ended with the one that called them. */
  closed: number;
  /** Ends of frames that had not begun. */
  ends: number;
  /** Events before the one that stands before them. */
  backwards: number;
  /** Frames that the file does not describe. */
  unknown: number;
  /** Samples without a weight, or weights without a sample. */
  lone: number;
}

const OPEN = 0x4f;
const CLOSE = 0x43;

/**
 * The `events` of an evented profile: frames open (`O`) and close (`C`) in order. Where they do not nest, a frame's end
 * also ends what it has called, and an end without a beginning is left out; speedscope itself refuses such files.
 */
export class SpeedscopeEvents {
  readonly rows = new SpeedscopeRows();
  private top = -1;
  /** Of each stack plus 1 (0 is the empty one) the child that was opened last, plus 1: calls repeat. */
  private lastChild: Int32Array = new Int32Array(64);
  private last = Number.NEGATIVE_INFINITY;
  /** First event's time; NaN without any. */
  first = Number.NaN;
  private template: EventTemplate | null = null;
  private type = 0;
  private frame = NO_FRAME;
  private at = Number.NaN;

  constructor(
    private readonly stacks: LateStacks,
    private readonly repairs: SpeedscopeRepairs,
  ) {}

  /** Reads the array that the window stands before. */
  read(window: JsonWindow): void {
    const { scanner } = window;
    window.peek();
    window.attempt(() => scanner.enterArray('an array of events'));
    for (let first = true; ; first = false) {
      window.peek();
      if (!window.attempt(() => scanner.element(first))) {
        return;
      }
      window.peek();
      if (this.template !== null) {
        this.readByTemplate(scanner, this.template);
      }
      window.attempt(() => this.readEvent(scanner));
      this.apply(this.type, this.frame, this.at);
    }
  }

  private readEvent(scanner: JsonScanner): void {
    const begin = scanner.pos;
    this.type = 0;
    this.frame = NO_FRAME;
    this.at = Number.NaN;
    scanner.enterObject('an event');
    for (
      let member = scanner.member(FIRST, eventMembers);
      member !== END;
      member = scanner.member(member, eventMembers)
    ) {
      if (member === 0) {
        this.type = (scanner.textOrNull() ?? '').charCodeAt(0);
      } else if (member === 1) {
        this.frame = frameIndex(scanner.numberOrNull());
      } else if (member === 2) {
        this.at = scanner.numberOrNull() ?? Number.NaN;
      } else {
        scanner.skip();
      }
    }
    this.template ??= EventTemplate.of(scanner.bytes.subarray(begin, scanner.pos));
  }

  /** Takes events that are written as the first one was, with their commas, as long as they end well in the window. */
  private readByTemplate(scanner: JsonScanner, template: EventTemplate): void {
    let count = template.read(scanner.bytes, scanner.pos);
    while (count > 0) {
      this.applyAll(template, count);
      scanner.pos = template.pos;
      count = template.read(scanner.bytes, scanner.pos);
    }
  }

  /** As `apply`, for many, most of which need no repair. */
  private applyAll({ type, frame, at }: EventTemplate, count: number): void {
    const { stacks, rows } = this;
    rows.reserve(count);
    for (let i = 0; i < count; i++) {
      const time = at[i];
      const { top, last } = this;
      const plain = time >= last && top >= 0;
      const child = plain && type[i] === OPEN ? this.lastChild[top + 1] - 1 : -1;
      if (child >= 0 && stacks.frame(child) === frame[i]) {
        this.top = child;
      } else if (plain && type[i] === CLOSE && stacks.frame(top) === frame[i]) {
        this.top = stacks.prefix(top);
      } else {
        this.apply(type[i], frameIndex(frame[i]), time);
        continue;
      }
      if (time > last) {
        rows.put(top, last, time - last);
        this.last = time;
      }
    }
  }

  private apply(type: number, frame: number, at: number): void {
    if ((type !== OPEN && type !== CLOSE) || !Number.isFinite(at)) {
      this.repairs.ends++;
      return;
    }
    if (at > this.last) {
      if (this.top >= 0) {
        this.rows.add(this.top, this.last, at - this.last);
      } else if (Number.isNaN(this.first)) {
        this.first = at;
      }
      this.last = at;
    } else if (at < this.last) {
      this.repairs.backwards++;
    }
    const { stacks } = this;
    if (type === OPEN) {
      const child = this.lastChild[this.top + 1] - 1;
      if (child >= 0 && stacks.frame(child) === frame) {
        this.top = child;
      } else {
        this.open(frame);
      }
    } else if (this.top >= 0 && stacks.frame(this.top) === frame) {
      this.top = stacks.prefix(this.top);
    } else {
      this.closeBelow(frame);
    }
  }

  private open(frame: number): void {
    const child = this.stacks.stack(this.top, frame);
    this.lastChild = growInt32(this.lastChild, this.stacks.length + 1);
    this.lastChild[this.top + 1] = child + 1;
    this.top = child;
  }

  /** Ends a frame that is not the innermost one. */
  private closeBelow(frame: number): void {
    const { stacks } = this;
    let below = this.top;
    let closed = 0;
    while (below >= 0 && stacks.frame(below) !== frame) {
      below = stacks.prefix(below);
      closed++;
    }
    if (below < 0) {
      this.repairs.ends++;
    } else {
      this.repairs.closed += closed;
      this.top = stacks.prefix(below);
    }
  }

  /** Ends what is open. @param end the profile's `endValue`, NaN where it has none */
  finish(end: number): void {
    for (let stack = this.top; stack >= 0; stack = this.stacks.prefix(stack)) {
      this.repairs.open++;
    }
    if (this.top >= 0 && end > this.last) {
      this.rows.add(this.top, this.last, end - this.last);
    }
  }
}
