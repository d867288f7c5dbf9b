import { Baseline } from '../views/baseline';
import { baselineStatus } from '../views/baselineStatus';
import { BaselineStore } from '../views/baselineStore';
import { lazyCommands } from '../views/lazyCommands';
import type { CaptureParts } from './captures';
import type { Essentials } from './essentials';
import type { HotLineParts } from './hotLines';
import type { ProfileParts } from './profiles';
import type { Sources } from './sources';

export function wireBaseline(
  { context, output }: Essentials,
  { texts }: Sources,
  { heat }: HotLineParts,
  { profiles }: ProfileParts,
  { store }: CaptureParts,
): Baseline {
  const baselines = new BaselineStore(context, context.workspaceState);
  const baseline = new Baseline(profiles, baselines, heat, (copy, of) => void texts.adopt(copy, of));
  context.subscriptions.push(
    lazyCommands(
      ['setBaseline', 'compareWith', 'swapBaseline', 'clearBaseline', 'baselineMenu'].map((id) => `emberline.${id}`),
      async () => {
        const { registerBaselineCommands } = await import('../views/baselineCommands');
        return registerBaselineCommands({ baseline, profiles, store, heat, output });
      },
    ),
    baselineStatus(baseline, heat),
    baseline,
  );
  return baseline;
}
