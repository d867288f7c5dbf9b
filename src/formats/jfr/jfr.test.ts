import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decode, fixtures, frameFile, frameName, readFixture, sourceOf, sum } from '../../../test/support/profiles';
import { checkProfile } from '../../profile/checkProfile';
import { frameKind } from '../../profile/frameKind';
import type { Profile } from '../../profile/profile';
import { detectFormat } from '../registry';
import { jfr } from './jfr';

/** Tables of an oracle (see test/fixtures/jfr/oracle.mjs), by event: `function`, `line` … to rows by their names. */
type Tables = Record<string, Record<string, number[]>>;

interface Oracle {
  samples: number;
  weight: number;
  tables: Tables;
}

function readOracle(name: string): Map<string, Oracle> {
  const text = readFileSync(join(fixtures, 'jfr', `${name}.oracle.txt`), 'utf8');
  const numbers: Record<string, number> = { function: 4, line: 4, kind: 4, thread: 4, state: 2, class: 2 };
  return new Map(
    text.split('\n\n').map((part) => {
      const [head, ...rows] = part.trimEnd().split('\n');
      const [, event, samples, weight] = head.split(' ');
      const tables: Tables = {};
      for (const row of rows) {
        const [what, ...cells] = row.split(' ');
        tables[what] ??= {};
        tables[what][cells.slice(numbers[what]).join(' ')] = cells.slice(0, numbers[what]).map(Number);
      }
      return [event, { samples: Number(samples), weight: Number(weight), tables }];
    }),
  );
}

/** Which sample types hold an event's samples: their number's and their weight's. */
const columnsOf: Record<string, [count: string | null, weight: string | null]> = {
  'jdk.ExecutionSample': ['samples', null],
  'jdk.NativeMethodSample': ['native_samples', null],
  'profiler.WallClockSample': ['samples', null],
  'jdk.ObjectAllocationSample': ['alloc_samples', 'alloc_space'],
  'jdk.ObjectAllocationInNewTLAB': ['tlab_samples', 'tlab_space'],
  'jdk.ObjectAllocationOutsideTLAB': ['tlab_samples', 'tlab_space'],
  'profiler.LiveObject': ['live_samples', 'live_space'],
  'jdk.OldObjectSample': ['live_samples', null],
  'profiler.Malloc': ['samples', 'malloc_space'],
  unfreed: [null, 'malloc_unfreed'],
  'jdk.JavaExceptionThrow': ['exceptions', null],
  'jdk.JavaMonitorEnter': [null, 'lock'],
  'jdk.JavaMonitorWait': [null, 'wait'],
  'jdk.ThreadPark': [null, 'park'],
  'jdk.ThreadSleep': [null, 'sleep'],
  'jdk.SocketRead': [null, 'io'],
  'jdk.FileRead': [null, 'io'],
  'jdk.MethodTrace': [null, 'method_trace'],
  'jdk.ClassLoad': [null, 'event'],
};

function labelsOf(profile: Profile, row: number): Record<string, string> {
  const { labels, strings, samples } = profile;
  const set = samples.labelSet === null ? -1 : samples.labelSet[row];
  const found: Record<string, string> = {};
  for (let i = set < 0 ? 0 : labels.offset[set]; i < (set < 0 ? 0 : labels.offset[set + 1]); i++) {
    found[strings[labels.key[i]]] = labels.text[i] < 0 ? String(labels.number[i]) : strings[labels.text[i]];
  }
  return found;
}

const kindNames = ['', 'Interpreted', 'JIT compiled', 'Native', 'Kernel'];

/** An event's sums as the oracle has them, by walking every sample. */
function sums(profile: Profile, event: string, start: number): Oracle {
  const { samples, stacks, frames, sampleTypes, threads } = profile;
  const hasBoth = sampleTypes.some(({ type }) => type === 'tlab_space');
  const column = (type: string | null): number =>
    sampleTypes.findIndex((one) => one.type === (hasBoth ? type : (type?.replace(/^tlab_/, 'alloc_') ?? null)));
  const [count, weight] = columnsOf[event].map(column);
  const result: Oracle = { samples: 0, weight: 0, tables: {} };
  const row = (what: string, name: string, empty: number[]): number[] => {
    result.tables[what] ??= {};
    result.tables[what][name] ??= empty;
    return result.tables[what][name];
  };
  for (let at = 0; at < samples.length; at++) {
    const labels = labelsOf(profile, at);
    const c = count < 0 ? 1 : samples.values[count][at];
    const w = weight < 0 ? 0 : samples.values[weight][at];
    if ((count < 0 ? w : c) === 0 || (labels.event !== undefined && labels.event !== event)) {
      continue;
    }
    result.samples += c;
    result.weight += w;
    const seen = new Set<string>();
    for (let stack = samples.stack[at], depth = 0; stack >= 0; stack = stacks.prefix[stack], depth++) {
      const frame = stacks.frame[stack];
      const name = frameName(profile, frame);
      const line = frames.line[frame];
      const kind = frames.inlined[frame] === 1 ? 'Inlined' : kindNames[frames.kind[frame]];
      for (const [what, key] of [
        ['function', name],
        ['kind', kind],
        ...(line > 0 ? [['line', `${name}:${line}`]] : []),
      ]) {
        const cells = row(what, key, [0, 0, 0, 0]);
        if (depth === 0) {
          cells[0] += c;
          cells[2] += w;
        }
        if (!seen.has(`${what} ${key}`)) {
          seen.add(`${what} ${key}`);
          cells[1] += c;
          cells[3] += w;
        }
      }
    }
    const { name, tid } = threads[samples.thread === null ? 0 : samples.thread[at]];
    if (tid !== null) {
      const time = samples.time![at] - start;
      const cells = row('thread', `${tid} ${name}`, [0, 0, time, time]);
      cells[0] += c;
      cells[1] += w;
      cells[2] = Math.min(cells[2], time);
      cells[3] = Math.max(cells[3], time);
    }
    for (const what of ['state', 'class']) {
      if (labels[what] !== undefined) {
        const cells = row(what, labels[what], [0, 0]);
        cells[0] += c;
        cells[1] += w;
      }
    }
  }
  return result;
}

describe.each([
  ['jdk17.jfr.gz', 14, 'Busy'],
  ['async-cpu.jfr', 4, 'Busy'],
  ['async-wall.jfr', 1, 'Busy'],
  ['async-malloc.jfr', 2, 'Busy'],
  ['async-trace.jfr', 1, 'Busy'],
])('%s', (file, events, process) => {
  const bytes = readFixture(`jfr/${file}`);
  const profile = decode(jfr, bytes);
  const oracle = readOracle(file.replace(/\.jfr(\.gz)?$/, ''));

  it('is sound and recognised', () => {
    expect(checkProfile(profile)).toEqual([]);
    expect(detectFormat(bytes.subarray(0, 65536), 'unknown')?.name).toBe('jfr');
    expect(profile.meta).toMatchObject({ formats: ['jfr'], lines: 'call' });
    // The JDK's recorder itself loses a stack now and then where one chunk follows another: `jfr print` has none, either.
    const expected = /deeper than the recorder kept|refers? to (a )?stack traces? that the recording does not have/;
    expect(profile.meta.notes.filter((note) => !expected.test(note))).toEqual([]);
    expect(profile.threads.every((thread) => thread.process === process && thread.pid! > 0)).toBe(true);
    expect(oracle.size).toBe(events);
  });

  it('has the samples, functions, lines, kinds of frames, threads, times, states and classes of jfr print', () => {
    const start = Math.min(...profile.samples.time!);
    for (const [event, expected] of oracle) {
      const actual = sums(profile, event, start);
      for (const [thread, [, , first, last]] of Object.entries(expected.tables.thread ?? {})) {
        // The JDK's reader keeps the first chunk's clock for the second: some 100 ns beside the second's own.
        const cells = actual.tables.thread[thread];
        expect(Math.abs(cells[2] - first)).toBeLessThanOrEqual(file.startsWith('jdk') ? 1000 : 0);
        expect(Math.abs(cells[3] - last)).toBeLessThanOrEqual(file.startsWith('jdk') ? 1000 : 0);
        cells.splice(2, 2, first, last);
      }
      expect([event, actual]).toEqual([event, expected]);
    }
  });

  it('is the same in pieces of any size', () => {
    for (const size of [1000, 65_537]) {
      const again = jfr.decode(sourceOf(bytes, file, size), { checkpoint: () => {} });
      expect(again.stacks).toEqual(profile.stacks);
      expect(again.samples).toEqual(profile.samples);
    }
  });
});

describe("async-profiler's own converter", () => {
  const rows = readFileSync(join(fixtures, 'jfr/jfrconv.oracle.txt'), 'utf8').trimEnd().split('\n');

  it.each(rows.map((row) => row.split(' ')))('%s has the same sum of %s', (name, type, expected) => {
    const { sampleTypes, samples } = decode(jfr, readFixture(`jfr/${name}.jfr`));
    expect(sum(samples.values[sampleTypes.findIndex((one) => one.type === type)])).toBe(Number(expected));
  });

  it('was asked for every sampler', () => {
    expect(rows).toHaveLength(8);
  });
});

describe('names and places', () => {
  const profile = decode(jfr, readFixture('jfr/async-cpu.jfr'));
  const frameOf = (name: string): number =>
    Array.from({ length: profile.frames.length }, (_, i) => i).find((frame) => frameName(profile, frame) === name)!;

  it('derives the source file from the class', () => {
    expect(frameFile(profile, frameOf('Busy.fib'))).toBe('Busy.java');
    expect(frameFile(profile, frameOf('java.lang.Thread.run'))).toBe('java/lang/Thread.java');
  });

  it('names the library of native code', () => {
    const native = Array.from({ length: profile.frames.length }, (_, i) => i).filter(
      (frame) => profile.functions.module[profile.frames.func[frame]] >= 0,
    );
    expect(native.length).toBeGreaterThan(10);
    expect(native.every((frame) => profile.frames.kind[frame] >= frameKind.native)).toBe(true);
    const modules = new Set(
      native.map((frame) => profile.strings[profile.functions.module[profile.frames.func[frame]]]),
    );
    expect(modules).toContain('libjvm.so');
  });
});
