/** A type as a recording's metadata declares it. */
export interface WrittenType {
  id: number;
  name: string;
  superType?: string;
  fields?: { name: string; type: number; pooled?: boolean; array?: boolean; unit?: string }[];
}

export interface WrittenChunk {
  compressed: boolean;
  types: WrittenType[];
  /** Checkpoints, each with its pools: a type's id, and what writes each key and value. */
  checkpoints: { type: number; count?: number; entries: ((to: JfrWriter) => void)[] }[][];
  /** Distance that each checkpoint says there is to another one; 0 by default. */
  delta?: number;
  events: { type: number; write: (to: JfrWriter) => void }[];
  ticksPerSecond?: number;
  startTicks?: number;
  startNanos?: number;
  durationNanos?: number;
  /** Bits beside the one for compressed integers. */
  flags?: number;
  /** Not 0: not finished. */
  state?: number;
  /** Said instead of the true one. */
  size?: number;
  /** Elements inside each other, in addition. */
  depth?: number;
}

/** Writes a chunk's values: integers as LEB128 or in full, big-endian. */
export class JfrWriter {
  readonly bytes: number[] = [];

  constructor(readonly compressed: boolean) {}

  private integer(value: number | bigint, width: number): this {
    let rest = BigInt.asUintN(64, BigInt(value));
    if (!this.compressed) {
      for (let shift = (width - 1) * 8; shift >= 0; shift -= 8) {
        this.bytes.push(Number((rest >> BigInt(shift)) & 255n));
      }
      return this;
    }
    for (let i = 0; i < 8 && rest > 127n; i++) {
      this.bytes.push(Number(rest & 127n) | 128);
      rest >>= 7n;
    }
    this.bytes.push(Number(rest));
    return this;
  }

  byte(value: number): this {
    this.bytes.push(value & 255);
    return this;
  }

  short(value: number): this {
    return this.integer(value, 2);
  }

  int(value: number): this {
    return this.integer(value, 4);
  }

  long(value: number | bigint): this {
    return this.integer(value, 8);
  }

  float(value: number): this {
    this.bytes.push(...new Uint8Array(new Float32Array([value]).buffer).reverse());
    return this;
  }

  double(value: number): this {
    this.bytes.push(...new Uint8Array(new Float64Array([value]).buffer).reverse());
    return this;
  }

  /** In an encoding: 0 null, 1 empty, 2 a key of the strings' pool, 3 UTF-8, 4 UTF-16, 5 Latin-1. */
  string(text: string, encoding = 3): this {
    this.byte(encoding);
    if (encoding === 2) {
      this.long(Number(text));
    } else if (encoding === 3) {
      const utf8 = new TextEncoder().encode(text);
      this.int(utf8.length).bytes.push(...utf8);
    } else if (encoding > 3) {
      this.int(text.length);
      for (let i = 0; i < text.length; i++) {
        encoding === 4 ? this.short(text.charCodeAt(i)) : this.byte(text.charCodeAt(i));
      }
    }
    return this;
  }
}

/** An event: its size, its type, what it holds. */
function sized(compressed: boolean, type: number, write: (to: JfrWriter) => void): number[] {
  const body = new JfrWriter(compressed).long(type);
  write(body);
  const size = body.bytes.length + 4;
  // Four bytes in any case, as the JDK reserves them.
  const head = compressed
    ? [(size & 127) | 128, ((size >> 7) & 127) | 128, ((size >> 14) & 127) | 128, (size >> 21) & 127]
    : new JfrWriter(false).int(size).bytes;
  return [...head, ...body.bytes];
}

/** One chunk of a recording. */
export function writeJfrChunk(chunk: WrittenChunk): Uint8Array {
  const { compressed } = chunk;
  const bytes: number[] = new Array(68).fill(0);
  for (const { type, write } of chunk.events) {
    bytes.push(...sized(compressed, type, write));
  }
  let checkpoint = 0;
  for (const pools of chunk.checkpoints) {
    checkpoint = bytes.length;
    bytes.push(
      ...sized(compressed, 1, (to) => {
        to.long(0)
          .long(0)
          .long(chunk.delta ?? 0)
          .byte(0)
          .int(pools.length);
        for (const { type, count, entries } of pools) {
          to.long(type).int(count ?? entries.length);
          for (const entry of entries) {
            entry(to);
          }
        }
      }),
    );
  }
  const metadata = bytes.length;
  bytes.push(...writeMetadata(chunk));
  const head = new DataView(new ArrayBuffer(68));
  head.setUint32(0, 0x464c5200);
  head.setUint16(4, 2);
  head.setBigInt64(8, BigInt(chunk.size ?? bytes.length));
  head.setBigInt64(16, BigInt(checkpoint));
  head.setBigInt64(24, BigInt(metadata));
  head.setBigInt64(32, BigInt(chunk.startNanos ?? 1_000_000_000));
  head.setBigInt64(40, BigInt(chunk.durationNanos ?? 1_000_000));
  head.setBigInt64(48, BigInt(chunk.startTicks ?? 0));
  head.setBigInt64(56, BigInt(chunk.ticksPerSecond ?? 1_000_000_000));
  head.setUint8(64, chunk.state ?? 0);
  head.setUint8(67, (compressed ? 1 : 0) | (chunk.flags ?? 0));
  const result = Uint8Array.from(bytes);
  result.set(new Uint8Array(head.buffer));
  return result;
}

interface Element {
  name: string;
  attributes: Record<string, string>;
  children: Element[];
}

function writeMetadata({ compressed, types, depth = 0 }: WrittenChunk): number[] {
  const timeUnit = 9999;
  const classes = [...types, { id: timeUnit, name: 'jdk.jfr.Timespan' }].map(
    ({ id, name, superType, fields = [] }: WrittenType): Element => ({
      name: 'class',
      attributes: { id: String(id), name, ...(superType === undefined ? {} : { superType }) },
      children: fields.map((field) => ({
        name: 'field',
        attributes: {
          name: field.name,
          class: String(field.type),
          ...(field.pooled === true ? { constantPool: 'true' } : {}),
          ...(field.array === true ? { dimension: '1' } : {}),
        },
        children:
          field.unit === undefined
            ? []
            : [{ name: 'annotation', attributes: { class: String(timeUnit), value: field.unit }, children: [] }],
      })),
    }),
  );
  let root: Element = { name: 'metadata', attributes: {}, children: classes };
  for (let i = 0; i <= depth; i++) {
    root = { name: 'root', attributes: {}, children: [root] };
  }
  const strings: string[] = [];
  const index = (text: string): number => {
    const at = strings.indexOf(text);
    return at < 0 ? strings.push(text) - 1 : at;
  };
  const tree = new JfrWriter(compressed);
  const write = ({ name, attributes, children }: Element): void => {
    tree.int(index(name)).int(Object.keys(attributes).length);
    for (const [key, value] of Object.entries(attributes)) {
      tree.int(index(key)).int(index(value));
    }
    tree.int(children.length);
    for (const child of children) {
      write(child);
    }
  };
  write(root);
  return sized(compressed, 0, (to) => {
    to.long(0).long(0).long(1).int(strings.length);
    strings.forEach((text, i) => {
      to.string(text, text === '' ? 1 : [3, 4, 5][i % 3]);
    });
    to.bytes.push(...tree.bytes);
  });
}
