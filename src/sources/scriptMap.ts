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
/** Characters of a source's text: longer ones are generated, and no editor shows them well. */
const MAX_TEXT = 8 * 1024 * 1024;

/** The source map of one script. Positions given and answered are 1-based. */
export class ScriptMap {
  private readonly lines: readonly (readonly Segment[])[];
  private readonly sources: readonly (string | null)[];
  private readonly names: readonly string[];
  private readonly texts: ReadonlySet<string>;
  private readonly ofOneSource = new Map<number, boolean>();

  /**
   * @param text the map's JSON, also an index map with `sections`
   * @param address where the map is: its sources are relative to that
   * @throws Error where it is not a source map
   */
  constructor(text: string, address: string) {
    const trace = parseMap(text);
    this.lines = decodedMappings(trace) as readonly (readonly Segment[])[];
    this.names = trace.names;
    this.sources = sourcesOf(trace, address);
    // The texts themselves are most of a map: they are read again when one is wanted.
    this.texts = new Set(
      this.sources.filter((source, i): source is string => source !== null && textAt(trace, i) !== null),
    );
  }

  /** Whether the map has the text of an original source, named as places name it. */
  hasText(file: string): boolean {
    return this.texts.has(file);
  }

  /** The only original source; null where there are several. */
  get onlySource(): string | null {
    return this.sources.length === 1 ? this.sources[0] : null;
  }

  /** Whether all mappings of a line are into the same source. */
  isOfOneSource(line: number): boolean {
    let one = this.ofOneSource.get(line);
    if (one === undefined) {
      const mapped = (this.lines[line - 1] ?? []).filter((segment) => segment.length >= 4);
      one = mapped.every((segment) => this.sources[segment[1]] === this.sources[mapped[0][1]]);
      this.ofOneSource.set(line, one);
    }
    return one;
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

  /**
   * The place of a whole line: that of its first mapping. esbuild covers the start of a line that it has no mapping for
   * (`else`, a property of an object) by repeating the mapping before it: that says nothing of the line, where it has others.
   */
  placeOfLine(line: number): SourcePlace | null {
    const segments = this.lines[line - 1] ?? [];
    const next = segments[1];
    return this.repeatsMappingBefore(line) && next !== undefined && next.length >= 4
      ? this.placeFrom(line, next[0] + 1)
      : this.placeFrom(line, 1);
  }

  private repeatsMappingBefore(line: number): boolean {
    const first = this.lines[line - 1]?.[0];
    const before = this.lines[line - 2]?.at(-1);
    return (
      first !== undefined &&
      before !== undefined &&
      first[0] === 0 &&
      first.length >= 4 &&
      [1, 2, 3].every((part) => first[part] === before[part])
    );
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

/**
 * The text of an original source that a map has; null where it has none, or one that is too long to be shown.
 * @param text the map's JSON
 * @param address where the map is
 * @param file as places of that map name it
 * @throws Error where it is not a source map
 */
export function embeddedText(text: string, address: string, file: string): string | null {
  const trace = parseMap(text);
  const index = sourcesOf(trace, address).findIndex((source, i) => source === file && textAt(trace, i) !== null);
  return index < 0 ? null : textAt(trace, index);
}

function parseMap(text: string): TraceMap {
  // Servers may guard JSON with this prefix (ECMA-426, "ParseSourceMap").
  const map: unknown = JSON.parse(text.startsWith(")]}'") ? text.slice(text.indexOf('\n') + 1) : text);
  if (typeof map !== 'object' || map === null || !('mappings' in map || 'sections' in map)) {
    throw new Error('not a source map');
  }
  return new FlattenMap(map as ConstructorParameters<typeof FlattenMap>[0]);
}

function sourcesOf(trace: TraceMap, address: string): (string | null)[] {
  return trace.resolvedSources.map((source, i) =>
    // A source that the map leaves out (null) resolves to nothing but the root.
    typeof source === 'string' && trace.sources[i] !== null ? resolveAddress(source, address) : null,
  );
}

function textAt({ sourcesContent }: TraceMap, index: number): string | null {
  // A map may be anything.
  const text: unknown = Array.isArray(sourcesContent) ? sourcesContent[index] : null;
  return typeof text === 'string' && text.length <= MAX_TEXT ? text : null;
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
