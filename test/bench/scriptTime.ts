/** An entry of a Chromium trace (https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU). */
export interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  /** Microseconds. */
  readonly ts: number;
  readonly dur?: number;
  /** By the thread's own clock, which stands still while others have the processor. */
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

/** What runs script, or is paid for by it. Nested ones count once. */
const SCRIPT = new Set([
  'FunctionCall',
  'EvaluateScript',
  'EventDispatch',
  'FireAnimationFrame',
  'RunMicrotasks',
  'TimerFire',
  'HandlePostMessage',
  'MinorGC',
  'MajorGC',
]);

/**
 * Script time on the page's main thread for each frame that the page drew, in milliseconds: everything since the frame
 * before, its events, messages, timers, microtasks and garbage collection included. Processor time where the trace has
 * it: on a machine that others use too, wall-clock time measures them.
 */
export function scriptTimePerFrame(trace: { traceEvents: readonly TraceEvent[] }): number[] {
  const thread = mainThread(trace.traceEvents);
  const slices = trace.traceEvents
    .filter((event) => event.ph === 'X' && SCRIPT.has(event.name) && `${event.pid} ${event.tid}` === thread)
    .sort((a, b) => a.ts - b.ts || (b.dur ?? 0) - (a.dur ?? 0));
  const frames: number[] = [];
  let covered = 0;
  let spent = 0;
  for (let i = 0; i < slices.length; i++) {
    const slice = slices[i]!;
    // Slices nest: one that begins inside another is paid for there.
    if (slice.ts >= covered) {
      spent += slice.tdur ?? slice.dur ?? 0;
      covered = slice.ts + (slice.dur ?? 0);
    }
    if (slice.name !== 'FireAnimationFrame' || sameFrame(slices, i)) continue;
    frames.push(spent / 1000);
    spent = 0;
  }
  return frames;
}

/** Whether another callback of the same frame follows: they follow one another at once. */
function sameFrame(slices: readonly TraceEvent[], index: number): boolean {
  const { ts, dur = 0 } = slices[index]!;
  const next = slices.slice(index + 1, index + 5).find((slice) => slice.name === 'FireAnimationFrame');
  return next !== undefined && next.ts - (ts + dur) < 500;
}

/** The renderer thread that runs the most animation frames. */
function mainThread(events: readonly TraceEvent[]): string {
  const frames = new Map<string, number>();
  for (const { name, pid, tid } of events) {
    if (name === 'FireAnimationFrame') frames.set(`${pid} ${tid}`, (frames.get(`${pid} ${tid}`) ?? 0) + 1);
  }
  const [busiest] = [...frames].sort((a, b) => b[1] - a[1]);
  if (busiest === undefined) throw new Error('The trace has no animation frames.');
  return busiest[0];
}
