/** Which part of a profile a query is about. */
export interface ViewSpec {
  /** Index into `Profile.sampleTypes`. */
  readonly sampleType: number;
  /** Index into `Profile.threads`, or null for all of them. */
  readonly thread: number | null;
}

/** `leftHeavy`: equal stacks merged, heaviest first. `timeOrder`: a flame chart, left to right as it happened. */
export type FlameOrder = 'leftHeavy' | 'timeOrder';
