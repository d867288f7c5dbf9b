import { describe, expect, it } from 'vitest';
import { readEndpoints } from './readEndpoints';

const problems = (...entries: unknown[]): (string | null)[] =>
  readEndpoints(entries, 'user').map(({ problem }) => problem);

describe('endpoints of a setting', () => {
  it('takes each as it is written', () => {
    const entries = [
      { name: 'api', kind: 'go-pprof', url: 'localhost:6060', seconds: 5 },
      { name: 'fleet', kind: 'go-pprof', instancesFrom: 'printf a:1' },
      { name: 'job', kind: 'py-spy', pid: 12 },
      { name: 'tests', kind: 'command', command: ['pytest'] },
    ];
    const read = readEndpoints(entries, 'workspace');
    expect(read.map(({ spec }) => spec)).toEqual(entries);
    expect(read.map(({ problem, scope }) => [problem, scope])).toEqual(entries.map(() => [null, 'workspace']));
  });

  it('says what is wrong, of each that is', () => {
    const read = readEndpoints(
      [7, { kind: 'http' }, { name: 'a', kind: 'gopprof' }, { name: 'b', kind: 'http', url: 'x', seconds: 'ten' }],
      'user',
    );
    expect(read.map(({ spec }) => spec.name)).toEqual(['Endpoint 1', 'Endpoint 2', 'a', 'b']);
    expect(read[2]!.problem).toMatch(/^There is no kind "gopprof": there are v8-inspector, go-pprof/);
    expect(read[3]!.problem).toMatch(/^"seconds" of this endpoint is not right/);
    expect(read.every(({ problem }) => problem !== null)).toBe(true);
  });

  it('says what the kind cannot do without', () => {
    expect(
      problems(
        { name: 'a', kind: 'go-pprof' },
        { name: 'b', kind: 'perf', url: 'localhost' },
        { name: 'c', kind: 'command', pid: 1 },
      ),
    ).toEqual([
      'It has no address: set its "url", or "instancesFrom".',
      'It names no process: set its "pid" to the number of one.',
      'It has no command: set its "command".',
    ]);
  });

  it('shows every one of a name', () => {
    const entry = { name: 'api', kind: 'http', url: 'localhost:1' };
    const read = readEndpoints([entry, { ...entry, url: 'localhost:2' }, entry], 'user');
    expect(read.map(({ spec }) => spec.name)).toEqual(['api', 'api (entry 2)', 'api (entry 3)']);
    expect(read.map(({ problem }) => problem)).toEqual([
      null,
      'There is an endpoint api already: give this one another name.',
      'There is an endpoint api already: give this one another name.',
    ]);
  });
});
