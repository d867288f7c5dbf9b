import { growFloat64 } from '../../profile/growColumn';

/** Which binary holds an address, from the metadata `map: 7ff0de33e000-7ff0de34e000 /usr/lib/libm.so.6` of austinp. */
export class AustinMaps {
  private length = 0;
  private start: Float64Array = new Float64Array(16);
  private end: Float64Array = new Float64Array(16);
  private readonly paths: string[] = [];

  add(text: string): void {
    const match = /^([0-9a-f]{1,13})-([0-9a-f]{1,13}) (.+)$/i.exec(text);
    if (match === null) {
      return;
    }
    this.start = growFloat64(this.start, this.length + 1);
    this.end = growFloat64(this.end, this.length + 1);
    this.start[this.length] = Number.parseInt(match[1], 16);
    this.end[this.length] = Number.parseInt(match[2], 16);
    this.paths.push(match[3]);
    this.length++;
  }

  /** Answers addresses; the maps must be complete. Null where no map has the address. */
  finder(): (address: number) => string | null {
    const order = Array.from({ length: this.length }, (_, i) => i).sort((a, b) => this.start[a] - this.start[b]);
    return (address) => {
      let low = 0;
      let high = order.length;
      while (low < high) {
        const middle = (low + high) >>> 1;
        if (this.start[order[middle]] <= address) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      return low > 0 && address < this.end[order[low - 1]] ? this.paths[order[low - 1]] : null;
    };
  }
}
