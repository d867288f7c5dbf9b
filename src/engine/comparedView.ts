import { type Change, type ChangeWhole, changeOf } from '../analysis/change';
import { baselineWhole } from '../analysis/comparison';
import { firstOfEach, sumPaired } from '../analysis/diff';
import { matchFunctions } from '../analysis/nameFilter';
import { type FunctionPairs, pairFunctions } from '../analysis/pairFunctions';
import { matchTrees, nodeSteps, signedStep } from '../analysis/treeChange';
import { withoutSplit } from '../analysis/viewSpec';
import type { Profile } from '../profile/profile';
import type { BaseView } from './compareApi';
import type { FrameChange, FrameDetails } from './flameApi';
import type { FunctionTableParams } from './functionApi';
import type { OpenProfile, ProfileView } from './openProfile';

interface Totals {
  readonly self: Float64Array;
  readonly total: Float64Array;
}

/** A view beside a view of a baseline, each part computed at its first use. */
export class ComparedView {
  readonly whole: ChangeWhole;
  /** Tells ways of comparing apart. */
  readonly how: string;
  private cachedPairs: FunctionPairs | null = null;
  private cachedBaseOf: Int32Array | null = null;
  private cachedSteps: Int8Array | null = null;
  private cachedSums: { base: Totals; next: Totals } | null = null;

  constructor(
    readonly view: ProfileView,
    readonly base: ProfileView,
    readonly pairsOf: () => FunctionPairs,
    { by, scale, counted }: Required<BaseView>['how'],
  ) {
    this.how = JSON.stringify({ by, scale, counted });
    this.whole = {
      viewTotal: view.values.total,
      viewSamples: view.values.samples,
      baseTotal: base.values.total,
      baseSamples: base.values.samples,
      by,
      scale,
      counted,
    };
  }

  get pairs(): FunctionPairs {
    this.cachedPairs ??= this.pairsOf();
    return this.cachedPairs;
  }

  /** The baseline's node for each of the view's call tree, -1 for none. */
  get baseOf(): Int32Array {
    this.cachedBaseOf ??= matchTrees(this.base.tree, this.view.tree, this.pairs);
    return this.cachedBaseOf;
  }

  /** Of each node of the view's call tree. */
  get steps(): Int8Array {
    this.cachedSteps ??= nodeSteps(this.base.tree, this.view.tree, this.baseOf, this.whole);
    return this.cachedSteps;
  }

  /** Of each pair of functions. */
  get sums(): { base: Totals; next: Totals } {
    if (this.cachedSums === null) {
      const { pairs } = this;
      this.cachedSums = {
        base: sumPaired(this.base, pairs.ofBase, pairs.length),
        next: sumPaired(this.view, pairs.ofNew, pairs.length),
      };
    }
    return this.cachedSums;
  }

  /** How a pair's self or total changed. Its samples are estimated by its part of the whole. */
  changeOfPair(pair: number, metric: 'self' | 'total'): Change {
    const { viewTotal, viewSamples, baseTotal, baseSamples } = this.whole;
    const value = this.sums.next[metric][pair];
    const before = this.sums.base[metric][pair];
    const samples = viewTotal === 0 ? 0 : (value / viewTotal) * viewSamples;
    const samplesBefore = baseTotal === 0 ? 0 : (before / baseTotal) * baseSamples;
    return changeOf(value, samples, before, samplesBefore, this.whole);
  }

  /** A node of the view's call tree, or a function of the view, against the baseline. */
  describe(node: number | null, func: number): FrameDetails['change'] {
    const pair = this.pairs.ofNew[func];
    if (pair === undefined) return undefined;
    const ofPair = (metric: 'self' | 'total'): FrameChange['self'] =>
      this.said(this.changeOfPair(pair, metric), this.sums.base[metric][pair]);
    const ofFrame = (metric: 'self' | 'total'): FrameChange['self'] => {
      const before = this.baseOf[node!];
      return this.said(this.changeOfNode(node!, before, metric), before < 0 ? 0 : this.base.tree[metric][before]);
    };
    return {
      frame: node === null ? null : { self: ofFrame('self'), total: ofFrame('total') },
      function: { self: ofPair('self'), total: ofPair('total') },
    };
  }

  private said({ share, sure }: Change, before: number): FrameChange['self'] {
    const { by, scale, viewTotal, baseTotal } = this.whole;
    const whole = baselineWhole(by, viewTotal, baseTotal * scale);
    return { share, sure, before: whole === 0 ? 0 : (before * scale) / whole };
  }

  private changeOfNode(node: number, before: number, metric: 'self' | 'total'): Change {
    const [tree, base] = [this.view.tree, this.base.tree];
    const samples = (of: typeof tree, at: number): number =>
      of.total[at] === 0 ? 0 : (of.samples[at] * of[metric][at]) / of.total[at];
    const [value, count] = before < 0 ? [0, 0] : [base[metric][before], samples(base, before)];
    return changeOf(tree[metric][node], samples(tree, node), value, count, this.whole);
  }

  /** The step of a function's total: for charts whose nodes are no paths of the call tree. */
  stepOfFunction(func: number): number {
    const pair = this.pairs.ofNew[func];
    return pair === undefined ? 0 : signedStep(this.changeOfPair(pair, 'total'));
  }

  /** Pairs that only the baseline has values of, and that pass a filter. */
  vanished(filter: FunctionTableParams['filter']): { pair: number; func: number }[] {
    const { base, next } = this.sums;
    const firsts = firstOfEach(this.pairs).base;
    const matched = matchFunctions(this.base.profile, filter);
    const found: { pair: number; func: number }[] = [];
    for (let pair = 0; pair < this.pairs.length; pair++) {
      const func = firsts[pair];
      if (func < 0 || matched[func] === 0 || next.self[pair] !== 0 || next.total[pair] !== 0) continue;
      if (base.self[pair] !== 0 || base.total[pair] !== 0) found.push({ pair, func });
    }
    return found;
  }
}

const pairCache = new WeakMap<Profile, WeakMap<Profile, FunctionPairs>>();

/** The comparison of a view, made anew only for another one; null where the view is split, or nothing is compared. */
export function comparedView(
  view: ProfileView,
  base: BaseView | null | undefined,
  find: (profile: number) => OpenProfile,
): ComparedView | null {
  if (base?.how === undefined || view.spec.splitBy) return null;
  const baseView = find(base.profile).view(withoutSplit(base.view));
  const { by, scale, counted } = base.how;
  const how = JSON.stringify({ by, scale, counted });
  const known = view.compared;
  if (known?.base === baseView && known.how === how) return known;
  const pairs = (): FunctionPairs => {
    const ofProfile = pairCache.get(view.profile) ?? new WeakMap<Profile, FunctionPairs>();
    pairCache.set(view.profile, ofProfile);
    const found = ofProfile.get(baseView.profile) ?? pairFunctions(baseView.profile, view.profile);
    ofProfile.set(baseView.profile, found);
    return found;
  };
  view.compared = new ComparedView(view, baseView, pairs, base.how);
  return view.compared;
}
