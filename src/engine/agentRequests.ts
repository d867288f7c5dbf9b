import type { CallTree } from '../analysis/callTree';
import { functionLine } from '../analysis/functionLine';
import { describeLine, type LineContext, type Neighbour } from '../analysis/lineDetails';
import { describeFunction, listTop } from '../analysis/top';
import { withoutSplit } from '../analysis/viewSpec';
import type { Profile } from '../profile/profile';
import { functionSegments } from '../sources/functionNames';
import type {
  ChangedRows,
  ChangedRowsParams,
  HotRows,
  HotRowsParams,
  Neighbourhood,
  NeighbourPlace,
  NeighbourStep,
  Neighbours,
  NeighboursParams,
  RowFilter,
} from './agentApi';
import { describeView, diffRequest } from './diffRequest';
import type { OpenProfile, ProfileView } from './openProfile';
import { matchingPaths } from './pathMatch';
import { shorten } from './shorten';

/** Rows in one answer. */
const MOST_ROWS = 1000;
const MOST_OTHERS = 10;
/** Functions of one line with callers and callees, and files of one name that are looked at for them. */
const MOST_ON_LINE = 5;
const MOST_DEEPER = 3;
const MOST_DEPTH = 8;

interface Row {
  name: string;
  file: string | null;
}

/** `top` of a view, of the rows that pass a filter. */
export function hotRows(open: OpenProfile, params: HotRowsParams): HotRows {
  const view = withoutSplit(params.view);
  const { profile } = open;
  const { values } = open.view(view);
  const rows = passing(listTop(profile, values, params.by, params.sort), params, [profile]);
  return {
    profile: describeView(profile, view.sampleType, values),
    count: rows.length,
    rows: shortened(rows, params.limit),
  };
}

/** `diff`, of the rows that pass a filter. */
export function changedRows(open: OpenProfile, base: OpenProfile, params: ChangedRowsParams): ChangedRows {
  const all = diffRequest(open, base, { ...params, limit: Number.MAX_SAFE_INTEGER });
  const rows = passing(all.rows, params, [open.profile, base.profile]);
  return { ...all, count: rows.length, rows: shortened(rows, params.limit) };
}

function passing<R extends Row>(rows: R[], { path, name }: RowFilter, profiles: readonly Profile[]): R[] {
  if (path === null && name === null) return rows;
  const paths = path === null ? null : matchingPaths(profiles.flatMap(recordedPaths), path);
  const part = name?.toLowerCase();
  return rows.filter(
    (row) =>
      (paths === null || (row.file !== null && paths.has(row.file))) &&
      (part === undefined || row.name.toLowerCase().includes(part)),
  );
}

function shortened<R extends Row>(rows: readonly R[], limit: number): R[] {
  const most = Math.max(0, Math.min(limit, MOST_ROWS));
  return rows.slice(0, most).map((row) => ({
    ...row,
    name: shorten(row.name),
    file: row.file === null ? null : shorten(row.file),
  }));
}

/** Every file that functions or lines are in; where code of others was inlined, its function has its own. */
function recordedPaths({ functions, strings, leafLines }: Profile): string[] {
  const files = new Set(functions.file);
  for (const file of leafLines?.file ?? []) files.add(file);
  files.delete(-1);
  return Array.from(files, (file) => strings[file]);
}

/** Who calls a function or a line, and what it calls. */
export function neighbours(open: OpenProfile, params: NeighboursParams): Neighbours {
  const spec = withoutSplit(params.view);
  const view = open.view(spec);
  const answer = {
    profile: describeView(open.profile, spec.sampleType, view.values),
    ...{ found: [], line: null, others: [] },
  };
  return 'name' in params.of
    ? { ...answer, ...ofFunction(view, params.of.name, params.of.path, params) }
    : { ...answer, ...ofLine(open, view, params.of.path, params.of.line, params.limit) };
}

type Found = Partial<Neighbours>;

function ofFunction(
  view: ProfileView,
  name: string,
  path: string | null,
  { depth, limit }: Pick<NeighboursParams, 'depth' | 'limit'>,
): Found {
  const [heaviest, ...others] = functionsNamed(view, name, path);
  if (heaviest === undefined) return {};
  const place = (func: number): NeighbourPlace => placeOf(view.profile, func, view.functions);
  const callers = view.chart(`callers:${heaviest}`).tree;
  const callees = view.chart(`callees:${heaviest}`).tree;
  const found = {
    ...place(heaviest),
    callers: steps(view.profile, callers, limit, depth),
    callees: steps(view.profile, callees, limit, depth),
    callerCount: children(callers, 0).length,
    calleeCount: children(callees, 0).length,
  };
  return { found: [found], others: others.slice(0, MOST_OTHERS).map(place) };
}

/** Functions of the view with that name, else those whose last part it is, else those with it in theirs; heaviest first. */
function functionsNamed({ profile, functions }: ProfileView, name: string, path: string | null): number[] {
  const { strings } = profile;
  const paths = path === null ? null : matchingPaths(recordedPaths(profile), path);
  const present: number[] = [];
  for (let func = 0; func < profile.functions.length; func++) {
    const file = profile.functions.file[func];
    if (functions.present[func] === 1 && (paths === null || (file >= 0 && paths.has(strings[file]))))
      present.push(func);
  }
  const nameOf = (func: number): string => strings[profile.functions.name[func]];
  const part = name.toLowerCase();
  const tests: ((text: string) => boolean)[] = [
    (text) => text === name,
    (text) => functionSegments(text)?.at(-1) === name,
    (text) => text.toLowerCase().includes(part),
  ];
  for (const test of tests) {
    const found = present.filter((func) => test(nameOf(func)));
    const { self, total } = functions;
    if (found.length > 0) {
      return found.sort((a, b) => Math.abs(total[b]) - Math.abs(total[a]) || Math.abs(self[b]) - Math.abs(self[a]));
    }
  }
  return [];
}

function placeOf(profile: Profile, func: number, { self, total }: ProfileView['functions']): NeighbourPlace {
  return { ...positionOf(profile, func), self: self[func], total: total[func] };
}

function positionOf(profile: Profile, func: number): Pick<NeighbourPlace, 'name' | 'file' | 'line'> {
  const { name, file } = describeFunction(profile, func);
  return { name: shorten(name), file: file === null ? null : shorten(file), line: functionLine(profile, func) };
}

function children(tree: CallTree, node: number): number[] {
  const found: number[] = [];
  if (tree.length === 0) return found;
  for (let child = node + 1; child < tree.subtreeEnd[node]; child = tree.subtreeEnd[child]) found.push(child);
  return found;
}

/** The tree below its root, the heaviest of each node first. */
function steps(profile: Profile, tree: CallTree, limit: number, deepest: number): NeighbourStep[] {
  const found: NeighbourStep[] = [];
  const add = (node: number, depth: number): void => {
    for (const child of children(tree, node).slice(0, depth === 1 ? limit : MOST_DEEPER)) {
      found.push({ ...positionOf(profile, tree.func[child]), depth, value: tree.total[child] });
      if (depth < Math.min(deepest, MOST_DEPTH)) add(child, depth + 1);
    }
  };
  add(0, 1);
  return found;
}

function ofLine(open: OpenProfile, view: ProfileView, path: string, line: number, limit: number): Found {
  const { profile, lineIndex: index } = open;
  const { lines } = view;
  const paths = matchingPaths(recordedPaths(profile), path);
  const inFile: number[] = [];
  for (let entry = 0; entry < index.length; entry++) {
    const has = index.file[entry] >= 0 && index.line[entry] > 0 && lines.samples[entry] !== 0;
    if (has && paths.has(profile.strings[index.file[entry]])) inFile.push(entry);
  }
  const place = (entry: number): NeighbourPlace => ({
    name: shorten(describeFunction(profile, index.func[entry]).name),
    file: shorten(profile.strings[index.file[entry]]),
    line: index.line[entry],
    self: lines.self[entry],
    total: lines.total[entry],
  });
  const onLine = inFile
    .filter((entry) => index.line[entry] === line)
    .sort((a, b) => Math.abs(lines.total[b]) - Math.abs(lines.total[a]) || a - b);
  if (onLine.length === 0) {
    const away = (entry: number): number => Math.abs(index.line[entry] - line);
    const near = inFile.sort((a, b) => away(a) - away(b)).slice(0, MOST_OTHERS);
    return { others: near.map(place).sort((a, b) => a.line! - b.line!) };
  }
  const describe = (entry: number, func: number | null): LineContext =>
    describeLine(profile, index, view.values, entry, func);
  const wholes = onLine.slice(0, MOST_ON_LINE).map((entry) => ({ entry, ...describe(entry, null) }));
  // A closure stands on the line of what makes it, a generic function is there once a type: each has callers of its own.
  const functions = wholes
    .flatMap(({ entry, functions: having }) =>
      having.length === 0
        ? [{ entry, func: index.func[entry], value: lines.total[entry] }]
        : having.map(({ func, value }) => ({ entry, func, value })),
    )
    .sort((a, b) => Math.abs(b.value) - Math.abs(a.value));
  const step = ({ func, value }: Neighbour): NeighbourStep => ({ ...positionOf(profile, func), depth: 1, value });
  const only = functions.length === 1 ? wholes[0] : null;
  const found = functions.slice(0, MOST_ON_LINE).map(({ entry, func }): Neighbourhood => {
    const { self, total, callers, callees } = only ?? describe(entry, func);
    return {
      ...{ ...place(entry), name: shorten(describeFunction(profile, func).name), self, total },
      callers: callers.slice(0, limit).map(step),
      callees: callees.slice(0, limit).map(step),
      callerCount: callers.length,
      calleeCount: callees.length,
    };
  });
  const more = functions.slice(MOST_ON_LINE, MOST_ON_LINE + MOST_OTHERS).map(({ entry, func }): NeighbourPlace => {
    const { self, total } = describe(entry, func);
    return { ...place(entry), name: shorten(describeFunction(profile, func).name), self, total };
  });
  return {
    found,
    line: onLine.length === 1 ? { self: wholes[0].self, total: wholes[0].total } : null,
    others: [...more, ...onLine.slice(MOST_ON_LINE).map(place)].slice(0, MOST_OTHERS),
  };
}
