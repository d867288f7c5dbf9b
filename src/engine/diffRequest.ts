import { type DiffSide, diffProfiles } from '../analysis/diff';
import type { StackValues } from '../analysis/stackValues';
import { type ViewSpec, withoutSplit } from '../analysis/viewSpec';
import type { Profile } from '../profile/profile';
import type { DiffParams, DiffResult } from './compareApi';
import type { OpenProfile } from './openProfile';
import type { TopResult } from './topApi';

/** What `top` and `diff` say of a profile. */
export function describeView(profile: Profile, sampleType: number, values: StackValues): TopResult['profile'] {
  const { durationMs, formats } = profile.meta;
  return {
    formats: [...formats],
    sampleTypes: profile.sampleTypes.map((each) => ({ type: each.type, unit: each.unit })),
    sampleType: profile.sampleTypes[sampleType].type,
    unit: profile.sampleTypes[sampleType].unit,
    total: values.total,
    samples: values.samples,
    durationMs,
  };
}

/** Two profiles row by row. @throws RangeError for a sample type or a thread that a profile does not have */
export function diffRequest(open: OpenProfile, base: OpenProfile, params: DiffParams): DiffResult {
  const { by, sort, limit, view } = params;
  const side = (of: OpenProfile, spec: ViewSpec): DiffSide => {
    const { profile, values } = of.view(withoutSplit(spec));
    return { profile, values };
  };
  const before = side(base, params.base.view);
  const after = side(open, view);
  return {
    base: describeView(base.profile, params.base.view.sampleType, before.values),
    new: describeView(open.profile, view.sampleType, after.values),
    rows: diffProfiles(before, after, by, sort).slice(0, limit),
  };
}
