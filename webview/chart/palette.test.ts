import { describe, expect, it } from 'vitest';
import {
  contrast,
  flameColor,
  isMetaName,
  luminance,
  metaColor,
  mix,
  oklchToRgb,
  packRgb,
  parseCssColor,
  SHADES,
  type ThemeKind,
} from './palette';

const themes = Object.keys(SHADES) as ThemeKind[];

describe.each(themes)('%s', (theme) => {
  const least = theme.startsWith('highContrast') ? 7 : 4.5;

  it('has readable text on the colour of every group and shade', () => {
    for (let group = 0; group < 3000; group++) {
      const color = flameColor(theme, group, `function ${group}`);
      expect(contrast(color, SHADES[theme].text)).toBeGreaterThanOrEqual(least);
    }
    expect(contrast(metaColor(theme), SHADES[theme].text)).toBeGreaterThanOrEqual(least);
  });

  it('is warm: more red than blue, except for meta frames', () => {
    for (let group = 0; group < 500; group++) {
      const [red, green, blue] = flameColor(theme, group, 'work');
      expect(red).toBeGreaterThan(blue + 20);
      expect(red).toBeGreaterThanOrEqual(green);
    }
    const [red, green, blue] = flameColor(theme, 3, '(idle)');
    expect(Math.max(red, green, blue) - Math.min(red, green, blue)).toBeLessThan(12);
  });
});

it('stands out from a high-contrast background', () => {
  for (let group = 0; group < 300; group++) {
    expect(contrast(flameColor('highContrast', group, 'f'), [0, 0, 0])).toBeGreaterThanOrEqual(3);
    expect(contrast(flameColor('highContrastLight', group, 'f'), [255, 255, 255])).toBeGreaterThanOrEqual(3);
  }
});

it('gives one function one colour, and one file one hue', () => {
  expect(flameColor('dark', 7, 'f')).toEqual(flameColor('dark', 7, 'f'));
  expect(flameColor('dark', 7, 'f')).not.toEqual(flameColor('dark', 8, 'f'));
});

it('knows meta frames', () => {
  expect(isMetaName('(idle)')).toBe(true);
  expect(isMetaName('(garbage collector)')).toBe(true);
  expect(isMetaName('(anonymous)')).toBe(false);
  expect(isMetaName('idle')).toBe(false);
});

it('converts colours as their definitions say', () => {
  expect(oklchToRgb(1, 0, 0)).toEqual([255, 255, 255]);
  expect(oklchToRgb(0, 0, 0)).toEqual([0, 0, 0]);
  // sRGB red in OKLCH: 0.628, 0.2577, 29.23°.
  expect(oklchToRgb(0.62796, 0.25768, 29.2339).map((part) => Math.round(part / 3))).toEqual([85, 0, 0]);
  expect(luminance([255, 255, 255])).toBeCloseTo(1);
  expect(contrast([0, 0, 0], [255, 255, 255])).toBeCloseTo(21);
  expect(packRgb([1, 2, 3])).toBe(0xff030201);
  expect(mix([0, 0, 0], [100, 200, 50], 0.5)).toEqual([50, 100, 25]);
});

it('reads the colours that themes are written in', () => {
  expect(parseCssColor('#1f1f1f')).toEqual([31, 31, 31]);
  expect(parseCssColor('#fff')).toEqual([255, 255, 255]);
  expect(parseCssColor('#11223344')).toEqual([17, 34, 51]);
  expect(parseCssColor(' rgba(1, 2, 3, 0.5)')).toEqual([1, 2, 3]);
  expect(parseCssColor('red')).toBeNull();
  expect(parseCssColor('')).toBeNull();
});
