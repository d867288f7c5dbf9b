/**
 * The optional packages that a parsed lock file (version 3) does not hold, as `name@range`. Where a registry lacks the
 * programs of other platforms, `npm install` leaves them out of the lock file, and `npm ci` then refuses it everywhere.
 */
export function missingOptional(lock) {
  const held = new Set(Object.keys(lock.packages).map((folder) => folder.split('node_modules/').pop()));
  const missing = new Set();
  for (const entry of Object.values(lock.packages)) {
    for (const [name, range] of Object.entries(entry.optionalDependencies ?? {})) {
      if (!held.has(name)) missing.add(`${name}@${range}`);
    }
  }
  return [...missing].sort();
}
