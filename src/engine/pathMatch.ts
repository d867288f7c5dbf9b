/**
 * The recorded paths that a path means which somebody wrote: those that contain it, in any case; else, where it is the
 * longer one (a path on this machine, of a file recorded on another), those that share the longest end with it, by whole
 * parts. A bare file name at the least.
 */
export function matchingPaths(recorded: readonly string[], written: string): Set<string> {
  const wanted = plainPath(written);
  const containing = recorded.filter((path) => plainPath(path).includes(wanted));
  if (containing.length > 0) return new Set(containing);
  const parts = wanted.split('/').filter((part) => part !== '' && part !== '.');
  let longest = 0;
  let found = new Set<string>();
  for (const path of recorded) {
    const own = plainPath(path).split('/');
    let shared = 0;
    while (shared < parts.length && shared < own.length && own.at(-1 - shared) === parts.at(-1 - shared)) shared++;
    if (shared > longest) found = new Set();
    longest = Math.max(longest, shared);
    if (shared > 0 && shared === longest) found.add(path);
  }
  return found;
}

function plainPath(path: string): string {
  return path
    .replace(/^file:\/\//i, '')
    .replaceAll('\\', '/')
    .replace(/^(?:\.\/)+/, '')
    .toLowerCase();
}
