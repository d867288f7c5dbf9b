import { describe, expect, it } from 'vitest';
import { seeded } from '../../../test/support/profiles';
import type { Profile } from '../../profile/profile';
import { ProfileBuilder } from '../../profile/profileBuilder';
import { buildCallTree, buildCallTreeByScript } from '../callTree';
import { sumStacks } from '../stackValues';
import { buildCallTreeByWasm } from './callTree';

interface Shape {
  stacks: number;
  functions: number;
  /** Frames of each function: more than one makes stacks that merge. */
  framesEach: number;
  samples: number;
  negative?: boolean;
  /** How many of a stack's possible callers are in use: few make wide nodes. */
  callers: number;
  /** How often a stack is on top of the one before it. */
  chained?: number;
}

function randomProfile(seed: number, shape: Shape): Profile {
  const random = seeded(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  const builder = new ProfileBuilder();
  builder.addSampleType('space', 'bytes');
  const frames: number[] = [];
  for (let f = 0; f < shape.functions; f++) {
    const func = builder.func(builder.string(`f${f}`), -1, f, 0);
    for (let line = 1; line <= shape.framesEach; line++) {
      frames.push(builder.frame(func, line, false));
    }
  }
  const stacks: number[] = [];
  while (stacks.length < shape.stacks) {
    const any = random() < 0.05 || stacks.length === 0 ? -1 : stacks[below(Math.min(stacks.length, shape.callers))];
    const prefix = stacks.length > 0 && random() < (shape.chained ?? 0) ? stacks[stacks.length - 1] : any;
    stacks.push(builder.stack(prefix, frames[below(frames.length)]));
  }
  for (let i = 0; i < shape.samples; i++) {
    const row = builder.addSample(below(20) === 0 ? -1 : stacks[below(stacks.length)], 0, null, -1);
    builder.setValue(row, 0, shape.negative ? below(50) - 20 : below(4));
  }
  return builder.finish({
    formats: ['pprof'],
    durationMs: null,
    startTimeMs: null,
    defaultSampleType: 0,
    lines: 'call',
    notes: [],
  });
}

const view = { sampleType: 0, thread: null };

describe('a call tree by WebAssembly is that by script', () => {
  const shapes: [string, Shape][] = [
    ['one frame a function', { stacks: 300, functions: 40, framesEach: 1, samples: 200, callers: 300 }],
    ['stacks that merge', { stacks: 400, functions: 9, framesEach: 4, samples: 300, callers: 60 }],
    [
      'long chains that merge',
      { stacks: 6000, functions: 5, framesEach: 3, samples: 900, callers: 5000, chained: 0.9 },
    ],
    ['negative values', { stacks: 300, functions: 20, framesEach: 2, samples: 300, callers: 90, negative: true }],
    ['thousands of children', { stacks: 9000, functions: 3000, framesEach: 2, samples: 9000, callers: 3 }],
    ['hardly any samples', { stacks: 500, functions: 50, framesEach: 2, samples: 3, callers: 500 }],
    ['no samples', { stacks: 50, functions: 10, framesEach: 1, samples: 0, callers: 50 }],
    ['a single stack', { stacks: 1, functions: 1, framesEach: 1, samples: 1, callers: 1 }],
  ];
  it.each(shapes)('%s', (_, shape) => {
    for (let seed = 1; seed <= (shape.stacks > 1000 ? 2 : 20); seed++) {
      const profile = randomProfile(seed, shape);
      const values = sumStacks(profile, view);
      expect(buildCallTreeByWasm(profile, values)).toEqual(buildCallTreeByScript(profile, values));
    }
  });

  it('and is what a large profile gets', () => {
    const profile = randomProfile(7, { stacks: 6000, functions: 500, framesEach: 2, samples: 5000, callers: 6000 });
    const values = sumStacks(profile, view);
    // Samples without a stack have room too.
    expect(buildCallTree(profile, values)).toEqual({ ...buildCallTreeByWasm(profile, values), extent: values.total });
  });
});
