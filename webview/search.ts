import type { ViewSpec } from '../src/analysis/viewSpec';
import type { Emphasis } from './chart/flameColors';
import { type Host, isAbort } from './host';
import { patternProblem, type SearchQuery } from './toolbar/pattern';
import type { SearchOutcome } from './toolbar/searchBox';

/** The search that is on: asks the engine, and knows which functions match. The newest query wins. */
export class Search {
  outcome: SearchOutcome = null;
  /** Whether a function matches; null where nothing is searched. */
  matches: Emphasis = null;
  private request: AbortController | null = null;

  /** @param changed when the outcome is another one */
  constructor(
    private readonly host: Host,
    private readonly changed: () => void,
  ) {}

  start(view: ViewSpec, query: SearchQuery): void {
    this.request?.abort();
    this.request = null;
    if (query.query === '') {
      this.set(null, null);
      return;
    }
    const message = patternProblem(query);
    if (message !== null) {
      this.set({ kind: 'problem', message }, null);
      return;
    }
    void this.ask(view, query);
  }

  private async ask(view: ViewSpec, query: SearchQuery): Promise<void> {
    const request = new AbortController();
    this.request = request;
    try {
      const { functions, matched, viewTotal } = await this.host.request('search', { view, ...query }, request.signal);
      if (this.request !== request) return;
      const found = new Set(functions);
      this.set({ kind: 'matches', functions: functions.length, matched, viewTotal }, (func) => found.has(func));
    } catch (error) {
      if (this.request !== request || isAbort(error)) return;
      this.set({ kind: 'problem', message: error instanceof Error ? error.message : String(error) }, null);
    }
  }

  private set(outcome: SearchOutcome, matches: Emphasis): void {
    this.outcome = outcome;
    this.matches = matches;
    this.changed();
  }
}
