// What a script is doing now, and how long each step took.

/** Runs `work`, printing `title` before it and the time it took after it. Returns what `work` does. */
export async function step(title, work) {
  const start = performance.now();
  console.log(`→ ${title}`);
  try {
    const value = await work();
    console.log(`  done in ${seconds(start)}`);
    return value;
  } catch (error) {
    console.log(`  failed after ${seconds(start)}`);
    throw error;
  }
}

export const seconds = (start) => `${((performance.now() - start) / 1000).toFixed(1)} s`;

export const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
