import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { decode, fixtures, readFixture } from '../../test/support/profiles';
import { pprof } from '../formats/pprof/pprof';
import type { Profile } from '../profile/profile';
import { splitProfile } from './splitProfile';
import { sumStacks } from './stackValues';
import { listTop } from './top';
import type { FilterTerm, ViewSpec } from './viewSpec';

/** Filters and splits by the labels of a Go program, against what `go tool pprof` prints of the same. */

type Rows = Map<string, { self: number; total: number }>;

const oracle = new Map<string, Rows>();
for (const part of readFileSync(join(fixtures, 'pprof/oracle/cpu-tags.txt'), 'utf8').split(/^### /m).slice(1)) {
  const rows: Rows = new Map();
  for (const [, flat, cum, name] of part.matchAll(
    /^ *(\d+)(?:ns)? +[-\d.e]+% +[-\d.e]+% +(\d+)(?:ns)? +[-\d.e]+% {2}(.*?)(?: \((?:partial-)?inline\))?$/gm,
  )) {
    rows.set(name, { self: Number(flat), total: Number(cum) });
  }
  oracle.set(part.slice(0, part.indexOf('\n')), rows);
}

const profile = decode(pprof, readFixture('pprof/cpu.pb.gz'));
const sampleType = profile.sampleTypes.findIndex(({ type }) => type === 'cpu');

function rowsOf(shown: Profile, view: ViewSpec): Rows {
  const rows = listTop(shown, sumStacks(shown, view), 'function', 'total');
  return new Map(rows.map(({ name, self, total }) => [name, { self, total }]));
}

describe('labels, as go tool pprof takes them', () => {
  test.each<[string, (string | null)[]]>([
    ['-tagfocus=worker=worker-0', ['worker-0']],
    ['-tagfocus=worker=worker-[12]', ['worker-1', 'worker-2']],
    ['-tagignore=worker', [null]],
  ])('%s', (title, values) => {
    const filter: FilterTerm[] = [{ by: 'label:worker', values }];
    const rows = rowsOf(profile, { sampleType, thread: null, filter });
    expect(rows.size).toBeGreaterThan(1);
    expect(rows).toEqual(oracle.get(title));
  });

  test('-tagroot=worker', () => {
    const view: ViewSpec = { sampleType, thread: null, splitBy: 'label:worker' };
    const rows = rowsOf(splitProfile(profile, view, 'label:worker'), view);
    // pprof names roots by the value alone, and the one of samples without the label as code without a name.
    const rootName = (name: string): string =>
      name === 'worker: (none)' ? '<unknown>' : name.replace(/^worker: /, '');
    const named = new Map([...rows].map(([name, sums]) => [rootName(name), sums]));
    expect(named.has('worker-0')).toBe(true);
    expect(named).toEqual(oracle.get('-tagroot=worker'));
  });
});
