import { expect, test } from 'vitest';
import type { Theme } from '../theme';
import { drawRuler } from './ruler';
import type { Viewport } from './viewport';

/** The labels drawn on a ruler of so many pixels, where each character is 6 pixels wide. */
function labels(width: number, to: number): string[] {
  const drawn: string[] = [];
  const context = {
    clearRect: () => {},
    fillRect: () => {},
    measureText: (text: string) => ({ width: 6 * text.length }),
    fillText: (text: string) => drawn.push(text),
  };
  const canvas = { width: 0, height: 0, getContext: () => context } as unknown as HTMLCanvasElement;
  const viewport = { from: 0, to, span: to, width, xOf: (value: number) => (value / to) * width };
  drawRuler(canvas, viewport as unknown as Viewport, 'milliseconds', {} as Theme, 1);
  return drawn;
}

test('a label that the right edge would cut is left out', () => {
  expect(labels(400, 640)).toEqual(['0 ms', '200 ms', '400 ms']);
  expect(labels(400, 700)).toEqual(['0 ms', '200 ms', '400 ms', '600 ms']);
});
