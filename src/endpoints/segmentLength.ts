/**
 * A recording is cut into segments so that a target that exits, or a connection that drops, takes only the last one
 * with it, and so that no answer comes near the client's limit of 256 MiB. A cut costs the target a pause: V8 ends the
 * profile, and at the next start walks its heap for compiled code. Measured on Node 24: 1 to 2 ms for a small program,
 * 150 to 400 ms with 2 million live objects. So a segment lasts a third of the time so far, between one and five
 * seconds; longer, up to 15 seconds, where the last pause would be more than 2 % of it or the call tree is large.
 */
export const MIN_SEGMENT_MS = 1_000;
const USUAL_SEGMENT_MS = 5_000;
const MAX_SEGMENT_MS = 15_000;
const SHARE_OF_TIME = 1 / 3;
const PAUSE_FACTOR = 50;
/** A segment repeats the call tree of the one before (250 bytes a node): this keeps files small. */
const NODES_PER_SECOND = 400;

/**
 * How long the next segment shall last, in milliseconds.
 *
 * @param elapsedMs since the recording began
 * @param pauseMs that the last cut cost the target
 * @param nodes of the last segment's call tree
 */
export function nextSegmentMs(elapsedMs: number, pauseMs: number, nodes: number): number {
  const share = Math.min(USUAL_SEGMENT_MS, elapsedMs * SHARE_OF_TIME);
  const wanted = Math.max(MIN_SEGMENT_MS, share, pauseMs * PAUSE_FACTOR, (nodes / NODES_PER_SECOND) * 1000);
  return Math.min(MAX_SEGMENT_MS, wanted);
}
