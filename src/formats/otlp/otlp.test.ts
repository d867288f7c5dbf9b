import { PbfWriter } from 'pbf';
import { describe, expect, it } from 'vitest';
import { decode, naiveTotals, readFixture } from '../../../test/support/profiles';
import { checkProfile } from '../../profile/checkProfile';
import { frameKind } from '../../profile/frameKind';
import type { Profile } from '../../profile/profile';
import { folded } from '../folded/folded';
import { pprof } from '../pprof/pprof';
import { otlp } from './otlp';

function totals(profile: Profile): Map<string, { self: number; total: number }> {
  const { frames, functions, strings } = profile;
  const type = profile.sampleTypes.findIndex(({ type }) => type === 'samples');
  return naiveTotals(profile, type, (frame) => {
    const func = frames.func[frame];
    const file = functions.file[func] < 0 ? '' : strings[functions.file[func]];
    return `${strings[functions.name[func]]} ${file}:${frames.line[frame]}`;
  });
}

const fixtures = ['dictionary.otlp', 'stacks.otlp', 'alpha.otlp', 'alpha.otlp.json'];
const source = decode(folded, readFixture('py-spy.folded'));

describe.each(fixtures)('%s', (name) => {
  const bytes = readFixture(`otlp/${name}`);
  const profile = decode(otlp, bytes);

  it('is sound, and told from pprof', () => {
    expect(checkProfile(profile)).toEqual([]);
    expect(otlp.detect(bytes.subarray(0, 65536), 'x')).toBe('certain');
    expect(pprof.detect(bytes.subarray(0, 65536), 'x')).toBe('no');
    expect(otlp.detect(readFixture('go-cpu.pb.gz').subarray(0, 65536), 'x')).toBe('no');
  });

  it('has the totals of the folded stacks it was made of', () => {
    expect(totals(profile)).toEqual(totals(source));
  });

  it('keeps the process, the thread, times and labels', () => {
    expect(profile.threads).toEqual([{ name: 'main', process: 'quotes', pid: 4711, tid: 17 }]);
    expect(profile.meta).toMatchObject({ startTimeMs: 1_790_000_000_000, durationMs: 5000, lines: 'call' });
    const { labels, strings, samples } = profile;
    expect([...samples.time!.subarray(0, 4)]).toEqual([0, 5e6, 10e6, 15e6]);
    expect(samples.values[0].every((value) => value === 1)).toBe(true);
    const texts = [...labels.key.keys()].map((at) => [strings[labels.key[at]], strings[labels.text[at]]]);
    expect(texts.slice(0, 2)).toEqual([
      ['host.name', 'laptop'],
      ['trace_id', name.endsWith('.json') ? 'AAECAwQFBgcICQoLDA0ODw==' : '000102030405060708090a0b0c0d0e0f'],
    ]);
  });
});

/** A profile of the first shape, with its tables in itself: two values, an inlined function, an address without a symbol. */
function inProfile(): Uint8Array {
  const writer = new PbfWriter();
  const message = (tag: number, write: (writer: PbfWriter) => void): void => {
    writer.writeMessage(tag, (_: null, inner?: PbfWriter) => write(inner!), null);
  };
  const packed = (tag: number, values: number[]): void => writer.writePackedVarint(tag, values);
  message(1, () => {
    message(2, () => {
      message(2, () => {
        message(1, () => {
          writer.writeVarintField(1, 1);
          writer.writeVarintField(2, 2);
        });
        message(1, () => {
          writer.writeVarintField(1, 3);
          writer.writeVarintField(2, 4);
        });
        message(2, () => {
          writer.writeVarintField(1, 1);
          writer.writeVarintField(2, 2);
          packed(3, [2, 20]);
          packed(6, [1005, 1006]);
        });
        message(2, () => {
          writer.writeVarintField(2, 1);
          packed(3, [1, 10]);
        });
        message(3, () => {});
        message(3, () => {
          writer.writeVarintField(1, 0x1000);
          writer.writeVarintField(2, 0x2000);
          writer.writeVarintField(3, 0x100);
          writer.writeVarintField(4, 7);
        });
        message(4, () => {
          writer.writeVarintField(1, 1);
          writer.writeVarintField(2, 0x1234);
        });
        message(4, () => {
          writer.writeVarintField(2, 0x10);
          message(3, () => {
            writer.writeVarintField(1, 1);
            writer.writeVarintField(2, 9);
          });
          message(3, () => {
            writer.writeVarintField(2, 5);
          });
          packed(5, [0]);
        });
        packed(5, [0, 0, 1]);
        message(6, () => writer.writeVarintField(1, 5));
        message(6, () => {
          writer.writeVarintField(1, 6);
          writer.writeVarintField(4, 8);
        });
        message(7, () => {
          writer.writeStringField(1, 'profile.frame.type');
          message(2, () => writer.writeStringField(1, 'native'));
        });
        for (const text of ['', 'samples', 'count', 'cpu', 'nanoseconds', 'outer', 'inner', '/lib/libz.so']) {
          writer.writeStringField(10, text);
        }
        writer.writeVarintField(11, 1000);
        writer.writeVarintField(16, 3);
      });
    });
  });
  return writer.finish();
}

describe('OTLP profiles', () => {
  it('with tables in the profile (until 1.6): values of two types over timestamps, inlining, addresses', () => {
    const profile = decode(otlp, inProfile());
    expect(checkProfile(profile)).toEqual([]);
    const { functions, strings, frames, samples } = profile;
    expect(profile.sampleTypes).toEqual([
      { type: 'samples', unit: 'count' },
      { type: 'cpu', unit: 'nanoseconds' },
    ]);
    expect(profile.meta.defaultSampleType).toBe(1);
    expect(profile.samples.values.map((values) => values.reduce((sum, value) => sum + value, 0))).toEqual([3, 30]);
    expect(samples.length).toBe(3);
    expect([...functions.name].map((name) => strings[name])).toEqual(['outer', 'inner', 'libz.so+0x334']);
    expect(functions.module[2] >= 0 && strings[functions.module[2]]).toBe('/lib/libz.so');
    expect([...frames.line]).toEqual([5, 9, 0]);
    expect([...frames.inlined]).toEqual([0, 1, 0]);
    expect([...frames.kind]).toEqual([frameKind.native, frameKind.native, frameKind.unknown]);
  });

  it('behind lengths and in lines, as the Collector writes files', () => {
    const message = readFixture('otlp/alpha.otlp');
    const prefixed = new Uint8Array(2 * (message.length + 4) - 3);
    for (const at of [0, message.length + 4]) {
      new DataView(prefixed.buffer).setUint32(at, message.length);
      prefixed.set(message.subarray(0, prefixed.length - at - 4), at + 4);
    }
    const cut = decode(otlp, prefixed);
    expect(cut.samples.length).toBe(source.samples.values[0].reduce((sum, value) => sum + value, 0));
    expect(cut.meta.notes).toEqual([expect.stringMatching(/ends in the middle of a message.*1 whole/)]);
    const json = new TextDecoder().decode(readFixture('otlp/alpha.otlp.json'));
    expect(decode(otlp, `${json}\n${json}\n`).samples.length).toBe(2 * cut.samples.length);
  });

  it('that are cut are refused with the byte', () => {
    const bytes = readFixture('otlp/alpha.otlp');
    expect(() => decode(otlp, bytes.subarray(0, bytes.length - 100))).toThrow(/truncated.*at byte \d+/);
  });
});
