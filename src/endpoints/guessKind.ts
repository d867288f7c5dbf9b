import type { EndpointKindName } from './endpoint';

/** The kind that an address tells by its path or port; null where it tells none. */
export function toldKindOf(address: string): EndpointKindName | null {
  if (/\/debug\/pprof(\/|$)|:6060\b/.test(address)) return 'go-pprof';
  if (/:(9229|9222)\b/.test(address)) return 'v8-inspector';
  if (/:16384\b/.test(address)) return 'nylas';
  return /^https?:\/\/[^/]+\/.+/.test(address) ? 'http' : null;
}
