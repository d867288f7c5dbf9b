import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { useCommandLine } from '../../test/support/commandLine';
import type { DiffResult } from '../engine/compareApi';

const { file, run } = useCommandLine();
const diffOf = (...args: string[]): DiffResult => {
  const { code, out, err } = run('diff', ...args, '--json');
  expect(err).toBe('');
  expect(code).toBe(0);
  return JSON.parse(out) as DiffResult;
};

test('prints the contract as JSON, deltas in percentage points of each total', () => {
  const found = diffOf(file('a.folded'), file('b.folded'), '--by', 'line');
  expect(found.base).toMatchObject({ formats: ['folded'], sampleType: 'samples', unit: 'count', total: 5 });
  expect(found.new).toMatchObject({ total: 10, samples: 10, durationMs: null });
  const chance = { sureSelf: false, sureTotal: false };
  const warm = { baseSelf: 0, baseTotal: 2, newSelf: 0, newTotal: 0, deltaSelf: 0, deltaTotal: -40, ...chance };
  expect(found.rows).toEqual([
    {
      ...{ name: 'hot', file: 'a.py', line: 7, baseSelf: 3, baseTotal: 3, newSelf: 10, newTotal: 10 },
      ...{ deltaSelf: 40, deltaTotal: 40, ...chance },
    },
    {
      ...{ name: 'hot', file: 'a.py', line: 8, baseSelf: 2, baseTotal: 2, newSelf: 0, newTotal: 0 },
      ...{ deltaSelf: -40, deltaTotal: -40, ...chance },
    },
    {
      ...{ name: 'main', file: null, line: null, baseSelf: 0, baseTotal: 5, newSelf: 0, newTotal: 10 },
      ...{ deltaSelf: 0, deltaTotal: 0, ...chance },
    },
    { name: 'warm', file: 'a.py', line: 9, ...warm },
  ]);
  const byTotal = diffOf(file('a.folded'), file('b.folded'), '--by', 'function', '--sort', 'total', '--limit', '1');
  expect(byTotal.rows).toMatchObject([{ name: 'warm', deltaTotal: -40 }]);
});

test('--fail-above: exit 3 where a share grew by more points, whatever is shown', () => {
  const [before, after] = ['test/fixtures/diff/before.pb.gz', 'test/fixtures/diff/after.pb.gz'];
  const grown = Math.max(...diffOf(before, after, '--limit', '0').rows.map((row) => row.deltaSelf));
  expect(grown).toBeGreaterThan(5);
  expect(run('diff', before, after, '--fail-above', String(Math.ceil(grown))).code).toBe(0);
  const { code, err, out } = run('diff', before, after, '--fail-above', '2.5', '--limit', '1');
  expect([code, err]).toEqual([
    3,
    expect.stringMatching(/^emberline: note: .* grew by \+\d+\.\d pp of self, above --fail-above 2\.5\.\n$/),
  ]);
  expect(out.split('\n')).toHaveLength(5);
  expect(run('diff', before, before, '--fail-above', '0').code).toBe(0);
  writeFileSync(file('zero.folded'), 'main;work 0\n');
  const { code: unjudged, err: why } = run('diff', file('a.folded'), file('zero.folded'), '--fail-above', '1');
  expect([unjudged, why]).toEqual([1, expect.stringContaining('zero.folded has no samples to compare')]);
});

test('one sample type for both, or a sentence that says what is lacking', () => {
  const [go, v8] = ['test/fixtures/diff/after.pb.gz', 'test/fixtures/node.cpuprofile'];
  expect(diffOf(go, v8).new.sampleType).toBe('samples');
  expect(diffOf(go, go).new.sampleType).toBe('cpu');
  const { code, err } = run('diff', v8, go, '--type', 'cpu');
  expect([code, err]).toEqual([
    1,
    expect.stringMatching(/node\.cpuprofile has no cpu \(nanoseconds\) to compare with/),
  ]);
  expect(run('diff', go, v8, '--type', 'cpu').err).toMatch(/There is no sample type "cpu"/);
});

test('wrong usage: exit 2', () => {
  for (const args of [[], [file('a.folded')], [file('a.folded'), file('b.folded'), '--fail-above', 'x']]) {
    expect(run('diff', ...args).code).toBe(2);
  }
});

test('prints a table for people', () => {
  const { out } = run('diff', file('a.folded'), file('b.folded'));
  expect(out).toMatch(/^base folded: 5 samples in 5 samples\nnew {2}folded: 10 samples in 10 samples\n/);
  expect(out).toMatch(/^ *0\.0 pp +0\.0% +0\.0% +≈ -40\.0 pp +40\.0% +0\.0% {2}warm {2}a\.py$/m);
});
