import type { Profile } from '../profile/profile';
import { pairFiles } from './pairFiles';

/** Which functions of two profiles are the same one: a number each, equal for those that are. */
export interface FunctionPairs {
  /** Numbers are 0 to `length - 1`. */
  readonly length: number;
  readonly ofBase: Int32Array;
  readonly ofNew: Int32Array;
  /** What files of the base are called in the new profile, where that is otherwise. */
  readonly files: ReadonlyMap<string, string>;
}

/**
 * Pairs the functions of two profiles by name and file: code that was rewritten has other lines. Several of one name in
 * one file (anonymous functions, methods of several classes) are told apart by where they are declared: those at the
 * same place are the same; what is left is paired in order where both have equally many, else it is taken together.
 * A program built in another folder has other files: they are paired first (`pairFiles`). Qualified names that only one
 * function of either profile has are one function in any file.
 */
export function pairFunctions(base: Profile, next: Profile): FunctionPairs {
  const ofBase = new Int32Array(base.functions.length);
  const ofNew = new Int32Array(next.functions.length);
  const groups = new Map<string, { base: number[]; next: number[] }>();
  const files = pairFiles(base, next);
  const note = (profile: Profile, side: 'base' | 'next'): void => {
    for (let func = 0; func < profile.functions.length; func++) {
      const key = functionKey(profile, func, side === 'base' ? files : null);
      const group = groups.get(key) ?? { base: [], next: [] };
      group[side].push(func);
      groups.set(key, group);
    }
  };
  note(base, 'base');
  note(next, 'next');
  joinQualified(base, next, groups);
  let length = 0;
  for (const group of groups.values()) {
    const single = group.base.length === 1 && group.next.length === 1;
    const pairs: Pair[] = single ? [[group.base, group.next]] : pairsOf(base, group.base, next, group.next);
    for (const [befores, afters] of pairs) {
      for (const func of befores) ofBase[func] = length;
      for (const func of afters) ofNew[func] = length;
      length++;
    }
  }
  return { length, ofBase, ofNew, files };
}

type Pair = readonly [readonly number[], readonly number[]];

function pairsOf(base: Profile, befores: readonly number[], next: Profile, afters: readonly number[]): Pair[] {
  const placesBefore = byPlace(base, befores);
  const placesAfter = byPlace(next, afters);
  const pairs: Pair[] = [];
  const leftBefore: (readonly number[])[] = [];
  for (const [place, funcs] of placesBefore) {
    const after = placesAfter.get(place);
    if (after === undefined) leftBefore.push(funcs);
    else pairs.push([funcs, after]);
    placesAfter.delete(place);
  }
  const leftAfter = [...placesAfter.values()];
  if (leftBefore.length === 0 || leftAfter.length === 0 || leftBefore.length === leftAfter.length) {
    const most = Math.max(leftBefore.length, leftAfter.length);
    for (let i = 0; i < most; i++) pairs.push([leftBefore[i] ?? [], leftAfter[i] ?? []]);
  } else {
    pairs.push([leftBefore.flat(), leftAfter.flat()]);
  }
  return pairs;
}

/** In order of the places. */
function byPlace({ functions }: Profile, funcs: readonly number[]): Map<string, number[]> {
  const places = new Map<string, number[]>();
  const { line, column } = functions;
  for (const func of [...funcs].sort((a, b) => line[a] - line[b] || column[a] - column[b] || a - b)) {
    const place = `${line[func]}:${column[func]}`;
    const there = places.get(place);
    if (there === undefined) places.set(place, [func]);
    else there.push(func);
  }
  return places;
}

function functionKey({ functions, strings }: Profile, func: number, files: ReadonlyMap<string, string> | null): string {
  const name = strings[functions.name[func]];
  const file = functions.file[func] < 0 ? null : strings[functions.file[func]];
  return file === null ? name : `${name}\n${files?.get(file) ?? file}`;
}

/** `example.com/shop.Price` in a file that was renamed. */
function joinQualified(base: Profile, next: Profile, groups: Map<string, { base: number[]; next: number[] }>): void {
  const befores = onlyOnes(base);
  const afters = onlyOnes(next);
  const keyOf = new Map<number, string>();
  for (const [key, group] of groups) {
    if (group.base.length === 0 && group.next.length === 1) keyOf.set(group.next[0], key);
  }
  for (const group of groups.values()) {
    if (group.base.length !== 1 || group.next.length !== 0) continue;
    const name = base.strings[base.functions.name[group.base[0]]];
    const after = afters.get(name) ?? -1;
    const key = keyOf.get(after);
    if (befores.get(name) !== group.base[0] || key === undefined) continue;
    group.next.push(after);
    groups.delete(key);
  }
}

/** Functions by qualified name; -1 where several have it. */
function onlyOnes({ functions, strings }: Profile): Map<string, number> {
  const found = new Map<string, number>();
  for (let func = 0; func < functions.length; func++) {
    const name = strings[functions.name[func]];
    if (/\w(?:\.|::|\/)[\w(*]/.test(name)) found.set(name, found.has(name) ? -1 : func);
  }
  return found;
}
