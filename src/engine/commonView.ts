import { compareViews } from '../analysis/comparison';
import type { ViewSpec } from '../analysis/viewSpec';
import type { ProfileSummary } from './engineApi';

/**
 * Views of two profiles that have one sample type: the one asked for; without a wish the usual one of the new profile, of
 * the base, or any that both have. `notes` says what is not alike.
 * @throws Error where the profiles have no sample type in common, or not the one that was asked for
 */
export function commonView(
  base: ProfileSummary,
  next: ProfileSummary,
  type: string | null,
): { view: ViewSpec; baseView: ViewSpec; notes: readonly string[] } {
  const known = next.sampleTypes.map((each) => each.type);
  const asked = type === null ? -1 : known.indexOf(type);
  if (type !== null && asked < 0) {
    throw new RangeError(`There is no sample type "${type}": ${next.name} has ${known.join(', ')}.`);
  }
  const has = (index: number): boolean =>
    compareViews(next, { sampleType: index, thread: null }, base).kind === 'comparison';
  const sampleType = [
    asked,
    next.defaultSampleType,
    next.sampleTypes.findIndex(({ type: name, unit }) => {
      const usual = base.sampleTypes[base.defaultSampleType];
      return name === usual?.type && unit === usual.unit;
    }),
    ...next.sampleTypes.keys(),
  ].find((index) => index >= 0 && (index === asked || has(index)));
  const view = { sampleType: sampleType ?? next.defaultSampleType, thread: null };
  const comparison = compareViews(next, view, base);
  if (comparison.kind === 'incomparable') throw new Error(comparison.problem);
  return { view, baseView: comparison.view, notes: comparison.notes };
}
