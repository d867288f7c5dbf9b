/** What one round of a live capture cost: the processor time of handling what was captured, and the whole round's time. */
export interface LiveRound {
  readonly cpuMs: number;
  readonly wallMs: number;
}

const REMEMBERED = 5;

/** What watching costs, as a share of one core, over the last rounds. */
export class LiveCost {
  private readonly rounds: LiveRound[] = [];

  /** @param limit share of one core that is not to be exceeded; it may be changed */
  constructor(public limit: number) {}

  add(round: LiveRound): void {
    this.rounds.push(round);
    if (this.rounds.length > REMEMBERED) this.rounds.shift();
  }

  /** 0.02 for 2 % of a core; 0 before the first round. */
  get share(): number {
    const { cpuMs, wallMs } = this.sum();
    return wallMs <= 0 ? 0 : cpuMs / wallMs;
  }

  /** How long to wait (milliseconds) so that the share comes down to the limit; 0 where it is below. */
  get pauseMs(): number {
    const { cpuMs, wallMs } = this.sum();
    return Math.max(0, cpuMs / this.limit - wallMs);
  }

  /** A pause belongs to the round before it. */
  waited(ms: number): void {
    const last = this.rounds.pop();
    if (last !== undefined) this.rounds.push({ cpuMs: last.cpuMs, wallMs: last.wallMs + ms });
  }

  private sum(): LiveRound {
    return {
      cpuMs: this.rounds.reduce((sum, { cpuMs }) => sum + cpuMs, 0),
      wallMs: this.rounds.reduce((sum, { wallMs }) => sum + wallMs, 0),
    };
  }
}
