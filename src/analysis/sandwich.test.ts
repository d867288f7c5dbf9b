import { describe, expect, test } from 'vitest';
import { decode, readFixture } from '../../test/support/profiles';
import { fc } from '../../test/support/property';
import { profileOf, type WrittenSample } from '../../test/support/sampleProfile';
import { cpuprofile } from '../formats/cpuprofile/cpuprofile';
import { folded } from '../formats/folded/folded';
import { pprof } from '../formats/pprof/pprof';
import type { Profile } from '../profile/profile';
import { buildCallTree, type CallTree } from './callTree';
import { sumFunctions } from './functionTotals';
import { buildSandwich } from './sandwich';
import { sumStacks } from './stackValues';

const ALL = { sampleType: 0, thread: null };

function treeOf(profile: Profile): CallTree {
  return buildCallTree(profile, sumStacks(profile, ALL));
}

/** Every node as its path from the root, with its total. */
function paths(profile: Profile, tree: CallTree): Record<string, number> {
  const names: string[] = [];
  const found: Record<string, number> = {};
  for (let node = 0; node < tree.length; node++) {
    const name = profile.strings[profile.functions.name[tree.func[node]]];
    names[node] = tree.parent[node] < 0 ? name : `${names[tree.parent[node]]} ${name}`;
    found[names[node]] = tree.total[node];
  }
  return found;
}

const samples: WrittenSample[] = [
  { frames: ['main', 'a', 'f', 'x'], value: 4 },
  { frames: ['main', 'b', 'f'], value: 3 },
  { frames: ['main', 'a', 'f', 'a', 'f', 'y'], value: 2 },
  { frames: ['f', 'x'], value: 1 },
  { frames: ['main', 'other'], value: 9 },
];

describe('the sandwich of a function', () => {
  const profile = profileOf(samples);
  const tree = treeOf(profile);
  const f = tree.func.find((func) => profile.strings[profile.functions.name[func]] === 'f')!;

  test('has its callers, outwards, of the outermost calls', () => {
    const callers = buildSandwich(tree, f, 'callers');
    expect(paths(profile, callers)).toEqual({ f: 10, 'f a': 6, 'f a main': 6, 'f b': 3, 'f b main': 3 });
    expect(callers.self[0]).toBe(1);
  });

  test('has its callees, recursion among them', () => {
    const callees = buildSandwich(tree, f, 'callees');
    expect(paths(profile, callees)).toEqual({ f: 10, 'f x': 5, 'f a': 2, 'f a f': 2, 'f a f y': 2 });
    expect(callees.self[0]).toBe(3);
    expect(callees.samples[0]).toBe(10);
  });

  test('is empty for a function that the view does not have', () => {
    expect(buildSandwich(tree, 1000, 'callers').length).toBe(0);
    expect(buildSandwich(tree, 1000, 'callees').extent).toBe(0);
  });
});

const someSamples = fc.array(
  fc.record({
    frames: fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1, maxLength: 7 }),
    value: fc.integer({ min: 1, max: 9 }),
  }),
  { minLength: 1, maxLength: 20 },
);

test('both halves have the total of the function table, whatever calls itself', () => {
  fc.assert(
    fc.property(someSamples, (written) => {
      const profile = profileOf(written);
      const tree = treeOf(profile);
      const totals = sumFunctions(tree, profile.functions.length);
      for (let func = 0; func < profile.functions.length; func++) {
        for (const half of ['callers', 'callees'] as const) {
          const sandwich = buildSandwich(tree, func, half);
          expect(sandwich.extent).toBe(totals.total[func]);
          expect(sandwich.total[0]).toBe(totals.total[func]);
        }
        // The self of the function is where its own nodes are leaves, recursion included.
        const callees = buildSandwich(tree, func, 'callees');
        const self = callees.self.reduce((sum, value, node) => sum + (callees.func[node] === func ? value : 0), 0);
        expect(self).toBe(totals.self[func]);
      }
    }),
  );
});

test.each([
  ['node.cpuprofile', cpuprofile],
  ['pprof/native-cpu.pb.gz', pprof],
  ['py-spy.folded', folded],
] as const)('equals the function table of %s for every function', (name, format) => {
  const profile = decode(format, readFixture(name));
  const tree = treeOf(profile);
  const totals = sumFunctions(tree, profile.functions.length);
  for (let func = 0; func < profile.functions.length; func++) {
    const callers = buildSandwich(tree, func, 'callers');
    const callees = buildSandwich(tree, func, 'callees');
    expect(callers.extent).toBeCloseTo(totals.total[func], 6);
    expect(callees.extent).toBeCloseTo(totals.total[func], 6);
  }
});
