import { DecodeError } from '../decodeError';
import type { JfrReader } from './jfrReader';

/** A type as a chunk's metadata event declares it: of events, of constants or of values inside them. */
export interface JfrType {
  readonly id: number;
  /** `jdk.ExecutionSample`, `java.lang.Thread`, `int` … */
  readonly name: string;
  readonly isEvent: boolean;
  readonly fields: readonly JfrField[];
}

export interface JfrField {
  readonly name: string;
  readonly typeId: number;
  /** Whether a key of the type's constant pool stands in the place of the value. */
  readonly pooled: boolean;
  readonly array: boolean;
  /** Value of the annotation `jdk.jfr.Timestamp` or `jdk.jfr.Timespan`: `TICKS`, `NANOSECONDS` …; null without one. */
  readonly timeUnit: string | null;
}

export type JfrTypes = ReadonlyMap<number, JfrType>;

interface Element {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly Element[];
}

/** The tree of what the JDK writes is 5 deep and has some 10,000 elements. */
const DEEPEST = 32;
const MOST_ELEMENTS = 1_000_000;

/**
 * Reads metadata events: a table of strings, then a tree of elements that have attributes
 * (JDK: `jdk.jfr.internal.MetadataReader`, `MetadataDescriptor`). A recorder writes much the same one, of some 100 kB,
 * into each chunk: what is known already is not read again.
 */
export class JfrMetadata {
  private known: Uint8Array = new Uint8Array(0);
  private types: JfrTypes = new Map();
  private compressed = false;

  /**
   * @param reader at the event's first byte
   * @throws DecodeError where it cannot be read
   */
  read(reader: JfrReader): JfrTypes {
    const start = reader.pos;
    const size = reader.int();
    if (reader.number() !== 0) {
      throw new DecodeError('Expected a metadata event (type 0)', `byte ${start} of the chunk`);
    }
    // Start, duration, and an id of this version of the metadata.
    reader.long();
    reader.long();
    reader.long();
    const body = reader.bytes.subarray(reader.pos, Math.min(start + size, reader.end));
    if (body.length === 0 || this.compressed !== reader.compressed || !equal(body, this.known)) {
      this.types = readTypes(reader);
      this.known = body.slice();
      this.compressed = reader.compressed;
    }
    return this.types;
  }
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  let i = 0;
  while (i < a.length && a[i] === b[i]) {
    i++;
  }
  return i === a.length && a.length === b.length;
}

function readTypes(reader: JfrReader): JfrTypes {
  const strings: string[] = [];
  for (let left = reader.count(1); left > 0; left--) {
    strings.push(reader.string() ?? '');
  }
  const types = new Map<number, JfrType>();
  const elements = readElement(reader, strings, 0, { left: MOST_ELEMENTS }).children;
  const classes = elements.filter(({ name }) => name === 'metadata').flatMap(({ children }) => children);
  const names = new Map(classes.map(({ attributes }) => [Number(attributes.get('id')), attributes.get('name') ?? '']));
  for (const { name, attributes, children } of classes) {
    if (name === 'class') {
      const id = Number(attributes.get('id'));
      const fields = children.filter((child) => child.name === 'field').map((child) => fieldOf(child, names));
      const isEvent = attributes.get('superType') === 'jdk.jfr.Event';
      types.set(id, { id, name: attributes.get('name') ?? '', isEvent, fields });
    }
  }
  if (types.size === 0) {
    throw new DecodeError('Expected a metadata event that declares types', reader.where);
  }
  return types;
}

function fieldOf({ attributes, children }: Element, names: ReadonlyMap<number, string>): JfrField {
  let timeUnit: string | null = null;
  for (const child of children) {
    const annotation = child.name === 'annotation' ? names.get(Number(child.attributes.get('class'))) : undefined;
    if (annotation === 'jdk.jfr.Timestamp' || annotation === 'jdk.jfr.Timespan') {
      timeUnit = child.attributes.get('value') ?? null;
    }
  }
  return {
    name: attributes.get('name') ?? '',
    typeId: Number(attributes.get('class')),
    pooled: attributes.get('constantPool') === 'true',
    array: Number(attributes.get('dimension') ?? 0) > 0,
    timeUnit,
  };
}

function readElement(reader: JfrReader, strings: readonly string[], depth: number, budget: { left: number }): Element {
  if (depth > DEEPEST || --budget.left < 0 || reader.pos > reader.end) {
    throw new DecodeError('Expected metadata, but its tree is too deep, too large or cut', reader.where);
  }
  const text = (): string => strings[reader.int()] ?? '';
  const name = text();
  const attributes = new Map<string, string>();
  for (let left = reader.count(2); left > 0; left--) {
    const key = text();
    attributes.set(key, text());
  }
  const children: Element[] = [];
  for (let left = reader.count(3); left > 0; left--) {
    children.push(readElement(reader, strings, depth + 1, budget));
  }
  return { name, attributes, children };
}
