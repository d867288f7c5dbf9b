import type { PbfWriter } from 'pbf';
import { Profile as OracleProfile } from 'pprof-format';
import { describe, expect, it } from 'vitest';
import { message, written } from '../../../test/support/pprofMessages';
import { decode, frameFile, frameName, seeded, stackNames } from '../../../test/support/profiles';
import { checkProfile } from '../../profile/checkProfile';
import { pprof } from './pprof';

describe('pprof, field by field', () => {
  it('names code without symbols by module and offset, or by address', () => {
    const profile = decode(
      pprof,
      written((pbf) => {
        message(pbf, 1, [
          [1, 1],
          [2, 2],
        ]);
        pbf.writeMessage(
          2,
          () => {
            pbf.writePackedVarint(1, [1, 2]);
            pbf.writePackedVarint(2, [-5]);
          },
          undefined,
        );
        message(pbf, 3, [
          [1, 1],
          [2, 0x1000],
          [3, 0x9000],
          [4, 0x200],
          [5, 3],
        ]);
        message(pbf, 4, [
          [1, 1],
          [2, 1],
          [3, 0x1234],
        ]);
        message(pbf, 4, [
          [1, 2],
          [3, 0xdeadbeef],
        ]);
        for (const text of ['', 'space', 'bytes', '/usr/lib/libc.so.6']) {
          pbf.writeStringField(6, text);
        }
      }),
    );
    expect(stackNames(profile, profile.samples.stack[0])).toEqual(['0xdeadbeef', 'libc.so.6+0x434']);
    expect(profile.samples.values[0][0]).toBe(-5);
    expect(profile.meta.lines).toBe('none');
    expect(checkProfile(profile)).toEqual([]);
  });

  it('reads numbers that are not packed, ids of 64 bits, and the default sample type', () => {
    const large = 2 ** 52 + 1;
    const profile = decode(
      pprof,
      written((pbf) => {
        message(pbf, 1, [
          [1, 1],
          [2, 2],
        ]);
        message(pbf, 1, [
          [1, 3],
          [2, 2],
        ]);
        message(pbf, 2, [
          [1, large],
          [2, 7],
          [2, 8],
        ]);
        pbf.writeMessage(
          4,
          () => {
            pbf.writeVarintField(1, large);
            message(pbf, 4, [
              [1, 9],
              [2, 33],
            ]);
          },
          undefined,
        );
        message(pbf, 5, [
          [1, 9],
          [2, 4],
          [4, 5],
          [5, 30],
        ]);
        for (const text of ['', 'alloc', 'count', 'free', 'f', 'a/b@v1.2/f.go']) {
          pbf.writeStringField(6, text);
        }
        pbf.writeVarintField(14, 1);
      }),
    );
    expect(profile.meta.defaultSampleType).toBe(0);
    expect(profile.samples.values.map((v) => [...v])).toEqual([[7], [8]]);
    const frame = profile.stacks.frame[profile.samples.stack[0]];
    expect([frameName(profile, frame), frameFile(profile, frame), profile.frames.line[frame]]).toEqual([
      'f',
      'a/b@v1.2/f.go',
      33,
    ]);
    expect(profile.functions.line[profile.frames.func[frame]]).toBe(30);
  });

  /** A profile of one sample type with these samples' locations, labels and whatever else. */
  function sampled(samples: { ids: number[]; labels?: [number, number][][] }[], rest: (pbf: PbfWriter) => void) {
    return written((pbf) => {
      message(pbf, 1, [
        [1, 1],
        [2, 2],
      ]);
      for (const { ids, labels = [] } of samples) {
        pbf.writeMessage(
          2,
          () => {
            pbf.writePackedVarint(1, ids);
            pbf.writePackedVarint(2, [1]);
            for (const label of labels) {
              message(pbf, 3, label);
            }
          },
          undefined,
        );
      }
      rest(pbf);
    });
  }

  function writeStrings(pbf: PbfWriter, ...texts: string[]): void {
    for (const text of texts) {
      pbf.writeStringField(6, text);
    }
  }

  it('reads labels with texts, and with numbers in units', () => {
    const texts = ['', 'cpu', 'count', 'tenant', 'shop', 'size', 'bytes', 'Ünïcode'];
    const size: [number, number][] = [
      [1, 5],
      [3, -4096],
      [4, 6],
    ];
    const tenant: [number, number][] = [
      [1, 3],
      [2, 4],
    ];
    const labels = [
      [tenant, size],
      [tenant],
      [size],
      [
        tenant,
        size,
        [
          [1, 7],
          [2, 7],
        ] as [number, number][],
      ],
      [],
    ];
    const bytes = sampled(
      [...labels, ...labels].map((each) => ({ ids: [], labels: each })),
      (pbf) => writeStrings(pbf, ...texts),
    );
    const profile = decode(pprof, bytes);
    expect(checkProfile(profile)).toEqual([]);
    const { offset, key, text, number, unit } = profile.labels;
    const sets = Array.from(profile.samples.labelSet!, (set) =>
      set < 0
        ? []
        : Array.from({ length: offset[set + 1] - offset[set] }, (_, i) => {
            const at = offset[set] + i;
            const value = text[at] < 0 ? number[at] : profile.strings[text[at]];
            return [profile.strings[key[at]], value, unit[at] < 0 ? '' : profile.strings[unit[at]]];
          }),
    );
    const shop = ['tenant', 'shop', ''];
    const bytesLabel = ['size', -4096, 'bytes'];
    const expected = [[shop, bytesLabel], [shop], [bytesLabel], [shop, bytesLabel, ['Ünïcode', 'Ünïcode', '']], []];
    expect(sets).toEqual([...expected, ...expected]);
    expect(profile.labels.length).toBe(4);
    const second = OracleProfile.decode(bytes).sample.map((sample) => sample.label.length);
    expect(sets.map((set) => set.length)).toEqual(second);
  });

  it('takes ids that are zero, not there, or there twice', () => {
    const profile = decode(
      pprof,
      sampled([{ ids: [1, 2] }, { ids: [0, 2, 7] }], (pbf) => {
        message(pbf, 4, [[1, 1]]);
        for (const func of [8, 9, 0, 77]) {
          pbf.writeMessage(
            4,
            () => {
              pbf.writeVarintField(1, 2);
              message(pbf, 4, [[1, func]]);
            },
            undefined,
          );
        }
        message(pbf, 5, [
          [1, 9],
          [2, 1],
        ]);
        writeStrings(pbf, '', 'cpu', 'count');
      }),
    );
    expect(checkProfile(profile)).toEqual([]);
    expect(stackNames(profile, profile.samples.stack[0])).toEqual(['0x0', '0x0']);
    expect(stackNames(profile, profile.samples.stack[1])).toEqual(['(unknown)', '0x0', '(unknown)']);
    expect(profile.meta.notes.join(' ')).toMatch(
      /locations that are not in the file.*functions that are not in the file/,
    );
  });

  it('does not repeat a long name of a module for each address', () => {
    const path = `/${'x'.repeat(100_000)}`;
    const profile = decode(
      pprof,
      sampled([{ ids: [1] }], (pbf) => {
        message(pbf, 3, [
          [1, 1],
          [5, 3],
        ]);
        for (let id = 1; id <= 2000; id++) {
          message(pbf, 4, [
            [1, id],
            [2, 1],
            [3, id],
          ]);
        }
        writeStrings(pbf, '', 'cpu', 'count', path);
      }),
    );
    expect(profile.strings.reduce((sum, text) => sum + text.length, 0)).toBeLessThan(1_000_000);
    expect(profile.meta.notes.every((note) => note.length < 400)).toBe(true);
  });

  it('says comments and where the documentation is', () => {
    const { meta } = decode(
      pprof,
      sampled([{ ids: [] }], (pbf) => {
        pbf.writePackedVarint(13, [3, 4]);
        pbf.writeVarintField(13, 3);
        pbf.writeVarintField(15, 5);
        writeStrings(pbf, '', 'cpu', 'count', 'built by\nCI', 'y'.repeat(1000), 'https://example.com/profile');
      }),
    );
    expect(meta.notes).toEqual([
      'Comment in the file: built by CI',
      `Comment in the file: ${'y'.repeat(200)}…`,
      'Comment in the file: built by CI',
      'Documentation of this profile: https://example.com/profile',
    ]);
  });

  it('shows all frames, and says so, where drop_frames cannot be read', () => {
    const profile = decode(
      pprof,
      sampled([{ ids: [1] }], (pbf) => {
        message(pbf, 4, [[1, 1]]);
        pbf.writeVarintField(7, 3);
        writeStrings(pbf, '', 'cpu', 'count', '(?i)malloc(');
      }),
    );
    expect(profile.stacks.length).toBe(1);
    expect(profile.meta.notes[0]).toMatch(/drop_frames cannot be read/);
  });

  it('reads samples alike, in whatever order and encoding their fields are', () => {
    const random = seeded(9);
    const below = (limit: number): number => Math.floor(random() * limit);
    const samples = Array.from({ length: 3000 }, () => ({
      ids: Array.from({ length: below(12) }, () => 1 + Math.floor(9 * random() ** 3)),
      values: [below(100), [below(1000), -below(1000), 2 ** 40 + below(1000), 2 ** 52 + below(1000)][below(4)]],
      labels: Array.from({ length: Math.max(0, below(5) - 2) }, () => [3, below(4) === 0 ? 0 : 4, below(3)]),
    }));
    const encode = (way: number): Uint8Array =>
      written((pbf) => {
        for (const type of [1, 2]) {
          message(pbf, 1, [
            [1, type],
            [2, 2],
          ]);
        }
        samples.forEach(({ ids, values, labels }, i) => {
          const list = (field: number, numbers: number[]): void => {
            if (way === 1 || (way === 3 && i % 3 === 0)) {
              for (const value of numbers) {
                pbf.writeVarintField(field, value);
              }
            } else if (numbers.length > 0) {
              pbf.writePackedVarint(field, numbers);
            }
          };
          const parts = [
            () => list(1, ids),
            () => list(2, values),
            () => {
              for (const [key, text, value] of labels) {
                message(pbf, 3, [
                  [1, key],
                  [2, text],
                  [3, value],
                ]);
              }
            },
          ];
          pbf.writeMessage(
            2,
            () => {
              for (const part of way === 2 || (way === 3 && i % 2 === 0) ? parts.reverse() : parts) {
                part();
              }
            },
            undefined,
          );
        });
        for (let id = 1; id <= 8; id++) {
          pbf.writeMessage(
            4,
            () => {
              pbf.writeVarintField(1, id);
              for (let inner = 0; inner <= id % 3; inner++) {
                message(pbf, 4, [
                  [1, 1],
                  [2, id * 10 + inner],
                ]);
              }
            },
            undefined,
          );
        }
        message(pbf, 5, [
          [1, 1],
          [2, 5],
          [4, 5],
        ]);
        writeStrings(pbf, '', 'cpu', 'count', 'key', 'text', 'f');
      });
    const first = decode(pprof, encode(0));
    expect(checkProfile(first)).toEqual([]);
    expect(Array.from(first.samples.values[1])).toEqual(samples.map(({ values }) => values[1]));
    for (const way of [1, 2, 3]) {
      expect(decode(pprof, encode(way))).toEqual(first);
    }
  });
});
