import { formatCount, formatPercent, formatValue, plural } from '../units/units';
import { changeText, toldChange, toldWord } from './heatChange';
import type { HeatDisplay } from './heatDisplay';
import type { HeatMetric } from './heatSource';
import { type HotLine, type HotLines, shareOf } from './hotLines';

/**
 * The end-of-line label, `12.3% self · 45.6% total`; a part that is zero is left out. Its text is quantised to 0.1 %:
 * VS Code makes a style rule for every distinct label text, and thousands of them freeze the window.
 * @param self share of the view, 1 is 100 %; likewise `total`
 */
export function heatLabel(self: number, total: number): string {
  return fieldsText([shareField(self, 'self'), shareField(total, 'total')]);
}

/** One number of a label, `12.3%` `self`: numbers of neighbouring lines are aligned. */
export interface LabelField {
  readonly value: string;
  readonly word: string;
}

/** How labels are made. */
export interface LabelStyle {
  /** One that fits the profile. */
  readonly display: HeatDisplay;
  /** Whose change is told. */
  readonly metric: HeatMetric;
  readonly durationMs: number | null;
}

/**
 * What the label of a line says, a field each; null for one that this line has not, but others of its column have.
 * Every text is quantised: shares to 0.1 %, values to three digits.
 *
 * @param whole what 100 % is for this line
 */
export function labelFields(line: HotLine, hot: HotLines, whole: number, style: LabelStyle): (LabelField | null)[] {
  const fields = valueFields(line, hot, whole, style);
  return line.definition === undefined ? fields : [{ value: 'function', word: '' }, ...fields];
}

function valueFields(line: HotLine, hot: HotLines, whole: number, style: LabelStyle): (LabelField | null)[] {
  const { self, total, samples } = line;
  const { display, metric, durationMs } = style;
  const change = toldChange(line, hot, metric);
  const told = change === null ? null : { value: changeText(change, hot), word: toldWord(change) };
  const changeField = hot.baseline === null ? [] : [told];
  const valueField = (value: number, word: string): LabelField | null =>
    value === 0 ? null : { value: formatValue(value, hot.unit), word };
  const rateField = (value: number, word: string): LabelField | null =>
    value === 0 ? null : { value: rateText(value, hot.unit, durationMs ?? 0), word };
  switch (display) {
    case 'self':
      return [...changeField, shareField(shareOf(self, whole), 'self')];
    case 'total':
      return [...changeField, shareField(shareOf(total, whole), 'total')];
    case 'both':
      return [...changeField, shareField(shareOf(self, whole), 'self'), shareField(shareOf(total, whole), 'total')];
    case 'samples': {
      const count = Math.round(samples);
      return [samples === 0 ? null : { value: formatCount(count), word: plural(count, 'sample') }];
    }
    case 'time':
    case 'bytes':
      return [valueField(self, 'self'), valueField(total, 'total')];
    case 'rate':
      return [rateField(self, 'self'), rateField(total, 'total')];
    case 'delta':
      return changeField;
  }
}

function shareField(share: number, word: string): LabelField | null {
  return share === 0 ? null : { value: formatPercent(share, 1), word };
}

/** Time a second (1 s/s is one core kept busy), bytes a second, or events a second. */
function rateText(value: number, unit: string, durationMs: number): string {
  return `${formatValue((1000 * value) / durationMs, unit)}/s`;
}

/** Fields as running text, those that the line has not left out. */
export function fieldsText(fields: readonly (LabelField | null)[]): string {
  return fields
    .filter((field) => field !== null)
    .map(({ value, word }) => (word === '' ? value : `${value} ${word}`))
    .join(' · ');
}
