import type { Profile } from '../profile/profile';

/** Where so many last folders and names agree, two files are one; where fewer do, so many functions must agree. */
const SURE_SEGMENTS = 2;
const SURE_FUNCTIONS = 2;
/** Namesakes beyond are not looked at each with each. */
const MOST_NAMESAKES = 50;

/**
 * Which files of `base` are other files of `next`, by path: those of a program that was built or checked out in another
 * folder. Only files that the other profile does not have; they have the name and a function in common, and what is
 * before their common end leads from one to the other for a whole folder.
 */
export function pairFiles(base: Profile, next: Profile): ReadonlyMap<string, string> {
  const before = functionsByFile(base);
  const after = functionsByFile(next);
  const left = new Map<string, string[]>();
  for (const file of after.keys()) {
    if (before.has(file)) continue;
    const name = segmentsOf(file).at(-1)!;
    left.set(name, [...(left.get(name) ?? []), file]);
  }
  const candidates: { from: string; to: string; end: number; roots: string }[] = [];
  const votes = new Map<string, number>();
  for (const [from, functions] of left.size === 0 ? [] : before) {
    if (after.has(from)) continue;
    const path = segmentsOf(from);
    for (const to of left.get(path.at(-1)!)?.slice(0, MOST_NAMESAKES) ?? []) {
      const others = after.get(to)!;
      let shared = 0;
      for (const name of functions) if (others.has(name)) shared++;
      if (shared === 0) continue;
      const its = segmentsOf(to);
      let end = 1;
      while (end < Math.min(path.length, its.length) && path.at(-1 - end) === its.at(-1 - end)) end++;
      const roots = `${path.slice(0, -end).join('/')}\n${its.slice(0, -end).join('/')}`;
      candidates.push({ from, to, end, roots });
      votes.set(roots, (votes.get(roots) ?? 0) + (end >= SURE_SEGMENTS ? SURE_FUNCTIONS : shared));
    }
  }
  const pairs = new Map<string, string>();
  const taken = new Set<string>();
  // Those that agree in more come first, then those that more files speak for.
  candidates.sort((a, b) => b.end - a.end || votes.get(b.roots)! - votes.get(a.roots)!);
  for (const { from, to, roots } of candidates) {
    if (pairs.has(from) || taken.has(to) || votes.get(roots)! < SURE_FUNCTIONS) continue;
    pairs.set(from, to);
    taken.add(to);
  }
  return pairs;
}

/** Names of the functions of each file. */
function functionsByFile({ functions, strings }: Profile): Map<string, Set<string>> {
  const byFile = new Map<string, Set<string>>();
  for (let func = 0; func < functions.length; func++) {
    if (functions.file[func] < 0) continue;
    const file = strings[functions.file[func]];
    const names = byFile.get(file) ?? new Set();
    byFile.set(file, names.add(strings[functions.name[func]]));
  }
  return byFile;
}

function segmentsOf(file: string): string[] {
  return file.split(/[\\/]/);
}
