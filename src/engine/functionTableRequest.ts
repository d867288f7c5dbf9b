import { orderFunctions } from '../analysis/functionTable';
import { matchFunctions } from '../analysis/nameFilter';
import { describeFunction } from '../analysis/top';
import type { Profile } from '../profile/profile';
import type { ComparedView } from './comparedView';
import type { FunctionRow, FunctionSort, FunctionTablePage, FunctionTableParams } from './functionApi';
import type { ProfileView } from './openProfile';
import { shorten } from './shorten';

/** Rows of the function table in one answer. */
const LARGEST_PAGE = 1000;

/** A page of the functions of a view; with a comparison each row tells its change, and what vanished is there, too. */
export function functionTable(
  view: ProfileView,
  compared: ComparedView | null,
  params: FunctionTableParams,
): FunctionTablePage {
  const { sort, descending, filter } = params;
  const key = JSON.stringify([sort, descending, filter, compared === null]);
  if (view.tableOrder?.key !== key || view.tableOrder.compared !== compared) {
    const rows = compared === null ? orderOf(view, params) : orderChanged(view, compared, params);
    view.tableOrder = { key, compared, functions: rows };
  }
  const { functions } = view.tableOrder;
  const offset = Math.max(0, params.offset);
  const rows = functions.subarray(offset, offset + Math.min(params.limit, LARGEST_PAGE));
  return {
    count: functions.length,
    offset,
    viewTotal: view.values.total,
    rows: Array.from(rows, (row) => rowOf(view, compared, row)),
  };
}

function orderOf(view: ProfileView, { sort, descending, filter }: FunctionTableParams): Int32Array {
  const plain = sort === 'deltaSelf' ? 'self' : sort === 'deltaTotal' ? 'total' : sort;
  return orderFunctions(view.profile, view.functions, matchFunctions(view.profile, filter), plain, descending);
}

/** Functions, and as -1 - pair what vanished: where they are sorted by change, at its place, else last. */
function orderChanged(view: ProfileView, compared: ComparedView, params: FunctionTableParams): Int32Array {
  const own = orderOf(view, params);
  const vanished = compared.vanished(params.filter).map(({ pair }) => -1 - pair);
  const metric = deltaMetric(params.sort);
  if (metric === null) {
    const before = (row: number): number => compared.sums.base.total[-1 - row];
    return Int32Array.from([...own, ...vanished.sort((a, b) => before(b) - before(a))]);
  }
  const all = Int32Array.from([...own, ...vanished]);
  const delta = new Map(Array.from(all, (row) => [row, compared.changeOfPair(pairOf(compared, row), metric).share]));
  const direction = params.descending ? -1 : 1;
  // Stable: equal changes stay in the order of self or total.
  return all.sort((a, b) => direction * (delta.get(a)! - delta.get(b)!));
}

function deltaMetric(sort: FunctionSort): 'self' | 'total' | null {
  return sort === 'deltaSelf' ? 'self' : sort === 'deltaTotal' ? 'total' : null;
}

function pairOf({ pairs }: ComparedView, row: number): number {
  return row < 0 ? -1 - row : pairs.ofNew[row];
}

function rowOf(view: ProfileView, compared: ComparedView | null, row: number): FunctionRow {
  const described = (profile: Profile, func: number): Pick<FunctionRow, 'name' | 'file' | 'line'> => {
    const { name, file, line } = describeFunction(profile, func);
    return { name: shorten(name), file: file === null ? null : shorten(file), line };
  };
  const { self, total } = view.functions;
  if (compared === null) return { func: row, ...described(view.profile, row), self: self[row], total: total[row] };
  const pair = pairOf(compared, row);
  const changes = { self: compared.changeOfPair(pair, 'self'), total: compared.changeOfPair(pair, 'total') };
  const change = {
    self: { share: changes.self.share, sure: changes.self.sure },
    total: { share: changes.total.share, sure: changes.total.sure },
  };
  if (row >= 0) {
    return { func: row, ...described(view.profile, row), self: self[row], total: total[row], change };
  }
  const func = compared.pairs.ofBase.indexOf(pair);
  return { func: -1, ...described(compared.base.profile, func), self: 0, total: 0, change };
}
