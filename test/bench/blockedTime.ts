import { readdirSync, readFileSync } from 'node:fs';

/** How long a thread has waited for a processor so far, in ms; 0 where the system does not say (other than Linux). */
export function waitedMs(thread: number | 'self'): number {
  try {
    // https://docs.kernel.org/scheduler/sched-stats.html: time on a processor, time waiting for one (ns), time slices.
    const path = thread === 'self' ? `/proc/self/task/${process.pid}/schedstat` : `/proc/self/task/${thread}/schedstat`;
    return Number(readFileSync(path, 'latin1').split(' ')[1]) / 1e6 || 0;
  } catch {
    return 0;
  }
}

/** `waitedMs` of all threads of this process together. */
export function allWaitedMs(): number {
  try {
    return readdirSync('/proc/self/task').reduce((sum, thread) => sum + waitedMs(Number(thread)), 0);
  } catch {
    return 0;
  }
}

const EVERY_MS = 2;

/**
 * The longest time that this thread's event loop was held up by what ran in it. What other programs took of the
 * processor in that time does not count, so that the answer is the same on a busy machine.
 */
export class BlockedTime {
  /** ms */
  longest = 0;
  private lastMs = performance.now();
  private lastWaitedMs = waitedMs('self');
  private readonly timer = setInterval(() => this.tick(), EVERY_MS);

  private tick(): void {
    const now = performance.now();
    const waited = waitedMs('self');
    this.longest = Math.max(this.longest, now - this.lastMs - (waited - this.lastWaitedMs) - EVERY_MS);
    this.lastMs = now;
    this.lastWaitedMs = waited;
  }

  stop(): void {
    this.tick();
    clearInterval(this.timer);
  }
}
