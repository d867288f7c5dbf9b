import type { Profile } from '../profile/profile';

export interface NameQuery {
  query: string;
  regex: boolean;
  matchCase: boolean;
}

/**
 * Long names are cut before a pattern sees them: a profile's names are untrusted, and a slow pattern on a
 * 10 MB name would stop the engine.
 */
const LONGEST_MATCHED_TEXT = 2000;

/**
 * Which functions match by name or file: one entry a function, 1 for a match. An empty query matches all.
 * @throws SyntaxError for an invalid regular expression; its message is fit to show.
 */
export function matchFunctions(profile: Profile, { query, regex, matchCase }: NameQuery): Uint8Array {
  const { functions, strings } = profile;
  const matched = new Uint8Array(functions.length);
  if (query === '') return matched.fill(1);
  const test = regex ? patternTest(query, matchCase) : textTest(query, matchCase);
  const known = new Int8Array(strings.length).fill(-1);
  const matches = (text: number): boolean => {
    if (text < 0) return false;
    if (known[text] < 0) known[text] = test(strings[text].slice(0, LONGEST_MATCHED_TEXT)) ? 1 : 0;
    return known[text] === 1;
  };
  for (let func = 0; func < functions.length; func++) {
    if (matches(functions.name[func]) || matches(functions.file[func])) matched[func] = 1;
  }
  return matched;
}

function textTest(query: string, matchCase: boolean): (text: string) => boolean {
  if (matchCase) return (text) => text.includes(query);
  const lower = query.toLowerCase();
  return (text) => text.toLowerCase().includes(lower);
}

function patternTest(query: string, matchCase: boolean): (text: string) => boolean {
  const pattern = new RegExp(query, matchCase ? 'u' : 'iu');
  return (text) => pattern.test(text);
}
