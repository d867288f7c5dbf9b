import type { SampleType } from '../../profile/profile';
import { DecodeError } from '../decodeError';

/** More kinds of events than any tool counts: such a line is no list of events. */
const MOST_EVENTS = 64;

/** An event that is counted, or computed from counted ones. */
export interface CallgrindEvent extends SampleType {
  readonly source: string;
  /** What to multiply the file's numbers by, to be in `unit`. */
  readonly factor: number;
  /** Coefficients of counted events (by index); null for a counted one. */
  readonly sum: ReadonlyMap<number, number> | null;
}

/** The events of a file's parts, by name: counted ones first, then those that `event:` lines define by a formula. */
export class CallgrindEvents {
  private readonly counted: CallgrindEvent[] = [];
  private readonly indices = new Map<string, number>();
  private readonly formulas = new Map<string, string>();

  /** Number of counted events. */
  get length(): number {
    return this.counted.length;
  }

  /**
   * Takes an `events:` line.
   * @param creator what the file says about its writer, '' where it does not
   * @returns index of each column's event
   * @throws DecodeError where there are none, or too many
   */
  addList(list: string, creator: string, line: number): number[] {
    const names = list.split(/\s+/).filter((name) => name !== '');
    if (names.length === 0 || names.length > MOST_EVENTS || this.length + names.length > 2 * MOST_EVENTS) {
      throw new DecodeError(
        `Expected the names of 1 to ${MOST_EVENTS} events after "events:", but there are ${names.length}`,
        `line ${line}`,
      );
    }
    return names.map((name) => {
      let index = this.indices.get(name);
      if (index === undefined) {
        index = this.counted.length;
        this.indices.set(name, index);
        this.counted.push({ ...readName(name, creator), source: name, sum: null });
      }
      return index;
    });
  }

  /** Takes an `event:` line, `name = formula : long name` or without the formula. */
  addDefinition(text: string): void {
    const [definition] = text.split(':');
    const equals = definition.indexOf('=');
    if (equals > 0 && this.formulas.size < MOST_EVENTS) {
      this.formulas.set(definition.slice(0, equals).trim(), definition.slice(equals + 1).trim());
    }
  }

  /** All events, counted ones first; formulas of unknown events are left out. */
  all(): CallgrindEvent[] {
    const events = this.counted.slice();
    const sums = new Map<string, ReadonlyMap<number, number>>();
    for (const [name, formula] of this.formulas) {
      const sum = this.indices.has(name) ? null : this.readFormula(formula, sums);
      if (sum !== null) {
        sums.set(name, sum);
        events.push({ type: name, unit: 'count', factor: 1, source: name, sum });
      }
    }
    return events;
  }

  /** `Ir + 10 Bm + 5*I1m`: names with coefficients; earlier formulas may be used. */
  private readFormula(
    formula: string,
    known: ReadonlyMap<string, ReadonlyMap<number, number>>,
  ): ReadonlyMap<number, number> | null {
    const sum = new Map<number, number>();
    for (const term of formula.split('+')) {
      const match = /^\s*(?:(\d{1,9}(?:\.\d{1,9})?)\s*\*?\s*)?([A-Za-z_]\w*)\s*$/.exec(term);
      const index = match === null ? undefined : this.indices.get(match[2]);
      const parts = index !== undefined ? new Map([[index, 1]]) : match === null ? undefined : known.get(match[2]);
      if (match === null || parts === undefined) {
        return null;
      }
      const coefficient = match[1] === undefined ? 1 : Number(match[1]);
      for (const [event, factor] of parts) {
        sum.set(event, Math.min(1e18, (sum.get(event) ?? 0) + coefficient * factor));
      }
    }
    return sum;
  }
}

const units: Readonly<Record<string, readonly [unit: string, factor: number]>> = {
  ns: ['nanoseconds', 1],
  nanoseconds: ['nanoseconds', 1],
  us: ['nanoseconds', 1000],
  µs: ['nanoseconds', 1000],
  microseconds: ['nanoseconds', 1000],
  ms: ['nanoseconds', 1e6],
  milliseconds: ['nanoseconds', 1e6],
  s: ['nanoseconds', 1e9],
  seconds: ['nanoseconds', 1e9],
  bytes: ['bytes', 1],
  B: ['bytes', 1],
  kB: ['bytes', 1000],
  KB: ['bytes', 1024],
  MB: ['bytes', 1024 * 1024],
  GB: ['bytes', 1024 * 1024 * 1024],
  count: ['count', 1],
};

/**
 * Reads an event's name: Xdebug writes `Time_(10ns)` and `Memory_(bytes)`, until 2.6 `Time` in microseconds;
 * `go tool pprof -callgrind` writes `cpu(ms)`; sampling profilers write `Samples`.
 */
function readName(name: string, creator: string): SampleType & { factor: number } {
  const match = /^(.+?)_?\((\d{0,6})(\p{L}+)\)$/u.exec(name);
  const unit = match === null ? undefined : units[match[3].normalize('NFKC').replace('μ', 'µ')];
  if (match !== null && unit !== undefined) {
    return { type: match[1], unit: unit[0], factor: unit[1] * (match[2] === '' ? 1 : Number(match[2])) };
  }
  const php = /^xdebug (\d{1,4})/.exec(creator);
  if (name === 'Time' && (php !== null || creator.startsWith('tideways'))) {
    return { type: name, unit: 'nanoseconds', factor: Number(php?.[1] ?? 2) >= 3 ? 10 : 1000 };
  }
  if (/^(Peak)?Memory$/i.test(name)) {
    return { type: name, unit: 'bytes', factor: 1 };
  }
  return { type: /^samples?$/i.test(name) ? 'samples' : name, unit: 'count', factor: 1 };
}
