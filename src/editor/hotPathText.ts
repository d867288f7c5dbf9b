import { shortFunctionName } from '../sources/shortFunctionName';

/** More would push the cursor's place and the language out of the status bar. */
const longestPath = 60;
export const longestName = 24;
const arrow = ' › ';

/**
 * The path up to a step in a few words: where it began, and the last steps as far as there is room.
 *
 * @param at the step that was gone to last
 */
export function hotPathText(names: readonly string[], at: number): string {
  const short = names.slice(0, at + 1).map((name) => shortFunctionName(name, longestName));
  const ending = at + 1 < names.length ? ['…'] : [];
  const whole = [...short, ...ending].join(arrow);
  if (whole.length <= longestPath) {
    return whole;
  }
  let text = '';
  for (let from = at; from > 0; from--) {
    const more = [short[0], ...(from > 1 ? ['…'] : []), ...short.slice(from), ...ending].join(arrow);
    if (text !== '' && more.length > longestPath) {
      break;
    }
    text = more;
  }
  return text || whole;
}

/** Steps (from 0) that were passed over: `3–7 have no source here`; empty where there are none. */
export function noSourceText(passed: readonly number[]): string {
  if (passed.length === 0) {
    return '';
  }
  const runs: { from: number; to: number }[] = [];
  for (const step of passed) {
    const last = runs.at(-1);
    if (last?.to === step - 1) {
      last.to = step;
    } else {
      runs.push({ from: step, to: step });
    }
  }
  const steps = runs.map(({ from, to }) => (from === to ? `${from + 1}` : `${from + 1}–${to + 1}`)).join(', ');
  return `${steps} ${passed.length === 1 ? 'has' : 'have'} no source here`;
}
