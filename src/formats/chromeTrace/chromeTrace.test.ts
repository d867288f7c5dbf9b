import { describe, expect, it } from 'vitest';
import { decode, frameFile, frameName, stackNames, sum } from '../../../test/support/profiles';
import { checkProfile } from '../../profile/checkProfile';
import type { Profile } from '../../profile/profile';
import { detectFormat } from '../registry';
import { chromeTrace } from './chromeTrace';

type Event = Record<string, unknown>;

/** Thread, stack, start in µs, values: of each sample. */
function rows(profile: Profile): [string, string, number, ...number[]][] {
  expect(checkProfile(profile)).toEqual([]);
  const { samples, threads } = profile;
  return [...samples.stack].map((stack, row) => [
    threads[samples.thread?.[row] ?? 0].name,
    stackNames(profile, stack).join(';'),
    samples.time![row] / 1000,
    ...samples.values.map((values) => values[row]),
  ]);
}

function read(events: Event[], more: object = {}): Profile {
  return decode(chromeTrace, JSON.stringify({ traceEvents: events, ...more }));
}

const at = (ph: string, name: string, ts: number, more: Event = {}): Event => ({
  ph,
  name,
  ts,
  pid: 1,
  tid: 2,
  ...more,
});

describe('spans of a Chrome trace', () => {
  it('nest by time, whatever their order: pieces of the innermost', () => {
    const events = [
      at('X', 'outer', 100, { dur: 50 }),
      at('X', 'inner', 110, { dur: 10 }),
      at('X', 'inner', 120, { dur: 5 }),
      at('B', 'late', 160),
      at('B', 'leaf', 161.25),
      at('E', 'leaf', 163),
      at('E', '', 170),
    ];
    const expected = [
      ['2', 'outer', 0, 10],
      ['2', 'outer;inner', 10, 15],
      ['2', 'outer', 25, 25],
      ['2', 'late', 60, 1.25],
      ['2', 'late;leaf', 61.25, 1.75],
      ['2', 'late', 63, 7],
    ].map(([, ...row]) => ['', ...row]);
    const { name: _name, ...unnamed } = events[6];
    for (const order of [events, [...events].reverse().map((event) => event)]) {
      // Begins and ends at different times may stand in any order.
      const profile = read(order.map((event) => (event === events[6] ? unnamed : event)));
      expect(rows(profile)).toEqual(expected);
      expect(profile.sampleTypes).toEqual([{ type: 'time', unit: 'microseconds' }]);
      expect(profile.meta).toMatchObject({ durationMs: 0.07, defaultSampleType: 0, lines: 'none', notes: [] });
      expect(profile.threads).toEqual([{ name: '', process: null, pid: 1, tid: 2 }]);
    }
  });

  it('that start together: the longest is outside; of equal ones the first, or the last where ends were written', () => {
    const stacks = (events: Event[]): string[] => rows(read(events)).map(([, stack]) => stack);
    expect(stacks([at('X', 'a', 0, { dur: 5 }), at('X', 'b', 0, { dur: 9 })])).toEqual(['b;a', 'b']);
    expect(stacks([at('X', 'a', 0, { dur: 5 }), at('X', 'b', 0, { dur: 5 })])).toEqual(['a;b']);
    const written = [at('X', 'leaf', 2, { dur: 3 }), at('X', 'b', 0, { dur: 5 }), at('X', 'a', 0, { dur: 5 })];
    expect(stacks(written)).toEqual(['a;b', 'a;b;leaf']);
  });

  it('that overlap by a rounding follow one another', () => {
    const profile = read([
      at('X', 'outer', 0, { dur: 10 }),
      // 0.1 + 0.7 is less than 0.8, 2.1 + 1.2 is more than 3.3.
      at('X', 'a', 0.1, { dur: 0.7 }),
      at('X', 'b', 2.1, { dur: 1.2 }),
      at('X', 'c', 3.3, { dur: 2 }),
      at('X', 'd', 4.5, { dur: 3 }),
    ]);
    const found = rows(profile).filter(([, stack]) => stack !== 'outer');
    expect(found.map(([, stack]) => stack)).toEqual(['outer;a', 'outer;b', 'outer;c', 'outer;d']);
    [0.7, 1.2, 2, 2.2].forEach((duration, i) => {
      expect(found[i][3]).toBeCloseTo(duration, 9);
    });
    expect(profile.meta.notes).toEqual([]);
  });

  it('without balance are closed, left out or cut, and it is said', () => {
    const profile = read([
      at('E', 'before', 0),
      at('B', 'a', 10),
      at('B', 'b', 20),
      at('E', 'a', 30),
      at('B', 'open', 40),
      at('X', 'endless', 50),
      at('X', 'x', 60, { dur: 20 }),
      at('X', 'y', 70, { dur: 25 }),
      at('X', 'never', Number.NaN, { dur: 25 }),
      at('I', 'mark', 71),
    ]);
    expect(rows(profile).map(([, ...row]) => row)).toEqual([
      ['a', 0, 10],
      ['a;b', 10, 10],
      ['open', 30, 10],
      ['open;endless', 40, 10],
      ['open;endless;x', 50, 10],
      ['open;endless;x;y', 60, 10],
      ['open;endless', 70, 15],
    ]);
    expect(profile.meta.notes).toEqual([
      '2 spans do not end in the file: they last to the end of their threads.',
      'One end has no beginning in the file: it is left out.',
      'One span was closed by the end of one around it.',
      'One span ends after the one that it begins in: it is cut there.',
      'One event has no time and is left out.',
      'One event without a duration (an instant, counter, flow or object) is left out.',
    ]);
    // Ends at one time in the wrong order are no fault.
    const swapped = read([at('B', 'a', 0), at('B', 'b', 1), at('E', 'a', 5), at('E', 'b', 5)]);
    expect(rows(swapped).map(([, ...row]) => row)).toEqual([
      ['a', 0, 1],
      ['a;b', 1, 4],
    ]);
    expect(swapped.meta.notes).toEqual([]);
  });

  it('of many threads keep names and ids, also such as are texts', () => {
    const profile = read([
      at('X', 'a', 0, { dur: 1 }),
      at('X', 'b', 0, { dur: 2, tid: 140185675471744 }),
      at('X', 'c', 0, { dur: 3, pid: 'GPU', tid: 'io "1"' }),
      at('X', 'd', 0, { dur: 4, pid: '7', tid: '8' }),
      at('M', 'thread_name', 0, { args: { name: 'main' } }),
      at('M', 'process_name', 0, { args: { name: 'browser' }, tid: 0 }),
    ]);
    expect(profile.threads).toEqual([
      { name: 'main', process: 'browser', pid: 1, tid: 2 },
      { name: '', process: 'browser', pid: 1, tid: 140185675471744 },
      { name: 'io "1"', process: 'GPU', pid: null, tid: null },
      { name: '', process: null, pid: 7, tid: 8 },
    ]);
    expect(rows(profile).map(([, stack, , value]) => [stack, value])).toEqual([
      ['a', 1],
      ['b', 2],
      ['c', 3],
      ['d', 4],
    ]);
  });

  it('of no thread share tracks where they nest, and run side by side where they do not', () => {
    const profile = read([
      at('b', 'request', 0, { cat: 'net', id: '0x1' }),
      at('b', 'wait', 2, { cat: 'net', id: '0x1' }),
      at('b', 'other', 4, { cat: 'net', id2: { local: '0x1' } }),
      at('e', 'wait', 6, { cat: 'net', id: '0x1' }),
      at('e', 'request', 10, { cat: 'net', id: '0x1' }),
      at('e', 'other', 12, { cat: 'net', id2: { local: '0x1' } }),
      at('S', 'old', 20, { cat: 'c', id: 7 }),
      at('F', 'old', 25, { cat: 'c', id: 7 }),
    ]);
    expect(rows(profile)).toEqual([
      ['async events', 'request', 0, 2],
      ['async events', 'request;wait', 2, 4],
      ['async events', 'request', 6, 4],
      ['async events', 'old', 20, 5],
      ['async events 2', 'other', 4, 8],
    ]);
  });

  it('keep the place in the source that args tell', () => {
    const places = (events: Event[]): unknown[] => {
      const profile = read(events);
      return [
        profile.meta.lines,
        ...[...profile.stacks.frame].map(
          (frame) => `${frameName(profile, frame)} ${frameFile(profile, frame)}:${profile.frames.line[frame]}`,
        ),
      ];
    };
    expect(places([at('X', 'f', 0, { dur: 1, args: { filename: '/a.py', line: 3 } })])).toEqual(['call', 'f /a.py:3']);
    const data = { functionName: 'click', url: 'http://x/a.js', lineNumber: 10, columnNumber: 2, scriptId: '3' };
    expect(places([at('X', 'FunctionCall', 0, { dur: 1, args: { data } })])).toEqual([
      'declaration',
      'click http://x/a.js:10',
    ]);
    expect(places([at('X', 'f (/v/a.py:12)', 0, { dur: 1 })])).toEqual(['declaration', 'f /v/a.py:12']);
    expect(places([at('X', 's', 0, { dur: 1, args: { '[file]': 'src/a.rs', '[line]': 4 } })])).toEqual([
      'declaration',
      's src/a.rs:4',
    ]);
    expect(places([at('X', 'Source', 0, { dur: 1, args: { detail: 'a.h' } })])).toEqual(['none', 'Source: a.h :0']);
    expect(places([at('X', 'checkSourceFile', 0, { dur: 1, args: { path: '/b.ts' } })])).toEqual([
      'none',
      'checkSourceFile /b.ts:0',
    ]);
    // A member of args of the same name, but another kind, is no place.
    expect(places([at('X', 'f', 0, { dur: 1, args: { file: { line: [1] }, line: 'x', url: null } })])).toEqual([
      'none',
      'f :0',
    ]);
  });
});

describe('CPU profiles of a Chrome trace', () => {
  const node = (id: number, parent: number | undefined, functionName: string, lineNumber?: number): Event => ({
    id,
    parent,
    callFrame: { functionName, scriptId: 1, url: lineNumber === undefined ? undefined : 'file:///a.js', lineNumber },
  });
  const cpu = (name: string, ts: number, data: object, more: Event = {}): Event =>
    at('P', name, ts, { id: '0x1', args: { data }, ...more });
  const events = [
    cpu('Profile', 1005, { startTime: 1000 }),
    cpu(
      'ProfileChunk',
      2000,
      {
        cpuProfile: {
          nodes: [node(1, undefined, '(root)'), node(2, 1, 'main', 0), node(3, 2, '', 4)],
          samples: [2, 3],
        },
        timeDeltas: [10, 20],
        lines: [1, 6],
      },
      { tid: 99 },
    ),
    cpu(
      'ProfileChunk',
      3000,
      {
        cpuProfile: { nodes: [node(4, 3, 'deep', 9)], samples: [4, 3, 1], timeDeltas: [30, -5, 15] },
        lines: [11, 6, 0],
      },
      { tid: 99 },
    ),
    cpu('ProfileChunk', 4000, { endTime: 1100 }, { tid: 99 }),
    at('M', 'thread_name', 0, { args: { name: 'main' } }),
  ];

  it('come together from their chunks, in whatever order they stand', () => {
    const expected = [
      ['main', 'main', 10, 1, 20],
      ['main', 'main;(anonymous)', 30, 1, 25],
      ['main', 'main;(anonymous)', 55, 1, 5],
      ['main', 'main;(anonymous);deep', 60, 1, 10],
      ['main', '', 70, 1, 30],
    ];
    for (const order of [events, [...events].reverse(), [2, 0, 4, 3, 1].map((i) => events[i])]) {
      const profile = read(order);
      expect(rows(profile)).toEqual(expected);
      expect(profile.sampleTypes).toEqual([
        { type: 'samples', unit: 'count' },
        { type: 'time', unit: 'microseconds' },
      ]);
      expect(profile.meta).toMatchObject({ durationMs: 0.1, defaultSampleType: 1, lines: 'declaration', notes: [] });
      expect(profile.threads).toEqual([{ name: 'main', process: null, pid: 1, tid: 2 }]);
      const { leafLines, functions, strings } = profile;
      expect(
        [...leafLines!.stack].map((stack, i) => [
          stackNames(profile, stack).at(-1),
          leafLines!.line[i],
          leafLines!.ticks[i],
        ]),
      ).toEqual([
        ['main', 1, 1],
        ['(anonymous)', 6, 2],
        ['deep', 11, 1],
      ]);
      expect([...functions.name].map((name, i) => [strings[name], functions.line[i]])).toEqual(
        expect.arrayContaining([
          ['main', 1],
          ['(anonymous)', 5],
        ]),
      );
    }
  });

  it('and spans beside them have values of their own, on one clock', () => {
    const profile = read([...events, at('X', 'RunTask', 980, { dur: 40 })]);
    expect(rows(profile).slice(4)).toEqual([
      ['main', '', 90, 1, 30, 0],
      ['main (trace events)', 'RunTask', 0, 0, 0, 40],
    ]);
    expect(profile.sampleTypes.map(({ type }) => type)).toEqual(['samples', 'time', 'spans']);
    expect(profile.meta.defaultSampleType).toBe(1);
  });

  it('of many processes and threads stay apart, though their ids are the same', () => {
    const other = events.slice(0, 4).map((event) => ({ ...event, pid: 7, tid: (event.tid as number) + 1 }));
    const profile = read([...events, ...other]);
    expect(profile.threads).toEqual([
      { name: 'main', process: null, pid: 1, tid: 2 },
      { name: '', process: null, pid: 7, tid: 3 },
    ]);
    expect([...profile.samples.values[0]]).toEqual(new Array(10).fill(1));
  });

  it('whose beginning is missing, or whose parts do not fit, are read as far as they go', () => {
    const profile = read([
      ...events.slice(1, 4),
      cpu('ProfileChunk', 3500, { cpuProfile: { samples: [77, 4] }, timeDeltas: [1] }),
    ]);
    expect(profile.meta.notes).toEqual([
      'One sample is of a node that is not in the file: its stack is empty.',
      'One list of samples has not as many time deltas.',
      "One CPU profile's beginning is not in the file: its start and thread are estimates.",
    ]);
    expect(sum(profile.samples.values[0])).toBe(7);
  });

  it('as older DevTools wrote them, whole', () => {
    const cpuProfile = {
      nodes: [
        { id: 1, callFrame: { functionName: '(root)' }, children: [2] },
        { id: 2, callFrame: { functionName: 'f', url: 'a.js', lineNumber: 1, columnNumber: 1 } },
      ],
      samples: [2, 2],
      timeDeltas: [5, 5],
      startTime: 100,
      endTime: 120,
    };
    expect(rows(read([at('I', 'CpuProfile', 130, { args: { data: { cpuProfile } } })]))).toEqual([
      ['', 'f', 5, 1, 5],
      ['', 'f', 10, 1, 10],
    ]);
  });
});

describe('samples with stack frames', () => {
  it('are events of phase P and the member samples', () => {
    const more = {
      stackFrames: {
        5: { name: 'main', category: 'app.exe' },
        7: { category: 'libc', name: 'malloc', parent: '5' },
        8: { name: 'loop', parent: 8 },
      },
      samples: [{ cpu: 0, tid: 4, ts: 40, name: 'cycles', sf: 5, weight: 3 }],
    };
    const profile = read(
      [at('P', 's', 10, { sf: 7 }), at('P', 's', 25, { sf: '5' }), at('P', 's', 30, { sf: 8 })],
      more,
    );
    expect(rows(profile).map(([, ...row]) => row)).toEqual([
      ['main;malloc', 0, 1, 15],
      ['main', 15, 1, 5],
      ['loop', 20, 1, 0],
      ['main', 30, 3, 0],
    ]);
    expect(profile.strings[profile.functions.module[0]]).toBe('app.exe');
    // Samples of the file name no process: it is that of the thread's events.
    const own = read([at('X', 'task', 0, { dur: 5 })], { ...more, samples: [{ tid: 2, ts: 40, sf: 5 }] });
    expect(own.threads.map(({ pid, tid }) => [pid, tid])).toEqual([
      [1, 2],
      [1, 2],
    ]);
    expect(rows(read([at('P', 's', 10, { sf: 9 })])).map(([, stack]) => stack)).toEqual(['']);
  });
});

describe('files of Chrome traces', () => {
  const events = [
    at('X', 'a "quoted" name', 0, { dur: 5, args: { text: 'br}ac]e" \\ ', deep: [{ x: [] }] } }),
    at('X', 'b\u00e4', 7.5, { dur: 2 }),
    at('I', 'mark', 8, { s: 'g' }),
  ];
  const expected = [
    ['', 'a "quoted" name', 0, 5],
    ['', 'b\u00e4', 7.5, 2],
  ];
  const array = JSON.stringify(events);

  it('are the same whatever the chunks, the blanks, the order of members and the commas', () => {
    const turned = JSON.stringify(events.map((event) => Object.fromEntries(Object.entries(event).reverse())));
    const texts = [
      array,
      `\ufeff ${array} `,
      array.slice(0, -1),
      `${array.slice(0, -1)},\n`,
      `${array.slice(0, -1)},]`,
      turned,
      JSON.stringify(events, null, 2),
      `{"displayTimeUnit":"ns","traceEvents":${array},"metadata":{"a":[1,{"b":"]"}],"startTime":"x"}}`,
      `{"metadata":{"source":"DevTools","startTime":"2026-01-02T03:04:05.678Z"},"traceEvents":${array.slice(0, -1)},]}`,
    ];
    for (const text of texts) {
      for (const chunk of [1, 2, 7, 64, 1000, 1 << 20]) {
        const profile = decode(chromeTrace, text, chunk);
        expect([text, chunk, rows(profile)]).toEqual([text, chunk, expected]);
      }
      expect(detectFormat(new TextEncoder().encode(text), 'x.json')?.name).toBe('chrometrace');
    }
    expect(decode(chromeTrace, texts[8]).meta.startTimeMs).toBe(Date.UTC(2026, 0, 2, 3, 4, 5, 678));
  });

  it('are known by what DevTools writes before the events, though it fills the head', () => {
    const map = {
      url: 'http://x/a.js',
      sourceMap: { sources: ['a.ts'], names: ['nodes', 'samples'], mappings: 'A'.repeat(70_000) },
    };
    const text = JSON.stringify({ metadata: { source: 'DevTools', sourceMaps: [map] }, traceEvents: events });
    const head = new TextEncoder().encode(text).subarray(0, 65_536);
    for (const name of ['Trace-20260102T030405.json', 'unknown']) {
      expect(detectFormat(head, name)?.name).toBe('chrometrace');
    }
    expect(rows(decode(chromeTrace, text, 5000))).toEqual(expected);
  });

  it('that end in the middle are read up to there', () => {
    for (const chunk of [3, 1000]) {
      const profile = decode(chromeTrace, array.slice(0, -20), chunk);
      expect(rows(profile)).toEqual(expected);
      expect(profile.meta.notes[0]).toBe(
        `The file ends in the middle of the trace, after ${new TextEncoder().encode(array).length - 20} bytes: what comes before is read.`,
      );
      expect(rows(decode(chromeTrace, `{"traceEvents":${array.slice(0, -20)}`, chunk))).toEqual(expected);
      expect(rows(decode(chromeTrace, `{"traceEvents":${array},"metadata":{"a`, chunk))).toEqual(expected);
    }
  });

  it.each([
    ['nothing', '', /The file is empty/],
    ['no events', '[]', /The trace has no events/],
    ['no events in an object', '{"traceEvents":[]}', /The trace has no events/],
    ['instants alone', '[{"ph":"I","ts":1}]', /none of the 1 events/],
    ['another object', '{"nodes":[]}', /with the member "traceEvents"/],
    ['an array of numbers', '[1,2]', /Expected a trace event, an object in .*\(at byte 1\)/],
    ['a missing comma in an event', '[{"ph":"X" "ts":1}]', /"," or "}" .*\(at byte 11\)/],
    ['nodes without ids', '[{"ph":"P","name":"ProfileChunk","args":{"data":{"nodes":[{}]}}}]', /"id" in the node/],
    ['more after the end', '[{"ph":"X","ts":1,"dur":1}] x', /the end of the file/],
    ['a cut before the first event', '[{"ph":"X","t', /may be truncated/],
  ])('are refused: %s', (_, text, sentence) => {
    for (const chunk of [1, 1000]) {
      expect(() => decode(chromeTrace, text, chunk)).toThrow(sentence);
      expect(() => decode(chromeTrace, text, chunk)).toThrow(expect.objectContaining({ name: 'DecodeError' }));
    }
  });

  it('cost no more than their size, however wild', () => {
    const start = process.cpuUsage();
    const opens = Array.from({ length: 20_000 }, (_, i) => at('B', `f${i}`, i));
    const wrong = Array.from({ length: 20_000 }, (_, i) => at('E', `g${i}`, 30_000));
    expect(read([...opens, ...wrong]).meta.notes[1]).toContain('20000 ends');
    const overlapping = Array.from({ length: 20_000 }, (_, i) => [
      at('b', 'x', i, { id: i, cat: 'c' }),
      at('e', 'x', i + 40_000, { id: i, cat: 'c' }),
    ]);
    expect(read(overlapping.flat()).meta.notes).toEqual([
      '19936 asynchronous spans are left out: too many run at the same time.',
    ]);
    const profiles = Array.from({ length: 5000 }, (_, i) =>
      at('P', 'ProfileChunk', i, {
        id: i,
        args: { data: { nodes: [{ id: 1, callFrame: { functionName: `f${i}` } }], samples: [1] } },
      }),
    );
    expect(read(profiles).threads).toHaveLength(5000);
    expect(() => read([...profiles, ...profiles.map((event) => ({ ...event, pid: 2 })), profiles[0]])).not.toThrow();
    expect(() => read([0, 1, 2].flatMap((pid) => profiles.map((event) => ({ ...event, pid }))))).toThrow(
      /at most 10000 CPU profiles/,
    );
    const { user, system } = process.cpuUsage(start);
    expect(user + system).toBeLessThan(5_000_000);
  });
});
