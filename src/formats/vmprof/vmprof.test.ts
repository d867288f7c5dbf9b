import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  decode,
  fixtures,
  frameFile,
  frameName,
  naiveTotals,
  readFixture,
  type SelfTotal,
  sum,
} from '../../../test/support/profiles';
import { sampleRows } from '../../../test/support/sampleRows';
import { checkProfile } from '../../profile/checkProfile';
import { frameKind } from '../../profile/frameKind';
import type { Profile } from '../../profile/profile';
import { vmprof } from './vmprof';
import { splitVmprofName } from './vmprofStacks';

interface Oracle {
  period: number;
  memory: number;
  threads: Map<number, number>;
  functions: Map<string, SelfTotal>;
  lines: Map<string, SelfTotal>;
}

function readOracle(name: string): Oracle {
  const oracle: Oracle = { period: 0, memory: 0, threads: new Map(), functions: new Map(), lines: new Map() };
  for (const line of readFileSync(join(fixtures, 'vmprof/oracle', `${name}.txt`), 'utf8').split('\n')) {
    const [kind, key, self, total] = line.split(' ');
    if (kind === 'period' || kind === 'memory') oracle[kind] = Number(key);
    if (kind === 'thread') oracle.threads.set(Number(key), Number(self));
    if (kind === 'function') oracle.functions.set(key, { self: Number(self), total: Number(total) });
    if (kind === 'line') oracle.lines.set(key, { self: Number(self), total: Number(total) });
  }
  return oracle;
}

/** As vmprof writes a function's name. */
function vmprofName(profile: Profile, frame: number): string {
  const { frames, functions } = profile;
  const func = frames.func[frame];
  const native = frames.kind[frame] === frameKind.native;
  const name = frameName(profile, frame);
  const symbol = native && name.startsWith('0x') ? `<native symbol ${name}>` : name;
  const module = functions.module[func] < 0 ? '' : profile.strings[functions.module[func]];
  const place = frameFile(profile, frame) || module || '-';
  return `${native ? 'n' : 'py'}:${symbol}:${functions.line[func]}:${place}`.replaceAll(' ', '\u00a0');
}

function expectClose(actual: Map<string, SelfTotal>, expected: Map<string, SelfTotal>, unit: number): void {
  expect([...actual.keys()].sort()).toEqual([...expected.keys()].sort());
  for (const [name, { self, total }] of actual) {
    expect([name, self / unit]).toEqual([name, expect.closeTo(expected.get(name)!.self, 9)]);
    expect([name, total / unit]).toEqual([name, expect.closeTo(expected.get(name)!.total, 9)]);
  }
}

describe.each(['plain.vmprof', 'lines.vmprof', 'native.vmprof', 'real.vmprof', 'old.vmprof'])('%s', (name) => {
  const profile = decode(vmprof, readFixture(`vmprof/${name}`), 1000);
  const oracle = readOracle(name);

  it("agrees with vmprof's own reader on every function, line and thread", () => {
    expect(checkProfile(profile)).toEqual([]);
    expect(profile.meta.notes).toEqual([]);
    expect(profile.meta.formats).toEqual(['vmprof']);
    const lined = ['lines.vmprof', 'native.vmprof', 'old.vmprof'].includes(name);
    expect(profile.meta.lines).toBe(lined ? 'call' : 'declaration');
    const periods = oracle.period * 1000;
    expect(oracle.functions.size).toBeGreaterThan(8);
    expectClose(
      naiveTotals(profile, 1, (frame) => vmprofName(profile, frame)),
      oracle.functions,
      periods,
    );
    if (lined) {
      expect(oracle.lines.size).toBeGreaterThan(8);
      const key = (frame: number): string => `${vmprofName(profile, frame)}:${profile.frames.line[frame]}`;
      expectClose(naiveTotals(profile, 1, key), oracle.lines, periods);
    }
    const threads = new Map<number, number>();
    for (let row = 0; row < profile.samples.length; row++) {
      const { tid } = profile.threads[profile.samples.thread?.[row] ?? 0];
      threads.set(tid!, (threads.get(tid!) ?? 0) + profile.samples.values[0][row]);
    }
    expect(threads).toEqual(oracle.threads);
    const real = name === 'real.vmprof' ? 'wall' : 'cpu';
    expect(profile.sampleTypes).toEqual([
      { type: 'samples', unit: 'count' },
      { type: real, unit: 'nanoseconds' },
    ]);
  });

  it('has start, duration, the times of samples, and their memory as a label', () => {
    const { samples, labels, strings, meta } = profile;
    expect(meta.startTimeMs).toBeGreaterThan(Date.UTC(2026, 0));
    expect(meta.durationMs).toBeGreaterThan(400);
    expect(samples.time === null).toBe(name === 'old.vmprof');
    if (samples.time !== null) {
      expect(Math.min(...samples.time)).toBe(0);
      expect(sum(samples.values[1])).toBeGreaterThanOrEqual(samples.length * oracle.period * 1000);
    }
    if (oracle.memory === 0) {
      expect(samples.labelSet).toBeNull();
      return;
    }
    const memory = [...samples.labelSet!].map((set) => labels.number[labels.offset[set]]);
    expect(sum(memory)).toBe(oracle.memory);
    expect(strings[labels.key[0]]).toBe('memory');
    expect(strings[labels.unit[0]]).toBe('kilobytes');
  });
});

/** Bytes of a file with one size of words and one of addresses. */
class Writer {
  readonly bytes: number[] = [];

  constructor(
    private readonly wordSize: 4 | 8,
    private readonly addressSize: 4 | 8,
    windows = 0,
  ) {
    for (const value of [0, 3, 0, 1000, windows]) this.word(value);
  }

  private number(value: number, size: number): this {
    for (let i = 0, rest = BigInt(value); i < size; i++, rest >>= 8n) this.bytes.push(Number(rest & 0xffn));
    return this;
  }

  word(value: number): this {
    return this.number(value, this.wordSize);
  }

  header(version: number, flags: number, interpreter: string): this {
    const mode = version >= 4 ? [flags] : [];
    this.bytes.push(5, version >> 8, version & 255, ...mode, interpreter.length, ...Buffer.from(interpreter));
    return this;
  }

  /** @param trace leaf first */
  stack(trace: number[], thread: number | null, memory: number | null = null, time: number | null = null): this {
    this.bytes.push(1);
    this.word(1).word(trace.length);
    for (const value of trace) this.number(value, this.addressSize);
    if (thread !== null) this.number(thread, this.addressSize);
    if (memory !== null) this.number(memory, this.addressSize);
    if (time !== null) this.number(time, 8);
    return this;
  }

  name(marker: 2 | 8, address: number, text: string): this {
    this.bytes.push(marker);
    this.number(address, this.addressSize).word(text.length);
    this.bytes.push(...Buffer.from(text));
    return this;
  }

  end(): Uint8Array {
    return Uint8Array.from([...this.bytes, 3, ...new Array(24).fill(0)]);
  }
}

describe('vmprof', () => {
  it('reads every size of words and addresses', () => {
    for (const [word, address, windows] of [
      [4, 4, 0],
      [4, 8, 1],
      [8, 8, 0],
    ] as const) {
      const bytes = new Writer(word, address, windows)
        .header(2, 0, 'cpython')
        .stack([16, 8], 5)
        .stack([8], 6)
        .name(2, 8, 'py:main:1:C:\\a.py')
        .name(2, 16, 'py:f:7:a.py')
        .end();
      expect(vmprof.detect(bytes, '')).toBe('certain');
      const profile = decode(vmprof, bytes, 3);
      expect(sampleRows(profile, 1)).toEqual([
        ['main;f', 1e6],
        ['main', 1e6],
      ]);
      expect(profile.threads.map(({ tid }) => tid)).toEqual([5, 6]);
      expect(frameFile(profile, 0)).toBe('C:\\a.py');
      expect([...profile.frames.line]).toEqual([1, 7]);
      expect(profile.meta.notes).toEqual([]);
    }
  });

  it('reads the oldest files, which name the interpreter alone and have no threads', () => {
    const old = new Writer(8, 8);
    old.bytes.push(4, 4, ...Buffer.from('pypy'));
    const profile = decode(vmprof, old.stack([8], null).name(2, 8, 'py:main:1:a.py').end());
    expect(sampleRows(profile, 1)).toEqual([['main', 1e6]]);
    expect(profile.threads).toEqual([{ name: '', process: null, pid: null, tid: null }]);
    const memory = new Writer(8, 8).header(3, 0, 'cpython').stack([8], 7, 512);
    expect([...decode(vmprof, memory.end()).labels.number]).toEqual([512]);
  });

  it("reads PyPy's tags: interpreted, compiled and native, without the JIT's own code", () => {
    const bytes = new Writer(8, 8)
      .header(6, 8, 'pypy')
      .stack([7, 33, 3, 16, 6, 4096, 1, 8], 5)
      .stack([5, 0, 1, 8], 5)
      .name(2, 8, 'py:main:1:a.py')
      .name(2, 16, 'py:f:7:a.py')
      .name(8, 33, 'n:std::sort:0:/lib/libstdc++.so')
      .end();
    const profile = decode(vmprof, bytes);
    expect(sampleRows(profile, 1).map(([stack]) => stack)).toEqual(['main;f;std::sort', 'main;(garbage collector)']);
    const { interpreted, compiled, native } = frameKind;
    expect([...profile.frames.kind]).toEqual([interpreted, compiled, native, 0]);
    expect(profile.strings[profile.functions.module[2]]).toBe('/lib/libstdc++.so');
  });

  it('reads lines that are negated, and the lines of native frames, which have none', () => {
    const bytes = new Writer(8, 8)
      .header(6, 2, 'cpython')
      .stack([0, 33, -12, 16, -3, 8], 5)
      .name(2, 8, 'py:main:1:a.py')
      .name(8, 8, 'n:wrong:0:-')
      .end();
    const profile = decode(vmprof, bytes);
    expect(sampleRows(profile, 1)).toEqual([['main;0x10;0x21', 1e6]]);
    expect([...profile.frames.line]).toEqual([3, 12, 0]);
    expect([...profile.functions.line]).toEqual([1, 0, 0]);
    expect([...profile.frames.kind]).toEqual([0, 0, frameKind.native]);
  });

  it('weighs samples by their times: the process has one timer, in real time each thread has', () => {
    const times = [5e6, 8e6, 8.1e6, 3e12];
    for (const [flags, expected] of [
      [0, [1e6, 3e6, 1e6, 1e9]],
      [16, [1e6, 1e6, 3.1e6, 1e9]],
    ] as const) {
      const file = new Writer(8, 8).header(7, flags, 'cpython');
      times.forEach((time, i) => {
        file.stack([8], i % 2, null, time);
      });
      const profile = decode(vmprof, file.end());
      const { samples } = profile;
      const byThread = [0, 1, 2, 3].map(
        (i) => samples.values[1][[...samples.time!].indexOf(times[i] - expected[i] - 4e6)],
      );
      expect(byThread).toEqual(expected);
      expect(profile.meta.notes).toEqual([expect.stringMatching(/^Gaps .* 2999\.0 s are in no sample\.$/)]);
    }
  });

  it('splits names as they are meant', () => {
    expect(splitVmprofName('n:ns::f(a::b):12:/src/a.c')).toMatchObject({
      name: 'ns::f(a::b)',
      line: 12,
      binary: false,
    });
    expect(splitVmprofName('n:<native symbol 0x7f>:0:-')).toMatchObject({ name: '0x7f', file: '', native: true });
    expect(splitVmprofName('py:f:-1:C:\\a.py')).toMatchObject({ name: 'f', file: 'C:\\a.py', line: 0, native: false });
    expect(splitVmprofName('jit loop')).toMatchObject({ name: 'jit loop', file: '' });
  });

  it('reads what is whole of a cut file', () => {
    const bytes = readFixture('vmprof/lines.vmprof');
    const whole = decode(vmprof, bytes);
    for (let cut = 1; cut < 60; cut++) {
      const profile = decode(vmprof, bytes.subarray(0, 3000 - cut), 256);
      expect(checkProfile(profile)).toEqual([]);
      expect(profile.samples.length).toBeGreaterThan(2);
      expect(profile.meta.notes).toHaveLength(1);
      expect(profile.samples.values[1]).toEqual(whole.samples.values[1].subarray(0, profile.samples.length));
    }
  });

  it.each([
    [
      'another file',
      Buffer.from('hello, this is no profile of any kind at all ...'),
      /header of a vmprof profile.*byte 0/,
    ],
    ['a newer version', new Writer(8, 8).header(8, 0, 'x').end(), /version 8, but.*up to 7.*byte 40/],
    ['two headers', new Writer(8, 8).header(6, 0, 'x').header(6, 0, 'x').end(), /the second/],
    ['an unknown record', Uint8Array.from([...new Writer(8, 8).header(6, 0, '').bytes, 9]), /found 9.*byte 45/],
    [
      'a huge stack',
      Uint8Array.from([...new Writer(8, 8).header(6, 0, '').bytes, 1, 1, ...new Array(15).fill(9)]),
      /65536 addr/,
    ],
    [
      'a huge name',
      Uint8Array.from([...new Writer(8, 8).header(6, 0, '').bytes, 2, ...new Array(16).fill(9)]),
      /1 MiB/,
    ],
  ])('refuses %s', (_, input, sentence) => {
    expect(() => decode(vmprof, new Uint8Array(input))).toThrow(sentence);
    expect(() => decode(vmprof, new Uint8Array(input))).toThrow(expect.objectContaining({ name: 'DecodeError' }));
  });
});
