import type { Profile } from '../profile/profile';
import type { FunctionTotals } from './functionTotals';

export type FunctionOrder = 'self' | 'total' | 'name' | 'file';

/** Function indices of a view in a table's order; ties by self, then name. */
export function orderFunctions(
  { functions, strings }: Profile,
  totals: FunctionTotals,
  matched: Uint8Array,
  sort: FunctionOrder,
  descending: boolean,
): Int32Array {
  const rows: number[] = [];
  for (let func = 0; func < functions.length; func++) {
    if (totals.present[func] === 1 && matched[func] === 1) rows.push(func);
  }
  const ranks = textRanks(strings);
  const direction = descending ? -1 : 1;
  const name = (func: number): number => ranks[functions.name[func]];
  const file = (func: number): number => (functions.file[func] < 0 ? -1 : ranks[functions.file[func]]);
  const key: Record<FunctionOrder, (a: number, b: number) => number> = {
    self: (a, b) => totals.self[a] - totals.self[b],
    total: (a, b) => totals.total[a] - totals.total[b],
    name: (a, b) => name(a) - name(b),
    file: (a, b) => file(a) - file(b) || functions.line[a] - functions.line[b],
  };
  const compare = key[sort];
  rows.sort((a, b) => direction * compare(a, b) || totals.self[b] - totals.self[a] || name(a) - name(b) || a - b);
  return Int32Array.from(rows);
}

const rankCache = new WeakMap<readonly string[], Int32Array>();

/** Position of each string in sorted order, so that a sort by name compares numbers. */
function textRanks(strings: readonly string[]): Int32Array {
  let ranks = rankCache.get(strings);
  if (ranks === undefined) {
    const sorted = strings.map((text, index) => ({ text: text.slice(0, 200).toLowerCase(), index }));
    sorted.sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : a.index - b.index));
    ranks = new Int32Array(strings.length);
    for (let rank = 0; rank < sorted.length; rank++) ranks[sorted[rank].index] = rank;
    rankCache.set(strings, ranks);
  }
  return ranks;
}
