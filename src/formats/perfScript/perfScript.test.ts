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
  stackNames,
  sum,
} from '../../../test/support/profiles';
import { checkProfile } from '../../profile/checkProfile';
import { frameKind } from '../../profile/frameKind';
import type { Profile } from '../../profile/profile';
import { readPerfFrame } from './perfFrame';
import { readPerfHeader } from './perfHeader';
import { perfScript } from './perfScript';

function oracle(name: string): string {
  return readFileSync(join(fixtures, 'perfScript', name), 'utf8');
}

function read(name: string): Profile {
  const profile = decode(perfScript, readFixture(`perfScript/${name}`), 1000);
  expect(checkProfile(profile)).toEqual([]);
  return profile;
}

const script = /^(?:JS|LazyCompile|Function|Script|Eval):[~*^+]?(.*?) ?((?:\/|file:|node:)[^ ]*?):\d+(?::\d+)?$/;

/** A frame of the plain sum, as the profile names it. */
function scriptName(name: string): string {
  const match = script.exec(name);
  return match === null ? name : match[1] || '(anonymous)';
}

describe('perf script', () => {
  it.each(['pointers.perf', 'lines.perf', 'node.perf'])('agrees with a plain sum of the text of %s', (name) => {
    const profile = read(name);
    const expected = new Map<string, [number, number]>();
    for (const line of oracle(`${name}.folded`).trimEnd().split('\n')) {
      const [, event, frames, count, period] = /^(\S+) (.*) (\d+) (\d+)$/.exec(line)!;
      const key = `${event} ${frames.split(';').map(scriptName).join(';')}`;
      const known = expected.get(key) ?? [0, 0];
      expected.set(key, [known[0] + Number(count), known[1] + Number(period)]);
    }
    expect(expected.size).toBeGreaterThan(5);
    const types = profile.sampleTypes.map(({ type }) => type);
    const found = new Map<string, [number, number]>();
    const events = types.filter((type) => type.endsWith('-clock') && !type.startsWith('samples'));
    profile.samples.stack.forEach((stack, row) => {
      const names = stackNames(profile, stack).map((frame) => (/\+0x[\da-f]+$/.test(frame) ? '[unknown]' : frame));
      for (const event of events) {
        const period = profile.samples.values[types.indexOf(event)][row];
        if (period > 0) {
          const key = `${event} ${names.join(';')}`;
          const known = found.get(key) ?? [0, 0];
          found.set(key, [known[0] + 1, known[1] + period]);
        }
      }
    });
    expect(found).toEqual(expected);
    expect(sum(profile.samples.values[0])).toBe(profile.samples.length);
  });

  it('agrees with perf report, self to the last sample and totals to its two digits', () => {
    const profile = read('pointers.perf');
    const sections = oracle('pointers.perf.report.txt')
      .split(/^# Samples: \S+ +of event /m)
      .slice(1);
    expect(sections.length).toBe(2);
    for (const section of sections) {
      const event = /^'(.*?)'/.exec(section)![1];
      const count = profile.sampleTypes.findIndex(({ type }) => type === `samples:${event}`);
      const period = profile.sampleTypes.findIndex(({ type }) => type === event);
      const all = sum(profile.samples.values[period]);
      const counts = naiveTotals(profile, count, (frame) => frameName(profile, frame));
      const periods = naiveTotals(profile, period, (frame) => frameName(profile, frame));
      let compared = 0;
      for (const line of section.split('\n')) {
        const row = /^ +([\d.]+)% +([\d.]+)% +(\d+) +(\d+) +\[[.k]\] (.*?) +\S+ *$/.exec(line);
        if (row === null || row[5].startsWith('0x') || row[5] === '[unknown]') {
          continue;
        }
        const found = periods.get(row[5]) ?? { self: 0, total: 0 };
        expect([row[5], counts.get(row[5])?.self, found.self]).toEqual([row[5], Number(row[3]), Number(row[4])]);
        expect([row[5], Math.abs((found.total / all) * 100 - Number(row[1])) < 0.006]).toEqual([row[5], true]);
        compared++;
      }
      expect(compared).toBeGreaterThan(10);
    }
  });

  it('keeps events, threads, times, kernel frames, modules and what perf cannot name', () => {
    const profile = read('pointers.perf');
    expect(profile.sampleTypes).toEqual([
      { type: 'samples', unit: 'count' },
      { type: 'samples:cpu-clock', unit: 'count' },
      { type: 'samples:task-clock', unit: 'count' },
      { type: 'cpu-clock', unit: 'nanoseconds' },
      { type: 'task-clock', unit: 'nanoseconds' },
    ]);
    expect(profile.meta.defaultSampleType).toBe(3);
    expect(profile.threads.map(({ name }) => name).sort()).toEqual(['pool worker 1', 'samples']);
    const stated = Number(
      /^# sample duration : +([\d.]+) ms/m.exec(new TextDecoder().decode(readFixture('perfScript/pointers.perf')))![1],
    );
    expect(profile.meta.durationMs).toBeCloseTo(stated, 2);
    const { frames, functions, strings } = profile;
    const named = (name: string): number =>
      [...frames.func.keys()].find((frame) => frameName(profile, frame) === name)!;
    expect(frames.kind[named('vfs_read')]).toBe(frameKind.kernel);
    expect(strings[functions.module[frames.func[named('vfs_read')]]]).toBe('[kernel.kallsyms]');
    const mixer = named('shapes::Mixer<unsigned long, 20000>::operator()');
    expect(frames.kind[mixer]).toBe(frameKind.native);
    expect(strings[functions.module[frames.func[mixer]]]).toBe('/tmp/emberline-fixtures/native/samples');
    expect([...frames.func.keys()].map((frame) => frameName(profile, frame))).toContainEqual(
      expect.stringMatching(/^libstdc\+\+\.so\.6\.\d+\.\d+\+0x[\da-f]+$/),
    );
    expect(profile.meta.lines).toBe('none');
  });

  it('reads lines of source and inlined functions', () => {
    const profile = read('lines.perf');
    expect(profile.meta.lines).toBe('call');
    expect(profile.meta.notes).toEqual([]);
    const { frames } = profile;
    const step = [...frames.func.keys()].filter((frame) => frameName(profile, frame).endsWith('::step'));
    expect(step.length).toBeGreaterThan(0);
    for (const frame of step) {
      expect(frames.inlined[frame]).toBe(1);
      expect(frameFile(profile, frame)).toBe('/tmp/emberline-fixtures/native/samples.cpp');
      expect(frames.line[frame]).toBeGreaterThan(19);
      expect(frames.line[frame]).toBeLessThan(25);
    }
    expect(profile.threads.every(({ process, pid }) => process === 'samples' && pid !== null)).toBe(true);
    // Each line's samples, counted in the text.
    const text = new TextDecoder().decode(readFixture('perfScript/lines.perf'));
    const leaves = new Map<string, number>();
    for (const [, place] of text.matchAll(/cpu-clock: *\n\t.*\n {2}(\S*samples\.cpp:\d+)/g)) {
      leaves.set(place, (leaves.get(place) ?? 0) + 1);
    }
    expect(leaves.size).toBeGreaterThan(1);
    const lines = naiveTotals(profile, 0, (frame) => `${frameFile(profile, frame)}:${frames.line[frame]}`);
    for (const [place, count] of leaves) {
      expect([place, lines.get(place)?.self]).toEqual([place, count]);
    }
  });

  it("knows V8's functions, their files and how they ran", () => {
    const profile = read('node.perf');
    const { frames, functions } = profile;
    const busy = [...frames.func.keys()].filter(
      (frame) => frameFile(profile, frame) === '/tmp/emberline-fixtures/busy.js',
    );
    expect(busy.length).toBeGreaterThan(2);
    expect(busy.every((frame) => functions.line[frames.func[frame]] > 0)).toBe(true);
    expect(busy.map((frame) => frameName(profile, frame))).toContain('(anonymous)');
    expect(new Set(busy.map((frame) => frames.kind[frame]))).toEqual(
      new Set([frameKind.interpreted, frameKind.compiled]),
    );
  });

  it('reads one frame a line where there are no call chains', () => {
    const profile = read('flat.perf');
    expect(profile.sampleTypes).toEqual([{ type: 'samples', unit: 'count' }]);
    const text = new TextDecoder().decode(readFixture('perfScript/flat.perf'));
    const count = (pattern: RegExp): number => text.match(pattern)?.length ?? 0;
    expect(profile.samples.length).toBe(count(/cpu-clock:/g));
    const totals = naiveTotals(profile, 0, (frame) => frameName(profile, frame));
    expect(totals.get('shapes::Mixer<unsigned long, 20000>::operator()')?.self).toBe(count(/Mixer.*operator\(\) \(/g));
  });

  it.each<[string, Partial<ReturnType<typeof readPerfHeader> & object>]>([
    [
      'java 12688/12700 [002] 6544038.708352:     250000 cpu-clock:u: ',
      {
        comm: 'java',
        pid: 12688,
        tid: 12700,
        cpu: 2,
        seconds: 6544038,
        nanoseconds: 708352000,
        period: 250000,
        event: 'cpu-clock:u',
      },
    ],
    [
      'V8 WorkerThread 24636 24.123456789: cycles:ppp:',
      {
        comm: 'V8 WorkerThread',
        pid: null,
        tid: 24636,
        cpu: null,
        nanoseconds: 123456789,
        period: null,
        event: 'cycles:ppp',
      },
    ],
    [
      'swapper     0 [000] 1.000000: 1 sched:sched_switch: prev_comm=swapper/0 prev_pid=0',
      { comm: 'swapper', tid: 0, event: 'sched:sched_switch', period: 1, rest: 'prev_comm=swapper/0 prev_pid=0' },
    ],
    [
      'Thread 12 77 [001] 5.000001:  3  cpu/event=0x3c,umask=0x0/: ',
      { comm: 'Thread 12', tid: 77, event: 'cpu/event=0x3c,umask=0x0/' },
    ],
    ['sh 1234 cycles: ', { comm: 'sh', tid: 1234, seconds: null, event: 'cycles' }],
    ['perf 9 1.5:', null as never],
    ['main 9 1.500000: ', { comm: 'main', tid: 9, event: '' }],
    [':-1 -1/-1 [003] 1.500000: 10 cycles:', { comm: ':-1', pid: -1, tid: -1, cpu: 3 }],
    ['Dear reader, this is 2026: a letter', null as never],
  ])('reads the header %s', (text, expected) => {
    const header = readPerfHeader(text);
    if (expected === null) {
      expect(header).toBeNull();
    } else {
      expect(header).toMatchObject(expected);
    }
  });

  it.each<[string, string, object]>([
    [
      '7f0 operator() (int) const+0x1f (/opt/a b (x86)/lib.so (deleted))',
      '',
      { name: 'operator() (int) const', module: '/opt/a b (x86)/lib.so' },
    ],
    [
      'ffffffff8104f45a [unknown] ([kernel.kallsyms])',
      '',
      { name: '[kernel.kallsyms]+0xffffffff8104f45a', kind: frameKind.kernel },
    ],
    [
      'ffffffffa0001234 ext4_read+0x10 (/lib/modules/6.1/kernel/fs/ext4/ext4.ko.xz)',
      '',
      { name: 'ext4_read', kind: frameKind.kernel },
    ],
    ['ffffffffc0001234 nf_hook+0x10 ([nf_tables])', '', { name: 'nf_hook', kind: frameKind.kernel }],
    [
      'b02b [unknown] (/usr/bin/dash)',
      'dash[b02b]',
      { name: 'dash+0xb02b', line: 0, file: null, kind: frameKind.native },
    ],
    ['7f12 [unknown] (/usr/lib/libc.so.6+0x45)', '', { name: 'libc.so.6+0x45', module: '/usr/lib/libc.so.6' }],
    ['563c3100a530 [unknown] ([unknown])', '', { name: '[unknown]', module: null, kind: frameKind.unknown }],
    [
      '27304 __libc_start_main_impl+0x84 (inlined)',
      '',
      { name: '__libc_start_main_impl', inlined: true, module: null },
    ],
    [
      '27304 start+0x84',
      'libc-start.c:360 (inlined)',
      { name: 'start', inlined: true, file: 'libc-start.c', line: 360 },
    ],
    ['4005 f (/bin/a)', 'C:\\src\\a b.c:7 (discriminator 3)', { name: 'f', file: 'C:\\src\\a b.c', line: 7 }],
    [
      '4005 core::ops::FnOnce<(A,)>::call_once{{vtable.shim}}+0x1 (/bin/a)',
      '??:0',
      { name: 'core::ops::FnOnce<(A,)>::call_once{{vtable.shim}}', file: null, line: 0 },
    ],
    [
      '7f Lcom/example/Main$1;::run+0x18 (/tmp/perf-12.map)',
      '',
      { name: 'com.example.Main$1.run', kind: frameKind.compiled },
    ],
    [
      '7f LazyCompile:~go /srv/my app/x.js:12 (/tmp/perf-12.map)',
      '',
      { name: 'go', file: '/srv/my app/x.js', declared: 12, kind: frameKind.interpreted },
    ],
    [
      '7f JS:*get size file:///srv/x.mjs:12:5+0x8 (/tmp/perf-12.map)',
      '',
      { name: 'get size', file: 'file:///srv/x.mjs', declared: 12, kind: frameKind.compiled },
    ],
    ['7f Builtin:ArrayMap+0x8 (/tmp/perf-12.map)', '', { name: 'Builtin:ArrayMap', kind: frameKind.compiled }],
    ['7f [unknown] ([JIT] tid 77)', '', { name: '[unknown]' }],
  ])('reads the frame %s', (text, source, expected) => {
    expect(readPerfFrame(text, source)).toMatchObject(expected);
  });

  it('reads what options add, whatever the chunks and line ends', () => {
    const text = [
      'PERF_RECORD_THROTTLE is no line of a sample',
      'a 1/2 [001] 1.000000: 5 cycles:',
      '\tffff1 leaf+0x1 (/bin/a)',
      '\t0x12/0x34/P/-/-/0  0x56/0x78/P/-/-/0',
      '',
      'a 1/1 [000] 1.000100: 7 cycles:  0x12/0x34/P/-/-/0',
      '    1234 main (/bin/a)',
      '  a.c:12',
      '|12  call();',
      '',
      'a 1/1 [000] 1.000200: PERF_RECORD_LOST lost 12',
      'a 1/1 [000] 1.000200: 1 sched:sched_switch: prev_comm=a ==> next_comm=b',
      '\t1234 main+0x5 (/bin/a)',
      '',
      'b 3 [000] 1.000050: 1 cycles:',
      '',
    ];
    for (const [end, chunk] of [
      ['\n', 1],
      ['\r\n', 50],
    ] as const) {
      const profile = decode(perfScript, text.join(end), chunk);
      expect(checkProfile(profile)).toEqual([]);
      const { samples, threads, labels, strings } = profile;
      const rows = [...samples.stack].map((stack, row) => [
        threads[samples.thread![row]].name,
        stackNames(profile, stack).join(';'),
        samples.time![row],
        ...samples.values.map((values) => values[row]),
      ]);
      expect(rows).toEqual([
        ['a', 'leaf', 0, 1, 1, 0, 5, 0],
        ['a', 'main', 100_000, 1, 1, 0, 7, 0],
        ['a', 'main', 200_000, 1, 0, 1, 0, 1],
        ['b', '', 50_000, 1, 1, 0, 1, 0],
      ]);
      expect(profile.meta.notes).toEqual([
        'perf lost 12 events: they are missing here.',
        'Recorded branches are not shown.',
      ]);
      expect(threads).toContainEqual({ name: 'a', process: 'a', pid: 1, tid: 2 });
      const last = samples.labelSet![2];
      const texts = [...labels.text.subarray(labels.offset[last], labels.offset[last + 1])].filter((at) => at >= 0);
      expect(texts.map((at) => strings[at])).toEqual(['prev_comm=a ==> next_comm=b']);
    }
  });

  it.each([
    ['nothing', '', /The file is empty/],
    ['prose', 'Dear reader,\nthis is a letter.\n', /Expected perf script's text, .* \(at line 1\)/],
    ['comments', '# captured on : today\n', /there are none/],
    ["perf's binary", 'PERFILE2\u0000\u0000', /binary file of perf.*"perf script/],
  ])('refuses %s', (_, input, sentence) => {
    expect(() => decode(perfScript, input)).toThrow(sentence);
    expect(() => decode(perfScript, input)).toThrow(expect.objectContaining({ name: 'DecodeError' }));
  });

  it('is recognised by its content', () => {
    const head = (text: string): Uint8Array => new TextEncoder().encode(text);
    for (const name of ['pointers', 'lines', 'node', 'flat']) {
      const bytes = readFixture(`perfScript/${name}.perf`);
      expect(perfScript.detect(bytes.subarray(0, 65536), 'x')).toBe('certain');
      const bare = new TextDecoder()
        .decode(bytes)
        .replace(/^#.*\n/gm, '')
        .trimStart();
      expect(perfScript.detect(head(bare).subarray(0, 65536), 'x')).toBe('certain');
    }
    expect(perfScript.detect(head('main;f 3\n'), 'x')).toBe('no');
    expect(perfScript.detect(head('{"a": 1}'), 'x')).toBe('no');
    expect(perfScript.detect(head('Dear reader, this is 2026: a letter\n'), 'x')).toBe('no');
  });
});
