import type { ShareChange } from '../../src/engine/compareApi';
import type { FrameDetails } from '../../src/engine/flameApi';
import type { SampleType } from '../../src/profile/profile';
import { formatExactCount, formatNamedValue, formatPercent, plural } from '../../src/units/units';
import { visibleText } from '../visibleText';

/** What can be said of a frame before its figures are there. */
export interface FrameFigures {
  readonly self: string;
  readonly selfShare: string;
  readonly total: string;
  readonly totalShare: string;
  readonly functionSelf: string;
  readonly functionSelfShare: string;
  readonly functionTotal: string;
  readonly functionTotalShare: string;
  readonly samples: string;
}

export function frameFigures(details: FrameDetails, type: SampleType): FrameFigures {
  const value = (amount: number | null): string => (amount === null ? '–' : formatNamedValue(amount, type.unit, ''));
  const share = (amount: number | null): string => (amount === null ? '' : formatPercent(amount, details.viewTotal));
  return {
    self: value(details.self),
    selfShare: share(details.self),
    total: value(details.total),
    totalShare: share(details.total),
    functionSelf: value(details.functionSelf),
    functionSelfShare: share(details.functionSelf),
    functionTotal: value(details.functionTotal),
    functionTotalShare: share(details.functionTotal),
    samples: `${formatExactCount(details.samples)} ${plural(details.samples, 'sample')}`,
  };
}

/** A change as the table and the cards say it: `▲ 4.1 pp`, `▼ 2.0 pp`; `≈` where it may be chance, '' where there is none. */
export function changeText({ share, sure }: ShareChange): string {
  if (share === 0) return '';
  if (!sure) return '≈';
  const points = Math.abs(100 * share);
  return `${share > 0 ? '▲' : '▼'} ${points < 0.05 ? '<0.1' : points.toFixed(1)} pp`;
}

/** `src/app.ts:12`, or null where the profile does not say where the function is. */
export function placeOf(frame: { file: string | null; line: number | null }): string | null {
  if (frame.file === null || frame.file === '') return null;
  return frame.line === null ? frame.file : `${frame.file}:${frame.line}`;
}

/** `placeOf` for the screen. */
export function shownPlace(frame: { file: string | null; line: number | null }): string | null {
  const place = placeOf(frame);
  return place === null ? null : visibleText(place);
}

/** The end of a path that tells files apart, for narrow places: the last `parts` parts. */
export function shortPath(path: string, parts = 2): string {
  const pieces = path.split(/[\\/]/);
  if (pieces.length <= parts) return path;
  const end = pieces.slice(-parts).join('/');
  return parts === 1 ? end : `…/${end}`;
}

/** A frame in a sentence, for screen readers. */
export function describeFrame(details: FrameDetails, type: SampleType): string {
  const figures = frameFigures(details, type);
  const place = shownPlace(details);
  return [
    visibleText(details.name),
    `total ${figures.total}, ${figures.totalShare}`,
    ...(details.change?.frame ? [`changed by ${changeText(details.change.frame.total) || '0 pp'} of total`] : []),
    ...(details.self === null ? [] : [`self ${figures.self}, ${figures.selfShare}`]),
    figures.samples,
    `depth ${details.row + 1}`,
    place === null ? 'no source' : shortPath(place),
  ].join(', ');
}
