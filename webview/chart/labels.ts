const ELLIPSIS = '…';
/** Longer names are cut before anything else looks at them. */
const MAX_NAME = 400;
const MAX_CACHED_NAMES = 4096;

/** Cuts names to the width of their boxes. Widths are in the unit of `measure`. */
export class LabelFitter {
  private readonly advances = new Map<string, number>();
  /** Running widths of a name's characters. */
  private readonly widths = new Map<string, Float32Array>();
  /** The last answer by function index: while panning, nothing is computed. */
  private lastWidth: number[] = [];
  private lastText: string[] = [];
  private readonly ellipsisWidth: number;

  /** @param measure width of a text in the chart's font */
  constructor(private readonly measure: (text: string) => number) {
    this.ellipsisWidth = measure(ELLIPSIS);
  }

  /** @returns the name, or its beginning and an ellipsis, or "" where not even two characters fit */
  fit(func: number, name: string, width: number): string {
    if (this.lastWidth[func] === width) return this.lastText[func]!;
    const text = this.fitName(name.length > MAX_NAME ? name.slice(0, MAX_NAME) : name, width);
    this.lastWidth[func] = width;
    this.lastText[func] = text;
    return text;
  }

  private fitName(name: string, width: number): string {
    const widths = this.widthsOf(name);
    const length = widths.length;
    if (length === 0 || widths[length - 1]! <= width) return name;
    let low = 0;
    let high = length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (widths[middle]! + this.ellipsisWidth <= width) low = middle + 1;
      else high = middle;
    }
    if (low < 2) return '';
    // Never half of a surrogate pair.
    const code = name.charCodeAt(low - 1);
    return name.slice(0, code >= 0xd800 && code < 0xdc00 ? low - 1 : low) + ELLIPSIS;
  }

  private widthsOf(name: string): Float32Array {
    const known = this.widths.get(name);
    if (known) return known;
    if (this.widths.size >= MAX_CACHED_NAMES) this.widths.clear();
    const widths = new Float32Array(name.length);
    let sum = 0;
    for (let i = 0; i < name.length; i++) {
      sum += this.advanceOf(name[i]!);
      widths[i] = sum;
    }
    this.widths.set(name, widths);
    return widths;
  }

  private advanceOf(character: string): number {
    let advance = this.advances.get(character);
    if (advance === undefined) {
      advance = this.measure(character);
      this.advances.set(character, advance);
    }
    return advance;
  }
}
