import { describe, expect, it } from 'vitest';
import { fixtureFormats, noContext, readFixture, seeded, sourceOf } from '../../test/support/profiles';
import { checkProfile } from '../profile/checkProfile';
import { DecodeError } from './decodeError';
import { detectFormat, formatByName, formats, headLength, writableFormats } from './registry';

/** Few where one looks while writing; `npm test` asks for more. */
const CASES = Number(process.env['EMBERLINE_FUZZ_CASES'] ?? 30);

/** One seeded mutation: flipped bits, a cut, a part doubled, removed, overwritten, or a length byte blown up. */
function mutate(bytes: Uint8Array, random: () => number): Uint8Array {
  const at = (length: number): number => Math.floor(random() * length);
  const kind = at(6);
  const from = at(bytes.length);
  const to = Math.min(bytes.length, from + 1 + at(64));
  if (kind === 0) {
    return bytes.slice(0, from);
  }
  if (kind === 1) {
    const copy = bytes.slice();
    for (let i = 1 + at(8); i > 0; i--) {
      copy[at(copy.length)] ^= 1 << at(8);
    }
    return copy;
  }
  if (kind === 2) {
    return Uint8Array.of(...bytes.subarray(0, from), ...bytes.subarray(to));
  }
  if (kind === 3) {
    return Uint8Array.of(...bytes.subarray(0, to), ...bytes.subarray(from));
  }
  const copy = bytes.slice();
  if (kind === 4) {
    // Early bytes hold the lengths and types of what follows.
    copy[at(Math.min(copy.length, 400))] = 0xff;
    copy[from] = 0xff;
  } else {
    const other = at(bytes.length);
    copy.set(bytes.subarray(other, other + (to - from)), Math.min(from, copy.length - (to - from)));
  }
  return copy;
}

/** Decodes, and answers what is unsound: anything but a sound profile or a DecodeError with one sentence. */
function judge(decode: () => ReturnType<(typeof formats)[number]['decode']>): string[] {
  try {
    return checkProfile(decode());
  } catch (error) {
    if (error instanceof DecodeError && error.message.length < 400 && !error.message.includes('\n')) {
      return [];
    }
    return [`threw ${String(error)}`];
  }
}

/** The first part of a large fixture that is a whole: mutations of it cost less, and hit structure more often. */
function handy(bytes: Uint8Array): Uint8Array {
  return bytes.length > 120_000 ? bytes.subarray(0, 120_000) : bytes;
}

describe.each(Object.entries(fixtureFormats))('%s, mutated', (name, formatName) => {
  const format = formatByName(formatName)!;
  const bytes = handy(readFixture(name));

  it(`ends ${CASES} times in a sound profile or a DecodeError`, () => {
    const random = seeded(name.length * 7919);
    for (let i = 0; i < CASES; i++) {
      const mutated = mutate(bytes, random);
      expect([i, judge(() => format.decode(sourceOf(mutated), noContext))]).toEqual([i, []]);
      expect(() => detectFormat(mutated.subarray(0, headLength), 'x')).not.toThrow();
    }
  });
});

describe('random bytes', () => {
  it.each(formats)('are no crash for $name', (format) => {
    const random = seeded(42);
    for (let i = 0; i < CASES; i++) {
      const bytes = Uint8Array.from({ length: Math.floor(random() * 300) }, () => random() * 256);
      expect(judge(() => format.decode(sourceOf(bytes), noContext))).toEqual([]);
      const text = Uint8Array.from(bytes, (byte) => '{}[]":,0123456789-.eE\\u;\n ab'.charCodeAt(byte % 28));
      expect(judge(() => format.decode(sourceOf(text), noContext))).toEqual([]);
      expect(judge(() => formats[i % formats.length].decode(sourceOf(text), noContext))).toEqual([]);
    }
  });
});

describe('what one format reads, every format that is written can hold', () => {
  it.each(Object.entries(fixtureFormats))('%s', (name, formatName) => {
    const profile = formatByName(formatName)!.decode(sourceOf(readFixture(name)), noContext);
    const shown = profile.sampleTypes[profile.meta.defaultSampleType];
    for (const format of writableFormats()) {
      const timeless = shown.unit === 'bytes' || (shown.unit === 'count' && !/^samples?$/.test(shown.type));
      if (timeless && format.name === 'cpuprofile') {
        expect(() => format.encode!(profile)).toThrow(`${shown.type} in ${shown.unit}, but a .cpuprofile holds time`);
        continue;
      }
      if (format.name === 'speedscope' && format.unfit!(profile) !== null) {
        expect(() => format.encode!(profile)).toThrow('negative values');
        continue;
      }
      const written = format.encode!(profile);
      expect(detectFormat(written.subarray(0, headLength), 'unknown')?.name).toBe(format.name);
      const again = format.decode(sourceOf(written), noContext);
      expect([format.name, checkProfile(again)]).toEqual([format.name, []]);
      const total = (p: typeof profile): number =>
        p.samples.values[p.meta.defaultSampleType].reduce((sum, value) => sum + value, 0);
      // Counted by another unit where the format has its own (samples in folded stacks), the same otherwise.
      if (
        again.sampleTypes[again.meta.defaultSampleType].unit ===
        profile.sampleTypes[profile.meta.defaultSampleType].unit
      ) {
        expect(Math.abs(total(again) / total(profile) - 1)).toBeLessThan(0.001);
      }
    }
  });
});
