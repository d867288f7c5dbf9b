import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decode, fixtures, frameFile, frameName, readFixture, stackNames } from '../../../test/support/profiles';
import { checkProfile } from '../../profile/checkProfile';
import type { Profile } from '../../profile/profile';
import { cpuprofile } from '../cpuprofile/cpuprofile';
import { chromeTrace } from './chromeTrace';

interface Found {
  samples: number;
  self: number;
  total: number;
  lines: Map<number, number>;
}

/** Samples, self and total of each function of a thread, by walking every sample's stack. */
function totals(profile: Profile, thread: number, type: number): Map<string, Found> {
  const { samples, stacks } = profile;
  const found = new Map<string, Found>();
  for (let row = 0; row < samples.length; row++) {
    if ((samples.thread?.[row] ?? 0) !== thread) {
      continue;
    }
    const seen = new Set<string>();
    for (let stack = samples.stack[row]; stack >= 0; stack = stacks.prefix[stack]) {
      const frame = stacks.frame[stack];
      const key = `${frameName(profile, frame)} ${frameFile(profile, frame)}:${profile.frames.line[frame]}`;
      const entry = found.get(key) ?? { samples: 0, self: 0, total: 0, lines: new Map() };
      found.set(key, entry);
      if (seen.size === 0) {
        entry.samples += samples.values[0][row];
        entry.self += samples.values[type][row];
      }
      if (!seen.has(key)) {
        entry.total += samples.values[type][row];
        seen.add(key);
      }
    }
  }
  return found;
}

/** Ticks of each function and line. */
function lineTicks(profile: Profile): Map<string, number> {
  const ticks = new Map<string, number>();
  const leaf = profile.leafLines!;
  for (let i = 0; i < leaf.length; i++) {
    const frame = profile.stacks.frame[leaf.stack[i]];
    const key = `${frameName(profile, frame)} ${frameFile(profile, frame)}:${profile.frames.line[frame]} ${leaf.line[i]}`;
    ticks.set(key, (ticks.get(key) ?? 0) + leaf.ticks[i]);
  }
  return ticks;
}

const oracle = (name: string): string[] =>
  readFileSync(join(fixtures, `chromeTrace/${name}.oracle.txt`), 'utf8')
    .trim()
    .split('\n');

describe('a trace agrees with sums over JSON.parse', () => {
  it.each(['chrome.json.gz', 'node.json.gz'])('of the chunks of its CPU profiles: %s', (file) => {
    const profile = decode(chromeTrace, readFixture(`chromeTrace/${file}`), 5000);
    expect(checkProfile(profile)).toEqual([]);
    const sets = [];
    for (const [i, thread] of profile.threads.entries()) {
      if (thread.name.endsWith('events)') || thread.name.startsWith('async')) {
        continue;
      }
      const rows = [...totals(profile, i, 1)].map(
        ([name, { samples, self, total }]) => `${thread.pid}: ${samples} ${self} ${total} ${name}`,
      );
      sets.push(rows.sort().join('\n'));
    }
    const expected = new Map<string, string[]>();
    const ticks = new Map<string, number>();
    for (const line of oracle(file.split('.')[0])) {
      const match = /^cpu (\d+) (\S+): (\d+ \d+ \d+) (\S+) (.*)$/.exec(line);
      if (match === null) {
        continue;
      }
      const [, pid, id, numbers, lines, name] = match;
      const key = `${pid} ${id}`;
      expected.set(key, [...(expected.get(key) ?? []), `${pid}: ${numbers} ${name}`]);
      for (const [at, count] of lines === '-' ? [] : lines.split(',').map((each) => each.split('x'))) {
        ticks.set(`${name} ${at}`, (ticks.get(`${name} ${at}`) ?? 0) + Number(count));
      }
    }
    expect(expected.size).toBe(2);
    expect(ticks.size).toBeGreaterThan(3);
    // Two profiles of one thread have the same name: the sets are compared.
    expect(sets.sort()).toEqual([...expected.values()].map((rows) => rows.sort().join('\n')).sort());
    expect([...lineTicks(profile)].sort()).toEqual([...ticks].sort());
  });

  it.each(['chrome.json.gz', 'node-spans.json', 'py-spy.json.gz'])('of its spans: %s', (file) => {
    const profile = decode(chromeTrace, readFixture(`chromeTrace/${file}`), 999);
    const type = profile.sampleTypes.length - 1;
    const expected = new Map<string, string[]>();
    for (const line of oracle(file.split('.')[0])) {
      const match = /^spans (\d+) (\d+): (\S+) (\S+) (.*)$/.exec(line);
      if (match !== null && Number(match[4]) > 0) {
        const [, pid, tid, self, total, name] = match;
        expected.set(`${pid} ${tid}`, [...(expected.get(`${pid} ${tid}`) ?? []), `${self} ${total} ${name}`]);
      }
    }
    expect(expected.size).toBeGreaterThan(0);
    const found = new Map<string, string[]>();
    for (const [i, { pid, tid, name }] of profile.threads.entries()) {
      const own = type === 0 ? !name.startsWith('async') : name.endsWith('(trace events)');
      const rows = own ? [...totals(profile, i, type)].map(([key, { self, total }]) => `${self} ${total} ${key}`) : [];
      if (rows.length > 0) {
        found.set(`${pid} ${tid}`, rows);
      }
    }
    const sorted = (map: Map<string, string[]>): unknown => [...map].map(([key, rows]) => [key, rows.sort()]).sort();
    expect(sorted(found)).toEqual(sorted(expected));
  });

  it('and with the profile that the program itself got from V8', () => {
    const trace = decode(chromeTrace, readFixture('chromeTrace/node.json.gz'));
    const own = decode(cpuprofile, readFixture('chromeTrace/node.cpuprofile'));
    const of = (profile: Profile, thread: number): unknown => {
      const { samples } = profile;
      return [...samples.stack]
        .map((stack, row) => ({ stack, row }))
        .filter(({ row }) => (samples.thread?.[row] ?? 0) === thread)
        .map(({ stack, row }) => [
          stackNames(profile, stack).join(';'),
          samples.values[0][row],
          // Without the start: the trace has another one.
          samples.values[1][row],
        ]);
    };
    expect(trace.threads.map(({ name }) => name)).toEqual(['JavaScriptMainThread', 'JavaScriptMainThread']);
    expect(own.samples.length).toBeGreaterThan(100);
    // The second: the first is the one that Node takes as long as the category is on.
    expect(of(trace, 1)).toEqual(of(own, 0));
  });
});
