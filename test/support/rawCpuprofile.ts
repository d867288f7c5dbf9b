import { expect } from 'vitest';
import { cpuprofile } from '../../src/formats/cpuprofile/cpuprofile';
import { checkProfile } from '../../src/profile/checkProfile';
import type { Profile } from '../../src/profile/profile';
import { decode, stackNames } from './profiles';

export interface CallFrame {
  functionName: string;
  scriptId: string;
  url: string;
  lineNumber: number;
  columnNumber: number;
}

export interface RawNode {
  id: number;
  callFrame: CallFrame;
  hitCount?: number;
  children?: number[];
  parent?: number;
  positionTicks?: { line: number; ticks: number }[];
}

export interface Raw {
  nodes: RawNode[];
  startTime?: number;
  endTime?: number;
  samples?: number[];
  timeDeltas?: number[];
  [other: string]: unknown;
}

export function frame(functionName: string, url = '', lineNumber = -1, columnNumber = -1): CallFrame {
  return { functionName, scriptId: '1', url, lineNumber, columnNumber };
}

/** (root) → a → b, and (root) → (idle). */
export function small(): Raw {
  return {
    nodes: [
      { id: 1, callFrame: frame('(root)'), hitCount: 0, children: [2, 4] },
      {
        id: 2,
        callFrame: frame('a', 'file:///x.js', 0, 4),
        hitCount: 1,
        children: [3],
        positionTicks: [{ line: 2, ticks: 1 }],
      },
      {
        id: 3,
        callFrame: frame('', 'file:///x.js', 9, 0),
        hitCount: 2,
        positionTicks: [
          { line: 12, ticks: 1 },
          { line: 11, ticks: 1 },
        ],
      },
      { id: 4, callFrame: frame('(idle)'), hitCount: 1 },
    ],
    startTime: 1000,
    endTime: 5000,
    samples: [2, 3, 3, 4],
    timeDeltas: [100, 1000, 1000, 500],
  };
}

export function decodeRaw(raw: unknown): Profile {
  const profile = decode(cpuprofile, JSON.stringify(raw));
  expect(checkProfile(profile)).toEqual([]);
  return profile;
}

/** Stacks of all samples as text, with the values of a type. */
export function rows(profile: Profile, type: number): [string, number][] {
  return [...profile.samples.stack].map((stack, row) => [
    stackNames(profile, stack).join(';'),
    profile.samples.values[type][row],
  ]);
}
