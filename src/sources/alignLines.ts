import { commonRuns } from './commonRuns';
import type { LineSignatures } from './lineSignatures';

/** Where each line of one text is in another. */
export interface LineAlignment {
  /** By original line: the current line, -1 where it is gone. */
  readonly current: Int32Array;
  /** By original line: 1 where the current line's code is another. */
  readonly changed: Uint8Array;
}

/** Of lines that differ in number, two are taken for one that changed where they share this much of their words. */
const leastAlike = 0.3;
/** What is compared each with each is bounded. */
const maxCompared = 64;
/** A single line is known to have moved by this many words, where no other line in either text is like it. */
const leastWordsAlone = 3;

/**
 * Finds the lines of one text in another: first the longest common run of lines between those that are sure (patience,
 * then Myers: `commonRuns`), then blocks of lines that stand elsewhere now, as a moved function does, by lines that are
 * unique among what is left. What then stands between the same neighbours as before is the line that changed.
 *
 * Lines without words (blank ones, `}`) tell nothing: they go with the line above or below them.
 *
 * @param hint where edits are known to have led each original line, -1 where it was lost; null where nothing is known.
 *   A hinted line whose code is the same is sure.
 */
export function alignLines(
  original: LineSignatures,
  current: LineSignatures,
  hint: Int32Array | null = null,
): LineAlignment {
  const aligner = new Aligner(original, current);
  if (hint !== null) aligner.takeHints(hint);
  aligner.fillGaps();
  aligner.findMoves();
  if (hint !== null) aligner.takeChanged(hint);
  aligner.pairChanged();
  return aligner.answer(hint);
}

class Aligner {
  /** The lines with words, ascending. */
  private readonly a: Int32Array;
  private readonly b: Int32Array;
  /** By index in `a`: index in `b`, -1 for none (yet). */
  private readonly match: Int32Array;
  /** By index in `a`: the current line of one that changed, -1 for none. */
  private readonly changedTo: Int32Array;
  /** By index in `b`: whether an original line is there. */
  private readonly used: Uint8Array;
  private readonly hashA: Uint32Array;
  private readonly hashB: Uint32Array;

  constructor(
    private readonly original: LineSignatures,
    private readonly current: LineSignatures,
  ) {
    this.a = linesWithWords(original.words);
    this.b = linesWithWords(current.words);
    this.hashA = Uint32Array.from(this.a, (line) => original.hash[line]!);
    this.hashB = Uint32Array.from(this.b, (line) => current.hash[line]!);
    this.match = new Int32Array(this.a.length).fill(-1);
    this.changedTo = new Int32Array(this.a.length).fill(-1);
    this.used = new Uint8Array(this.b.length);
  }

  takeHints(hint: Int32Array): void {
    const indexB = this.indexOfLine();
    for (let i = 0; i < this.a.length; i++) {
      const line = hint[this.a[i]!] ?? -1;
      const j = line < 0 ? -1 : (indexB[line] ?? -1);
      if (j >= 0 && this.used[j] === 0 && this.hashA[i] === this.hashB[j]) this.pair(i, j);
    }
  }

  /** Common lines between neighbours that are sure, in their order. */
  fillGaps(): void {
    this.forEachGap((fromA, toA, fromB, toB) => {
      // Lines of a block that moved in between are no part of it.
      const free: number[] = [];
      for (let j = fromB; j < toB; j++) {
        if (this.used[j] === 0) free.push(j);
      }
      if (free.length === 0) return;
      const hashes = Uint32Array.from(free, (j) => this.hashB[j]!);
      commonRuns(this.hashA.subarray(fromA, toA), hashes, (i, j, count) => {
        for (let k = 0; k < count; k++) this.pair(fromA + i + k, free[j + k]!);
      });
    });
  }

  /** Blocks that stand elsewhere now. */
  findMoves(): void {
    const left = uniqueHashes(this.hashB, (j) => this.used[j] === 0);
    const mine = uniqueHashes(this.hashA, (i) => this.match[i] === -1);
    let alone: { a: ReadonlyMap<number, number>; b: ReadonlyMap<number, number> } | null = null;
    for (const [hash, i] of mine) {
      const j = left.get(hash);
      if (i < 0 || j === undefined || j < 0 || this.match[i] !== -1 || this.used[j] === 1) continue;
      let before = 0;
      while (this.fits(i - before - 1, j - before - 1)) before++;
      let after = 1;
      while (this.fits(i + after, j + after)) after++;
      if (before + after < 2) {
        alone ??= { a: uniqueHashes(this.hashA, () => true), b: uniqueHashes(this.hashB, () => true) };
        const unlike = alone.a.get(hash) === i && alone.b.get(hash) === j;
        if (!unlike || bitsOf(this.original.words[this.a[i]!]!) < leastWordsAlone) continue;
      }
      for (let k = -before; k < after; k++) this.pair(i + k, j + k);
    }
  }

  /** Where edits led lines whose code changed. A line that another one is known to be on is not theirs. */
  takeChanged(hint: Int32Array): void {
    const indexB = this.indexOfLine();
    const exact = this.used.slice();
    for (let i = 0; i < this.a.length; i++) {
      const line = hint[this.a[i]!] ?? -1;
      if (this.match[i] !== -1 || line < 0 || line >= this.current.hash.length) continue;
      const j = indexB[line]!;
      if (j >= 0 && exact[j] === 1) continue;
      this.changedTo[i] = line;
      if (j >= 0) this.used[j] = 1;
    }
  }

  /** What is between the same neighbours as before, one by one where there are as many, else by how alike they are. */
  pairChanged(): void {
    for (let from = 0; from < this.a.length; from++) {
      if (this.isPlaced(from)) continue;
      let to = from + 1;
      while (to < this.a.length && !this.isPlaced(to)) to++;
      const [fromB, toB] = this.freeBetween(from, to);
      if (to - from === toB - fromB) {
        for (let k = 0; k < to - from; k++) this.pairAsChanged(from + k, fromB + k);
      } else if (to - from <= maxCompared && toB - fromB <= maxCompared) {
        this.pairAlike(from, to, fromB, toB);
      }
      from = to;
    }
  }

  answer(hint: Int32Array | null): LineAlignment {
    const lines = this.original.hash.length;
    const current = new Int32Array(lines).fill(-1);
    const changed = new Uint8Array(lines);
    const taken = new Uint8Array(this.current.hash.length);
    for (let i = 0; i < this.a.length; i++) {
      const line = this.match[i] === -1 ? this.changedTo[i]! : this.b[this.match[i]!]!;
      current[this.a[i]!] = line;
      if (line < 0) continue;
      taken[line] = 1;
      if (this.match[i] === -1) changed[this.a[i]!] = 1;
    }
    this.placeRest(current, taken, hint);
    return { current, changed };
  }

  /** Lines without words: behind or before the line that they are next to, else where edits led them. */
  private placeRest(current: Int32Array, taken: Uint8Array, hint: Int32Array | null): void {
    const { hash, words } = this.original;
    const rest = (line: number): boolean => current[line] === -1 && words[line] === 0;
    const search = (line: number, from: number, step: 1 | -1): boolean => {
      for (let at = from; at >= 0 && at < taken.length && this.current.words[at] === 0; at += step) {
        if (taken[at] === 0 && this.current.hash[at] === hash[line]) {
          current[line] = at;
          taken[at] = 1;
          return true;
        }
      }
      return false;
    };
    for (let line = 0; line < hash.length; line++) {
      if (!rest(line)) continue;
      const above = line === 0 ? -1 : current[line - 1]!;
      if (line === 0 || above >= 0) search(line, above + 1, 1);
    }
    for (let line = hash.length - 1; line >= 0; line--) {
      if (!rest(line)) continue;
      const below = line + 1 === hash.length ? taken.length : current[line + 1]!;
      if (below >= 0) search(line, below - 1, -1);
      const hinted = hint?.[line] ?? -1;
      if (rest(line) && hinted >= 0 && taken[hinted] === 0 && this.current.hash[hinted] === hash[line]) {
        current[line] = hinted;
        taken[hinted] = 1;
      }
    }
  }

  private pair(i: number, j: number): void {
    this.match[i] = j;
    this.used[j] = 1;
  }

  private pairAsChanged(i: number, j: number): void {
    this.changedTo[i] = this.b[j]!;
    this.used[j] = 1;
  }

  private isPlaced(i: number): boolean {
    return this.match[i] !== -1 || this.changedTo[i] !== -1;
  }

  private fits(i: number, j: number): boolean {
    return (
      i >= 0 &&
      j >= 0 &&
      i < this.a.length &&
      j < this.b.length &&
      this.match[i] === -1 &&
      this.used[j] === 0 &&
      this.hashA[i] === this.hashB[j]
    );
  }

  /** Index in `b` by current line, -1 for lines without words. */
  private indexOfLine(): Int32Array {
    const index = new Int32Array(this.current.hash.length).fill(-1);
    for (let j = 0; j < this.b.length; j++) index[this.b[j]!] = j;
    return index;
  }

  /** Runs without a match, with what is between their neighbours in the other text. */
  private forEachGap(act: (fromA: number, toA: number, fromB: number, toB: number) => void): void {
    for (let from = 0; from < this.a.length; from++) {
      if (this.match[from] !== -1) continue;
      let to = from + 1;
      while (to < this.a.length && this.match[to] === -1) to++;
      const fromB = from === 0 ? 0 : this.match[from - 1]! + 1;
      const toB = to === this.a.length ? this.b.length : this.match[to]!;
      if (fromB < toB) act(from, to, fromB, toB);
      from = to;
    }
  }

  /** The free lines behind the line above a run, as far as the line below it; before the line below where there are none. */
  private freeBetween(from: number, to: number): [number, number] {
    const above = from === 0 ? -1 : this.placeOf(from - 1);
    const below = to === this.a.length ? this.b.length : this.placeOf(to);
    if (above !== null) {
      let end = above + 1;
      while (end < this.b.length && end !== below && this.used[end] === 0) end++;
      if (end > above + 1) return [above + 1, end];
    }
    if (below !== null) {
      let start = below;
      while (start > 0 && start - 1 !== above && this.used[start - 1] === 0) start--;
      if (start < below) return [start, below];
    }
    return [0, 0];
  }

  /** Index in `b` of a placed line; null where a line without words stands there now. */
  private placeOf(i: number): number | null {
    if (this.match[i] !== -1) return this.match[i]!;
    const line = this.changedTo[i]!;
    let low = 0;
    let high = this.b.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.b[middle]! < line) low = middle + 1;
      else high = middle;
    }
    return this.b[low] === line ? low : null;
  }

  /** In order, so that the sum of likenesses is largest. */
  private pairAlike(from: number, to: number, fromB: number, toB: number): void {
    const width = toB - fromB + 1;
    const best = new Float64Array((to - from + 1) * width);
    const alike = (i: number, j: number): number => {
      const share = likeness(this.original.words[this.a[from + i]!]!, this.current.words[this.b[fromB + j]!]!);
      return share >= leastAlike ? share : 0;
    };
    for (let i = to - from - 1; i >= 0; i--) {
      for (let j = toB - fromB - 1; j >= 0; j--) {
        const share = alike(i, j);
        const paired = share === 0 ? 0 : share + best[(i + 1) * width + j + 1]!;
        best[i * width + j] = Math.max(paired, best[(i + 1) * width + j]!, best[i * width + j + 1]!);
      }
    }
    for (let i = 0, j = 0; i < to - from && j < toB - fromB; ) {
      const here = best[i * width + j]!;
      if (here === best[(i + 1) * width + j]) i++;
      else if (here === best[i * width + j + 1]) j++;
      else this.pairAsChanged(from + i++, fromB + j++);
    }
  }
}

function linesWithWords(words: Uint32Array): Int32Array {
  let count = 0;
  for (let line = 0; line < words.length; line++) {
    if (words[line] !== 0) count++;
  }
  const lines = new Int32Array(count);
  for (let line = 0, at = 0; line < words.length; line++) {
    if (words[line] !== 0) lines[at++] = line;
  }
  return lines;
}

/** Index by hash of those that `counts`; -1 where there are several. */
function uniqueHashes(hashes: Uint32Array, counts: (index: number) => boolean): Map<number, number> {
  const found = new Map<number, number>();
  for (let i = 0; i < hashes.length; i++) {
    if (counts(i)) found.set(hashes[i]!, found.has(hashes[i]!) ? -1 : i);
  }
  return found;
}

function likeness(a: number, b: number): number {
  const all = bitsOf(a | b);
  return all === 0 ? 0 : bitsOf(a & b) / all;
}

/** Set bits of a 32-bit number. */
function bitsOf(value: number): number {
  let v = value - ((value >>> 1) & 0x55555555);
  v = (v & 0x33333333) + ((v >>> 2) & 0x33333333);
  return Math.imul((v + (v >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
