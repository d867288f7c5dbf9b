import { readdirSync, readFileSync } from 'node:fs';

/** A thread's time on a processor so far, and waiting for one, in ms. Zeros where the system does not say (other than Linux). */
function threadTimes(thread: number): { busyMs: number; waitedMs: number } {
  try {
    // https://docs.kernel.org/scheduler/sched-stats.html: time on a processor, time waiting for one (ns), time slices.
    const [busy, waited] = readFileSync(`/proc/self/task/${thread}/schedstat`, 'latin1').split(' ').map(Number);
    return { busyMs: busy! / 1e6, waitedMs: waited! / 1e6 };
  } catch {
    return { busyMs: 0, waitedMs: 0 };
  }
}

/** How long all threads of this process together have waited for a processor so far, in ms. */
export function allWaitedMs(): number {
  try {
    return readdirSync('/proc/self/task').reduce((sum, thread) => sum + threadTimes(Number(thread)).waitedMs, 0);
  } catch {
    return 0;
  }
}

/**
 * How long the hypervisor has let this machine's processors wait so far, in ms; 0 where the system does not say. It is
 * the eighth number of `cpu` in https://docs.kernel.org/filesystems/proc.html (`steal`), in hundredths of a second.
 */
export function stolenMs(): number {
  try {
    return 10 * Number(readFileSync('/proc/stat', 'latin1').split('\n')[0]!.split(/\s+/)[8]);
  } catch {
    return 0;
  }
}

const EVERY_MS = 2;

/** The longest time that the main thread's event loop was held up by what ran in it, in ms. To be made in that thread. */
export class BlockedTime {
  /** By the clock, without what the thread waited for a processor. */
  longest = 0;
  /** Of the processor's time: on a busy machine, what other programs took of the clock's is not in it. */
  longestBusy = 0;
  private lastMs = performance.now();
  private last = threadTimes(process.pid);
  private readonly timer = setInterval(() => this.tick(), EVERY_MS);

  private tick(): void {
    const now = performance.now();
    const times = threadTimes(process.pid);
    this.longest = Math.max(this.longest, now - this.lastMs - (times.waitedMs - this.last.waitedMs) - EVERY_MS);
    this.longestBusy = Math.max(this.longestBusy, times.busyMs - this.last.busyMs);
    this.lastMs = now;
    this.last = times;
  }

  stop(): void {
    this.tick();
    clearInterval(this.timer);
  }
}
