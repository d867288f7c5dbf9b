import type { Emphasis } from './chart/flameColors';

/** What an editor points at; `asked` where somebody wanted it shown, and not the cursor alone. */
export interface Mark {
  readonly functions: ReadonlySet<number>;
  readonly place: string;
  readonly asked: boolean;
}

/** What stands out among the functions: one that is highlighted, those that an editor points at, or what a search found. */
export class Marks {
  highlighted: number | null = null;
  marked: Mark | null = null;
  /** What is pointed at in a newer capture, whose functions have other numbers. */
  private newer: Mark | null = null;

  clear(): void {
    this.highlighted = null;
    this.marked = null;
  }

  markInNewer(mark: Mark | null): void {
    this.newer = mark;
  }

  /** The newer capture is shown. */
  takeNewer(): void {
    this.highlighted = null;
    this.marked = this.newer;
    this.newer = null;
  }

  covers(func: number | undefined): boolean {
    return func !== undefined && this.marked?.functions.has(func) === true;
  }

  /**
   * What is not dimmed. The highlighted function wins over the search: it was asked for last, and one click ends it. The
   * cursor yields.
   *
   * @param matches what a search found
   * @param ofNone whether the mark has nothing to tell: all that is shown is of its functions
   */
  emphasis(matches: Emphasis, ofNone: boolean): Emphasis {
    const { highlighted, marked } = this;
    const pointedAt: Emphasis = ofNone ? null : marked && ((func) => marked.functions.has(func));
    if (highlighted !== null) return (func) => func === highlighted;
    return marked?.asked ? pointedAt : (matches ?? pointedAt);
  }
}
