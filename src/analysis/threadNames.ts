import type { Thread } from '../profile/profile';

/** Names are untrusted; nothing on screen shows more of them than this. */
const LONGEST_NAME = 200;

/** The threads of one process, by index. */
export interface ThreadGroup {
  /** The process for people: no two groups have the same. */
  readonly title: string;
  readonly pid: number | null;
  readonly threads: readonly number[];
}

/** A name a thread for people, without its process: `worker`, else by its id or place. */
function threadNames(threads: readonly Thread[]): string[] {
  return threads.map(({ name, tid }, i) => shortened(name) || (tid === null ? `thread ${i + 1}` : `thread ${tid}`));
}

/** A title a thread, of which no two are the same: with its process, and its id where that is not enough. */
export function threadTitles(threads: readonly Thread[]): string[] {
  const plain = threadNames(threads).map((own, i) => {
    const process = shortened(threads[i].process ?? '');
    return process === '' || process === own ? own : `${process} · ${own}`;
  });
  const taken = counts(plain);
  const withIds = plain.map((title, i) => {
    const { tid } = threads[i];
    return taken.get(title) === 1 || tid === null ? title : `${title} (tid ${tid})`;
  });
  const still = counts(withIds);
  return withIds.map((title, i) => (still.get(title) === 1 ? title : `${title} #${i + 1}`));
}

/** The threads by process, in the order of first threads. Threads of which neither name nor pid is known share a group. */
export function groupThreads(threads: readonly Thread[]): ThreadGroup[] {
  const groups = new Map<string, { process: string; pid: number | null; threads: number[] }>();
  threads.forEach(({ process, pid }, i) => {
    const key = JSON.stringify([process ?? '', pid]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { process: shortened(process ?? ''), pid, threads: [i] });
    else group.threads.push(i);
  });
  const all = [...groups.values()];
  const taken = counts(all.map(({ process }) => process));
  const titles = all.map(({ process, pid }) => {
    if (process === '') return pid === null ? '(no process)' : `pid ${pid}`;
    if (taken.get(process) === 1) return process;
    return pid === null ? `${process} (no pid)` : `${process} (pid ${pid})`;
  });
  const still = counts(titles);
  return all.map(({ pid, threads: members }, i) => {
    const title = still.get(titles[i]) === 1 ? titles[i] : `${titles[i]} #${i + 1}`;
    return { title, pid, threads: members };
  });
}

function shortened(name: string): string {
  return name.length <= LONGEST_NAME ? name : `${name.slice(0, LONGEST_NAME - 1)}…`;
}

function counts(texts: readonly string[]): Map<string, number> {
  const found = new Map<string, number>();
  for (const text of texts) found.set(text, (found.get(text) ?? 0) + 1);
  return found;
}
