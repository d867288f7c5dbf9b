import type { ChartOrder, FlameOrder, ViewSpec } from './analysis/viewSpec';
import type { EngineMethod, EngineParams, EngineResult, ProfileSummary } from './engine/engineApi';
import type { FunctionSort } from './engine/functionApi';

/** What the webview may ask of the engine. The host checks every message, sets `profile` itself and passes it on. */
export type ViewMethod = Extract<
  EngineMethod,
  'flameWindow' | 'frameDetails' | 'frameParents' | 'search' | 'functionTable'
>;
/** The webview has one profile, so it never names one; nor what it is compared with. */
export type ViewParams<M extends ViewMethod> = Omit<EngineParams<M>, 'profile' | 'base'>;
export type ViewResult<M extends ViewMethod> = EngineResult<M>;

/** What the profile editor shows; kept by the host so that it survives hiding and reloading the window. */
export interface ViewState {
  view: ViewSpec;
  order: FlameOrder;
  /** The visible part of the x axis, null for all of it. */
  range: { from: number; to: number } | null;
  /** First visible row, may be fractional. */
  scroll: number;
  /** The node that is zoomed into, and the focused one; null for none. */
  zoomed: number | null;
  focused: number | null;
  search: { query: string; regex: boolean; matchCase: boolean };
  /** The function whose callers and callees are shown, and the share of the height that the callers have. */
  sandwich?: { func: number; share: number } | null | undefined;
  table: { visible: boolean; sort: FunctionSort; descending: boolean; filter: string; width: number };
}

/** Messages from the webview to the extension host. */
export type ToHost =
  | { kind: 'ready' }
  | { kind: 'request'; id: number; method: ViewMethod; params: ViewParams<ViewMethod> }
  | { kind: 'cancel'; id: number }
  /** A frame or a table row was activated: open its source. The host looks up where that is. */
  | { kind: 'openFrame'; view: ViewSpec; order: ChartOrder; node: number }
  /** The keyboard is on a frame: its line is shown where its file is visible already. */
  | { kind: 'focusFrame'; view: ViewSpec; order: ChartOrder; node: number }
  | { kind: 'openFunction'; view: ViewSpec; func: number }
  | { kind: 'state'; state: ViewState }
  | { kind: 'copy'; text: string }
  /** What was dropped on the page: addresses, or a file of the user's system. */
  | { kind: 'dropUris'; uris: string[] }
  | { kind: 'dropFile'; name: string; bytes: Uint8Array }
  /** The error page's buttons. */
  | { kind: 'retry' }
  /** Whether this editor shows what changed against the baseline. */
  | { kind: 'compare'; on: boolean }
  | { kind: 'showOutput' };

/** What an editor points at in the charts. Function indices are the profile's. */
export type Pointing =
  /** The cursor is on a line of these functions, heaviest first: only marked, nothing moves; none: no more. */
  | { kind: 'mark'; functions: number[]; place: string }
  /** Goes to the widest frame of these functions. */
  | { kind: 'reveal'; functions: number[]; place: string }
  /** `inside`: asked for in the charts themselves, so that what is shown now is gone back to. */
  | { kind: 'sandwich'; func: number; name: string; inside: boolean };

/** The baseline as the profile editor shows it. */
export interface ShownBaseline {
  name: string;
  /** Tells contents apart: another key, other answers. */
  key: string;
  on: boolean;
}

/** Messages from the extension host to the webview. */
export type ToWebview =
  | { kind: 'loading'; what: string; fraction: number | null }
  | { kind: 'failed'; message: string }
  /** `refresh`: a newer capture of what is shown, which stays until the new picture is there. */
  | { kind: 'profile'; summary: ProfileSummary; state: ViewState | null; refresh?: boolean }
  | Pointing
  /** What is compared with, null for nothing: answers from now on tell changes, where it is `on`. */
  | { kind: 'baseline'; baseline: ShownBaseline | null }
  | { kind: 'result'; id: number; value: ViewResult<ViewMethod> }
  /** `cancelled` is true where the request was superseded or cancelled: nothing to show. */
  | { kind: 'error'; id: number; message: string; cancelled: boolean };
