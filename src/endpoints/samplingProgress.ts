import type { CaptureRequest } from './endpoint';

export interface SamplingProgress {
  /** Seconds since it began, until it ended. */
  seconds(): number;
  end(): void;
}

/** Tells twice a second how much of the asked time is over. */
export function samplingProgress(
  request: Pick<CaptureRequest, 'seconds' | 'onProgress'>,
  what: string,
): SamplingProgress {
  const start = performance.now();
  let ended: number | null = null;
  const seconds = (): number => ((ended ?? performance.now()) - start) / 1000;
  const tell = (): void => {
    const all = request.seconds;
    request.onProgress(Number.isFinite(all) && all > 0 ? Math.min(1, seconds() / all) : null, what);
  };
  tell();
  const timer = setInterval(tell, 500);
  return {
    seconds,
    end: () => {
      ended ??= performance.now();
      clearInterval(timer);
    },
  };
}

export function endedAfter(pid: number, seconds: number): string {
  return `Process ${pid} ended after ${seconds.toFixed(1)} s: what was sampled until then is here.`;
}

/**
 * The note of a sampler that ended before it was to, as its target did; null where it was stopped, had its time, or was
 * to sample until the end.
 */
export function earlyEnd(
  { seconds, stop }: Pick<CaptureRequest, 'seconds' | 'stop'>,
  pid: number,
  taken: number,
): string | null {
  return stop?.aborted !== true && Number.isFinite(seconds) && taken < seconds - 0.5 ? endedAfter(pid, taken) : null;
}
