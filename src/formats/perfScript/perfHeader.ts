/** What the first line of a sample says: `comm pid/tid [cpu] time: period event: text`, each part optional. */
export interface PerfHeader {
  readonly comm: string;
  readonly pid: number | null;
  readonly tid: number | null;
  readonly cpu: number | null;
  /** Seconds, as the digits before and after the point; null where not written. */
  readonly seconds: number | null;
  readonly nanoseconds: number;
  /** Null where not written. */
  readonly period: number | null;
  /** With its modifiers, `cycles:ppp`; '' where not written. */
  readonly event: string;
  /** What follows: a tracepoint's fields, a frame, branches. */
  readonly rest: string;
}

const timePattern = /(?:^|\s)(\d{1,12})\.(\d{6}|\d{9}):(?:\s+|$)/;
const taskPattern = /^(?:(.*?)\s+)??(-?\d{1,10})(?:\/(-?\d{1,10}))?(?:\s+\[(\d{1,6})\])?(?:\s+[A-Za-z.]{1,6})?$/;
const eventPattern = /^(?:(\d{1,20})\s+)?(\S*[^\s\d:]\S*):(?:\s+|$)/;
/** Without a time, the event tells a header from other text. */
const untimedPattern =
  /^\s*(\S.*?\s+-?\d{1,10}(?:\/-?\d{1,10})?(?:\s+\[\d{1,6}\])?)\s+((?:\d{1,20}\s+)?[A-Za-z][\w\-./=,:]*:(?:\s.*)?)$/;

/** Reads a header line; null where it is none. */
export function readPerfHeader(text: string): PerfHeader | null {
  const time = timePattern.exec(text);
  if (time === null) {
    const untimed = untimedPattern.exec(text);
    return untimed === null ? null : assemble(untimed[1], null, 0, untimed[2]);
  }
  const left = text.slice(0, time.index).trim();
  const fraction = Number(time[2].padEnd(9, '0'));
  return assemble(left, Number(time[1]), fraction, text.slice(time.index + time[0].length));
}

function assemble(left: string, seconds: number | null, nanoseconds: number, right: string): PerfHeader | null {
  const task = taskPattern.exec(left);
  const event = eventPattern.exec(right);
  if (event === null && !/^\d{0,20}\s*$/.test(right) && !/^\s*[\da-f]{4,16} /.test(right)) {
    return null;
  }
  const first = task === null ? null : Number(task[2]);
  const second = task?.[3] === undefined ? null : Number(task[3]);
  const lonePeriod = event === null ? /^(\d{1,20})\s*$/.exec(right) : null;
  const period = event?.[1] ?? lonePeriod?.[1];
  return {
    comm: task === null ? left.replace(/\s+\[\d{1,6}\]$/, '') : (task[1] ?? '').trim(),
    // One number is the thread's.
    pid: second === null ? null : first,
    tid: second ?? first,
    cpu: task?.[4] === undefined ? null : Number(task[4]),
    seconds,
    nanoseconds,
    period: period === undefined ? null : Number(period),
    event: event?.[2] ?? '',
    rest: event === null ? (lonePeriod === null ? right : '') : right.slice(event[0].length),
  };
}
