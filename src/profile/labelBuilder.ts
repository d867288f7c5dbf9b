import { growFloat64, growInt32 } from './growColumn';
import type { LabelTable } from './profile';
import { PairTable, QuadTable } from './tupleTables';

/**
 * Interns label sets: `begin`, then `addText` and `addNumber` in order, then `end`. A set is kept as a path in a
 * prefix tree of its entries, so that equal sets cost a look-up per entry and no object.
 */
export class LabelBuilder {
  private readonly entries = new QuadTable();
  private readonly paths = new PairTable();
  private numbers: Float64Array = new Float64Array(64);
  private readonly numberIndex = new Map<number, number>();
  /** Path to set index, -1 where no set ends there. */
  private setOfPath: Int32Array = new Int32Array(64).fill(-1);
  private knownPaths = 0;
  private setPath: Int32Array = new Int32Array(64);
  private setCount = 0;
  private entryTotal = 0;
  private path = -1;
  private depth = 0;

  begin(): void {
    this.path = -1;
    this.depth = 0;
  }

  /** Both are string indices. */
  addText(key: number, text: number): void {
    this.add(this.entries.intern(key, text, -1, -1));
  }

  /** `key` and `unit` are string indices, `unit` -1 for none. */
  addNumber(key: number, value: number, unit: number): void {
    let index = this.numberIndex.get(value);
    if (index === undefined) {
      index = this.numberIndex.size;
      this.numberIndex.set(value, index);
      this.numbers = growFloat64(this.numbers, index + 1);
      this.numbers[index] = value;
    }
    this.add(this.entries.intern(key, -1, index, unit));
  }

  private add(entry: number): void {
    this.path = this.paths.intern(this.path, entry);
    this.depth++;
    if (this.paths.length > this.setOfPath.length) {
      this.setOfPath = growInt32(this.setOfPath, this.paths.length);
    }
    if (this.paths.length > this.knownPaths) {
      this.setOfPath[this.path] = -1;
      this.knownPaths = this.paths.length;
    }
  }

  /** Index of the set made since `begin`; -1 where it is empty. */
  end(): number {
    if (this.path < 0) {
      return -1;
    }
    let set = this.setOfPath[this.path];
    if (set < 0) {
      set = this.setCount++;
      this.setOfPath[this.path] = set;
      this.setPath = growInt32(this.setPath, this.setCount);
      this.setPath[set] = this.path;
      this.entryTotal += this.depth;
    }
    return set;
  }

  finish(): LabelTable {
    const offset = new Int32Array(this.setCount + 1);
    const key = new Int32Array(this.entryTotal);
    const text = new Int32Array(this.entryTotal);
    const number = new Float64Array(this.entryTotal);
    const unit = new Int32Array(this.entryTotal);
    for (let set = 0, at = 0; set < this.setCount; set++) {
      let end = at;
      for (let path = this.setPath[set]; path >= 0; path = this.paths.a[path]) {
        end++;
      }
      offset[set + 1] = end;
      let row = end;
      for (let path = this.setPath[set]; path >= 0; path = this.paths.a[path]) {
        row--;
        const entry = this.paths.b[path];
        key[row] = this.entries.a[entry];
        text[row] = this.entries.b[entry];
        const index = this.entries.c[entry];
        number[row] = index < 0 ? 0 : this.numbers[index];
        unit[row] = this.entries.d[entry];
      }
      at = end;
    }
    return { length: this.setCount, offset, key, text, number, unit };
  }
}
