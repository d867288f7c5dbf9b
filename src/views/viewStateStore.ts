import * as v from 'valibot';
import { fitDivision, type ViewSpec, viewKey } from '../analysis/viewSpec';
import type { ProfileSummary } from '../engine/engineApi';
import type { ViewState } from '../protocol';
import { viewStateSchema } from './messageSchemas';

/** The part of `vscode.Memento` that is used. */
export interface StateMemory {
  get(key: string): unknown;
  update(key: string, value: unknown): PromiseLike<void>;
}

const key = 'emberline.viewStates';
const limit = 50;

const savedSchema = v.array(
  v.object({
    uri: v.string(),
    content: v.string(),
    state: viewStateSchema,
    /** Title of the chosen thread: captured anew, a program may have its threads in another order. */
    thread: v.optional(v.string()),
  }),
);
type Saved = v.InferOutput<typeof savedSchema>;

/** How each profile was last looked at, by its URI: the last 50, so that they survive hiding and a reload. */
export class ViewStateStore {
  constructor(private readonly memory: StateMemory) {}

  /** The state to show `summary` with; null for a profile not seen before. */
  get(uri: string, summary: ProfileSummary): ViewState | null {
    const saved = this.read().find((each) => each.uri === uri);
    if (saved === undefined) return null;
    const { state, thread } = saved;
    return fitState(withThread(state, summary, thread), summary, saved.content === contentOf(summary));
  }

  async set(uri: string, summary: ProfileSummary, state: ViewState): Promise<void> {
    const others = this.read().filter((saved) => saved.uri !== uri);
    const { thread } = state.view;
    const title = thread === null ? undefined : summary.threads[thread]?.title;
    const saved = { uri, content: contentOf(summary), state, ...(title === undefined ? {} : { thread: title }) };
    await this.memory.update(key, [...others, saved].slice(-limit));
  }

  private read(): Saved {
    const result = v.safeParse(savedSchema, this.memory.get(key));
    return result.success ? result.output : [];
  }
}

/** The state with the thread of that title, wherever it is now; all threads where it is gone. */
function withThread(state: ViewState, { threads }: ProfileSummary, title: string | undefined): ViewState {
  const { thread } = state.view;
  if (title === undefined || thread === null || threads[thread]?.title === title) return state;
  const now = threads.findIndex((each) => each.title === title);
  return { ...state, view: { ...state.view, thread: now < 0 ? null : now } };
}

/**
 * A state as it can be shown for this profile: choices that it does not have fall back to its defaults.
 *
 * @param sameContent whether positions (nodes, ranges) still mean the same
 */
export function fitState(state: ViewState, summary: ProfileSummary, sameContent: boolean): ViewState {
  const { sampleType, thread } = state.view;
  const typeFits = sampleType < summary.sampleTypes.length;
  const threadFits = thread === null || thread < summary.threads.length;
  const orderFits = state.order === 'leftHeavy' || summary.timed;
  const division = fitDivision(summary, state.view);
  const divisionFits = viewKey({ ...state.view, ...NO_DIVISION, ...division }) === viewKey(state.view);
  const positions =
    sameContent && typeFits && threadFits && orderFits && divisionFits
      ? {}
      : { range: null, scroll: 0, zoomed: null, focused: null, ...(state.sandwich ? { sandwich: null } : {}) };
  return {
    ...state,
    view: {
      sampleType: typeFits ? sampleType : summary.defaultSampleType,
      thread: threadFits ? thread : null,
      ...division,
    },
    order: orderFits ? state.order : 'leftHeavy',
    ...positions,
  };
}

/** A state for a newer capture of the same program: sample type and thread are found by their names. */
export function carryState(state: ViewState, before: ProfileSummary, after: ProfileSummary): ViewState {
  return fitState({ ...state, view: carryView(state.view, before, after) }, after, false);
}

/** What is looked at, for a newer capture of the same program. */
export function carryView(view: ViewSpec, before: ProfileSummary, after: ProfileSummary): ViewSpec {
  const type = before.sampleTypes[view.sampleType];
  const sampleType = after.sampleTypes.findIndex((each) => each.type === type?.type && each.unit === type.unit);
  const title = view.thread === null ? undefined : before.threads[view.thread]?.title;
  const thread = title === undefined ? -1 : after.threads.findIndex((each) => each.title === title);
  return {
    sampleType: sampleType < 0 ? after.defaultSampleType : sampleType,
    thread: thread < 0 ? null : thread,
    ...fitDivision(after, view),
  };
}

const NO_DIVISION = { filter: null, splitBy: null };

/** Tells two contents of one file apart well enough to know that node numbers changed. */
function contentOf(summary: ProfileSummary): string {
  return [summary.samples, summary.functions, ...summary.totals.slice(0, 16)].join('/');
}
