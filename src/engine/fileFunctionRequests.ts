import { costsOf, type FunctionCost } from '../analysis/functionCosts';
import { describeFunction } from '../analysis/top';
import { withoutSplit } from '../analysis/viewSpec';
import type { Profile } from '../profile/profile';
import type { FileFunctions, FileFunctionsParams, FunctionHeat } from './hottestApi';
import type { OpenProfile } from './openProfile';
import { shorten } from './shorten';

/** Functions in one answer: what a document of some ten thousand lines defines. */
const MOST_FUNCTIONS = 5000;
/** Namesakes without a file of one name: more cannot be told apart anyway. */
const MOST_NAMESAKES = 50;
const CALLERS = 3;

/** The functions of some recorded files, and those without a file that have one of some names. */
export function fileFunctions(open: OpenProfile, { view: spec, files, names }: FileFunctionsParams): FileFunctions {
  const view = open.view(withoutSplit(spec));
  const { profile } = open;
  const { total, present } = view.functions;
  const wanted = new Set<number>();
  const inFiles = new Set(files);
  if (inFiles.size > 0) {
    for (let func = 0; func < profile.functions.length; func++) {
      if (present[func] === 1 && inFiles.has(profile.functions.file[func])) wanted.add(func);
    }
  }
  for (const name of new Set(names)) {
    for (const func of open.unplacedFunctions.get(name)?.slice(0, MOST_NAMESAKES) ?? []) {
      if (present[func] === 1) wanted.add(func);
    }
  }
  const heaviest = [...wanted]
    .sort((a, b) => Math.abs(total[b]) - Math.abs(total[a]) || a - b)
    .slice(0, MOST_FUNCTIONS);
  const costs = costsOf(view.tree, heaviest);
  return {
    viewTotal: view.values.total,
    viewSamples: view.values.samples,
    unit: profile.sampleTypes[spec.sampleType].unit,
    functions: heaviest.map((func) => functionHeat(profile, func, costs.get(func)!)),
  };
}

function functionHeat(profile: Profile, func: number, cost: FunctionCost): FunctionHeat {
  const { functions, strings } = profile;
  const { name, file, line } = describeFunction(profile, func);
  const callers = [...cost.callers].sort((a, b) => Math.abs(b[1]) - Math.abs(a[1]) || a[0] - b[0]);
  const module = functions.module[func];
  return {
    func,
    name: shorten(name),
    file: functions.file[func],
    path: file === null ? null : shorten(file),
    module: module < 0 ? null : shorten(strings[module]),
    line,
    self: cost.self,
    total: cost.total,
    samples: cost.samples,
    callers: callers.slice(0, CALLERS).map(([caller, value]) => ({
      name: shorten(strings[functions.name[caller]]),
      value,
    })),
    callerCount: callers.length,
  };
}
