import type { ShownBaseline } from '../protocol';

/** What one editor was told about the baseline. */
export class PanelBaseline {
  /** Whether the editor shows what changed. */
  on = true;
  private told: string | null = null;

  /** The page was made anew: it knows nothing. */
  forget(): void {
    this.told = null;
  }

  /** What to tell the page; undefined where it knows. */
  news(shown: Omit<ShownBaseline, 'on'> | null): ShownBaseline | null | undefined {
    const baseline = shown === null ? null : { ...shown, on: this.on };
    const told = baseline === null ? '' : JSON.stringify(baseline);
    if (told === (this.told ?? '')) return undefined;
    this.told = told;
    return baseline;
  }
}
