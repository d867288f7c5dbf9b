/** What programs write of processes and threads into their titles, and what `threadTitles` adds: others in each run. */
const IDS = /\s*[[(](?:pid |tid )?\d+[\])]/g;

interface Titled {
  readonly title: string;
}

/**
 * The title in `theirs` of the thread or process that is `title` in `mine`: the same, else the one that differs by ids
 * alone. Null where there is none, or more than one.
 */
export function counterpart(title: string, mine: readonly Titled[], theirs: readonly Titled[]): string | null {
  if (theirs.some((each) => each.title === title)) return title;
  const name = title.replace(IDS, '');
  if (name === '') return null;
  const alike = (all: readonly Titled[]): readonly Titled[] =>
    all.filter((each) => each.title.replace(IDS, '') === name);
  const there = alike(theirs);
  return there.length === 1 && alike(mine).length === 1 ? there[0]!.title : null;
}
