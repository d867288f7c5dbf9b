import { ProfileBuilder } from '../../profile/profileBuilder';
import { PairTable } from '../../profile/tupleTables';
import { stacksOfCallGraph } from '../callGraph/callGraph';
import { componentsOf } from '../callGraph/callGraphCycles';
import { apportion, type Grouped, groupBy } from '../callGraph/callGraphFlow';
import { type FunctionStacks, fitTotals, type Misfits } from './fitTotals';
import type { PstatsTables } from './pstatsTables';

/** Fewer than for callgrind: `fitTotals` changes them where there is recursion. */
const MOST_CONTEXTS = 20_000;

/** What became of the graph. */
export interface PstatsStacks {
  readonly samples: FunctionStacks;
  /** Whether functions call themselves, directly or through others. */
  readonly recursive: boolean;
  /** Totals that are not those that were recorded. */
  readonly misfits: Misfits;
  /** Whether small paths were merged under a frame of its own, number `PstatsTables.functions`. */
  readonly merged: boolean;
}

/** Puts together stacks of functions, with two columns of values: calls (or samples) and nanoseconds. */
export function stacksOf(tables: PstatsTables, checkpoint: () => void): PstatsStacks {
  const { functions, edges } = tables;
  // A builder whose frames are the functions' numbers.
  const builder = new ProfileBuilder();
  for (let func = 0; func < functions; func++) {
    builder.frame(func, 0, false);
  }
  const node = Int32Array.from({ length: functions }, (_, func) => func);
  const caller = tables.caller.slice(0, edges);
  const callee = tables.callee.slice(0, edges);
  const byCaller = groupBy(caller, edges, functions);
  const byCallee = groupBy(callee, edges, functions);
  const own = (tables.sampled ? tables.primitive : tables.calls).slice(0, functions);
  const result = stacksOfCallGraph(
    builder,
    {
      nodes: functions,
      self: {
        node,
        base: new Int32Array(functions).fill(-1),
        frame: node,
        values: [own, tables.self.slice(0, functions)],
      },
      calls: {
        caller,
        base: new Int32Array(edges).fill(-1),
        frame: caller,
        callee,
        values: [
          // An edge of samples counts all samples that have it, one of calls only the calls themselves.
          tables.sampled ? tables.edgeCalls.slice(0, edges) : callsBelow(tables, byCaller, byCallee),
          timesOf(tables, byCallee),
        ],
      },
    },
    { checkpoint, mostContexts: MOST_CONTEXTS + 4 * edges },
  );
  const stacks = new PairTable();
  const made = builder.finish({
    formats: [],
    durationMs: null,
    startTimeMs: null,
    defaultSampleType: 0,
    lines: 'none',
    notes: [],
  }).stacks;
  for (let stack = 0; stack < made.length; stack++) {
    stacks.intern(made.prefix[stack], made.frame[stack]);
  }
  const samples: FunctionStacks = {
    stacks,
    length: result.stack.length,
    stack: result.stack,
    values: result.values,
  };
  const total = (tables.sampled ? tables.calls : tables.total).slice(0, functions);
  const misfits = fitTotals(samples, tables.sampled ? 0 : 1, total, { caller, callee }, checkpoint);
  if (tables.sampled) {
    const sum = (column: Float64Array): number => column.reduce((all, value) => all + value, 0);
    const interval = sum(own) > 0 ? sum(tables.self.subarray(0, functions)) / sum(own) : 0;
    samples.values[1] = samples.values[0].map((count) => Math.round(count * interval));
  }
  return { samples, recursive: result.recursive, misfits, merged: result.merged };
}

/** Times of the edges; where there are none, those of the called function are divided by the numbers of calls. */
function timesOf(tables: PstatsTables, byCallee: Grouped): Float64Array {
  const times = tables.edgeTotal.slice(0, tables.edges);
  for (let func = 0; func < tables.functions; func++) {
    const rows = byCallee.rows.subarray(byCallee.start[func], byCallee.start[func + 1]);
    if (!rows.some((row) => Number.isNaN(times[row]))) {
      continue;
    }
    // A function that calls itself is entered by others.
    const weights = Array.from(rows, (row) => (tables.caller[row] === func ? 0 : tables.edgeCalls[row]));
    const known = weights.some((weight) => weight > 0);
    const parts = apportion(tables.total[func], weights, true);
    rows.forEach((row, i) => {
      times[row] = known ? parts[i] : 0;
    });
  }
  return times;
}

/**
 * For each edge the calls that are made by it and below it: those of a function and of all that it calls divide among
 * its callers by how often they call. Calls inside recursion count where they are made.
 */
function callsBelow(tables: PstatsTables, byCaller: Grouped, byCallee: Grouped): Float64Array {
  const { functions, edges, caller, callee, calls, edgeCalls } = tables;
  const result = new Float64Array(edges);
  const { ofNode, count } = componentsOf(functions, byCaller, callee);
  const members = groupBy(ofNode, functions, count);
  const inside = (row: number): boolean => ofNode[caller[row]] === ofNode[callee[row]];
  const own = calls.slice(0, functions);
  for (let component = count - 1; component >= 0; component--) {
    const nodes = members.rows.subarray(members.start[component], members.start[component + 1]);
    const entering: number[] = [];
    const weights: number[] = [];
    let all = 0;
    let roots = 0;
    for (const func of nodes) {
      // Callees come first, so what leaves the component is known.
      for (const row of byCaller.rows.subarray(byCaller.start[func], byCaller.start[func + 1])) {
        own[func] += inside(row) ? 0 : result[row];
      }
      all += own[func];
    }
    for (const func of nodes) {
      const within: number[] = [];
      let called = 0;
      for (const row of byCallee.rows.subarray(byCallee.start[func], byCallee.start[func + 1])) {
        called += edgeCalls[row];
        if (inside(row)) {
          within.push(row);
        } else {
          entering.push(row);
          weights.push(edgeCalls[row]);
        }
      }
      roots += Math.max(0, calls[func] - called);
      within.forEach((row) => {
        result[row] = called > 0 ? Math.floor((own[func] * edgeCalls[row]) / called) : 0;
      });
    }
    const parts = apportion(all, [...weights, roots], true);
    entering.forEach((row, i) => {
      result[row] = weights[i] > 0 ? parts[i] : 0;
    });
  }
  return result;
}
