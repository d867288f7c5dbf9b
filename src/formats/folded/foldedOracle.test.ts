import { describe, expect, it } from 'vitest';
import {
  decode,
  frameFile,
  frameName,
  naiveTotals,
  noContext,
  readFixture,
  sourceOf,
  sum,
} from '../../../test/support/profiles';
import { checkProfile } from '../../profile/checkProfile';
import { frameKind } from '../../profile/frameKind';
import type { Profile } from '../../profile/profile';
import { decodeFolded, folded } from './folded';

function fixtureText(name: string): string {
  return new TextDecoder().decode(readFixture(`folded/${name}`));
}

/** Counts by stack, of folded text. */
function countsOf(text: string): Map<string, number[]> {
  const counts = new Map<string, number[]>();
  for (const line of text.split('\n').filter((line) => line !== '')) {
    const [, stack, ...numbers] = /^(.*?) (?:(\d+) )??(\d+)$/.exec(line) ?? [];
    const added = numbers.map((number) => Number(number ?? 0));
    counts.set(
      stack,
      (counts.get(stack) ?? [0, 0]).map((sum, i) => sum + added[i]),
    );
  }
  return counts;
}

describe('folded', () => {
  it('agrees with a walk over the lines of py-spy', () => {
    const bytes = readFixture('py-spy.folded');
    const profile = decode(folded, bytes, 1000);
    expect(checkProfile(profile)).toEqual([]);
    expect(profile.meta.lines).toBe('call');
    const expected = new Map<string, { self: number; total: number }>();
    let all = 0;
    for (const line of new TextDecoder().decode(bytes).split('\n')) {
      if (line === '') {
        continue;
      }
      const blank = line.lastIndexOf(' ');
      const count = Number(line.slice(blank + 1));
      const frames = line.slice(0, blank).split(';');
      all += count;
      for (const frame of blank === 0 ? [] : new Set(frames)) {
        const entry = expected.get(frame) ?? { self: 0, total: 0 };
        entry.total += count;
        entry.self += frame === frames.at(-1) ? count : 0;
        expected.set(frame, entry);
      }
    }
    expect(expected.size).toBeGreaterThan(5);
    expect(sum(profile.samples.values[0])).toBe(all);
    const key = (p: Profile) => (frame: number) =>
      `${frameName(p, frame)} (${frameFile(p, frame)}:${p.frames.line[frame]})`;
    expect(naiveTotals(profile, 0, key(profile))).toEqual(expected);
    const again = decode(folded, folded.encode!(profile));
    expect(naiveTotals(again, 0, key(again))).toEqual(expected);
  });

  it.each<[string, (line: string) => string]>([
    // Frame kinds have one mark each; a thread's name cannot keep its semicolon.
    ['async-full.collapsed', (line) => line.replace(/_\[1\](?=[; ])/g, '_[j]')],
    ['async-plain.collapsed', (line) => line],
    ['bcc-profile.folded', (line) => line.replace(/;-(?=;)/, '')],
    ['nylas.txt', (line) => (line.includes('(') ? line.replace(/([^;]+)\(([^;]*)\)/g, '$2`$1') : '')],
    ['offcputime.folded', (line) => line],
    // Threads have no name in their first samples.
    [
      'py-spy-threads.folded',
      (line) => {
        const tid = /thread \((\d+)\)/.exec(line)?.[1];
        const name = new RegExp(`thread \\(${tid}\\): ([^;]*)`).exec(fixtureText('py-spy-threads.folded'))?.[1];
        return line.replace(/thread \(\d+\)(: [^;]*)?/, `[${name === undefined ? '' : `${name} `}tid=${tid}]`);
      },
    ],
    ['stackcollapse-perf.folded', (line) => line],
  ])('writes every line of %s again', (name, expected) => {
    const bytes = readFixture(`folded/${name}`);
    const lines = new TextDecoder().decode(bytes).split('\n');
    for (const use of ['never', 'always'] as const) {
      const profile = decodeFolded(sourceOf(bytes), noContext, use);
      expect(checkProfile(profile)).toEqual([]);
      expect(profile.meta.notes).toEqual([]);
      expect(countsOf(new TextDecoder().decode(folded.encode!(profile)))).toEqual(
        countsOf(lines.map(expected).join('\n')),
      );
    }
  });

  it('reads threads, kinds, modules and signatures of async-profiler', () => {
    const profile = decode(folded, readFixture('folded/async-full.collapsed'));
    expect(profile.threads.length).toBeGreaterThan(3);
    expect(profile.threads.every(({ tid }) => tid !== null && tid > 0)).toBe(true);
    expect(profile.threads.map(({ name }) => name)).toContain('compute');
    const { frames, functions, strings } = profile;
    const names = [...functions.name].map((name) => strings[name]);
    expect(names).toContain('Busy.lambda$start$1(LBusy$Work;)V');
    expect(names.some((name) => /[|`]|_\[.\]$/.test(name))).toBe(false);
    expect([...functions.module].some((module) => strings[module] === 'libjvm.so')).toBe(true);
    expect(new Set(frames.kind)).toEqual(new Set([frameKind.unknown, frameKind.interpreted, frameKind.compiled]));
    expect(frames.inlined.includes(1)).toBe(true);
  });

  it('reads both counts of every line of difffolded.pl', () => {
    const bytes = readFixture('folded/difffolded.folded');
    const profile = decode(folded, bytes);
    const [samples, base] = profile.samples.values;
    const lines = new TextDecoder().decode(bytes).trim().split('\n');
    const numbers = lines.map((line) => line.split(' ').slice(-2).map(Number));
    expect([sum(base), sum(samples)]).toEqual([sum(numbers.map(([one]) => one)), sum(numbers.map(([, two]) => two))]);
    const written = new TextDecoder().decode(folded.encode!(profile)).trim().split('\n');
    expect(written.sort()).toEqual(lines.sort());
  });
});
