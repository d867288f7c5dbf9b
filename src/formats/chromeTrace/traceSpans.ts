import { growFloat64, growInt32, growUint8 } from '../../profile/growColumn';
import { stableOrder } from '../../profile/stableOrder';
import { nestingOrder, SpanColumns } from './spanNesting';

/** Kinds of rows. */
export const BEGIN = 0;
export const END_OF_SPAN = 1;
export const COMPLETE = 2;

/** What was missing in a trace's spans, counted. */
export interface SpanRepairs {
  /** Spans that do not end in the file: they last to the end of their thread. */
  open: number;
  /** Ends without a beginning. */
  ends: number;
  /** Spans that another's end closed. */
  closed: number;
  /** Spans cut where the one around them ends. */
  cut: number;
}

/** Begin, end and complete events of groups (threads, or asynchronous tracks), as columns. Times in microseconds. */
export class TraceSpans {
  length = 0;
  private group: Int32Array = new Int32Array(64);
  private kind: Uint8Array = new Uint8Array(64);
  private frame: Int32Array = new Int32Array(64);
  /** String index of the event's name, which an end finds its beginning by; -1 for none. */
  private name: Int32Array = new Int32Array(64);
  private ts: Float64Array = new Float64Array(64);
  /** NaN where a complete event has none. */
  private dur: Float64Array = new Float64Array(64);

  add(group: number, kind: number, frame: number, name: number, ts: number, dur: number): void {
    const row = this.length++;
    if (row === this.group.length) {
      this.group = growInt32(this.group, row + 1);
      this.kind = growUint8(this.kind, row + 1);
      this.frame = growInt32(this.frame, row + 1);
      this.name = growInt32(this.name, row + 1);
      this.ts = growFloat64(this.ts, row + 1);
      this.dur = growFloat64(this.dur, row + 1);
    }
    this.group[row] = group;
    this.kind[row] = kind;
    this.frame[row] = frame;
    this.name[row] = name;
    this.ts[row] = ts;
    this.dur[row] = dur;
  }

  /** Earliest time, Infinity for none. */
  earliest(): number {
    let earliest = Number.POSITIVE_INFINITY;
    for (let row = 0; row < this.length; row++) {
      earliest = Math.min(earliest, this.ts[row]);
    }
    return earliest;
  }

  /** Latest time, -Infinity for none. */
  latest(): number {
    let latest = Number.NEGATIVE_INFINITY;
    for (let row = 0; row < this.length; row++) {
      latest = Math.max(latest, this.endOf(row));
    }
    return latest;
  }

  private endOf(row: number): number {
    const dur = this.kind[row] === COMPLETE ? this.dur[row] : 0;
    return dur > 0 ? this.ts[row] + dur : this.ts[row];
  }

  /**
   * Calls `visit` with the spans of each group that has any, and the order in which they nest (see `nestingOrder`).
   * @param groups number of groups
   * @param end where spans without an end have theirs; null for the latest time of their group
   */
  forEachGroup(
    groups: number,
    end: number | null,
    repairs: SpanRepairs,
    visit: (group: number, spans: SpanColumns, order: Int32Array | null) => void,
  ): void {
    // Rows by group, each group's as they came.
    const offset = new Int32Array(groups + 1);
    for (let row = 0; row < this.length; row++) {
      offset[this.group[row] + 1]++;
    }
    for (let group = 0; group < groups; group++) {
      offset[group + 1] += offset[group];
    }
    const rows = new Int32Array(this.length);
    const fill = offset.slice(0, groups);
    for (let row = 0; row < this.length; row++) {
      rows[fill[this.group[row]]++] = row;
    }
    for (let group = 0; group < groups; group++) {
      if (offset[group] < offset[group + 1]) {
        const own = rows.subarray(offset[group], offset[group + 1]);
        const atEnd = this.writtenAtEnd(own);
        const spans = this.pair(this.inTimeOrder(own), end, repairs);
        if (spans.length > 0) {
          visit(group, spans, nestingOrder(spans, atEnd));
        }
      }
    }
  }

  private inTimeOrder(rows: Int32Array): Int32Array {
    const ts = new Float64Array(rows.length);
    for (let i = 0; i < rows.length; i++) {
      ts[i] = this.ts[rows[i]];
    }
    return stableOrder(ts)?.map((at) => rows[at]) ?? rows;
  }

  /** Whether complete events stand in the order of their ends: of two equal ones the later is around the earlier. */
  private writtenAtEnd(rows: Int32Array): boolean {
    let descends = false;
    for (let i = 1; i < rows.length; i++) {
      if (this.kind[rows[i]] !== COMPLETE || this.endOf(rows[i]) < this.endOf(rows[i - 1])) {
        return false;
      }
      descends ||= this.ts[rows[i]] < this.ts[rows[i - 1]];
    }
    return descends;
  }

  /** The spans of a group's rows, which are in the order of time. */
  private pair(rows: Int32Array, end: number | null, repairs: SpanRepairs): SpanColumns {
    const spans = new SpanColumns();
    const open: number[] = [];
    const openName: number[] = [];
    const names = new Counts();
    let last = end ?? Number.NEGATIVE_INFINITY;
    // Names of spans that another's end closed, and when: their own ends may follow at the same time.
    let closedAt = Number.NaN;
    let closed = new Counts();
    for (const row of rows) {
      const kind = this.kind[row];
      const ts = this.ts[row];
      const name = this.name[row];
      last = Math.max(last, this.endOf(row));
      if (kind === COMPLETE) {
        spans.add(ts, Number.isNaN(this.dur[row]) ? Number.POSITIVE_INFINITY : this.endOf(row), this.frame[row]);
      } else if (kind === BEGIN) {
        open.push(spans.add(ts, Number.POSITIVE_INFINITY, this.frame[row]));
        openName.push(name);
        names.add(name, 1);
      } else if (name < 0 ? open.length > 0 : names.has(name)) {
        if (closedAt !== ts) {
          closedAt = ts;
          closed = new Counts();
        }
        // An end without a name is the innermost span's.
        for (let own = false; !own; ) {
          const inner = openName.pop() ?? -1;
          spans.end[open.pop() ?? 0] = ts;
          names.add(inner, -1);
          own = name < 0 || inner === name;
          if (!own) {
            closed.add(inner, 1);
            repairs.closed++;
          }
        }
      } else if (closedAt === ts && closed.has(name)) {
        closed.add(name, -1);
        repairs.closed--;
      } else {
        repairs.ends++;
      }
    }
    for (let row = 0; row < spans.length; row++) {
      if (spans.end[row] === Number.POSITIVE_INFINITY) {
        spans.end[row] = last;
        repairs.open++;
      }
    }
    return spans;
  }
}

/** How many there are of each name. */
class Counts {
  private readonly counts = new Map<number, number>();

  add(name: number, count: number): void {
    this.counts.set(name, (this.counts.get(name) ?? 0) + count);
  }

  has(name: number): boolean {
    return (this.counts.get(name) ?? 0) > 0;
  }
}
