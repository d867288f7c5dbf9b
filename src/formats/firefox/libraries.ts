import type { JsonRecord } from '../json/jsonColumns';

interface Library {
  readonly start: number;
  readonly end: number;
  readonly base: number;
  readonly name: string;
  readonly path: string;
}

/** A process's loaded libraries, by address. */
export class Libraries {
  private readonly sorted: readonly Library[];

  /** `libs` of a gecko process: `start`, `end`, `offset` and names. */
  constructor(libs: readonly JsonRecord[]) {
    this.sorted = libs
      .map((lib) => ({
        start: lib.number('start') ?? Number.NaN,
        end: lib.number('end') ?? Number.NaN,
        // The image's base: where its first byte would be, had it been mapped from there.
        base: (lib.number('start') ?? 0) - (lib.number('offset') ?? 0),
        name: lib.text('name') ?? lib.text('debugName') ?? '',
        path: lib.text('path') ?? lib.text('name') ?? '',
      }))
      .filter(({ start, end }) => start < end)
      .sort((a, b) => a.start - b.start);
  }

  /** The library at an address with the offset in it; null where there is none. */
  at(address: number): { name: string; path: string; offset: number } | null {
    let low = 0;
    let high = this.sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.sorted[middle].start <= address) low = middle + 1;
      else high = middle;
    }
    const library = this.sorted[low - 1];
    if (library === undefined || address >= library.end || library.name === '') return null;
    return { name: library.name, path: library.path, offset: address - library.base };
  }
}
