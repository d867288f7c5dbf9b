import { isState } from '../analysis/comparison';
import { unitKind } from '../units/units';

/** What a hot line's label tells. */
export const heatDisplays = ['both', 'self', 'total', 'samples', 'time', 'bytes', 'rate', 'delta'] as const;
export type HeatDisplay = (typeof heatDisplays)[number];

/** What decides which displays fit. */
export interface DisplayFacts {
  /** The sample type that is looked at; null while no profile is open. */
  readonly sampleType: { readonly type: string; readonly unit: string } | null;
  readonly durationMs: number | null;
  /** Whether there is a baseline that compares. */
  readonly compared: boolean;
}

/** Why a display does not fit, as a sentence; null where it fits. */
export function displayProblem(
  display: HeatDisplay,
  { sampleType, durationMs, compared }: DisplayFacts,
): string | null {
  if (sampleType === null) {
    return null;
  }
  const { type, unit } = sampleType;
  const kind = unitKind(unit);
  const isShown = `The profile's editor shows ${type === '' ? unit : type}`;
  switch (display) {
    case 'time':
      return kind === 'time' ? null : `${isShown}, which is no time.`;
    case 'bytes':
      return kind === 'bytes' ? null : `${isShown}, which is no size.`;
    case 'rate':
      if (isState(type)) {
        return `${isShown}, which is what there was at one moment.`;
      }
      return durationMs !== null && durationMs > 0 ? null : 'The profile does not say how long it was recorded.';
    case 'delta':
      return compared ? null : 'There is no baseline to compare with.';
    default:
      return null;
  }
}

/** What is shown instead of a display that does not fit. */
export function fitDisplay(display: HeatDisplay, facts: DisplayFacts): HeatDisplay {
  return displayProblem(display, facts) === null ? display : 'both';
}
