import { buildCallTree, type CallTree } from '../analysis/callTree';
import { type FlameLayout, layOutLeftHeavy } from '../analysis/flameLayout';
import { type FunctionTotals, sumFunctions } from '../analysis/functionTotals';
import { indexLines, type LineIndex, type LineTotals, sumLines } from '../analysis/lines';
import { type StackValues, samplesColumn, sumStacks } from '../analysis/stackValues';
import { isTimed, layOutTimeOrder, type TimeOrderLayout } from '../analysis/timeOrder';
import type { FlameOrder, ViewSpec } from '../analysis/viewSpec';
import type { Profile } from '../profile/profile';
import type { ProfileSummary } from './engineApi';

/** Views kept computed at once: the one on screen, the heat's, and the one just switched away from. */
const KEPT_VIEWS = 3;

/** A profile that is open in the engine, with what was computed of it. */
export class OpenProfile {
  private readonly views = new Map<string, ProfileView>();
  private cachedLines: LineIndex | null = null;

  constructor(
    readonly id: number,
    readonly name: string,
    readonly profile: Profile,
  ) {}

  get lineIndex(): LineIndex {
    this.cachedLines ??= indexLines(this.profile);
    return this.cachedLines;
  }

  /** @throws RangeError for a sample type or a thread that the profile does not have. */
  view(spec: ViewSpec): ProfileView {
    const { sampleTypes, threads } = this.profile;
    if (sampleTypes[spec.sampleType] === undefined) throw new RangeError(`There is no sample type ${spec.sampleType}.`);
    if (spec.thread !== null && threads[spec.thread] === undefined) {
      throw new RangeError(`There is no thread ${spec.thread}.`);
    }
    const key = `${spec.sampleType}/${spec.thread}`;
    const view = this.views.get(key) ?? new ProfileView(this, spec);
    this.views.delete(key);
    this.views.set(key, view);
    for (const oldest of this.views.keys()) {
      if (this.views.size <= KEPT_VIEWS) break;
      this.views.delete(oldest);
    }
    return view;
  }

  summary(): ProfileSummary {
    const { profile } = this;
    const { meta, samples } = profile;
    const perThread = new Float64Array(profile.threads.length);
    const typesOf = threadTypes(profile);
    const column = samplesColumn(profile);
    let count = 0;
    for (let i = 0; i < samples.length; i++) {
      const times = column < 0 ? 1 : samples.values[column][i];
      count += times;
      perThread[samples.thread === null ? 0 : samples.thread[i]] += times;
    }
    return {
      profile: this.id,
      name: this.name,
      formats: [...meta.formats],
      sampleTypes: profile.sampleTypes.map(({ type, unit }) => ({ type, unit })),
      defaultSampleType: meta.defaultSampleType,
      totals: samples.values.map((values) => values.reduce((sum, value) => sum + value, 0)),
      threads: profile.threads.map((thread, index) => {
        const types = typesOf(index);
        return { ...thread, samples: perThread[index], ...(types === null ? undefined : { types }) };
      }),
      samples: count,
      functions: profile.functions.length,
      durationMs: meta.durationMs,
      startTimeMs: meta.startTimeMs,
      timed: isTimed(profile),
      lines: meta.lines,
      notes: [...meta.notes],
    };
  }
}

/** What was computed of one view of a profile, each part at its first use. */
export class ProfileView {
  readonly values: StackValues;
  private cachedTree: CallTree | null = null;
  private cachedFunctions: FunctionTotals | null = null;
  private cachedLines: LineTotals | null = null;
  private cachedLeftHeavy: FlameLayout | null = null;
  private cachedTimeOrder: TimeOrderLayout | null = null;
  /** The function table's last order: paging through it sorts once. */
  tableOrder: { key: string; functions: Int32Array } | null = null;

  constructor(
    private readonly owner: OpenProfile,
    readonly spec: ViewSpec,
  ) {
    this.values = sumStacks(owner.profile, spec);
  }

  get tree(): CallTree {
    this.cachedTree ??= buildCallTree(this.owner.profile, this.values);
    return this.cachedTree;
  }

  get functions(): FunctionTotals {
    this.cachedFunctions ??= sumFunctions(this.tree, this.owner.profile.functions.length);
    return this.cachedFunctions;
  }

  get lines(): LineTotals {
    this.cachedLines ??= sumLines(this.owner.profile, this.owner.lineIndex, this.values);
    return this.cachedLines;
  }

  layout(order: FlameOrder): FlameLayout {
    if (order === 'timeOrder') return this.timeOrder();
    this.cachedLeftHeavy ??= layOutLeftHeavy(this.tree);
    return this.cachedLeftHeavy;
  }

  /** @throws RangeError where the view is of all threads: a time axis is one thread's. */
  timeOrder(): TimeOrderLayout {
    const { profile } = this.owner;
    const thread = this.spec.thread ?? (profile.threads.length === 1 ? 0 : null);
    if (thread === null) throw new RangeError('Choose one thread to see its time order.');
    this.cachedTimeOrder ??= layOutTimeOrder(profile, this.tree, thread);
    return this.cachedTimeOrder;
  }
}

/** Answers the sample types that a thread has values of, null where it has all. */
function threadTypes({ samples, sampleTypes, threads }: Profile): (thread: number) => number[] | null {
  const { thread } = samples;
  if (thread === null || sampleTypes.length === 1) return () => null;
  const has = samples.values.map((values) => {
    const found = new Uint8Array(threads.length);
    for (let i = 0; i < values.length; i++) if (values[i] !== 0) found[thread[i]] = 1;
    return found;
  });
  return (index) => {
    const types = [...has.keys()].filter((type) => has[type][index] === 1);
    return types.length === sampleTypes.length ? null : types;
  };
}
