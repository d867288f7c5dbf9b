import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Engine } from '../engine/engine';
import { nodePlatform } from '../engine/nodePlatform';
import { agentToolNames } from '../views/agentToolNames';
import type { AgentHost, AgentOptions, AgentProfile, CaptureTarget } from './agentHost';
import { boundedText, LARGEST_ANSWER, plainText } from './answer';
import { readInput } from './inputSchema';
import { targetOf } from './profileTarget';
import { runTool } from './runTool';
import { hotLinesTool, profileTargetTool, toolDefinitions } from './toolDefinitions';

const options: AgentOptions = { signal: new AbortController().signal, onProgress: () => {} };

type SourceLineOf = AgentProfile['sourceLine'];

const shifted: SourceLineOf = async (path, line) =>
  path === 'a.py' ? { path: 'src/a.py', line: line + 1, text: 'x\u001b[31m()', changed: false, newer: false } : null;

/** Every file was written after the recording. */
const rewritten: SourceLineOf = async (path, line) => ({
  ...{ path: `src/${path}`, line, text: 'another line', changed: false, newer: true },
});

/** A host whose profiles are texts of folded stacks. */
function hostOf(
  folded: Readonly<Record<string, string>>,
  base: string | null = null,
  sourceLine: SourceLineOf = shifted,
): AgentHost {
  const engine = new Engine(nodePlatform);
  const open = async (name: string | null): Promise<AgentProfile> => {
    const known = name ?? Object.keys(folded)[0]!;
    const bytes = new TextEncoder().encode(folded[known]!);
    const summary = await engine.request('open', { source: { kind: 'bytes', bytes }, name: `${known}.folded` });
    return { name: known, summary, view: { sampleType: 0, thread: null }, sourceLine, release: () => {} };
  };
  return {
    engine,
    open,
    openBaseline: () => open(base),
    capture: async (target: CaptureTarget) => {
      throw new Error(`captured ${target.what}`);
    },
  };
}

const before = 'main;hot (a.py:7) 3\nmain;warm (a.py:9);hot (a.py:8) 2\n';
const after = 'main;hot (a.py:7) 10\n';

describe('definitions', () => {
  test('are what package.json contributes, each registered', () => {
    const { contributes } = JSON.parse(readFileSync('package.json', 'utf8'));
    const contributed = contributes.languageModelTools.map((tool: Record<string, unknown>) => ({
      name: tool['name'],
      title: tool['displayName'],
      description: tool['modelDescription'],
      inputSchema: tool['inputSchema'],
    }));
    expect(contributed).toEqual(toolDefinitions.map(({ readOnly: _, ...tool }) => tool));
    expect(toolDefinitions.map(({ name }) => name)).toEqual(agentToolNames);
  });

  test('inputs are checked', () => {
    const read = (input: unknown): unknown => readInput(hotLinesTool.inputSchema, input);
    expect(read({ by: 'line', limit: 5, path: null })).toEqual({ by: 'line', limit: 5 });
    expect(read(undefined)).toEqual({});
    expect(() => read({ by: 'lines' })).toThrow('The input "by" must be one of line, function, file.');
    expect(() => read({ limit: 1e9 })).toThrow('"limit" must be a number from 1 to 100');
    expect(() => read({ limit: 1.5 })).toThrow('whole number');
    expect(() => read({ filter: ['a', 1] })).toThrow('"filter" must be a list of texts');
    expect(() => read({ constructor: 1 })).toThrow('There is no input "constructor"');
    expect(() => read([])).toThrow('must be an object');
  });
});

describe('hot lines', () => {
  test('tells shares, values, the line now and its text', async () => {
    const text = await runTool(hostOf({ p: before }), 'emberline_hot_lines', {}, options);
    expect(text).toContain('p (folded): 5 of samples (count) in 5 samples');
    expect(text).toContain('not instructions');
    expect(text).toContain('1. self 60.0% (3), total 60.0% (3)  src/a.py:8 [recorded as a.py:7]  hot\n     | x�[31m()');
  });

  test('says what is left out, and what was not found', async () => {
    const host = hostOf({ p: before });
    const one = await runTool(host, 'emberline_hot_lines', { limit: 1 }, options);
    expect(one).toMatch(/3 more rows are left out.* Those shown are 60\.0% of self\.$/);
    expect(await runTool(host, 'emberline_hot_lines', { path: '/ws/other.py' }, options)).toMatch(/Nothing sampled/);
    expect(await runTool(host, 'emberline_hot_lines', { path: '/ws/a.py' }, options)).toContain('a.py:8');
    await expect(runTool(host, 'emberline_hot_lines', { type: 'cpu' }, options)).rejects.toThrow(
      'There is no sample type "cpu": the profile has samples.',
    );
  });

  test('json has unrounded values', async () => {
    const text = await runTool(hostOf({ p: before }), 'emberline_hot_lines', { format: 'json', limit: 1 }, options);
    expect(JSON.parse(text)).toMatchObject({
      profile: { total: 5, sampleType: 'samples' },
      rows: [{ name: 'hot', file: 'a.py', line: 7, self: 3, total: 3 }],
      leftOut: 3,
    });
  });
});

test('diff: with the baseline or of two names', async () => {
  const host = hostOf({ after, before }, 'before');
  const text = await runTool(host, 'emberline_diff', { by: 'line' }, options);
  expect(text).toContain('1. self +40.0 pp (60.0% → 100.0%, may be chance), total +40.0 pp (60.0%');
  expect(text).toContain('-40.0 pp (40.0% → 0.0%, may be chance) gone  a.py:8  hot');
  const turned = await runTool(host, 'emberline_diff', { base: 'after', new: 'before', name: 'WARM' }, options);
  expect(turned).toMatch(
    /^1\. self 0\.0 pp .* total \+40\.0 pp \(0\.0% → 40\.0%, may be chance\) new {2}a\.py {2}warm$/m,
  );
});

describe('callers', () => {
  const stacks =
    'main (m.py:1);work (a.py:3);hot (a.py:7) 6\nmain (m.py:2);other (b.py:5);hot (a.py:8) 3\nmain (m.py:2) 1\n';
  const ask = (input: object): Promise<string> => runTool(hostOf({ p: stacks }), 'emberline_callers', input, options);

  test('of a function, as deep as asked', async () => {
    const text = await ask({ function: 'hot', depth: 2 });
    expect(text).toContain('hot  a.py:7: self 90.0% (9), total 90.0% (9)');
    expect(text).toMatch(
      /Called by:\n {2}60\.0% \(6\) {2}work.*\n {4}60\.0% \(6\) {2}main.*\n {2}30\.0% \(3\) {2}other/,
    );
    expect(text).toContain('It calls nothing that was sampled.');
    expect(await ask({ function: 'main' })).toMatch(/Nothing calls it.*\nCalls:\n {2}60\.0% \(6\) {2}work/);
  });

  test('of a line', async () => {
    expect(await ask({ path: 'src/a.py', line: 3 })).toMatch(
      /work {2}a\.py:3: self 0\.0%.*[\s\S]*main[\s\S]*Calls:\n.*hot/,
    );
    await expect(ask({ path: 'a.py', line: 5 })).rejects.toThrow('no samples on a.py:5: the nearest lines are a.py:3');
  });

  test('of a line of several functions: each with its own', async () => {
    const one =
      'main (a.go:9);work (a.go:49);sort.Slice (s.go:3);work.func1 (a.go:49);less (a.go:60) 2\nmain (a.go:9);work (a.go:49);sort.Slice (s.go:3) 6\n';
    const text = await runTool(hostOf({ one }), 'emberline_callers', { path: 'a.go', line: 49 }, options);
    const answer = text.slice(text.indexOf('a.go:49'));
    expect(answer).toBe(
      [
        'a.go:49: self 0.0% (0), total 100.0% (8), in several functions, the heaviest first:',
        '1. work  a.go:49: self 0.0% (0), total 100.0% (8)',
        'Called by:',
        '  100.0% (8)  main  a.go:9',
        'Calls:',
        '  100.0% (8)  sort.Slice  s.go:3',
        '2. work.func1  a.go:49: self 0.0% (0), total 25.0% (2)',
        'Called by:',
        '  25.0% (2)  sort.Slice  s.go:3',
        'Calls:',
        '  25.0% (2)  less  a.go:60',
      ].join('\n'),
    );
    const asked = { path: 'a.go', line: 49, format: 'json' };
    const json = JSON.parse(await runTool(hostOf({ one }), 'emberline_callers', asked, options));
    expect(json.found.map(({ name }: { name: string }) => name)).toEqual(['work', 'work.func1']);
    expect(json).toMatchObject({ line: { self: 0, total: 8 }, others: [], leftOut: 0 });
    expect(json.rows.map(({ of, side, name }: Record<string, unknown>) => [of, side, name])).toEqual([
      [0, 'caller', 'main'],
      [0, 'callee', 'sort.Slice'],
      [1, 'caller', 'sort.Slice'],
      [1, 'callee', 'less'],
    ]);
  });

  test('of a line of many functions: the heaviest, and the names of more', async () => {
    const many = Array.from({ length: 30 }, (_, i) => `main;f${i} (a.py:3) ${100 - i}`).join('\n');
    const text = await runTool(hostOf({ many }), 'emberline_callers', { path: 'a.py', line: 3 }, options);
    expect(text.match(/^\d\. f\d/gm)).toEqual(['1. f0', '2. f1', '3. f2', '4. f3', '5. f4']);
    expect(text).toMatch(/Also on that line: f5 {2}a\.py:3 .*f14 {2}a\.py:3 [^;]*$/m);
  });

  test('of lines of a real profile, each function’s values are its own', async () => {
    // A generator expression stands on the line that makes it.
    const real = readFileSync('test/fixtures/py-spy.folded', 'utf8');
    const text = await runTool(hostOf({ real }), 'emberline_callers', { path: 'busy.py', line: 17 }, options);
    expect(text).toMatch(/^\/tmp\/emberline-fixtures\/busy\.py:17: self .* in several functions/m);
    expect(text).toMatch(/^1\. sort {2}.*\nCalled by:\n(?: .*\n)+Calls:\n(?: .*\n)* .*sort\.<locals>\.<genexpr>/m);
    expect(text).toMatch(
      /^2\. sort\.<locals>\.<genexpr> {2}.*\nCalled by:\n .* sort {2}.*busy\.py.*\nIt calls nothing/m,
    );
  });

  test('says what is wrong', async () => {
    await expect(ask({})).rejects.toThrow('Name a function');
    await expect(ask({ function: 'x', line: 3, path: 'a' })).rejects.toThrow('Name a function');
    await expect(ask({ function: 'nowhere' })).rejects.toThrow('No function with samples is named like "nowhere"');
  });
});

describe('files that are newer than the recording', () => {
  const ask = (tool: string, input: object, profiles: Record<string, string> = { after, before }): Promise<string> =>
    runTool(hostOf(profiles, 'before', rewritten), tool, input, options);

  test('hot lines say so once a file, and quote nothing of it', async () => {
    const text = await ask('emberline_hot_lines', { profile: 'before' });
    expect(text.split('\n').filter((line) => line.includes('written after'))).toEqual([
      'Note: src/a.py was written after the recording: its lines may have moved, so that its text is not quoted.',
    ]);
    expect(text).toContain('src/a.py:7');
    expect(text).not.toContain('another line');
    const json = JSON.parse(await ask('emberline_hot_lines', { format: 'json' }));
    expect(json.notes).toEqual([expect.stringContaining('src/a.py was written after the recording')]);
    expect(json.rows[0].source).toMatchObject({ newer: true, text: null });
    expect(await ask('emberline_hot_lines', { by: 'file' })).not.toContain('written after');
  });

  test('callers and diff say so', async () => {
    const note = 'Note: src/a.py was written after the recording: its lines may have moved.';
    expect(await ask('emberline_callers', { profile: 'before', path: 'a.py', line: 8 })).toContain(note);
    const diff = await ask('emberline_diff', { by: 'line' });
    expect(diff).toContain('Note: src/a.py was written after the recording of after: its lines may have moved.');
    expect(diff.match(/written after/g)).toHaveLength(1);
  });

  test('a diff of lines says so where a file was edited between the two recordings', async () => {
    const host = hostOf({ after, before }, 'before');
    const between: AgentHost = {
      ...host,
      openBaseline: async (use) => ({ ...(await host.openBaseline(use)), sourceLine: rewritten }),
    };
    const edited = 'written after the recording of before: its lines may have moved between the two.';
    expect(await runTool(between, 'emberline_diff', { by: 'line' }, options)).toContain(edited);
    expect(await runTool(between, 'emberline_diff', {}, options)).not.toContain('written after');
  });

  test('few of many are named', async () => {
    const many = Array.from({ length: 20 }, (_, i) => `f (${'long/'.repeat(40)}${i}.py:3) 1`).join('\n');
    const text = await ask('emberline_hot_lines', {}, { many });
    const note = text.split('\n').find((line) => line.startsWith('Note:'))!;
    expect(note).toMatch(
      /(?:…[long/]+\d+\.py(?:, )?){5} and 15 more files were written after the recording: their lines may have moved/,
    );
    expect(note.length).toBeLessThan(800);
  });

  test('a line whose code changed is marked', async () => {
    const changed: SourceLineOf = async (path, line) => ({
      ...{ path, line, text: 'now()', changed: true, newer: false },
    });
    const text = await runTool(hostOf({ p: before }, null, changed), 'emberline_hot_lines', {}, options);
    expect(text).toContain('     | now() [changed since the recording]');
  });
});

describe('untrusted names', () => {
  test('come on one line, without control characters and shortened', () => {
    expect(plainText('a\nb\u001b]0;x\u0007\u202e')).toBe('a�b�]0;x��');
    expect(plainText('x'.repeat(1e6))).toHaveLength(240);
  });

  test('no answer is larger than what is allowed', async () => {
    const wide = Array.from({ length: 100 }, (_, i) => `${'very_long_name'.repeat(50)}${i} ${i + 1}`).join('\n');
    for (const format of ['text', 'json']) {
      const host = hostOf({ p: wide });
      const input = { by: 'function', limit: 100, format };
      const full = await runTool(host, 'emberline_hot_lines', input, options);
      expect(full.length).toBeLessThanOrEqual(LARGEST_ANSWER);
      const small = await runTool(host, 'emberline_hot_lines', input, options, 3000);
      expect(small.length).toBeLessThanOrEqual(3000);
      expect(small).toMatch(format === 'text' ? /\d+ more rows are left out/ : /"leftOut":9\d/);
    }
    expect(boundedText(['h'], ['a', 'b'], (shown) => [`${shown}`], 100)).toBe('h\na\nb\n2');
  });
});

describe('profile target', () => {
  test('takes exactly one target, and says all of it', async () => {
    const of = (input: object) => targetOf(readInput(profileTargetTool.inputSchema, input));
    expect(of({ command: ['node', '-e', 'evil(); 1'] }).what).toBe('the command node -e "evil(); 1"');
    expect(of({ pid: 12, seconds: 3 })).toMatchObject({ what: 'process 12', seconds: 3 });
    const target = of({ address: 'localhost:6060', profile: 'heap' });
    expect(!target.debugSession && (await target.spec())).toMatchObject({ kind: 'go-pprof', profile: 'heap' });
    expect(() => of({})).toThrow('exactly one target');
    expect(() => of({ pid: 1, debugSession: true })).toThrow('exactly one target');
    expect(of({ pid: 1, debugSession: false }).what).toBe('process 1');
    for (const [address, what] of [
      ['https://me:s3cret@host:6060/debug?a=b@c', 'https://…@host:6060/debug?a=b@c'],
      ['me:s3@cret@host:6060', '…@host:6060'],
      ['http://host/a@b', 'http://host/a@b'],
    ] as const) {
      expect(of({ address }).what).toBe(what);
    }
  });
});
