import { describe, expect, it } from 'vitest';
import { fc } from '../../test/support/property';
import { LabelList, type RasterView, rasterRows } from './rasterRows';
import { type TestBox, testWindow } from './testWindow';

const BACKGROUND = 1;
const COLORS = Uint32Array.from({ length: 64 }, (_, i) => 100 + i);

function draw(
  rows: readonly (readonly TestBox[])[],
  part: Partial<RasterView> = {},
): { at(x: number, y: number): number; labels: LabelList } {
  const window = testWindow(rows);
  const width = part.width ?? 100;
  const height = part.height ?? 20;
  const view: RasterView = {
    from: 0,
    to: 100,
    width,
    height,
    rowHeight: 10,
    top: 0,
    gap: 1,
    clipFrom: 0,
    clipTo: width,
    ...part,
  };
  const pixels = new Uint32Array(width * height).fill(BACKGROUND);
  const labels = new LabelList();
  rasterRows(pixels, new Uint32Array(width), window, view, (box) => COLORS[window.func[box]!], BACKGROUND, labels, 20);
  return { at: (x, y) => pixels[y * width + x]!, labels };
}

describe('boxes', () => {
  it('fill their pixels, with a gap to the right and below', () => {
    const { at, labels } = draw([
      [
        [0, 50, 1],
        [50, 100, 2],
      ],
      [[25, 75, 3]],
    ]);
    expect(at(0, 0)).toBe(101);
    expect(at(48, 8)).toBe(101);
    expect(at(49, 0), 'gap').toBe(BACKGROUND);
    expect(at(0, 9), 'gap').toBe(BACKGROUND);
    expect(at(50, 0)).toBe(102);
    expect(at(99, 0), 'no gap at the right edge').toBe(102);
    expect(at(24, 12)).toBe(BACKGROUND);
    expect(at(25, 12)).toBe(103);
    expect(at(75, 12)).toBe(BACKGROUND);
    expect(labels.length).toBe(3);
    expect([labels.x[2], labels.y[2], labels.width[2], labels.func[2]]).toEqual([25, 10, 49, 3]);
  });

  it('have their label where the visible part begins', () => {
    const { labels } = draw([[[0, 100, 1]]], { from: 40, to: 60 });
    expect([labels.x[0], labels.width[0]]).toEqual([0, 100]);
  });

  it('scroll by pixels', () => {
    const { at } = draw([[[0, 100, 1]], [[0, 100, 2]], [[0, 100, 3]]], { top: -13 });
    expect(at(5, 0)).toBe(102);
    expect(at(5, 6), 'gap between the rows').toBe(BACKGROUND);
    expect(at(5, 7)).toBe(103);
    expect(at(5, 19)).toBe(BACKGROUND);
  });

  it('stay in their columns when clipped', () => {
    const { at } = draw([[[0, 100, 1]]], { clipFrom: 30, clipTo: 60 });
    expect([at(29, 0), at(30, 0), at(59, 0), at(60, 0)]).toEqual([BACKGROUND, 101, 101, BACKGROUND]);
  });

  it('of an unknown function do not break anything', () => {
    expect(draw([[[0, 100, 9999]]]).at(5, 5)).toBe(BACKGROUND);
  });
});

describe('boxes under a pixel', () => {
  it('share it, in the colour of the widest', () => {
    const { at } = draw([
      [
        [10.1, 10.2, 1],
        [10.2, 10.45, 2],
        [10.45, 10.49, 3],
        [50, 100, 4],
      ],
    ]);
    expect(at(10, 0)).toBe(102);
    expect(at(11, 0)).toBe(BACKGROUND);
    expect(at(50, 0)).toBe(104);
  });

  it('are never lost, however small', () => {
    expect(draw([[[33.3, 33.3 + 1e-9, 7]]]).at(33, 0)).toBe(107);
  });

  it('cost pixels, not boxes', () => {
    const boxes: TestBox[] = Array.from({ length: 200_000 }, (_, i) => [i / 2000, (i + 1) / 2000, i % 64]);
    const window = testWindow([boxes]);
    let reads = 0;
    const counted = new Proxy(window.start, {
      get(target, key) {
        if (typeof key === 'string' && /^\d+$/.test(key)) reads++;
        const value: unknown = Reflect.get(target, key, target);
        return value;
      },
    });
    const view = { from: 0, to: 100, width: 100, height: 10, rowHeight: 10, top: 0, gap: 1, clipFrom: 0, clipTo: 100 };
    const labels = new LabelList();
    const pixels = new Uint32Array(1000);
    const fill = (box: number): number => COLORS[window.func[box]!]!;
    rasterRows(pixels, new Uint32Array(100), { ...window, start: counted }, view, fill, BACKGROUND, labels, 20);
    expect(pixels.every((pixel, i) => (i >= 900 ? true : pixel !== 0))).toBe(true);
    expect(reads).toBeLessThan(100 * 40);
  });
});

it('paints exactly the pixels that some box touches', () => {
  const row = fc
    .array(fc.tuple(fc.double({ min: 0.001, max: 9, noNaN: true }), fc.boolean()), { minLength: 1, maxLength: 80 })
    .map((parts) => {
      let x = 0;
      const boxes: TestBox[] = [];
      parts.forEach(([width, filled], i) => {
        if (filled && x + width < 100) boxes.push([x, x + width, i % 64]);
        x += width;
      });
      return boxes;
    });
  fc.assert(
    fc.property(row, (boxes) => {
      const { at } = draw([boxes], { gap: 0 });
      for (let x = 0; x < 100; x++) {
        const touched = boxes.some(([start, end]) => end > x - 0.5 && start < x + 1.5);
        const inside = boxes.some(([start, end]) => start <= x + 0.49 && end >= x + 0.51 && end - start >= 1);
        if (!touched) expect(at(x, 0)).toBe(BACKGROUND);
        if (inside) expect(at(x, 0)).not.toBe(BACKGROUND);
      }
    }),
  );
});

describe('rows that grow upwards', () => {
  it('have row 0 at the bottom', () => {
    const rows: TestBox[][] = [[[0, 100, 1]], [[0, 50, 2]]];
    const { at } = draw(rows, { height: 40, rowHeight: 20, flipped: true });
    expect([at(75, 25), at(25, 25)]).toEqual([101, 101]);
    expect([at(25, 5), at(75, 5)]).toEqual([102, BACKGROUND]);
  });
});
