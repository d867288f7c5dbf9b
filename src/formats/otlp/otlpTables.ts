/** A value of an attribute: text, a number (64-bit integers as the nearest), or null for what is neither. */
export type OtlpValue = string | number | null;

export interface OtlpAttribute {
  readonly key: string;
  readonly value: OtlpValue;
  readonly unit: string;
}

/**
 * What samples refer to, the same for all versions of the protocol: the tables of the dictionary (or, up to version 1.6,
 * of each profile). Indices are the file's own and unchecked.
 */
export class OtlpTables {
  strings: string[] = [];
  readonly functionName: number[] = [];
  readonly functionFile: number[] = [];
  readonly functionLine: number[] = [];
  readonly mappingStart: number[] = [];
  readonly mappingLimit: number[] = [];
  readonly mappingOffset: number[] = [];
  readonly mappingFile: number[] = [];
  readonly locationMapping: number[] = [];
  readonly locationAddress: number[] = [];
  readonly locationAttributes: (readonly number[])[] = [];
  /** Lines of location `i`, innermost first: `locationLines[i]` to `locationLines[i + 1]`. */
  readonly locationLines: number[] = [0];
  readonly lineFunction: number[] = [];
  readonly line: number[] = [];
  /** Locations of stack `i`, innermost first: `stackLocations[i]` to `stackLocations[i + 1]` of `stackLocation`. */
  readonly stackLocations: number[] = [0];
  readonly stackLocation: number[] = [];
  readonly attributes: OtlpAttribute[] = [];
  /** Trace and span of a link, as hexadecimal text. */
  readonly links: { trace: string; span: string }[] = [];

  string(index: number): string {
    return this.strings[index] ?? '';
  }
}

/** One sample as read, to be used before the next is read into the same arrays. */
export interface OtlpSample {
  /** Index into the stack table; -1 in versions that have `locations`. */
  stack: number;
  /** Location indices, innermost first (versions up to 1.7). */
  locations: number[];
  values: number[];
  /** Nanoseconds since the profile's start. */
  times: number[];
  attributes: number[];
  link: number;
}

export function newOtlpSample(): OtlpSample {
  return { stack: -1, locations: [], values: [], times: [], attributes: [], link: 0 };
}

/** The earliest of times in nanoseconds since the epoch; 0 where none is known. */
export function earliest(times: readonly bigint[]): bigint {
  let found = 0n;
  for (const time of times) if (time > 0n && (found === 0n || time < found)) found = time;
  return found;
}
