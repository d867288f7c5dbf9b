import { describe, expect, it } from 'vitest';
import { constants, executionSample, read, sample, stackTypes } from '../../../test/support/jfrChunk';
import type { JfrWriter, WrittenChunk, WrittenType } from '../../../test/support/jfrWriter';
import { frameFile, frameName, stackNames, sum } from '../../../test/support/profiles';
import { frameKind } from '../../profile/frameKind';
import type { Profile } from '../../profile/profile';

function total(profile: Profile, type: string): number {
  return sum(profile.samples.values[profile.sampleTypes.findIndex((one) => one.type === type)]);
}

describe.each([true, false])('integers that are compressed: %s', (compressed) => {
  it('reads stacks, threads and times by their names in the metadata', () => {
    const profile = read({ compressed });
    expect(profile.meta.notes).toEqual([]);
    expect(stackNames(profile, profile.samples.stack[0])).toEqual([
      'com.foo.Bar$Inner.run',
      'com.foo.Bar$Inner.run',
      'com.foo.Bar$Inner.step',
    ]);
    const leaf = profile.stacks.frame[profile.samples.stack[0]];
    expect([frameFile(profile, leaf), profile.frames.line[leaf]]).toEqual(['com/foo/Bar.java', 20]);
    expect([profile.frames.inlined[leaf], profile.frames.kind[leaf]]).toEqual([1, frameKind.compiled]);
    expect(profile.threads).toEqual([{ name: 'höch', process: null, pid: null, tid: 77 }]);
    expect([...profile.samples.time!]).toEqual([10, 20]);
    expect(profile.sampleTypes).toEqual([{ type: 'samples', unit: 'count' }]);
  });

  it('passes over values of every type', () => {
    const odd: WrittenType = {
      id: 50,
      name: 'odd.Struct',
      fields: [
        { name: 'float', type: 6 },
        { name: 'texts', type: 20, array: true },
        { name: 'char', type: 5 },
      ],
    };
    const fields = [
      { name: 'boolean', type: 4 },
      { name: 'byte', type: 8 },
      { name: 'short', type: 9 },
      { name: 'int', type: 10 },
      { name: 'double', type: 7 },
      { name: 'struct', type: 50 },
      { name: 'structs', type: 50, array: true },
      { name: 'threads', type: 36, pooled: true, array: true },
      { name: 'startTime', type: 11, unit: 'TICKS' },
      { name: 'sampledThread', type: 36, pooled: true },
      { name: 'stackTrace', type: 35, pooled: true },
    ];
    const struct = (to: JfrWriter): void => {
      to.float(1.5).int(6);
      [0, 1, 2, 3, 4, 5].forEach((encoding) => {
        to.string('44', encoding);
      });
      to.short(0xfffe);
    };
    const profile = read({
      compressed,
      types: [...stackTypes, odd, { ...executionSample, fields }],
      events: [
        {
          type: 100,
          write: (to) => {
            to.byte(1).byte(-1).short(-2).int(-3).double(-4.5);
            struct(to);
            to.int(2);
            struct(to);
            struct(to);
            to.int(2).long(1).long(-1n).long(30).long(1).long(1);
          },
        },
      ],
    });
    expect(profile.meta.notes).toEqual([]);
    expect(profile.samples.time![0]).toBe(30);
    expect(stackNames(profile, profile.samples.stack[0])).toHaveLength(3);
  });

  it('reads numbers of all sizes and signs', () => {
    const values = [1, 127, 128, 2 ** 28, 2 ** 31, 2 ** 32 + 5, 2 ** 35, 2 ** 49, 2 ** 52 + 1];
    const profile = read({
      compressed,
      startTicks: -7,
      events: [...values, -5].map((value) => sample(value)),
    });
    expect([...profile.samples.time!]).toEqual([-5, ...values].map((value) => value + 7));
  });

  it('counts recursion once', () => {
    const profile = read({ compressed });
    const roots = new Set<number>();
    for (let stack = profile.samples.stack[0]; stack >= 0; stack = profile.stacks.prefix[stack]) {
      roots.add(profile.frames.func[profile.stacks.frame[stack]]);
    }
    expect(roots.size).toBe(2);
  });
});

describe('clocks', () => {
  it("counts from the first chunk's start, by each chunk's own clock", () => {
    const profile = read(
      { startNanos: 5_000_000_000, startTicks: 1000, ticksPerSecond: 2_000_000_000, events: [sample(1200)] },
      { startNanos: 6_000_000_000, startTicks: 50, ticksPerSecond: 500_000_000, events: [sample(60)] },
    );
    expect([...profile.samples.time!]).toEqual([100, 1_000_000_020]);
    expect(profile.meta.startTimeMs).toBe(5000);
    expect(profile.meta.durationMs).toBe(1001);
  });

  it('takes ticks as nanoseconds where a chunk says that it has none a second', () => {
    const profile = read({ ticksPerSecond: 0 });
    expect([...profile.samples.time!]).toEqual([10, 20]);
    expect(profile.meta.notes.join()).toMatch(/does not say how fast its clock ticks/);
  });

  it('reads times that are counted from the last full one', () => {
    const profile = read({ flags: 4, startTicks: 1000, events: [sample(1500), sample(10), sample(20)] });
    expect([...profile.samples.time!]).toEqual([500, 510, 520]);
  });
});

describe('events', () => {
  const span = (name: string, unit: string): WrittenType => ({
    id: 101,
    name,
    superType: 'jdk.jfr.Event',
    fields: [
      { name: 'startTime', type: 11, unit: 'TICKS' },
      { name: 'duration', type: 11, unit },
      { name: 'eventThread', type: 36, pooled: true },
      { name: 'stackTrace', type: 35, pooled: true },
    ],
  });
  const spans = (...durations: number[]): WrittenChunk['events'] =>
    durations.map((duration) => ({ type: 101, write: (to) => to.long(5).long(duration).long(1).long(1) }));

  it('takes a negative duration for none, and says so', () => {
    const profile = read({ types: [...stackTypes, span('jdk.JavaMonitorEnter', 'TICKS')], events: spans(300, -40) });
    expect(profile.sampleTypes).toEqual([{ type: 'lock', unit: 'nanoseconds' }]);
    expect([...profile.samples.values[0]]).toEqual([300, 0]);
    expect(profile.meta.notes.join()).toMatch(/negative duration/);
  });

  it("reads an application's own events, in the unit of their metadata", () => {
    const profile = read({ types: [...stackTypes, span('shop.Checkout', 'MILLISECONDS')], events: spans(3) });
    expect(profile.sampleTypes).toEqual([{ type: 'event', unit: 'nanoseconds' }]);
    expect(profile.samples.values[0][0]).toBe(3_000_000);
    expect(profile.strings[profile.labels.text[0]]).toBe('shop.Checkout');
  });

  it('reads CPU-time samples (JDK 25), which say how much time each stands for', () => {
    const cpuTime: WrittenType = {
      id: 102,
      name: 'jdk.CPUTimeSample',
      superType: 'jdk.jfr.Event',
      fields: [
        { name: 'startTime', type: 11, unit: 'TICKS' },
        { name: 'stackTrace', type: 35, pooled: true },
        { name: 'eventThread', type: 36, pooled: true },
        { name: 'failed', type: 4 },
        { name: 'samplingPeriod', type: 11, unit: 'TICKS' },
        { name: 'biased', type: 4 },
      ],
    };
    const profile = read({
      ticksPerSecond: 500_000_000,
      types: [...stackTypes, cpuTime],
      events: [
        { type: 102, write: (to) => to.long(5).long(1).long(1).byte(0).long(5_000_000).byte(0) },
        { type: 102, write: (to) => to.long(6).long(0).long(1).byte(1).long(5_000_000).byte(0) },
      ],
    });
    expect(profile.sampleTypes).toEqual([
      { type: 'samples', unit: 'count' },
      { type: 'cpu', unit: 'nanoseconds' },
    ]);
    expect(profile.meta.defaultSampleType).toBe(1);
    expect([total(profile, 'samples'), total(profile, 'cpu')]).toEqual([2, 20_000_000]);
    expect(profile.samples.stack[1]).toBe(-1);
    expect(profile.meta.notes).toEqual([]);
  });

  it('marks stacks that the recorder cut', () => {
    const profile = read({ events: [sample(1, 2)] });
    expect(profile.meta.notes.join()).toMatch(/deeper than the recorder kept/);
    expect(profile.strings[profile.labels.text[0]]).toBe('truncated');
  });
});

describe('names', () => {
  it('of functions without a class or a name are said to be unknown', () => {
    const profile = read({ checkpoints: [constants()[0], []] });
    expect(frameName(profile, profile.stacks.frame[profile.samples.stack[0]])).toBe('[unknown]');
  });
});

describe('threads', () => {
  const thread: WrittenType = {
    id: 36,
    name: 'java.lang.Thread',
    fields: [
      { name: 'osName', type: 20 },
      { name: 'osThreadId', type: 11 },
      { name: 'javaName', type: 20 },
      { name: 'javaThreadId', type: 11 },
      { name: 'group', type: 37, pooled: true },
      { name: 'virtual', type: 4 },
    ],
  };
  const group: WrittenType = { id: 37, name: 'jdk.types.ThreadGroup', fields: [{ name: 'name', type: 20 }] };
  const process: WrittenType = {
    id: 104,
    name: 'jdk.JVMInformation',
    superType: 'jdk.jfr.Event',
    fields: [
      { name: 'startTime', type: 11 },
      { name: 'javaArguments', type: 20 },
      { name: 'pid', type: 11 },
    ],
  };
  const types = [...stackTypes.filter(({ id }) => id !== 36), thread, group, executionSample, process];
  const threads = [
    (to: JfrWriter) => to.long(1).string('pool-1').long(51).string('', 0).long(0).long(1).byte(0),
    (to: JfrWriter) => to.long(2).string('', 1).long(52).string('', 1).long(900).long(0).byte(1),
    (to: JfrWriter) => to.long(3).string('', 1).long(52).string('', 1).long(901).long(0).byte(1),
    (to: JfrWriter) => to.long(4).string('', 1).long(52).string('named').long(902).long(0).byte(1),
  ];
  const groups = { type: 37, entries: [(to: JfrWriter) => to.long(1).string('workers')] };
  const by = (thread: number) => ({ type: 100, write: (to: JfrWriter) => to.long(thread).long(thread).long(1) });
  const information = (pid: number) => ({
    type: 104,
    write: (to: JfrWriter) => to.long(0).string('/opt/app/shop.jar --port 80').long(pid),
  });

  it('have the names, numbers and process of their chunk, and virtual ones without a name are one', () => {
    const [first, second] = constants();
    const checkpoints = [first, [...second.filter(({ type }) => type !== 36), { type: 36, entries: threads }, groups]];
    const part = (pid: number) => ({
      types,
      checkpoints,
      events: [by(1), by(2), by(3), by(4), by(99), information(pid)],
    });
    const profile = read(part(7), part(7), part(8));
    const names = profile.threads.map(({ name, process, pid, tid }) => `${name} ${tid} ${process} ${pid}`);
    expect(names).toEqual([
      'pool-1 51 shop.jar 7',
      'virtual threads null shop.jar 7',
      'named null shop.jar 7',
      ' null shop.jar 7',
      'pool-1 51 shop.jar 8',
      'virtual threads null shop.jar 8',
      'named null shop.jar 8',
      ' null shop.jar 8',
    ]);
    const { thread, labelSet } = profile.samples;
    expect([...thread!].filter((of) => of === 1)).toHaveLength(4);
    expect([...labelSet!].filter((set, row) => set >= 0 && thread![row] % 4 === 0)).toHaveLength(3);
    expect(profile.strings[profile.labels.text[0]]).toBe('workers');
  });
});
