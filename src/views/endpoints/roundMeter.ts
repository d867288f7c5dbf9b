import { readFileSync } from 'node:fs';
import type { LiveRound } from './liveCost';

/** Of the times in /proc/PID/stat (https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html), on every Linux that Node runs on. */
const TICKS_A_SECOND = 100;

/** Measures one round of a live capture. */
export class RoundMeter {
  private readonly startedMs = performance.now();
  private readonly programsBefore = this.programs ? programsMs() : 0;
  private ownBefore: number | null = null;
  private readonly timer: NodeJS.Timeout;

  /**
   * @param sampledMs how long is sampled: what else runs in this process meanwhile is none of the capture
   * @param programs whether a sampler runs as a program of its own, whose time counts too (on Linux, which tells it)
   */
  constructor(
    sampledMs: number,
    private readonly programs: boolean,
  ) {
    this.timer = setTimeout(() => this.answered(), sampledMs);
  }

  /** The sampling is over: from here on, what this process does is for the capture. */
  answered(): void {
    clearTimeout(this.timer);
    this.ownBefore ??= ownMs();
  }

  end(): LiveRound {
    this.answered();
    const programs = this.programs ? programsMs() - this.programsBefore : 0;
    return { cpuMs: ownMs() - this.ownBefore! + programs, wallMs: performance.now() - this.startedMs };
  }

  /** To be called where the round ends early. */
  stop(): void {
    clearTimeout(this.timer);
  }
}

/** Processor time of this process's threads, in ms. */
function ownMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Processor time of the programs that this process ran to their end, in ms; 0 where the system does not tell. */
function programsMs(): number {
  try {
    const stat = readFileSync('/proc/self/stat', 'latin1');
    // The name, in brackets, may have spaces; `cutime` and `cstime` are the 16th and 17th field, the name the 2nd.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return ((Number(fields[13]) + Number(fields[14])) * 1000) / TICKS_A_SECOND || 0;
  } catch {
    return 0;
  }
}
