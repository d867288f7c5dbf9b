import type { Profile } from '../profile/profile';

/** Which functions of two profiles are the same one: a number each, equal for those that are. */
export interface FunctionPairs {
  /** Numbers are 0 to `length - 1`. */
  readonly length: number;
  readonly ofBase: Int32Array;
  readonly ofNew: Int32Array;
}

/**
 * Pairs the functions of two profiles by name and file: code that was rewritten has other lines. Several of one name in
 * one file (anonymous functions, methods of several classes) are told apart by where they are declared: those at the
 * same place are the same; what is left is paired in order where both have equally many, else it is taken together.
 */
export function pairFunctions(base: Profile, next: Profile): FunctionPairs {
  const ofBase = new Int32Array(base.functions.length);
  const ofNew = new Int32Array(next.functions.length);
  const groups = new Map<string, { base: number[]; next: number[] }>();
  const note = (profile: Profile, side: 'base' | 'next'): void => {
    for (let func = 0; func < profile.functions.length; func++) {
      const key = functionKey(profile, func);
      const group = groups.get(key) ?? { base: [], next: [] };
      group[side].push(func);
      groups.set(key, group);
    }
  };
  note(base, 'base');
  note(next, 'next');
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
  return { length, ofBase, ofNew };
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

function functionKey({ functions, strings }: Profile, func: number): string {
  const file = functions.file[func];
  return file < 0 ? strings[functions.name[func]] : `${strings[functions.name[func]]}\n${strings[file]}`;
}
