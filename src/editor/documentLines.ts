import { alignLines } from '../sources/alignLines';
import { isSameText, type LineSignatures } from '../sources/lineSignatures';
import { type LineChange, LineMap } from './lineMap';

/**
 * The lines of one open document for one profile. Edits say where lines go, which tells apart lines that are alike; the
 * text that was recorded says which lines are the same code still, and brings back what an undo, a paste or another
 * program put back or elsewhere.
 */
export class DocumentLines {
  /** As edits led since `map` was last made; null before the first time. */
  private led: LineMap | null = null;
  private made: { readonly version: number; readonly map: LineMap } | null = null;

  /** @param recorded what was profiled; null where it is not known: edits are followed, changes are not told */
  constructor(private readonly recorded: LineSignatures | null) {}

  /** @param changes last one in the document first, as `LineMap.apply` takes them one by one */
  edited(changes: readonly LineChange[]): void {
    if (this.recorded === null || this.led !== null) {
      this.led = changes.reduce((map, change) => map.apply(change), this.led ?? LineMap.identity);
    }
  }

  /**
   * Where the profiled lines are now.
   *
   * @param version of the document: as long as it is the same, so is the answer
   * @param current the document's text as it is now; null where it is too long to be looked at
   */
  map(version: number, current: () => LineSignatures | null): LineMap {
    const { recorded } = this;
    if (this.made?.version === version) return this.made.map;
    const signatures = recorded === null ? null : current();
    if (recorded === null || signatures === null) return this.led ?? LineMap.identity;
    if ((this.led === null || this.led.isIdentity) && isSameText(recorded, signatures)) {
      this.made = { version, map: LineMap.identity };
      this.led = LineMap.identity;
      return LineMap.identity;
    }
    const hint = this.led?.toArray(recorded.hash.length) ?? null;
    const map = LineMap.of(alignLines(recorded, signatures, hint));
    this.made = { version, map };
    this.led = map;
    return map;
  }
}
