import type { JsonRecord } from '../json/jsonColumns';

interface Image {
  readonly name: string;
  readonly path: string;
}

interface Library extends Image {
  readonly start: number;
  readonly end: number;
  readonly base: number;
}

function imageOf(lib: JsonRecord): Image | null {
  const name = lib.text('name') || lib.text('debugName') || '';
  return name === '' ? null : { name, path: lib.text('path') || name };
}

/** The names of all processes' libraries, by their builds' ids. */
export function namedImages(libs: readonly JsonRecord[]): Map<string, Image> {
  const images = new Map<string, Image>();
  for (const lib of libs) {
    const id = lib.text('breakpadId') ?? '';
    const image = imageOf(lib);
    if (id !== '' && image !== null && !images.has(id)) images.set(id, image);
  }
  return images;
}

/** A process's loaded libraries, by address. */
export class Libraries {
  private readonly sorted: readonly Library[];

  /**
   * @param libs of a gecko process: `start`, `end`, `offset` and names
   * @param images what `namedImages` found: a child process may not know its own program's name
   */
  constructor(libs: readonly JsonRecord[], images: ReadonlyMap<string, Image>) {
    this.sorted = libs
      .map((lib) => ({
        start: lib.number('start') ?? Number.NaN,
        end: lib.number('end') ?? Number.NaN,
        // The image's base: where its first byte would be, had it been mapped from there.
        base: (lib.number('start') ?? 0) - (lib.number('offset') ?? 0),
        ...(imageOf(lib) ?? images.get(lib.text('breakpadId') ?? '') ?? { name: '', path: '' }),
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
