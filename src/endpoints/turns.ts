/** How long things are done one after the other before the others of this thread have their turn, in ms. */
const SLICE_MS = 8;

let sliceEnd = 0;
let renewing = false;

function renew(): void {
  renewing = false;
  sliceEnd = performance.now() + SLICE_MS;
}

/**
 * To be awaited between the steps of work that comes in bursts, such as a hundred answers at the same moment: settles
 * at once while the slice lasts, else after timers and events of this thread have had their turn.
 */
export async function turn(): Promise<void> {
  while (performance.now() >= sliceEnd) {
    if (!renewing) {
      renewing = true;
      setImmediate(renew);
    }
    // Each by a callback of its own: what follows one runs before the next one looks at the time.
    await new Promise((resolve) => setImmediate(resolve));
  }
}
