import { DownloadError } from './downloadError';
import { isSecure, originOf, shownAddress, shownHost, socketPathOf } from './httpAddress';

const MOST_REDIRECTS = 10;

/**
 * Where a redirect leads.
 * @param redirects how many were followed already
 * @throws DownloadError where it is none to follow
 */
export function redirected(from: URL, location: string | null, redirects: number): URL {
  const where = shownAddress(from);
  const refuse = (what: string): DownloadError => new DownloadError(`${where} ${what}`, originOf(from));
  if (location === null) throw refuse('redirects to nowhere: check the address.');
  if (redirects >= MOST_REDIRECTS) throw refuse(`redirects more than ${MOST_REDIRECTS} times: check the address.`);
  let to: URL;
  try {
    to = new URL(location, from);
  } catch {
    throw refuse('redirects to something that is no address: check the address.');
  }
  if (socketPathOf(from) !== null && to.protocol === 'http:' && to.host === 'localhost') {
    // A server behind a Unix socket knows itself by the name that we gave it.
    to = new URL(to.pathname + to.search, from);
  }
  // No redirect leads into this machine's sockets.
  if (to.protocol !== 'http:' && to.protocol !== 'https:' && to.host + to.protocol !== from.host + from.protocol) {
    throw refuse(`redirects to a ${to.protocol} address, which is not followed.`);
  }
  if (isSecure(from) && !isSecure(to)) {
    throw refuse(
      `redirects from https to http (${shownHost(to)}), which is not followed: what you ask for would be readable on the way.`,
    );
  }
  return to;
}
