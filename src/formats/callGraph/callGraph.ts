import type { ProfileBuilder } from '../../profile/profileBuilder';
import { expandFlow } from './callGraphExpand';
import { unrollCallGraph } from './callGraphUnroll';

/**
 * What a profiler knows that counts costs by function and by call, but keeps no stacks (callgrind, pstats). A node is
 * a function in the source's sense; several nodes may share frames (callgrind's recursion levels).
 *
 * `frame` is the frame to put on a stack: of the node at the line of the cost, or at the line of the call. `base` is
 * a frame to put below that one (an inlined line's outer function), -1 for none. Values are one column a sample type,
 * not negative; whole numbers stay whole.
 */
export interface CallGraph {
  /** Nodes are 0 to `nodes - 1`. */
  readonly nodes: number;
  /** Costs of the nodes' own code, by place. */
  readonly self: {
    readonly node: Int32Array;
    readonly base: Int32Array;
    readonly frame: Int32Array;
    readonly values: readonly Float64Array[];
  };
  /** Calls with their inclusive costs. A caller may have several rows for a callee. */
  readonly calls: {
    readonly caller: Int32Array;
    readonly base: Int32Array;
    readonly frame: Int32Array;
    readonly callee: Int32Array;
    readonly values: readonly Float64Array[];
  };
}

export interface CallGraphOptions {
  /**
   * Where a node's costs exceed those of the calls to it by no more than this (in the types' units), the rest goes to
   * a caller instead of a root of its own: for sources that round. 0 where left out.
   */
  readonly slack?: number;
  /** Contexts (a node under one chain of callers) before small ones are merged. 400,000 and a few a row where left out. */
  readonly mostContexts?: number;
  /** Called now and then. @throws whatever shall end the work. */
  readonly checkpoint?: () => void;
}

/** Stacks with values, ready for `ProfileBuilder.addSamples`. */
export interface CallGraphStacks {
  readonly stack: Int32Array;
  readonly values: Float64Array[];
  /** Whether there was recursion: totals inside it are estimates. */
  readonly recursive: boolean;
  /** Whether some calls claimed more than their callees have: totals of such callers are lower than claimed. */
  readonly unbalanced: boolean;
  /** Whether paths were merged under `[merged callers]`, since there were too many: totals are estimates. */
  readonly merged: boolean;
}

/**
 * Puts together stacks whose self costs are those of the graph exactly, for every node and line. Without recursion the
 * inclusive costs of all calls, hence all totals, are exact as well; what is estimated is which caller's callers they
 * came by: costs divide among a function's callers in proportion, as gprof assumes (Graham, Kessler, McKusick, "gprof:
 * a call graph execution profiler", 1982), in whole numbers that add up. Small contexts go to one of a function's
 * calls instead of all of them (a flow decomposition into paths), so that their number stays bounded. Recursion is
 * shown one level deep; whatever enters a cycle leaves it.
 */
export function stacksOfCallGraph(
  builder: ProfileBuilder,
  graph: CallGraph,
  options: CallGraphOptions = {},
): CallGraphStacks {
  const { flow, recursive } = unrollCallGraph(graph);
  const rows = graph.self.node.length + graph.calls.caller.length;
  const { stack, values, unbalanced, merged } = expandFlow(builder, flow, {
    slack: options.slack ?? 0,
    mostContexts: options.mostContexts ?? 400_000 + 4 * rows,
    checkpoint: options.checkpoint ?? (() => {}),
  });
  return { stack, values, recursive, unbalanced, merged };
}

/** What a viewer should know of stacks that were put together, a sentence each. */
export function callGraphNotes(result: CallGraphStacks): string[] {
  const notes = [
    'The file has costs of functions and of calls, but no stacks: self costs are exact, and so are totals outside of recursion; through which callers a cost came is estimated in proportion.',
  ];
  if (result.recursive) {
    notes.push('Totals of functions that call themselves, directly or through others, are estimates.');
  }
  if (result.unbalanced) {
    notes.push(
      'Some calls are said to have cost more than the called function has: totals of the callers are lower than said.',
    );
  }
  if (result.merged) {
    notes.push('There are too many call paths: small ones are shown under "[merged callers]".');
  }
  return notes;
}
