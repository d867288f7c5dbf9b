import { baselineWhole, type CompareBy } from './comparison';
import { ratesDiffer, sharesDiffer } from './significance';

/** Where samples are not counted, a change of less than this share is taken for noise. */
const LEAST_UNCOUNTED = 0.005;

/** The two wholes that a change is measured against. */
export interface ChangeWhole {
  /** 100 %, in the sample type's unit, and the samples of it. */
  readonly viewTotal: number;
  readonly viewSamples: number;
  /** The baseline's own, unscaled. */
  readonly baseTotal: number;
  readonly baseSamples: number;
  readonly by: CompareBy;
  /** What the baseline's values are to be multiplied by. */
  readonly scale: number;
  readonly counted: boolean;
}

export interface Change {
  /** Difference of the shares: 0.041 is 4.1 percentage points more. */
  readonly share: number;
  /** Difference in the sample type's unit, the baseline's value scaled. */
  readonly value: number;
  /** Whether it is more than chance. */
  readonly sure: boolean;
}

/**
 * How much a value changed against the baseline.
 *
 * @param value in the sample type's unit, `baseValue` the baseline's, unscaled
 * @param samples of which the value is, estimated where only those of a larger value are known; likewise `baseSamples`
 */
export function changeOf(
  value: number,
  samples: number,
  baseValue: number,
  baseSamples: number,
  whole: ChangeWhole,
): Change {
  const { viewTotal, by, scale, counted } = whole;
  const scaled = baseValue * scale;
  const baseWhole = baselineWhole(by, viewTotal, whole.baseTotal * scale);
  const share = part(value, viewTotal) - part(scaled, baseWhole);
  const sure = !counted
    ? Math.abs(share) >= LEAST_UNCOUNTED
    : by === 'share'
      ? sharesDiffer(samples, whole.viewSamples, baseSamples, whole.baseSamples)
      : ratesDiffer(samples, baseSamples, scale);
  return { share, value: value - scaled, sure: sure && share !== 0 };
}

function part(value: number, whole: number): number {
  return whole === 0 ? 0 : value / whole;
}
