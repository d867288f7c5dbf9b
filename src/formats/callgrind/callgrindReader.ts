import type { Profile, Thread } from '../../profile/profile';
import { ProfileBuilder, type SampleBlock } from '../../profile/profileBuilder';
import { DecodeError } from '../decodeError';
import type { DecodeContext } from '../format';
import { CallgrindCosts } from './callgrindCosts';
import { type CallgrindEvent, CallgrindEvents } from './callgrindEvents';
import { CallgrindInvocations } from './callgrindInvocations';
import { CallgrindLine, type Subposition } from './callgrindLine';
import { CallgrindNames } from './callgrindNames';

/** More unreadable lines than this share of all: it is no callgrind file. */
const TOLERATED = 0.2;
const MOST_THREADS = 10_000;

interface ThreadCosts {
  readonly thread: number;
  readonly costs: CallgrindCosts;
  readonly invocations: CallgrindInvocations;
}

/** Takes a callgrind file line by line: https://valgrind.org/docs/manual/cl-format.html */
export class CallgrindReader {
  private readonly builder = new ProfileBuilder();
  private readonly names = new CallgrindNames(this.builder);
  private readonly events = new CallgrindEvents();
  private readonly cost = new CallgrindLine();
  private readonly decoder = new TextDecoder();
  private readonly threads = new Map<string, ThreadCosts>();
  private current: ThreadCosts | null = null;

  // Header of the part at hand.
  private inBody = false;
  private creator = '';
  private command = '';
  private pid = '';
  private threadId = '';
  private columns: number[] = [];
  private whole = false;
  private totals: Float64Array | null = new Float64Array(0);

  // Position of the costs at hand: string indices, -1 where unknown.
  private file = 0;
  private object = -1;
  private node = -1;
  /** File of an inlined part of the node's function, -1 in its own. */
  private inlinedFile = -1;
  // The next call.
  private calledFile = -1;
  private calledObject = -1;
  private called = -1;
  private calls = 0;

  private good = 0;
  private bad = 0;
  private firstBad = 0;

  /** Takes one line. */
  line(bytes: Uint8Array, start: number, stop: number, number: number): void {
    let from = start;
    while (from < stop && (bytes[from] === 32 || bytes[from] === 9)) {
      from++;
    }
    const first = from < stop ? bytes[from] : 35;
    if (first === 35) {
      return;
    }
    const isCost = (first >= 48 && first <= 57) || first === 42 || first === 43 || first === 45;
    if (
      isCost ? this.costLine(bytes, from, stop) : this.keyLine(this.decoder.decode(bytes.subarray(from, stop)), number)
    ) {
      this.good++;
    } else {
      this.bad++;
      this.firstBad ||= number;
    }
  }

  /** @throws DecodeError where after `lines` lines more than `share` of them are not callgrind's. */
  refuseForeign(lines: number, share: number): void {
    const all = this.good + this.bad;
    if (all >= lines && this.bad > all * share) {
      throw new DecodeError(
        'Expected a callgrind profile, lines such as "events: Ir", "fn=name" and "12 3400"',
        `line ${this.firstBad}`,
      );
    }
  }

  private costLine(bytes: Uint8Array, start: number, stop: number): boolean {
    const { cost, columns, names } = this;
    if (this.node < 0 || columns.length === 0 || !cost.read(bytes, start, stop)) {
      this.calls = 0;
      return false;
    }
    const thread = this.threadCosts();
    const inlined = this.inlinedFile >= 0;
    if (!cost.any && this.calls === 0 && thread.invocations.broken) {
      return true;
    }
    const base = inlined ? names.frame(this.node, 0) : -1;
    const frame = inlined
      ? names.inlined(this.node, this.inlinedFile, cost.line)
      : names.frame(this.node, this.isInternal() ? 0 : cost.line);
    if (this.calls === 0) {
      thread.invocations.self(frame, columns, cost.values);
      thread.costs.addSelf(this.node, base, frame, columns, cost.values);
      return true;
    }
    thread.invocations.call(frame, this.called, this.calls);
    thread.costs.addCall(this.node, base, frame, this.called, columns, cost.values);
    this.calls = 0;
    return true;
  }

  /** PHP's own functions have the line of their caller, but not its file. */
  private isInternal(): boolean {
    return this.builder.strings.text(this.names.fileOf(this.node)) === 'php:internal';
  }

  private keyLine(text: string, number: number): boolean {
    const match = /^([A-Za-z][A-Za-z ]{0,30}?)\s*([=:])\s*/.exec(text);
    if (match === null) {
      // Xdebug parts its appended profiles by such a line.
      return text.startsWith('====');
    }
    const value = text.slice(match[0].length).trimEnd();
    return match[2] === '='
      ? this.positionLine(match[1], value)
      : this.headerLine(match[1].toLowerCase(), value, number);
  }

  private positionLine(key: string, value: string): boolean {
    const { names } = this;
    switch (key) {
      case 'fl':
        this.file = names.read('file', value);
        return true;
      case 'fi':
      case 'fe':
        this.file = names.read('file', value);
        this.inlinedFile = this.node < 0 || this.file === names.fileOf(this.node) ? -1 : this.file;
        return true;
      case 'fn':
        this.inBody = true;
        this.calls = 0;
        this.node = names.node(names.read('function', value), this.file, this.object);
        this.inlinedFile = -1;
        this.threadCosts().invocations.begin(this.node);
        return true;
      case 'ob':
        this.object = names.read('object', value);
        return true;
      case 'cfi':
      case 'cfl':
        this.calledFile = names.read('file', value);
        return true;
      case 'cob':
        this.calledObject = names.read('object', value);
        return true;
      case 'cfn':
        this.called = names.node(
          names.read('function', value),
          this.calledFile < 0 ? this.file : this.calledFile,
          this.calledObject < 0 ? this.object : this.calledObject,
        );
        this.calledFile = -1;
        this.calledObject = -1;
        return true;
      case 'calls': {
        const count = Number.parseInt(value, 10);
        this.calls = this.called >= 0 && count >= 0 ? Math.max(1, count) : 0;
        return this.calls > 0;
      }
      case 'jfi':
        names.read('file', value);
        return true;
      case 'jfn':
        names.read('function', value);
        return true;
      case 'jump':
      case 'jcnd':
        return true;
      default:
        return false;
    }
  }

  private headerLine(key: string, value: string, number: number): boolean {
    switch (key) {
      case 'totals':
      case 'summary':
        this.takeTotals(key, value);
        return true;
      case 'version':
        this.beginPart();
        return true;
      case 'creator':
        this.beginPart();
        this.creator = value;
        this.names.setCreator(value);
        return true;
      case 'events':
        this.beginPart();
        this.columns = this.events.addList(value, this.creator, number);
        this.cost.reset(null, this.columns.length);
        return true;
      case 'positions':
        this.beginPart();
        this.cost.reset(
          value
            .split(/\s+/)
            .slice(0, 8)
            .map((name): Subposition => (name === 'line' ? 'line' : 'other')),
          null,
        );
        return true;
      case 'event':
        this.events.addDefinition(value);
        return true;
      case 'cmd':
        this.beginPart();
        this.command = value;
        return true;
      case 'pid':
        this.beginPart();
        this.pid = value;
        return true;
      case 'thread':
        this.beginPart();
        this.threadId = value;
        return true;
      case 'part':
      case 'desc':
      case 'target command':
        this.beginPart();
        return true;
      default:
        return !this.inBody;
    }
  }

  /** A header line after costs begins another part: one more dump, thread or run. */
  private beginPart(): void {
    if (!this.inBody) {
      return;
    }
    this.inBody = false;
    this.current?.invocations.endPart();
    this.current = null;
    this.addTotals();
    this.threadId = '';
    this.node = -1;
    this.called = -1;
    this.calls = 0;
    this.file = 0;
    this.object = -1;
    this.inlinedFile = -1;
    this.whole = false;
    this.cost.reset(null, null);
  }

  private partTotals: number[] | null = null;

  /** Valgrind's `totals:` and Xdebug's `summary:` are the last lines of a part. */
  private takeTotals(key: string, value: string): void {
    this.whole ||= this.inBody;
    if (key === 'totals') {
      this.partTotals = value.split(/\s+/).map(Number);
    }
  }

  /** Adds up what the parts say of themselves; null where one says nothing. */
  private addTotals(): void {
    const { partTotals } = this;
    if (partTotals === null || this.totals === null || partTotals.some((value) => !Number.isFinite(value))) {
      this.totals = null;
    } else {
      const sums = new Float64Array(this.events.length);
      sums.set(this.totals);
      this.columns.forEach((event, i) => {
        sums[event] += partTotals[i] ?? 0;
      });
      this.totals = sums;
    }
    this.partTotals = null;
  }

  private threadCosts(): ThreadCosts {
    if (this.current !== null) {
      return this.current;
    }
    const key = `${this.pid} ${this.threadId}`;
    let thread = this.threads.get(key);
    if (thread === undefined) {
      if (this.threads.size === MOST_THREADS) {
        throw new DecodeError(`Expected at most ${MOST_THREADS} threads in a callgrind profile`);
      }
      const id = (text: string): number | null => (/^\d{1,15}$/.test(text) ? Number(text) : null);
      const made: Thread = {
        name: this.threadId === '' ? '' : `thread ${this.threadId}`,
        process: this.command.slice(0, 1000) || null,
        pid: id(this.pid),
        tid: id(this.threadId),
      };
      const invocations = new CallgrindInvocations();
      thread = { thread: this.builder.addThread(made), costs: new CallgrindCosts(), invocations };
      this.threads.set(key, thread);
    }
    thread.invocations.broken ||= !this.creator.startsWith('xdebug');
    this.current = thread;
    return thread;
  }

  /** @throws DecodeError where there is nothing to show */
  finish(consumed: number, context: DecodeContext): Profile {
    if (consumed === 0) {
      throw new DecodeError('The file is empty: expected a callgrind profile');
    }
    this.refuseForeign(1, TOLERATED);
    if (this.events.length === 0) {
      throw new DecodeError('Expected a line "events:" with the names of what was counted, but there is none');
    }
    if (this.threads.size === 0) {
      throw new DecodeError('Expected functions, lines "fn=name", but there are none');
    }
    const { builder } = this;
    const notes: string[] = [];
    const counted = this.events.length;
    const sums = new Float64Array(counted);
    const blocks: SampleBlock[] = [];
    let negative = false;
    for (const { thread, costs, invocations } of this.threads.values()) {
      invocations.endPart();
      costs.totals(counted).forEach((total, event) => {
        sums[event] += total;
      });
      if (invocations.broken) {
        const result = costs.finish(builder, thread, this.names.length, counted, context);
        blocks.push(result.block);
        notes.push(...result.notes.filter((note) => !notes.includes(note)));
      } else {
        blocks.push(invocations.finish(builder, thread, counted));
        negative ||= costs.hasNegative;
      }
    }
    const events = this.events.all();
    for (const event of events) {
      builder.addSampleType(event.type, event.unit);
    }
    for (const block of blocks) {
      builder.addSamples({ ...block, values: events.map((event, i) => valuesOf(event, i, block.values)) });
    }
    this.addNotes(notes, sums, negative);
    return builder.finish({
      formats: ['callgrind'],
      durationMs: null,
      startTimeMs: null,
      defaultSampleType: Math.max(
        0,
        sums.findIndex((sum) => sum > 0),
      ),
      lines: 'call',
      notes,
    });
  }

  private addNotes(notes: string[], sums: Float64Array, negative: boolean): void {
    if (this.bad > 0) {
      notes.push(
        `${this.bad === 1 ? 'One line is' : `${this.bad} lines are`} unreadable and left out (the first is line ${this.firstBad}).`,
      );
    }
    if (negative) {
      notes.push('Some values are below zero: the functions freed memory of others.');
    }
    this.addTotals();
    const { totals } = this;
    if (!this.whole && /^(callgrind|xdebug)/.test(this.creator)) {
      notes.push('The file ends early, before its totals: what is whole is shown.');
    } else if (totals !== null) {
      const differs = sums.findIndex((sum, event) => sum !== (totals[event] ?? 0));
      if (differs >= 0) {
        const { source } = this.events.all()[differs];
        notes.push(`The file says that ${source} is ${totals[differs]} in all, but its costs sum to ${sums[differs]}.`);
      }
    }
  }
}

/** Values of an event in its unit: counted, or computed from counted ones. */
function valuesOf({ sum, factor }: CallgrindEvent, index: number, counted: readonly Float64Array[]): Float64Array {
  if (sum === null) {
    return factor === 1 ? counted[index] : counted[index].map((value) => value * factor);
  }
  const values = new Float64Array(counted[0].length);
  for (const [event, coefficient] of sum) {
    for (let row = 0; row < values.length; row++) {
      values[row] += coefficient * counted[event][row];
    }
  }
  return values;
}
