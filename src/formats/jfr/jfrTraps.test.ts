import { describe, expect, it } from 'vitest';
import { chunk, constants, executionSample, read, sample, stackTypes } from '../../../test/support/jfrChunk';
import { type JfrWriter, type WrittenChunk, type WrittenType, writeJfrChunk } from '../../../test/support/jfrWriter';
import { decode, readFixture, seeded, stackNames } from '../../../test/support/profiles';
import { checkProfile } from '../../profile/checkProfile';
import { DecodeError } from '../decodeError';
import { jfr } from './jfr';

/** A chunk of three samples, the last of which is damaged. */
function damaged(more: Partial<WrittenChunk>): Uint8Array {
  const bytes = writeJfrChunk(chunk({ ...more, events: [sample(1), sample(2), sample(3)] }));
  // An event has 4 bytes of size, 1 of its type and 3 of its fields: the third one's size is 0, then.
  bytes.set([0x80, 0x80, 0x80, 0], 68 + 16);
  return bytes;
}

describe('traps', () => {
  it('counts samples whose stack is missing, without one', () => {
    const profile = read({ events: [sample(1), sample(2, 99), sample(3, 0)] });
    expect([...profile.samples.stack].map((stack) => stack >= 0)).toEqual([true, false, false]);
    expect(profile.meta.notes).toEqual([
      'A sample refers to a stack trace that the recording does not have: it is counted without a stack.',
    ]);
  });

  it('does not follow checkpoints in circles', () => {
    for (const delta of [0, -1, 1, -60, 60, 2 ** 40]) {
      expect(read({ delta }).samples.length).toBe(2);
    }
    // An event is damaged, so that the header leads to the last checkpoint, and that to itself or anywhere.
    for (const delta of [0, -3, 5, -60, 60, -(2 ** 40)]) {
      const profile = decode(jfr, damaged({ delta }));
      expect(checkProfile(profile)).toEqual([]);
      expect(profile.samples.length).toBe(2);
    }
  });

  it('reads what is before a damaged event with what the header leads to behind it', () => {
    const [first] = constants();
    const without = writeJfrChunk(chunk({ checkpoints: [] })).length;
    const distance = writeJfrChunk(chunk({ checkpoints: [first], delta: -1 })).length - without;
    const profile = decode(jfr, damaged({ delta: -distance }));
    expect(profile.samples.length).toBe(2);
    expect(stackNames(profile, profile.samples.stack[1])).toHaveLength(3);
    expect(profile.meta.notes).toEqual(['The chunk at byte 0 is cut or damaged: what is whole of it was read.']);
  });

  it.each([0, 1, 67, 90, -1, 2 ** 40, 2 ** 62])('finds the chunks where one says that it has %d bytes', (size) => {
    const profile = read({ size }, { events: [sample(5), sample(6), sample(7)] });
    expect(profile.samples.length).toBe(5);
  });

  it('says that a recorder was not done', () => {
    expect(read({ state: 1 }).meta.notes.join()).toMatch(/had not finished a chunk/);
    expect(read({ state: 1, size: 0 }).meta.notes.join()).toMatch(/had not finished a chunk/);
  });

  it('says where what follows is no chunk', () => {
    const bytes = writeJfrChunk(chunk());
    const profile = decode(jfr, Uint8Array.of(...bytes, ...new Uint8Array(100)));
    expect(profile.samples.length).toBe(2);
    expect(profile.meta.notes.join()).toBe(
      `From byte ${bytes.length} on there is no further chunk: the rest was not read.`,
    );
  });

  it('believes no count', () => {
    const [first, second] = constants();
    for (const count of [2 ** 31 - 1, -1, 1000]) {
      const profile = read({ checkpoints: [first.map((pool) => ({ ...pool, count })), second] });
      expect(profile.meta.notes.join()).toMatch(/constants could not be read/);
    }
    const frames = {
      type: 35,
      entries: [
        (to: JfrWriter) =>
          to
            .long(1)
            .byte(0)
            .int(2 ** 31 - 1),
      ],
    };
    expect(read({ checkpoints: [[frames], second] }).meta.notes.join()).toMatch(/constants could not be read/);
  });

  it('reads no types that hold themselves', () => {
    const knot: WrittenType = {
      id: 60,
      name: 'odd.Knot',
      fields: [
        { name: 'a', type: 60 },
        { name: 'b', type: 60 },
      ],
    };
    const nothing: WrittenType = { id: 61, name: 'odd.Nothing' };
    const endless: WrittenType = { id: 62, name: 'odd.Endless', fields: [{ name: 'more', type: 61, array: true }] };
    for (const [type, write, samples] of [
      [knot, () => {}, 1],
      // Passed over at once, however many nothings there are said to be.
      [endless, (to: JfrWriter) => to.int(2 ** 31 - 1), 2],
    ] as const) {
      const fields = [{ name: 'odd', type: type.id }, ...executionSample.fields!];
      const more: WrittenType = { ...executionSample, id: 103, fields };
      const event = (to: JfrWriter): void => {
        write(to);
        to.long(1).long(1).long(1);
      };
      const profile = read({
        types: [...stackTypes, executionSample, knot, nothing, endless, more],
        events: [sample(1), { type: 103, write: event }],
      });
      expect(profile.samples.length).toBe(samples);
      expect(profile.meta.notes).toEqual(samples === 1 ? ['An event could not be read.'] : []);
    }
  });

  it('refuses metadata without an end of its depth', () => {
    expect(() => read({ depth: 100 })).toThrow(/Nothing of the flight recording can be read: .*too deep/);
  });

  it('uses the types of the chunk before where a chunk was cut before its own', () => {
    const whole = writeJfrChunk(chunk());
    const next = writeJfrChunk(chunk({ events: [sample(1), sample(2), sample(3)] }));
    const profile = decode(jfr, Uint8Array.of(...whole, ...next.subarray(0, next.length - 10)));
    expect(profile.samples.length).toBe(5);
    expect(profile.meta.notes).toEqual([
      `The chunk at byte ${whole.length} is cut or damaged: what is whole of it was read.`,
    ]);
    expect(stackNames(profile, profile.samples.stack[4])).toHaveLength(3);
  });
});

function judge(bytes: Uint8Array): string[] {
  try {
    return checkProfile(decode(jfr, bytes));
  } catch (error) {
    return error instanceof DecodeError && error.message.length < 400 ? [] : [String(error)];
  }
}

describe('refusals', () => {
  it.each([
    ['nothing', new Uint8Array(0), /empty/],
    ['text', new TextEncoder().encode('hello world'.repeat(10)), /begins with FLR \(at byte 0\)/],
    ['a header that is cut', writeJfrChunk(chunk()).subarray(0, 40), /header has 68 bytes, but the file has 40/],
    ['JDK 8', Uint8Array.from(writeJfrChunk(chunk()), (byte, i) => (i === 5 ? 0 : byte)), /it says 0\.0: before JDK 9/],
    ['no samples', writeJfrChunk(chunk({ events: [] })), /has no samples/],
    ['a chunk without types', writeJfrChunk(chunk()).subarray(0, 100), /is cut before its metadata/],
  ])('%s', (_, bytes, sentence) => {
    expect(() => decode(jfr, bytes)).toThrow(sentence);
    expect(() => decode(jfr, bytes)).toThrow(expect.objectContaining({ name: 'DecodeError' }));
  });
});

describe("the JDK's recording, cut and damaged", () => {
  const bytes = readFixture('jfr/jdk17.jfr.gz');
  const whole = decode(jfr, bytes);
  const firstSize = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigInt64(8));
  const first = decode(jfr, bytes.slice(0, firstSize));

  it('keeps the first chunk, and says that the second is cut', () => {
    for (const share of [0.001, 0.3, 0.9, 0.999]) {
      const end = firstSize + Math.floor((bytes.length - firstSize) * share);
      const cut = decode(jfr, bytes.slice(0, end));
      expect(checkProfile(cut)).toEqual([]);
      expect(cut.samples.length).toBeGreaterThanOrEqual(first.samples.length);
      expect(cut.samples.length).toBeLessThanOrEqual(whole.samples.length);
      expect(cut.meta.notes.join()).toMatch(new RegExp(`at byte ${firstSize} is cut`));
    }
    expect(first.samples.length).toBeGreaterThan(100);
    expect(whole.samples.length).toBeGreaterThan(first.samples.length + 100);
  });

  it('ends in a sound profile or one clear error, whatever bytes are damaged', () => {
    const random = seeded(20261121);
    const at = (length: number): number => Math.floor(random() * length);
    let read = 0;
    for (let i = 0; i < 60; i++) {
      const copy = bytes.slice();
      for (let left = 1 + at(5); left > 0; left--) {
        copy[at(copy.length)] = at(256);
      }
      expect([i, judge(copy)]).toEqual([i, []]);
      read++;
    }
    expect(read).toBe(60);
  });
});
