import { captureInstances, instancesOf } from './captureInstances';
import { download } from './download';
import type { CaptureMethods } from './endpoint';
import { accessOf } from './httpAccess';
import { parseHttpAddress, shownAddress } from './httpAddress';

const MOST_BYTES = 1 << 30;
const GRACE_MS = 30_000;

/**
 * Any address that answers with a profile: `{seconds}` in it stands for how long to sample; without it, what is there is
 * fetched (a state, a file, a presigned link).
 */
export const httpEndpoint = {
  capture: async (request) => {
    const instances = await instancesOf(request);
    const samples = instances.some((instance) => instance.includes('{seconds}'));
    const wait = samples ? request.seconds * 1000 : 0;
    return captureInstances(request, instances, wait + GRACE_MS * 10, async (instance, _index, signal) => {
      const url = parseHttpAddress(instance.replaceAll('{seconds}', String(Math.round(request.seconds))));
      const { path, name } = await download({
        url,
        ...accessOf(request),
        folder: request.folder,
        maxBytes: MOST_BYTES,
        silenceMs: wait + GRACE_MS,
        tooLargeAdvice: 'ask for fewer seconds',
        signal,
      });
      return { instance: shownAddress(url), path, name, seconds: samples ? request.seconds : null, notes: [] };
    });
  },
} satisfies CaptureMethods;
