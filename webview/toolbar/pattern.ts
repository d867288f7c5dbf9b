import type { ViewState } from '../../src/protocol';

export type SearchQuery = ViewState['search'];

/** What is wrong with a pattern, null if nothing is. The engine compiles patterns with the same flags. */
export function patternProblem(query: SearchQuery): string | null {
  if (!query.regex || query.query === '') return null;
  try {
    new RegExp(query.query, query.matchCase ? 'u' : 'iu');
    return null;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return `Invalid pattern: ${message.replace(/^Invalid regular expression: (?:.*: )?/s, '')}`;
  }
}
