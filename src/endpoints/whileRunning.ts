import type { CaptureRequest } from './endpoint';
import { isRunning } from './targetPid';

const LOOK_MS = 250;

/**
 * Waits until the seconds are over, until `stop`, or until the process has ended.
 * @throws the signal's reason
 */
export function whileRunning(
  pid: number,
  { seconds, stop, signal }: Pick<CaptureRequest, 'seconds' | 'stop' | 'signal'>,
): Promise<'over' | 'stopped' | 'ended'> {
  return new Promise((resolve, reject) => {
    const end = performance.now() + seconds * 1000;
    let timer: NodeJS.Timeout;
    const settle = (how: () => void): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', cancelled);
      stop?.removeEventListener('abort', stopped);
      how();
    };
    const cancelled = (): void => settle(() => reject(signal.reason));
    const stopped = (): void => settle(() => resolve('stopped'));
    const look = (): void => {
      const left = end - performance.now();
      if (signal.aborted) cancelled();
      else if (stop?.aborted) stopped();
      else if (!isRunning(pid)) settle(() => resolve('ended'));
      else if (left <= 0) settle(() => resolve('over'));
      else timer = setTimeout(look, Math.min(left, LOOK_MS));
    };
    signal.addEventListener('abort', cancelled, { once: true });
    stop?.addEventListener('abort', stopped, { once: true });
    look();
  });
}
