/** A line of what a benchmark found. */
export interface BenchRow {
  what: string;
  value: number;
  /** Such as `× JSON.parse`, `ms`, `kB`. */
  unit: string;
  /** The largest value allowed; null where the row only informs. */
  limit: number | null;
}

/** What a `test/bench/*.bench.ts` exports: `npm run bench` runs them all, one after the other. */
export interface Bench {
  readonly name: string;
  run(): Promise<{ rows: BenchRow[] }>;
}
