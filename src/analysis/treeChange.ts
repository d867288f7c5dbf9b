import type { CallTree } from './callTree';
import { type ChangeWhole, changeOf } from './change';
import type { FunctionPairs } from './pairFunctions';

/** Lower bounds of the steps 2 and 3 of a change, as differences of shares. */
const BOUNDS = [0.01, 0.05] as const;

/** What stands for a change in a column: its direction, and how large it is (0: none, or one that may be chance; to 3). */
export function signedStep({ share, sure }: { share: number; sure: boolean }): number {
  if (!sure || share === 0) return 0;
  const size = Math.abs(share);
  return Math.sign(share) * (size >= BOUNDS[1] ? 3 : size >= BOUNDS[0] ? 2 : 1);
}

/**
 * Per node of a call tree: the baseline's node with the same functions along its path, -1 for none. Nodes of functions
 * that the pairs do not know (the roots of a split) have none.
 */
export function matchTrees(base: CallTree, next: CallTree, pairs: FunctionPairs): Int32Array {
  const baseOf = new Int32Array(next.length).fill(-1);
  // The base's child by pair: good where the stamp is that of the parent at hand.
  const child = new Int32Array(pairs.length);
  const stamp = new Int32Array(pairs.length).fill(-2);
  const match = (parent: number, from: number, to: number, baseFrom: number, baseTo: number): void => {
    for (let node = baseFrom; node < baseTo; node = base.subtreeEnd[node]) {
      const pair = pairs.ofBase[base.func[node]];
      // Several of one pair: the heaviest comes first.
      if (stamp[pair] === parent) continue;
      stamp[pair] = parent;
      child[pair] = node;
    }
    for (let node = from; node < to; node = next.subtreeEnd[node]) {
      const pair = pairs.ofNew[next.func[node]];
      if (pair === undefined || stamp[pair] !== parent) continue;
      baseOf[node] = child[pair];
      // One node of the base is compared with one only.
      stamp[pair] = -2;
    }
  };
  match(-1, 0, next.length, 0, base.length);
  for (let node = 0; node < next.length; node++) {
    const before = baseOf[node];
    if (before >= 0) match(node, node + 1, next.subtreeEnd[node], before + 1, base.subtreeEnd[before]);
  }
  return baseOf;
}

/** The change of every node's total, as `signedStep` says it. */
export function nodeSteps(base: CallTree, next: CallTree, baseOf: Int32Array, whole: ChangeWhole): Int8Array {
  const steps = new Int8Array(next.length);
  for (let node = 0; node < next.length; node++) {
    const before = baseOf[node];
    const [value, samples] = before < 0 ? [0, 0] : [base.total[before], base.samples[before]];
    steps[node] = signedStep(changeOf(next.total[node], next.samples[node], value, samples, whole));
  }
  return steps;
}
