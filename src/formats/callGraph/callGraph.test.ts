import { describe, expect, it } from 'vitest';
import { frameName, naiveTotals, seeded, stackNames, sum } from '../../../test/support/profiles';
import { checkProfile } from '../../profile/checkProfile';
import type { Profile } from '../../profile/profile';
import { ProfileBuilder } from '../../profile/profileBuilder';
import { type CallGraph, type CallGraphOptions, type CallGraphStacks, stacksOfCallGraph } from './callGraph';

/** `[function, values]` and `[caller, callee, values]`. */
interface Plain {
  nodes: number;
  self: [number, number[]][];
  calls: [number, number, number[]][];
}

function build(plain: Plain, options?: CallGraphOptions): { profile: Profile; result: CallGraphStacks } {
  const builder = new ProfileBuilder();
  const types = plain.self[0][1].length;
  for (let type = 0; type < types; type++) {
    builder.addSampleType(`t${type}`, 'count');
  }
  const frame = (node: number): number => builder.frame(builder.func(builder.string(`f${node}`), -1, 0, 0), 0, false);
  const columns = (rows: readonly number[][]): Float64Array[] =>
    Array.from({ length: types }, (_, type) => Float64Array.from(rows, (row) => row[type]));
  const graph: CallGraph = {
    nodes: plain.nodes,
    self: {
      node: Int32Array.from(plain.self, ([node]) => node),
      base: new Int32Array(plain.self.length).fill(-1),
      frame: Int32Array.from(plain.self, ([node]) => frame(node)),
      values: columns(plain.self.map((row) => row[1])),
    },
    calls: {
      caller: Int32Array.from(plain.calls, ([caller]) => caller),
      base: new Int32Array(plain.calls.length).fill(-1),
      frame: Int32Array.from(plain.calls, ([caller]) => frame(caller)),
      callee: Int32Array.from(plain.calls, ([, callee]) => callee),
      values: columns(plain.calls.map((row) => row[2])),
    },
  };
  const result = stacksOfCallGraph(builder, graph, options);
  builder.addSamples({ stack: result.stack, thread: 0, time: null, values: result.values });
  const profile = builder.finish({
    formats: ['test'],
    durationMs: null,
    startTimeMs: null,
    defaultSampleType: 0,
    lines: 'call',
    notes: [],
  });
  expect(checkProfile(profile)).toEqual([]);
  return { profile, result };
}

/**
 * A random call tree, counted by function and by call as an instrumenting profiler does: a call's inclusive cost
 * counts only where the callee is not on the stack already above the caller.
 */
function recorded(seed: number, nodes: number, acyclic: boolean, types = 2, calls = 3000): Plain {
  const random = seeded(seed);
  const self = new Map<number, number[]>();
  const edges = new Map<string, [number, number, number[]]>();
  let budget = calls;
  const visit = (node: number, depth: number): number[] => {
    budget--;
    const own = Array.from({ length: types }, () => Math.floor(random() * 100));
    const all = own.slice();
    const known = self.get(node) ?? new Array<number>(types).fill(0);
    self.set(
      node,
      known.map((value, type) => value + own[type]),
    );
    for (let i = Math.floor(random() * 5); i > 0 && budget > 0 && depth < 40; i--) {
      const low = acyclic ? node + 1 : 0;
      if (low >= nodes) {
        break;
      }
      const callee = low + Math.floor(random() * (nodes - low));
      const cost = visit(callee, depth + 1);
      const key = `${node} ${callee}`;
      const edge = edges.get(key) ?? [node, callee, new Array<number>(types).fill(0)];
      edges.set(key, [node, callee, edge[2].map((value, type) => value + cost[type])]);
      cost.forEach((value, type) => {
        all[type] += value;
      });
    }
    return all;
  };
  while (budget > 0) {
    visit(0, 0);
  }
  return { nodes, self: [...self], calls: [...edges.values()] };
}

function compare(plain: Plain, profile: Profile, exactTotals: boolean): void {
  for (let type = 0; type < plain.self[0][1].length; type++) {
    const totals = naiveTotals(profile, type, (frame) => frameName(profile, frame));
    const all = plain.self.reduce((total, [, values]) => total + values[type], 0);
    expect(sum(profile.samples.values[type])).toBe(all);
    for (const [node, values] of plain.self) {
      const found = totals.get(`f${node}`) ?? { self: 0, total: 0 };
      expect([node, found.self]).toEqual([node, values[type]]);
      expect(found.total).toBeLessThanOrEqual(all);
      if (exactTotals) {
        const called = plain.calls.reduce((total, row) => total + (row[0] === node ? row[2][type] : 0), 0);
        expect([node, found.total]).toEqual([node, values[type] + called]);
      }
    }
  }
}

describe('stacks of a call graph', () => {
  it('divides in proportion, in whole numbers', () => {
    const { profile, result } = build({
      nodes: 4,
      self: [
        [0, [1]],
        [3, [90]],
      ],
      calls: [
        [0, 1, [60]],
        [0, 2, [30]],
        [1, 3, [60]],
        [2, 3, [30]],
      ],
    });
    expect(result).toMatchObject({ recursive: false, unbalanced: false, merged: false });
    const rows = [...profile.samples.stack].map((stack, row) => [
      stackNames(profile, stack).join(';'),
      profile.samples.values[0][row],
    ]);
    expect(rows).toEqual([
      ['f0', 1],
      ['f0;f1;f3', 60],
      ['f0;f2;f3', 30],
    ]);
  });

  it('keeps self and totals to the last unit, whatever the graph without recursion', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const plain = recorded(seed, 2 + (seed % 30), true);
      for (const mostContexts of [undefined, 200, 40]) {
        const { profile, result } = build(plain, mostContexts === undefined ? {} : { mostContexts });
        expect(result.recursive).toBe(false);
        expect(result.unbalanced).toBe(false);
        compare(plain, profile, !result.merged);
        if (mostContexts === undefined) {
          expect(result.merged).toBe(false);
        }
      }
    }
  });

  it('stays small and exact where paths are many: 2 to the power of 60', () => {
    const self: Plain['self'] = [[60, [2 ** 40]]];
    const calls: Plain['calls'] = [];
    for (let level = 0; level < 60; level++) {
      // Two ways down from each level, at two nodes.
      calls.push([level, level + 1, [2 ** 39]], [level, 61 + level, [2 ** 39]], [61 + level, level + 1, [2 ** 39]]);
    }
    const { profile, result } = build({ nodes: 121, self, calls });
    expect(result.merged).toBe(false);
    expect(profile.stacks.length).toBeLessThan(1_500_000);
    const totals = naiveTotals(profile, 0, (frame) => frameName(profile, frame));
    for (let level = 0; level < 60; level++) {
      expect(totals.get(`f${level}`)?.total).toBe(2 ** 40);
      expect(totals.get(`f${61 + level}`)?.total).toBe(2 ** 39);
    }
  });

  it('keeps self exact, and no total above all, with recursion', () => {
    for (let seed = 1; seed <= 30; seed++) {
      const plain = recorded(seed, 1 + (seed % 25), false);
      const { profile, result } = build(plain);
      expect(result.recursive).toBe(true);
      compare(plain, profile, false);
    }
  });

  it('shows recursion one level deep, and what calls the cycle exactly', () => {
    const { profile, result } = build({
      nodes: 4,
      self: [
        [0, [5]],
        [1, [50]],
        [2, [40]],
        [3, [10]],
      ],
      calls: [
        [0, 1, [90]],
        [0, 2, [10]],
        [1, 2, [80]],
        [2, 1, [70]],
        [2, 3, [10]],
      ],
    });
    expect(result).toMatchObject({ recursive: true, unbalanced: false });
    const totals = naiveTotals(profile, 0, (frame) => frameName(profile, frame));
    expect(totals.get('f0')).toEqual({ self: 5, total: 105 });
    expect(totals.get('f3')).toEqual({ self: 10, total: 10 });
    expect(totals.get('f1')?.self).toBe(50);
    expect(totals.get('f2')?.self).toBe(40);
    expect(totals.get('f1')!.total).toBeGreaterThanOrEqual(90);
    const paths = [...profile.samples.stack].map((stack) => stackNames(profile, stack).join(';'));
    expect(paths).toContain('f0;f1;f2;f1');
  });

  it('keeps self exact where calls claim too much or too little', () => {
    const { profile, result } = build({
      nodes: 3,
      self: [
        [0, [1]],
        [1, [10]],
        [2, [7]],
      ],
      calls: [
        [0, 1, [25]],
        [0, 2, [3]],
      ],
    });
    expect(result.unbalanced).toBe(true);
    const totals = naiveTotals(profile, 0, (frame) => frameName(profile, frame));
    expect(totals.get('f0')).toEqual({ self: 1, total: 14 });
    expect(totals.get('f1')).toEqual({ self: 10, total: 10 });
    expect(totals.get('f2')).toEqual({ self: 7, total: 7 });
  });

  it('bounds what a hostile graph can cost: a ring with chords that is entered everywhere', () => {
    const ring = 10_000;
    const self: Plain['self'] = [];
    const calls: Plain['calls'] = [];
    for (let node = 0; node < ring; node++) {
      self.push([node, [10]], [ring + node, [1]]);
      calls.push([node, (node + 1) % ring, [10 * ring]], [node, (node * 7919) % ring, [50]], [ring + node, node, [10]]);
    }
    const { profile, result } = build({ nodes: 2 * ring, self, calls }, { mostContexts: 5_000 });
    expect(result.recursive).toBe(true);
    expect(profile.stacks.length).toBeLessThan(250_000);
    expect(sum(profile.samples.values[0])).toBe(11 * ring);
    const own = new Float64Array(2 * ring);
    profile.samples.stack.forEach((stack, row) => {
      own[Number(frameName(profile, profile.stacks.frame[stack]).slice(1))] += profile.samples.values[0][row];
    });
    expect(own.every((value, node) => value === (node < ring ? 10 : 1))).toBe(true);
  });

  it('gives small gaps to a caller where told that the source rounds', () => {
    const plain: Plain = {
      nodes: 2,
      self: [
        [0, [100]],
        [1, [51]],
      ],
      calls: [[0, 1, [50]]],
    };
    const paths = (profile: Profile): string[] =>
      [...profile.samples.stack].map((stack) => stackNames(profile, stack).join(';'));
    expect(paths(build(plain, { slack: 1 }).profile).sort()).toEqual(['f0', 'f0;f1']);
    expect(paths(build(plain).profile).sort()).toEqual(['f0', 'f0;f1', 'f1']);
  });

  it('takes fractions', () => {
    const plain = recorded(7, 20, true);
    const tenth = (values: number[]): number[] => values.map((value) => value / 10);
    const { profile } = build({
      nodes: plain.nodes,
      self: plain.self.map(([node, values]) => [node, tenth(values)]),
      calls: plain.calls.map(([caller, callee, values]) => [caller, callee, tenth(values)]),
    });
    const totals = naiveTotals(profile, 1, (frame) => frameName(profile, frame));
    for (const [node, values] of plain.self) {
      expect(totals.get(`f${node}`)?.self).toBeCloseTo(values[1] / 10, 6);
    }
  });
});
