import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { allVisions, type Colour, contrast, difference, labOf, seenOn } from '../../test/support/colour';
import { gaugeUri } from './heatGauge';

interface Contributes {
  contributes: { colors: { id: string; defaults: Record<Theme, string> }[] };
}
type Theme = 'dark' | 'light' | 'highContrast' | 'highContrastLight';

const { colors } = (JSON.parse(readFileSync('package.json', 'utf8')) as Contributes).contributes;
const colour = (id: string, theme: Theme): string =>
  colors.find((each) => each.id === `emberline.${id}`)!.defaults[theme];
const opaque = (hex: string): Colour => seenOn(hex, [0, 0, 0]);

/** `editor.background` and `editor.foreground` of VS Code's own themes of each kind. */
const editors: Record<Theme, readonly (readonly [name: string, background: string, foreground: string])[]> = {
  dark: [
    ['Dark Modern', '#1f1f1f', '#cccccc'],
    ['Dark+', '#1e1e1e', '#d4d4d4'],
  ],
  light: [
    ['Light Modern', '#ffffff', '#3b3b3b'],
    ['Light+', '#ffffff', '#000000'],
  ],
  highContrast: [['Dark High Contrast', '#000000', '#ffffff']],
  highContrastLight: [['Light High Contrast', '#ffffff', '#292929']],
};
const cases = Object.entries(editors).flatMap(([theme, all]) =>
  all.map(([name, background, foreground]) => [name, theme as Theme, opaque(background), opaque(foreground)] as const),
);
const steps = [1, 2, 3, 4, 5];

// A sequential palette of black-body colours, from dim to glowing (dark) or pale to burnt (light): lightness alone tells
// the steps, so that it does for any colour vision.
describe.each(cases)('in %s', (_, theme, background, foreground) => {
  const behind = [background, ...steps.map((step) => seenOn(colour(`heat${step}`, theme), background))];
  const marks = steps.map((step) => opaque(colour(`heatMark${step}`, theme)));
  const dark = theme === 'dark' || theme === 'highContrast';

  it('heat grows steadily lighter (dark themes) or darker (light ones)', () => {
    for (const sequence of [behind, marks]) {
      const lightness = sequence.map((each) => labOf(each)[0]);
      for (let i = 1; i < lightness.length; i++) {
        expect((lightness[i]! - lightness[i - 1]!) * (dark ? 1 : -1), `step ${i}`).toBeGreaterThan(3);
      }
    }
  });

  it.each(allVisions)('neighbouring steps differ for %s', (vision) => {
    for (let i = 1; i < behind.length; i++) {
      expect(difference(behind[i - 1]!, behind[i]!, vision), `background ${i}`).toBeGreaterThan(5);
    }
    for (let i = 1; i < marks.length; i++) {
      expect(difference(marks[i - 1]!, marks[i]!, vision), `mark ${i}`).toBeGreaterThan(6);
    }
  });

  it('labels and code are legible on every step', () => {
    for (const each of behind) {
      expect(contrast(opaque(colour('heatLabel', theme)), each)).toBeGreaterThanOrEqual(4.5);
      expect(contrast(foreground, each)).toBeGreaterThanOrEqual(4.5);
    }
    expect(contrast(opaque(colour('heatStale', theme)), background)).toBeGreaterThanOrEqual(4.5);
  });

  it('labels are legible on what changed against a baseline', () => {
    for (const id of ['Up1', 'Up2', 'Up3', 'Down1', 'Down2', 'Down3']) {
      const behindChange = seenOn(colour(`heat${id}`, theme), background);
      expect(contrast(opaque(colour('heatLabel', theme)), behindChange), id).toBeGreaterThanOrEqual(4.5);
      expect(contrast(foreground, behindChange), id).toBeGreaterThanOrEqual(4.5);
    }
  });

  it('marks are seen', () => {
    for (const mark of marks) {
      expect(contrast(mark, background)).toBeGreaterThanOrEqual(3);
    }
  });
});

it('the gutter has the colours of the overview ruler', () => {
  for (const theme of ['dark', 'light'] as const) {
    for (const step of steps) {
      const svg = atob(gaugeUri(theme, step, 7, false).split(',')[1]!);
      expect(svg).toContain(colour(`heatMark${step}`, theme));
    }
  }
});
