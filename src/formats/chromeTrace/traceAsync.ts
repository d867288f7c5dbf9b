import { PairTable } from '../../profile/tupleTables';
import { nestingOrder, SpanColumns } from './spanNesting';
import type { TraceEvent } from './traceEvent';
import { BEGIN, END_OF_SPAN, type SpanRepairs, TraceSpans } from './traceSpans';
import type { TraceProcess, TraceThreads } from './traceThreads';

/** Spans that overlap without nesting are shown side by side on as many tracks; more of them are left out. */
const MOST_LANES = 64;

/** One process's asynchronous spans, side by side where they overlap. */
export interface AsyncTracks {
  readonly process: TraceProcess;
  readonly spans: SpanColumns;
  /** Rows of each track, in the order in which they nest. */
  readonly lanes: Int32Array[];
}

/**
 * Asynchronous events (`b`/`e`, and the older `S`/`F`): spans that belong to no thread. Events with the same category
 * and id (of the process, where it is local) nest.
 */
export class TraceAsync {
  private readonly spans = new TraceSpans();
  private readonly keys = new PairTable();
  private readonly scopes = new PairTable();
  private readonly processIndex = new Map<TraceProcess, number>();
  /** Process of each key, by its first event. */
  private readonly processOfKey: TraceProcess[] = [];
  /** Spans that found no track. */
  crowded = 0;

  constructor(private readonly threads: TraceThreads) {}

  get length(): number {
    return this.spans.length;
  }

  earliest(): number {
    return this.spans.earliest();
  }

  latest(): number {
    return this.spans.latest();
  }

  add(event: TraceEvent, begin: boolean, frame: number): void {
    const process = this.threads.process(event.pid);
    let index = this.processIndex.get(process);
    if (index === undefined) {
      index = this.processIndex.size;
      this.processIndex.set(process, index);
    }
    const scope = this.scopes.intern(event.cat, event.idLocal ? index : -1);
    const key = this.keys.intern(event.id, scope);
    this.processOfKey[key] ??= process;
    this.spans.add(key, begin ? BEGIN : END_OF_SPAN, frame, event.name, event.ts, Number.NaN);
  }

  /** @param end where spans without an end have theirs */
  finish(end: number, repairs: SpanRepairs): AsyncTracks[] {
    const ofProcess = new Map<TraceProcess, SpanColumns>();
    this.spans.forEachGroup(this.keys.length, end, repairs, (key, spans) => {
      const process = this.processOfKey[key];
      let all = ofProcess.get(process);
      if (all === undefined) {
        all = new SpanColumns();
        ofProcess.set(process, all);
      }
      for (let row = 0; row < spans.length; row++) {
        all.add(spans.start[row], spans.end[row], spans.frame[row]);
      }
    });
    return [...ofProcess].map(([process, spans]) => ({ process, spans, lanes: this.layOutLanes(spans) }));
  }

  /** Puts each span on the first track where it nests or follows. */
  private layOutLanes(spans: SpanColumns): Int32Array[] {
    const order = nestingOrder(spans, false);
    const lane = new Uint8Array(spans.length);
    const open: number[][] = [];
    const counts: number[] = [];
    for (let i = 0; i < spans.length; i++) {
      const row = order === null ? i : order[i];
      let at = 0;
      for (; at < open.length; at++) {
        const ends = open[at];
        while (ends.length > 0 && ends[ends.length - 1] <= spans.start[row]) {
          ends.pop();
        }
        if (ends.length === 0 || ends[ends.length - 1] >= spans.end[row]) {
          break;
        }
      }
      if (at === MOST_LANES) {
        this.crowded++;
        lane[row] = 255;
        continue;
      }
      if (at === open.length) {
        open.push([]);
        counts.push(0);
      }
      open[at].push(spans.end[row]);
      counts[at]++;
      lane[row] = at;
    }
    const lanes = counts.map((count) => new Int32Array(count));
    counts.fill(0);
    for (let i = 0; i < spans.length; i++) {
      const row = order === null ? i : order[i];
      if (lane[row] < 255) {
        lanes[lane[row]][counts[lane[row]]++] = row;
      }
    }
    return lanes;
  }
}
