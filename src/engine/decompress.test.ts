import { gunzipSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { seeded, sourceOf } from '../../test/support/profiles';
import { bytesSource } from './byteSource';
import { decompress } from './decompress';
import type { EngineSource } from './enginePlatform';

const text = Buffer.from(Array.from({ length: 60_000 }, (_, i) => `main;step${i % 977};work${i} ${i % 13}\n`).join(''));
const concat = (...parts: Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));
const packings = [
  ['gzip', (bytes: Uint8Array) => new Uint8Array(gzipSync(bytes))],
  ['zstd', (bytes: Uint8Array) => new Uint8Array(zstdCompressSync(bytes))],
] as const;

/** In pieces of a size, as a file comes. */
function inPieces(bytes: Uint8Array, size: number): EngineSource {
  return { ...sourceOf(bytes, 'x', size), tail: (length) => bytes.subarray(Math.max(0, bytes.length - length)) };
}

function readChunks(source: EngineSource): { all: Uint8Array; largest: number } {
  const parts: Uint8Array[] = [];
  let largest = 0;
  for (const chunk of source.chunks()) {
    parts.push(chunk.slice());
    largest = Math.max(largest, chunk.length);
  }
  return { all: concat(...parts), largest };
}

const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

describe.each(packings)('%s', (name, pack) => {
  const packed = pack(text);
  // Where a change cannot pass for other content: zstd has no check sum by default.
  const broken = flip(packed, name === 'gzip' ? 60 : 6);

  test.each([1, 1000, 65_536, 1 << 24])('unpacks what comes in pieces of %i bytes', (size) => {
    const bytes = size === 1 ? pack(text.subarray(0, 50_000)) : packed;
    const expected = size === 1 ? text.subarray(0, 50_000) : text;
    expect(same(readChunks(decompress(inPieces(bytes, size))).all, expected)).toBe(true);
    const all = decompress(inPieces(bytes, size)).bytes();
    expect(same(all, expected)).toBe(true);
    // What the file says of its size is what is reserved.
    if (name === 'gzip' && size > 1) expect(all.buffer.byteLength).toBe(expected.length);
  });

  test('gives the first bytes without unpacking the others', () => {
    // Cut far behind the first bytes: nobody has looked there.
    const noise = new Uint8Array(3_000_000).map(seededBytes());
    const half = pack(concat(text.subarray(0, 100_000), noise)).subarray(0, 1_000_000);
    const source = decompress(inPieces(half, 4096));
    expect(same(source.head(65_536), text.subarray(0, 65_536))).toBe(true);
    expect(source.head(5)).toHaveLength(5);
    expect(decompress(bytesSource('x', pack(text.subarray(0, 70)))).head(65_536)).toHaveLength(70);
    expect(() => readChunks(source)).toThrow(new RegExp(`The ${name} data is truncated. \\(at byte 1000000\\)`));
  });

  test('goes on with what follows: members and frames, wherever the pieces end', () => {
    const whole = concat(pack(text.subarray(0, 100)), pack(text.subarray(100, 5000)), pack(text.subarray(5000)));
    for (const size of [1, 7, 64, 1 << 20]) {
      expect(same(readChunks(decompress(inPieces(whole, size))).all, text)).toBe(true);
    }
    expect(same(decompress(bytesSource('x', whole)).bytes(), text)).toBe(true);
  });

  test('says what is truncated, and where', () => {
    for (const length of [5, 12, packed.length >> 1, packed.length - 1]) {
      const cut = decompress(inPieces(packed.subarray(0, length), 5000));
      const sentence = new RegExp(`The ${name} data is truncated. \\(at byte ${length}\\)`);
      expect(() => readChunks(cut)).toThrow(sentence);
      expect(() => cut.bytes()).toThrow(sentence);
      expect(() => decompress(bytesSource('x', packed.subarray(0, 12))).head(65_536)).toThrow(/truncated/);
    }
  });

  test('says that data is damaged', () => {
    for (const damaged of [broken, concat(packed, Buffer.from('garbage'))]) {
      expect(() => readChunks(decompress(inPieces(damaged, 1000)))).toThrow(
        new RegExp(`The ${name} data is damaged \\(.+\\): copy or download the file again \\(at about byte \\d+\\)`),
      );
    }
    if (name === 'gzip') expect(() => decompress(bytesSource('x', broken)).head(65_536)).toThrow(/damaged/);
  });

  test('refuses a bomb, in bounded pieces', () => {
    const bomb = pack(new Uint8Array(400 << 20));
    expect(bomb.length).toBeLessThan(1 << 20);
    const source = decompress(inPieces(bomb, 1 << 22));
    let seen = 0;
    const read = (): void => {
      for (const chunk of source.chunks()) {
        expect(chunk.length).toBeLessThanOrEqual(1 << 20);
        seen += chunk.length;
      }
    };
    expect(read).toThrow(/bytes grows to more than \d+ MB: refused/);
    expect(seen).toBeLessThanOrEqual(Math.max(64 << 20, bomb.length * 300) + (1 << 20));
    expect(() => decompress(inPieces(bomb, 1 << 22)).bytes()).toThrow(/refused/);
    expect(source.head(100)).toHaveLength(100);
  });

  test('tells how far it is', () => {
    const source = decompress(inPieces(packed, 1000));
    expect(source.size).toBeNull();
    const seen: number[] = [];
    for (const _ of source.chunks()) seen.push(source.progress!()!);
    expect(seen.length).toBeGreaterThan(1);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(seen.at(-1)).toBe(1);
  });

  test('is the same in one step where there is no stepwise unpacking', () => {
    const whole = decompress(bytesSource('x', packed), () => null);
    expect(same(whole.bytes(), text)).toBe(true);
    expect(() => decompress(bytesSource('x', packed.subarray(0, 500)), () => null)).toThrow(/truncated/);
    expect(() => decompress(bytesSource('x', broken), () => null)).toThrow(/damaged/);
    const bomb = pack(new Uint8Array(100 << 20));
    expect(() => decompress(bytesSource('x', bomb), () => null)).toThrow(/refused/);
  });
});

test('zeros behind gzip data are padding', () => {
  const padded = concat(gzipSync(text), new Uint8Array(5000));
  for (const size of [1, 100, 1 << 20]) {
    expect(same(readChunks(decompress(inPieces(padded, size))).all, text)).toBe(true);
  }
});

test('a gzip member that lies about its size is read all the same, and reserves no more than is likely', () => {
  for (const claim of [0, 1, 0xffffffff]) {
    const packed = new Uint8Array(gzipSync(text));
    const members = concat(packed, gzipSync(text.subarray(0, 10)));
    const view = new DataView(members.buffer, members.byteOffset, members.byteLength);
    view.setUint32(members.length - 4, claim, true);
    // The last member's length is wrong, which zlib finds when it comes there.
    expect(() => decompress(inPieces(members, 1000)).bytes()).toThrow(/damaged/);
  }
  const several = concat(gzipSync(text), gzipSync(text.subarray(0, 10)));
  const read = decompress(inPieces(several, 1000)).bytes();
  expect(same(read, concat(text, text.subarray(0, 10)))).toBe(true);
  expect(read.buffer.byteLength).toBeLessThan(several.length * 64 + (1 << 20));
});

test('what is not packed comes as it is', () => {
  const source = bytesSource('x', text);
  expect(decompress(source)).toBe(source);
  for (const length of [0, 1, 2, 3]) {
    expect(decompress(bytesSource('x', Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd).subarray(0, length))).size).toBe(length);
  }
});

test('mutations end in bytes or a sentence, as in one step', () => {
  const random = seeded(11);
  const packed = new Uint8Array(gzipSync(text.subarray(0, 30_000)));
  for (let i = 0; i < 500; i++) {
    const mutated = packed.slice();
    for (let n = 1 + Math.floor(random() * 4); n > 0; n--)
      mutated[Math.floor(random() * mutated.length)] = random() * 256;
    const cut = mutated.subarray(0, random() < 0.5 ? mutated.length : Math.floor(random() * mutated.length));
    if (cut[0] !== 0x1f || cut[1] !== 0x8b) continue;
    let expected: Uint8Array | null = null;
    try {
      expected = gunzipSync(cut);
    } catch {}
    let read: Uint8Array | null = null;
    try {
      read = readChunks(decompress(inPieces(cut, 977))).all;
    } catch (error) {
      expect(error).toMatchObject({ name: 'DecodeError' });
    }
    expect(read === null).toBe(expected === null);
    if (read !== null && expected !== null) expect(same(read, expected)).toBe(true);
  }
});

function flip(bytes: Uint8Array, at: number): Uint8Array {
  const copy = bytes.slice();
  copy[at] ^= 0xff;
  copy[at + 1] ^= 0xff;
  return copy;
}

function seededBytes(): () => number {
  const random = seeded(5);
  return () => random() * 256;
}
