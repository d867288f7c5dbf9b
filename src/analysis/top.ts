import type { Profile } from '../profile/profile';
import { buildCallTree } from './callTree';
import { sumFunctions } from './functionTotals';
import { indexFiles, indexLines, sumLines } from './lines';
import type { StackValues } from './stackValues';

export type TopGrouping = 'function' | 'line' | 'file';

export interface TopEntry {
  name: string;
  file: string | null;
  line: number | null;
  self: number;
  total: number;
}

/**
 * The first `limit` rows of a profile by function, line or file, sorted by `sort`, ties by name (then file and line).
 * What has nothing of these values (it has of another sample type) is left out.
 */
export function listTop(
  profile: Profile,
  values: StackValues,
  by: TopGrouping,
  sort: 'self' | 'total',
  limit = Number.POSITIVE_INFINITY,
): TopEntry[] {
  const rows = by === 'function' ? topFunctions(profile, values) : topLines(profile, values, by);
  const compare = (a: TopEntry, b: TopEntry): number =>
    b[sort] - a[sort] ||
    compareText(a.name, b.name) ||
    compareText(a.file ?? '', b.file ?? '') ||
    (a.line ?? 0) - (b.line ?? 0);
  return limit <= MOST_SELECTED ? selectFirst(rows, limit, compare) : rows.sort(compare).slice(0, limit);
}

const MOST_SELECTED = 1000;

/** The first `limit` rows in order, without sorting the rest: most rows lose against the last one kept at once. */
function selectFirst(
  rows: readonly TopEntry[],
  limit: number,
  compare: (a: TopEntry, b: TopEntry) => number,
): TopEntry[] {
  const kept: TopEntry[] = [];
  for (const row of rows) {
    if (kept.length === limit && (limit === 0 || compare(row, kept[limit - 1]) >= 0)) continue;
    let low = 0;
    let high = kept.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compare(kept[middle], row) <= 0) low = middle + 1;
      else high = middle;
    }
    kept.splice(low, 0, row);
    if (kept.length > limit) kept.pop();
  }
  return kept;
}

function topFunctions(profile: Profile, values: StackValues): TopEntry[] {
  const { functions } = profile;
  const { self, total, present } = sumFunctions(buildCallTree(profile, values), functions.length);
  const rows: TopEntry[] = [];
  for (let func = 0; func < functions.length; func++) {
    if (present[func] === 0 || (self[func] === 0 && total[func] === 0)) continue;
    rows.push({ ...describeFunction(profile, func), self: self[func], total: total[func] });
  }
  return rows;
}

function topLines(profile: Profile, values: StackValues, by: 'line' | 'file'): TopEntry[] {
  const index = by === 'line' ? indexLines(profile) : indexFiles(profile);
  const { self, total } = sumLines(profile, index, values);
  const rows: TopEntry[] = [];
  for (let entry = 0; entry < index.length; entry++) {
    if (self[entry] === 0 && total[entry] === 0) continue;
    const { name } = describeFunction(profile, index.func[entry]);
    const file = index.file[entry] < 0 ? null : profile.strings[index.file[entry]];
    const line = index.line[entry] === 0 ? null : index.line[entry];
    rows.push({
      name: by === 'line' ? name : (file ?? '(no file)'),
      file,
      line,
      self: self[entry],
      total: total[entry],
    });
  }
  return rows;
}

/** Name and declaration of a function; null where unknown. */
export function describeFunction(
  { functions, strings }: Profile,
  func: number,
): { name: string; file: string | null; line: number | null } {
  return {
    name: strings[functions.name[func]],
    file: functions.file[func] < 0 ? null : strings[functions.file[func]],
    line: functions.line[func] === 0 ? null : functions.line[func],
  };
}

/** By code unit: the same order on every machine. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
