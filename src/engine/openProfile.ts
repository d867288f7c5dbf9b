import { buildCallTree, type CallTree } from '../analysis/callTree';
import { type FlameLayout, layOutLeftHeavy } from '../analysis/flameLayout';
import { type FunctionTotals, sumFunctions } from '../analysis/functionTotals';
import { summarizeLabels } from '../analysis/labelSummary';
import { indexFiles, indexLines, type LineIndex, type LineTotals, sumLines } from '../analysis/lines';
import { samplesColumn } from '../analysis/sampleCounts';
import { sampleMask } from '../analysis/sampleMask';
import { buildSandwich } from '../analysis/sandwich';
import { splitProfile } from '../analysis/splitProfile';
import { type StackValues, sumStacks } from '../analysis/stackValues';
import { groupThreads, threadTitles } from '../analysis/threadNames';
import { isTimed, layOutTimeOrder, type TimeOrderLayout } from '../analysis/timeOrder';
import { type ChartOrder, type SandwichHalf, type ViewSpec, viewKey } from '../analysis/viewSpec';
import type { Profile } from '../profile/profile';
import { functionSegments } from '../sources/functionNames';
import type { ComparedView } from './comparedView';
import type { ProfileSummary } from './engineApi';

/** Views kept computed at once: the one on screen, the heat's, and the one just switched away from. */
const KEPT_VIEWS = 3;

/** A profile that is open in the engine, with what was computed of it. */
export class OpenProfile {
  private readonly views = new Map<string, ProfileView>();
  private cachedLines: LineIndex | null = null;
  private cachedFiles: LineIndex | null = null;
  private cachedUnplaced: Map<string, number[]> | null = null;
  private cachedSummary: ProfileSummary | null = null;

  constructor(
    readonly id: number,
    readonly name: string,
    readonly profile: Profile,
  ) {}

  get lineIndex(): LineIndex {
    this.cachedLines ??= indexLines(this.profile);
    return this.cachedLines;
  }

  /** An entry a file. */
  get fileIndex(): LineIndex {
    this.cachedFiles ??= indexFiles(this.profile);
    return this.cachedFiles;
  }

  /** Functions of which no file is known, by the last part of their names. */
  get unplacedFunctions(): ReadonlyMap<string, readonly number[]> {
    this.cachedUnplaced ??= indexUnplaced(this.profile);
    return this.cachedUnplaced;
  }

  /** @throws RangeError for a sample type or a thread that the profile does not have. */
  view(spec: ViewSpec): ProfileView {
    const { sampleTypes, threads } = this.profile;
    if (sampleTypes[spec.sampleType] === undefined) throw new RangeError(`There is no sample type ${spec.sampleType}.`);
    if (spec.thread !== null && threads[spec.thread] === undefined) {
      throw new RangeError(`There is no thread ${spec.thread}.`);
    }
    const key = viewKey(spec);
    let view = this.views.get(key);
    if (view === undefined) {
      // A split copies stacks for each root, and can be much larger than the profile: one is enough.
      if (spec.splitBy) this.dropSplits();
      view = new ProfileView(this, spec);
    }
    this.views.delete(key);
    this.views.set(key, view);
    for (const oldest of this.views.keys()) {
      if (this.views.size <= KEPT_VIEWS) break;
      this.views.delete(oldest);
    }
    return view;
  }

  /** Lets go of what was computed beside a profile that is closed. */
  forgetComparison({ profile }: OpenProfile): void {
    for (const view of this.views.values()) {
      if (view.compared?.base.profile !== profile) continue;
      view.compared = null;
      view.tableOrder = null;
    }
  }

  private dropSplits(): void {
    for (const [key, view] of this.views) if (view.spec.splitBy) this.views.delete(key);
  }

  summary(): ProfileSummary {
    this.cachedSummary ??= this.summarize();
    return this.cachedSummary;
  }

  private summarize(): ProfileSummary {
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
    const titles = threadTitles(profile.threads);
    const sumOf = (threads: readonly number[]): number => threads.reduce((sum, thread) => sum + perThread[thread], 0);
    return {
      profile: this.id,
      name: this.name,
      formats: [...meta.formats],
      sampleTypes: profile.sampleTypes.map(({ type, unit }) => ({ type, unit })),
      defaultSampleType: meta.defaultSampleType,
      totals: samples.values.map((values) => values.reduce((sum, value) => sum + value, 0)),
      threads: profile.threads.map((thread, index) => {
        const types = typesOf(index);
        return {
          ...thread,
          title: titles[index],
          samples: perThread[index],
          ...(types === null ? undefined : { types }),
        };
      }),
      processes: groupThreads(profile.threads).map(({ title, threads }) => ({
        title,
        threads: [...threads],
        samples: sumOf(threads),
      })),
      labels: summarizeLabels(profile),
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

interface Chart {
  readonly tree: CallTree;
  readonly layout: FlameLayout;
}

/** What was computed of one view of a profile, each part at its first use. */
export class ProfileView {
  /** The open profile, or where the view is split that profile with the roots: it has the tree's functions and frames. */
  readonly profile: Profile;
  readonly values: StackValues;
  private cachedTree: CallTree | null = null;
  private cachedFunctions: FunctionTotals | null = null;
  private cachedLines: LineTotals | null = null;
  private cachedFiles: LineTotals | null = null;
  private cachedLeftHeavy: FlameLayout | null = null;
  private cachedTimeOrder: TimeOrderLayout | null = null;
  /** Of one function at a time. */
  private cachedSandwich: ({ func: number } & { [half in SandwichHalf]?: Chart }) | null = null;
  /** The function table's last order: paging through it sorts once. */
  tableOrder: { key: string; compared: ComparedView | null; functions: Int32Array } | null = null;
  /** What it was compared with last. */
  compared: ComparedView | null = null;

  constructor(
    private readonly owner: OpenProfile,
    readonly spec: ViewSpec,
  ) {
    const splitBy = spec.splitBy ?? null;
    this.profile = splitBy === null ? owner.profile : splitProfile(owner.profile, spec, splitBy);
    this.values = sumStacks(this.profile, spec);
  }

  get tree(): CallTree {
    this.cachedTree ??= buildCallTree(this.profile, this.values);
    return this.cachedTree;
  }

  get functions(): FunctionTotals {
    this.cachedFunctions ??= sumFunctions(this.tree, this.profile.functions.length);
    return this.cachedFunctions;
  }

  /** @throws Error where the view is split: lines have no roots. */
  get lines(): LineTotals {
    if (this.profile !== this.owner.profile) throw new Error('Ask for the lines of a view that is not split.');
    this.cachedLines ??= sumLines(this.owner.profile, this.owner.lineIndex, this.values);
    return this.cachedLines;
  }

  /** By file, as the profile's `fileIndex` numbers them. @throws Error where the view is split */
  get files(): LineTotals {
    if (this.profile !== this.owner.profile) throw new Error('Ask for the files of a view that is not split.');
    this.cachedFiles ??= sumLines(this.owner.profile, this.owner.fileIndex, this.values);
    return this.cachedFiles;
  }

  /** The layout of a chart and the tree whose nodes its boxes are. @throws RangeError for a function that is not there */
  chart(order: ChartOrder): Chart {
    if (order === 'timeOrder') return { tree: this.tree, layout: this.timeOrder() };
    if (order === 'leftHeavy') {
      this.cachedLeftHeavy ??= layOutLeftHeavy(this.tree);
      return { tree: this.tree, layout: this.cachedLeftHeavy };
    }
    const [half, func] = order.split(':') as [SandwichHalf, string];
    return this.sandwich(Number(func), half);
  }

  private sandwich(func: number, half: SandwichHalf): Chart {
    if (!(func >= 0 && func < this.profile.functions.length)) throw new RangeError(`There is no function ${func}.`);
    if (this.cachedSandwich?.func !== func) this.cachedSandwich = { func };
    let found = this.cachedSandwich[half];
    if (found === undefined) {
      const tree = buildSandwich(this.tree, func, half);
      found = { tree, layout: layOutLeftHeavy(tree) };
      this.cachedSandwich[half] = found;
    }
    return found;
  }

  /** @throws RangeError where the view is of all threads: a time axis is one thread's. */
  timeOrder(): TimeOrderLayout {
    const { profile } = this;
    const thread = this.spec.thread ?? (profile.threads.length === 1 ? 0 : null);
    if (thread === null) throw new RangeError('Choose one thread to see its time order.');
    this.cachedTimeOrder ??= layOutTimeOrder(profile, this.tree, thread, sampleMask(profile, this.spec));
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

function indexUnplaced({ functions, strings }: Profile): Map<string, number[]> {
  const byName = new Map<string, number[]>();
  for (let func = 0; func < functions.length; func++) {
    const name = functions.file[func] >= 0 ? undefined : functionSegments(strings[functions.name[func]])?.at(-1);
    if (name === undefined) continue;
    const named = byName.get(name);
    if (named === undefined) byName.set(name, [func]);
    else named.push(func);
  }
  return byName;
}
