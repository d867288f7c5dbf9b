import { decodedMappings, FlattenMap, type TraceMap } from '@jridgewell/trace-mapping';
import { resolveAddress } from './sourceMapUrl';

/** A position in an original source. */
export interface SourcePlace {
  /** Absolute path where the source is a local file, else as the map names it (`webpack://app/./src/a.ts`). */
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  readonly column: number;
}

/** `[generated column, source, original line, original column, name]`, 0-based; shorter where it maps to nothing. */
type Segment = readonly number[];

const MAX_POSITION = 0x7fffffff;

/** The source map of one script. Positions given and answered are 1-based. */
export class ScriptMap {
  private readonly lines: readonly (readonly Segment[])[];
  private readonly sources: readonly (string | null)[];
  private readonly names: readonly string[];

  /**
   * @param text the map's JSON, also an index map with `sections`
   * @param address where the map is: its sources are relative to that
   * @throws Error where it is not a source map
   */
  constructor(text: string, address: string) {
    // Servers may guard JSON with this prefix (ECMA-426, "ParseSourceMap").
    const map: unknown = JSON.parse(text.startsWith(")]}'") ? text.slice(text.indexOf('\n') + 1) : text);
    if (typeof map !== 'object' || map === null || !('mappings' in map || 'sections' in map)) {
      throw new Error('not a source map');
    }
    const trace: TraceMap = new FlattenMap(map as ConstructorParameters<typeof FlattenMap>[0]);
    this.lines = decodedMappings(trace) as readonly (readonly Segment[])[];
    this.names = trace.names;
    this.sources = trace.resolvedSources.map((source, i) =>
      // A source that the map leaves out (null) resolves to nothing but the root.
      typeof source === 'string' && trace.sources[i] !== null ? resolveAddress(source, address) : null,
    );
  }

  /** The only original source; null where there are several. */
  get onlySource(): string | null {
    return this.sources.length === 1 ? this.sources[0] : null;
  }

  /** The place of the closest mapping at or before a column of the same line; after it where there is none before. */
  placeAt(line: number, column: number): SourcePlace | null {
    const segments = this.lines[line - 1];
    if (!segments) {
      return null;
    }
    const after = firstAfter(segments, column - 1);
    return (after > 0 ? this.toPlace(segments[after - 1]) : null) ?? this.placeFrom(line, column);
  }

  /** The place of the first mapping of a line at or after a column. */
  placeFrom(line: number, column: number): SourcePlace | null {
    const segments = this.lines[line - 1] ?? [];
    // Runs of segments without a source are short; the bound only guards against maps made to be slow.
    const start = firstAfter(segments, column - 2);
    for (let i = start; i < Math.min(segments.length, start + 64); i++) {
      const place = this.toPlace(segments[i]);
      if (place) {
        return place;
      }
    }
    return null;
  }

  /** The original name of the identifier that starts exactly there, null where the map has none. */
  nameAt(line: number, column: number): string | null {
    const segments = this.lines[line - 1] ?? [];
    const segment = segments[firstAfter(segments, column - 1) - 1];
    if (segment?.length !== 5 || segment[0] !== column - 1) {
      return null;
    }
    const name = this.names[segment[4]];
    return typeof name === 'string' && name !== '' ? name : null;
  }

  private toPlace(segment: Segment): SourcePlace | null {
    if (segment.length < 4) {
      return null;
    }
    const file = this.sources[segment[1]];
    const line = segment[2] + 1;
    const column = segment[3] + 1;
    const sane = line >= 1 && line < MAX_POSITION && column >= 1 && column < MAX_POSITION;
    return typeof file === 'string' && file !== '' && sane ? { file, line, column } : null;
  }
}

/** Index of the first segment whose generated column is greater than `column` (0-based). */
function firstAfter(segments: readonly Segment[], column: number): number {
  let low = 0;
  let high = segments.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (segments[middle][0] > column) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}
