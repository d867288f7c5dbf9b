// Writes a gzipped pprof profile of any size, the same bytes for the same seed: `node generatePprof.ts OUT SAMPLES [STACKS] [SEED]`.
import { writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

export interface PprofGeneratorOptions {
  samples: number;
  /** Different stacks, a twentieth of the samples where it is left out. */
  stacks?: number;
  seed?: number;
  /** 50,000 where it is left out; there are a fifth more locations. */
  functions?: number;
}

const FILES = 4_000;
/** Places that one place calls, and how much more often the first ones. */
const FAN_OUT = 20;
const SKEW = 3;
const PACKAGES = ['net/http', 'encoding/json', 'shop/cart', 'shop/catalog', 'google.golang.org/grpc', 'database/sql'];
const VERBS = [
  'serve',
  'decode',
  'visit',
  'lookup',
  'render',
  'commit',
  'flush',
  'route',
  'merge',
  'authorize',
  'scan',
];
const NOUNS = [
  'Request',
  'Token',
  'Order',
  'Page',
  'Stream',
  'Cache',
  'Segment',
  'Column',
  'Index',
  'Session',
  'Frame',
];

/** Mulberry32, a small seeded generator (public domain). */
function random(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Bytes of protocol buffers (https://protobuf.dev/programming-guides/encoding/). */
class Message {
  bytes: Uint8Array;
  length = 0;

  constructor(size: number) {
    this.bytes = new Uint8Array(size);
  }

  varint(value: number): void {
    let rest = value;
    while (rest >= 0x80) {
      this.bytes[this.length++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.bytes[this.length++] = rest;
  }

  number(field: number, value: number): void {
    this.varint(field << 3);
    this.varint(value);
  }

  /** Appends a message or a packed list, and empties it. */
  part(field: number, message: Message): void {
    this.data(field, message.bytes.subarray(0, message.length));
    message.length = 0;
  }

  data(field: number, bytes: Uint8Array): void {
    if (this.length + bytes.length + 16 > this.bytes.length) {
      const grown = new Uint8Array(this.bytes.length * 2);
      grown.set(this.bytes.subarray(0, this.length));
      this.bytes = grown;
    }
    this.varint((field << 3) | 2);
    this.varint(bytes.length);
    this.bytes.set(bytes, this.length);
    this.length += bytes.length;
  }
}

/**
 * The shape of many instances' CPU profiles merged: a call graph of 50k functions, 60k locations of which every eighth
 * has a line inlined into it, stacks of 23 frames on average, samples distinct by stack and labels, and no order among
 * them, so that gzip finds little to share. A million samples are 50 MB gzipped.
 * @returns bytes before and after gzip, and the frames of a sample on average
 */
export function generatePprof(
  path: string,
  { samples, stacks = Math.ceil(samples / 20), seed = 1, functions = 50_000 }: PprofGeneratorOptions,
): { size: number; packed: number; frames: number } {
  const next = random(seed);
  const places = Math.ceil(functions * 1.2);
  const strings = new Map<string, number>([['', 0]]);
  const text = (value: string): number => {
    const index = strings.get(value) ?? strings.size;
    strings.set(value, index);
    return index;
  };
  const file = new Message(1 << 27);
  const message = new Message(1 << 16);
  const part = new Message(1 << 16);
  for (const [type, unit] of [
    ['samples', 'count'],
    ['cpu', 'nanoseconds'],
  ]) {
    message.number(1, text(type));
    message.number(2, text(unit));
    file.part(1, message);
  }

  // Stacks are walks over a call graph: what a place may call follows from the place, some of it far more often.
  const begin = new Int32Array(stacks + 1);
  let locations = new Int32Array(stacks * 24);
  for (let stack = 0; stack < stacks; stack++) {
    let at = begin[stack];
    let location = 1;
    const depth = 12 + Math.floor(18 * ((next() + next()) / 2));
    for (let frame = 0; frame < depth; frame++) {
      if (at === locations.length) {
        const grown = new Int32Array(at * 2);
        grown.set(locations);
        locations = grown;
      }
      locations[at++] = location;
      const callee = Math.floor(FAN_OUT * next() ** SKEW);
      location = 1 + ((Math.imul(location * 1031 + callee, 0x9e3779b1) >>> 0) % places);
    }
    begin[stack + 1] = at;
  }

  const endpoint = Array.from({ length: 120 }, (_, i) => text(`/api/v${i % 3}/${NOUNS[i % NOUNS.length]}/${i}`));
  const tenant = Array.from({ length: 400 }, (_, i) => text(`tenant-${i}`));
  const keys = { endpoint: text('endpoint'), tenant: text('tenant'), bytes: text('bytes') };
  let frames = 0;
  for (let i = 0; i < samples; i++) {
    const stack = Math.floor(stacks * next());
    for (let at = begin[stack + 1] - 1; at >= begin[stack]; at--) {
      part.varint(locations[at]);
      frames += locations[at] % 8 === 0 ? 2 : 1;
    }
    message.part(1, part);
    const count = 1 + Math.floor(6 * next() ** 6);
    part.varint(count);
    part.varint(count * 10_000_000);
    message.part(2, part);
    if (next() < 0.4) {
      part.number(1, keys.endpoint);
      part.number(2, endpoint[Math.floor(endpoint.length * next() ** 2)]);
      message.part(3, part);
      part.number(1, keys.tenant);
      part.number(2, tenant[Math.floor(tenant.length * next() ** 2)]);
      message.part(3, part);
      if (next() < 0.2) {
        part.number(1, keys.bytes);
        part.number(3, 2 ** Math.floor(20 * next()));
        part.number(4, keys.bytes);
        message.part(3, part);
      }
    }
    file.part(2, message);
  }

  message.number(1, 1);
  message.number(2, 0x400000);
  message.number(3, 0x4000000);
  message.number(5, text('/srv/shop/server'));
  message.number(7, 1);
  file.part(3, message);
  const line = (func: number, at: number): void => {
    part.number(1, func);
    part.number(2, at);
    message.part(4, part);
  };
  for (let id = 1; id <= places; id++) {
    message.number(1, id);
    message.number(2, 1);
    message.number(3, 0x400000 + id * 48);
    if (id % 8 === 0) line(1 + (Math.imul(id, 31) % functions), 7 + (id % 90));
    line(1 + (id % functions), 20 + ((id * 7919) % 2000));
    file.part(4, message);
  }
  for (let id = 1; id <= functions; id++) {
    const of = PACKAGES[id % PACKAGES.length];
    const name = `${of}.(*${NOUNS[(id >> 3) % NOUNS.length]}${id % FILES}).${VERBS[id % VERBS.length]}${id}`;
    message.number(1, id);
    message.number(2, text(name));
    message.number(3, text(name));
    message.number(4, text(`${of}/${NOUNS[id % NOUNS.length].toLowerCase()}${id % FILES}.go`));
    message.number(5, 10 + ((id * 7919) % 2000));
    file.part(5, message);
  }
  const encoder = new TextEncoder();
  const period = text('cpu');
  const unit = text('nanoseconds');
  for (const value of strings.keys()) file.data(6, encoder.encode(value));
  file.number(9, 1_770_000_000_000_000_000);
  file.number(10, 60_000_000_000);
  message.number(1, period);
  message.number(2, unit);
  file.part(11, message);
  file.number(12, 10_000_000);
  const bytes = file.bytes.subarray(0, file.length);
  const packed = gzipSync(bytes, { level: 6 });
  writeFileSync(path, packed);
  return { size: bytes.length, packed: packed.length, frames: frames / samples };
}

if (process.argv[1]?.endsWith('generatePprof.ts')) {
  const [out, samples, stacks, seed] = process.argv.slice(2);
  if (out === undefined || !(Number(samples) > 0)) {
    console.error('usage: generatePprof.ts OUT SAMPLES [STACKS] [SEED]');
    process.exit(2);
  }
  const { size, frames } = generatePprof(out, {
    samples: Number(samples),
    ...(stacks === undefined ? {} : { stacks: Number(stacks) }),
    ...(seed === undefined ? {} : { seed: Number(seed) }),
  });
  console.log(`${size} bytes before gzip, ${frames.toFixed(1)} frames a sample`);
}
