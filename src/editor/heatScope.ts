import { filterText, type ViewSpec } from '../analysis/viewSpec';
import type { ProfileSummary } from '../engine/engineApi';

/** Which part of the profile glows, in words: `thread: main, instance: a:6060`; empty where all of it does. */
export function heatScope(summary: ProfileSummary | undefined, { thread, filter }: ViewSpec): string {
  const title = thread === null || summary?.threads.length === 1 ? undefined : summary?.threads[thread]?.title;
  return [title === undefined ? '' : `thread: ${title}`, filterText(filter)].filter((part) => part !== '').join(', ');
}
