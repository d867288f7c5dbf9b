import type { SandwichStep } from './sandwichView';

/** The functions whose sandwiches were gone through; the last one is shown, none: the chart is. */
export class SandwichPath {
  private path: readonly SandwichStep[] = [];

  get steps(): readonly SandwichStep[] {
    return this.path;
  }

  get shown(): SandwichStep | undefined {
    return this.path.at(-1);
  }

  get isEmpty(): boolean {
    return this.path.length === 0;
  }

  /** @param step the one to begin with, if any */
  restart(step?: SandwichStep): void {
    this.path = step === undefined ? [] : [step];
  }

  /** Back to one that was shown before, rather than round and round. */
  go(step: SandwichStep): void {
    const known = this.path.findIndex(({ func }) => func === step.func);
    this.path = known < 0 ? [...this.path, step] : this.path.slice(0, known + 1);
  }
}
