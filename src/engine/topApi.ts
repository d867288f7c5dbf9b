import type { FilterTerm } from '../analysis/viewSpec';
import type { SampleType } from '../profile/profile';

export interface TopParams {
  profile: number;
  by: 'function' | 'line' | 'file';
  sort: 'self' | 'total';
  /** Name of the sample type; null for the profile's default. */
  type: string | null;
  limit: number;
  /** Samples must pass all of these; by default all do. */
  filter?: readonly FilterTerm[];
}

/** What `emberline top --json` prints. */
export interface TopResult {
  profile: {
    formats: string[];
    sampleTypes: SampleType[];
    sampleType: string;
    unit: string;
    total: number;
    samples: number;
    durationMs: number | null;
  };
  rows: TopRow[];
}

export interface TopRow {
  name: string;
  file: string | null;
  line: number | null;
  self: number;
  total: number;
}
