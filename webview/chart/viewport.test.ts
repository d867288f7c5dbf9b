import { describe, expect, it } from 'vitest';
import { fc } from '../../test/support/property';
import { Viewport } from './viewport';

function viewport(extent = 1000, rows = 50): Viewport {
  const view = new Viewport();
  view.width = 500;
  view.height = 200;
  view.setBounds(extent, rows);
  return view;
}

describe('zoom', () => {
  it('keeps what is under the pointer where it is', () => {
    const view = viewport();
    const value = view.valueAt(123);
    view.zoomAt(4, 123);
    expect(view.valueAt(123)).toBeCloseTo(value);
    expect(view.span).toBeCloseTo(250);
  });

  it('never leaves the axis, whatever is done', () => {
    const step = fc.oneof(
      fc.record({
        kind: fc.constant('zoom' as const),
        a: fc.double({ min: 1e-6, max: 1e6, noNaN: true }),
        b: fc.integer({ min: -50, max: 600 }),
      }),
      fc.record({
        kind: fc.constant('pan' as const),
        a: fc.double({ min: -1e6, max: 1e6, noNaN: true }),
        b: fc.constant(0),
      }),
      fc.record({ kind: fc.constant('show' as const), a: fc.double(), b: fc.integer() }),
      fc.record({ kind: fc.constant('scroll' as const), a: fc.double(), b: fc.constant(0) }),
    );
    fc.assert(
      fc.property(
        fc.double({ min: 1e-3, max: 1e15, noNaN: true }),
        fc.array(step, { maxLength: 40 }),
        (extent, steps) => {
          const view = viewport(extent);
          for (const { kind, a, b } of steps) {
            if (kind === 'zoom') view.zoomAt(a, b);
            else if (kind === 'pan') view.panBy(a);
            else if (kind === 'show') view.show(a, b);
            else view.scrollTo(a);
            expect(view.from).toBeGreaterThanOrEqual(0);
            expect(view.to).toBeLessThanOrEqual(extent * (1 + 1e-12));
            expect(view.span).toBeGreaterThan(0);
            expect(view.scroll).toBeGreaterThanOrEqual(0);
            expect(view.scroll).toBeLessThanOrEqual(view.maxScroll);
          }
        },
      ),
    );
  });

  it('has nothing to show of an empty axis', () => {
    const view = viewport(0, 0);
    view.zoomAt(2, 10);
    view.panBy(100);
    expect([view.from, view.to, view.maxScroll]).toEqual([0, 0, 0]);
    expect(view.xOf(5)).toBe(0);
  });
});

describe('pan', () => {
  it('stops at the ends with the same span', () => {
    const view = viewport();
    view.show(100, 200);
    view.panBy(-10_000);
    expect([view.from, view.to]).toEqual([0, 100]);
    view.panBy(1e9);
    expect([view.from, view.to]).toEqual([900, 1000]);
  });
});

describe('reveal', () => {
  it('scrolls no more than needed', () => {
    const view = viewport();
    view.revealRow(5);
    expect(view.scroll).toBe(0);
    view.revealRow(20);
    expect(view.yOf(20)).toBeLessThanOrEqual(view.height - 20);
    expect(view.scroll).toBe(12);
    view.revealRow(12);
    expect(view.scroll).toBe(11);
  });

  it('brings a range in without changing the scale', () => {
    const view = viewport();
    view.show(0, 100);
    view.revealRange(500, 520);
    expect(view.span).toBeCloseTo(100);
    expect(view.from).toBeLessThanOrEqual(500);
    expect(view.to).toBeGreaterThanOrEqual(520);
    const before = view.from;
    view.revealRange(510, 515);
    expect(view.from).toBe(before);
  });
});

it('keeps the range when new data still has it, and the whole when all was shown', () => {
  const view = viewport();
  view.show(100, 200);
  view.setBounds(2000, 10);
  expect([view.from, view.to]).toEqual([100, 200]);
  view.showAll();
  view.setBounds(3000, 10);
  expect(view.isWhole).toBe(true);
});

describe('rows that grow upwards', () => {
  function flipped(rows: number): Viewport {
    const viewport = new Viewport();
    viewport.width = 100;
    viewport.height = 100;
    viewport.flipped = true;
    viewport.setBounds(10, rows);
    viewport.scrollTo(viewport.maxScroll);
    return viewport;
  }

  it('stand on the bottom edge where they are few', () => {
    const viewport = flipped(2);
    expect(viewport.yOf(0)).toBe(80);
    expect(viewport.yOf(1)).toBe(60);
    expect(viewport.rowAt(85)).toBe(0);
    expect(viewport.rowAt(65)).toBe(1);
    expect(viewport.rowAt(30)).toBeGreaterThan(1);
    viewport.scrollTo(5);
    expect(viewport.yOf(0)).toBe(80);
  });

  it('begin at the bottom and are scrolled to upwards where they are many', () => {
    const viewport = flipped(50);
    expect(viewport.yOf(0)).toBe(80);
    viewport.revealRow(20);
    expect(viewport.yOf(20)).toBeGreaterThanOrEqual(0);
    expect(viewport.yOf(20)).toBeLessThanOrEqual(80);
    expect(viewport.rowAt(viewport.yOf(20) + 5)).toBe(20);
    viewport.scrollTo(-1000);
    expect(viewport.rowAt(0)).toBe(49);
  });
});
