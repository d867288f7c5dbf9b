import { formatTick, niceStep } from '../../src/units/units';
import type { Theme } from '../theme';
import type { Viewport } from './viewport';

/** CSS pixels between two ticks, at least. */
const TICK_DISTANCE = 96;

export const RULER_HEIGHT = 20;

/** Positions of an axis's ticks: multiples of a nice step in the visible range. */
function ticks(from: number, to: number, width: number): { step: number; values: number[] } {
  const step = niceStep(((to - from) * TICK_DISTANCE) / Math.max(1, width));
  const values: number[] = [];
  const first = Math.ceil(from / step);
  const last = Math.min(Math.floor(to / step), first + 200);
  for (let i = first; i <= last; i++) values.push(i * step);
  return { step, values };
}

/** Draws the x axis's scale. */
export function drawRuler(
  canvas: HTMLCanvasElement,
  viewport: Viewport,
  unit: string,
  theme: Theme,
  ratio: number,
): void {
  const width = Math.max(1, Math.round(viewport.width * ratio));
  const height = Math.round(RULER_HEIGHT * ratio);
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  }
  const context = canvas.getContext('2d')!;
  context.clearRect(0, 0, width, height);
  if (!(viewport.span > 0)) return;
  context.font = `${10.5 * ratio}px ${theme.font}`;
  context.textBaseline = 'middle';
  const { step, values } = ticks(viewport.from, viewport.to, viewport.width);
  for (const value of values) {
    const x = Math.round(viewport.xOf(value) * ratio);
    context.fillStyle = theme.border;
    context.fillRect(x, 0, Math.max(1, Math.round(ratio)), height);
    const label = formatTick(value, step, unit);
    const left = x + 4 * ratio;
    // A cut number reads as another one: "600" of 600 ms, "2" of 2.5 s.
    if (left + context.measureText(label).width > width) continue;
    context.fillStyle = theme.muted;
    context.fillText(label, left, height / 2 + 0.5 * ratio);
  }
}
