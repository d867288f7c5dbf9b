import { setImmediate as nextTurn } from 'node:timers/promises';

/**
 * Does what takes time step by step: between two steps comes whatever else the extension host has to do. `last` is done
 * in the end, also where a step fails, which then rejects.
 */
export async function inTurns(steps: readonly (() => void)[], last: () => void): Promise<void> {
  try {
    for (const step of steps) {
      step();
      await nextTurn();
    }
  } finally {
    last();
  }
}
