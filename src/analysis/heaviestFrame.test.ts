import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { decode, fixtures, frameName, readFixture } from '../../test/support/profiles';
import { profileOf } from '../../test/support/sampleProfile';
import type { Format } from '../formats/format';
import { jfr } from '../formats/jfr/jfr';
import { pprof } from '../formats/pprof/pprof';
import { buildCallTree } from './callTree';
import { heaviestFrame } from './heaviestFrame';
import { sumStacks } from './stackValues';

test('is of the line that costs most, with what is below it', () => {
  const profile = profileOf([
    { frames: ['main@a.py:1', 'work@a.py:57'], value: 4 },
    { frames: ['main@a.py:1', 'work@a.py:55', 'norm@b.py:3'], value: 3 },
    { frames: ['main@a.py:1', 'work@a.py:55', 'norm@b.py:9'], value: 2 },
    { frames: ['main@a.py:2', 'rest@a.py:70'], value: 8 },
  ]);
  const values = sumStacks(profile, { sampleType: 0, thread: null });
  const tree = buildCallTree(profile, values);
  const lines = Array.from({ length: tree.length }, (_, node) => {
    const name = profile.strings[profile.functions.name[tree.func[node]!]!];
    return `${name}:${profile.frames.line[heaviestFrame(profile, values, tree, node)]}`;
  });
  expect(lines.sort()).toEqual(['main:1', 'norm:3', 'rest:70', 'work:55']);
});

test('is of the line that `go tool pprof -list` says costs most, for functions called from one place', () => {
  const profile = decode(pprof, readFixture('pprof/cpu.pb.gz'));
  const sampleType = profile.sampleTypes.findIndex(({ type }) => type === 'cpu');
  const values = sumStacks(profile, { sampleType, thread: null });
  const tree = buildCallTree(profile, values);
  const list = readFileSync(join(fixtures, 'pprof/oracle/cpu.txt'), 'utf8').split('### list cpu')[1]!;
  let compared = 0;
  for (const part of list.split(/^ROUTINE =+ /m).slice(1)) {
    const name = /^(.*) in /.exec(part)![1];
    const nodes = Array.from(tree.func.keys()).filter(
      (node) => profile.strings[profile.functions.name[tree.func[node]!]!] === name,
    );
    if (nodes.length !== 1) continue;
    const costs = [...part.matchAll(/^ *(?:\.|\d+\w*) +(\d+)\w* +(\d+):/gm)].map(([, cum, line]) => [+cum!, +line!]);
    const most = Math.max(...costs.map(([cum]) => cum!));
    const heaviest = costs.filter(([cum]) => cum === most).map(([, line]) => line);
    const frame = heaviestFrame(profile, values, tree, nodes[0]!);
    expect(frameName(profile, frame)).toBe(name);
    expect(heaviest).toContain(profile.frames.line[frame]);
    compared++;
  }
  expect(compared).toBeGreaterThan(3);
});

test.each<[string, Format]>([
  ['pprof/cpu.pb.gz', pprof],
  ['pprof/native-cpu.pb.gz', pprof],
  ['jfr/jdk17.jfr.gz', jfr],
])('is what a walk over each sample of %s sums up to', (name, format) => {
  const profile = decode(format, readFixture(name));
  const values = sumStacks(profile, { sampleType: 0, thread: null });
  const tree = buildCallTree(profile, values);
  const { frames, samples, stacks } = profile;
  // By the functions from the root on: frame to what it costs.
  const costs = new Map<string, Map<number, number>>();
  for (let row = 0; row < samples.length; row++) {
    const path: number[] = [];
    for (let stack = samples.stack[row]!; stack >= 0; stack = stacks.prefix[stack]!) path.unshift(stacks.frame[stack]!);
    let key = '';
    for (const frame of path) {
      key += ` ${frames.func[frame]}`;
      const byFrame = costs.get(key) ?? new Map<number, number>();
      byFrame.set(frame, (byFrame.get(frame) ?? 0) + Math.abs(samples.values[0]![row]!));
      costs.set(key, byFrame);
    }
  }
  const keys: string[] = [];
  let several = 0;
  for (let node = 0; node < tree.length; node++) {
    keys.push(`${keys[tree.parent[node]!] ?? ''} ${tree.func[node]}`);
    const byFrame = costs.get(keys[node]!)!;
    const most = Math.max(...byFrame.values());
    expect(byFrame.get(heaviestFrame(profile, values, tree, node)), keys[node]).toBeCloseTo(most, 6);
    several += byFrame.size > 1 ? 1 : 0;
  }
  expect(several).toBeGreaterThan(0);
});
