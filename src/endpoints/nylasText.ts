/** What to make folded stacks of: two answers of a sampler (`before` null where it was reset then), or a collector's tree. */
export type FoldJob =
  | { readonly kind: 'polls'; readonly before: string | null; readonly after: string; readonly host: string }
  | { readonly kind: 'tree'; readonly path: string; readonly host: string };

export interface FoldedStacks {
  /** UTF-8, in memory of its own. */
  readonly text: Uint8Array;
  /** Seconds that were sampled; null where the answers do not say. */
  readonly elapsed: number | null;
  /** Whether the sampler has begun anew between the two answers. */
  readonly restarted: boolean;
}

/**
 * Does a job in one go: for large answers, on a thread where that holds up nobody.
 * @param read gives a file's bytes
 * @throws Error with a sentence that names the host
 */
export function foldStacks(job: FoldJob, read: (path: string) => Uint8Array): FoldedStacks {
  const text = (path: string): string => new TextDecoder().decode(read(path));
  const encoder = new TextEncoder();
  if (job.kind === 'tree') {
    return { text: encoder.encode(foldTree(text(job.path), job.host)), elapsed: null, restarted: false };
  }
  const before = job.before === null ? null : parseStackCounts(text(job.before), job.host);
  const after = parseStackCounts(text(job.after), job.host);
  const { counts, restarted } = before === null ? { counts: after, restarted: false } : subtractCounts(after, before);
  return { text: encoder.encode(writeStackCounts(counts)), elapsed: counts.elapsed, restarted };
}

/** What a stack sampler has counted. */
export interface StackCounts {
  /** Seconds since its start or last reset. */
  readonly elapsed: number;
  /** Seconds between two samples, as it says. */
  readonly granularity: string;
  /** Count by folded stack, root first. */
  readonly stacks: ReadonlyMap<string, number>;
}

/**
 * Reads a sampler's answer: `elapsed 2.37` and `granularity 0.005`, then a stack and its count a line.
 * @throws Error with a sentence that names the host
 */
export function parseStackCounts(text: string, host: string): StackCounts {
  const lines = text.split('\n');
  const elapsed = /^elapsed (\d+(?:\.\d+)?(?:e[-+]?\d+)?)\s*$/.exec(lines[0] ?? '');
  const granularity = /^granularity (\S+)\s*$/.exec(lines[1] ?? '');
  if (elapsed === null || granularity === null) {
    throw new Error(
      `${host} did not answer as a stack sampler does (its first lines are "elapsed" and "granularity"): check the address.`,
    );
  }
  const stacks = new Map<string, number>();
  for (const line of lines.slice(2)) {
    const space = line.lastIndexOf(' ');
    const count = Number(line.slice(space + 1));
    if (space <= 0 || !Number.isFinite(count)) continue;
    const stack = line.slice(0, space);
    stacks.set(stack, (stacks.get(stack) ?? 0) + count);
  }
  return { elapsed: Number(elapsed[1]), granularity: granularity[1]!, stacks };
}

/**
 * What was counted between two answers. Where the sampler has begun anew in between, all of the later one is.
 */
function subtractCounts(after: StackCounts, before: StackCounts): { counts: StackCounts; restarted: boolean } {
  const lost = [...before.stacks].some(([stack, count]) => (after.stacks.get(stack) ?? 0) < count);
  if (lost || after.elapsed < before.elapsed) return { counts: after, restarted: true };
  const stacks = new Map<string, number>();
  for (const [stack, count] of after.stacks) {
    const more = count - (before.stacks.get(stack) ?? 0);
    if (more > 0) stacks.set(stack, more);
  }
  return {
    counts: { elapsed: after.elapsed - before.elapsed, granularity: after.granularity, stacks },
    restarted: false,
  };
}

/** The sampler's own text of counts. */
function writeStackCounts({ elapsed, granularity, stacks }: StackCounts): string {
  const lines = [...stacks].map(([stack, count]) => `${stack} ${count}\n`);
  return `elapsed ${elapsed}\ngranularity ${granularity}\n${lines.join('')}`;
}

const MOST_DEPTH = 10_000;

interface TreeNode {
  readonly name: string;
  readonly value: number;
  readonly children: readonly unknown[];
}

/**
 * Folds a collector's tree (`{name, value, children}`, values with those of the children in them) into stacks; its root
 * stands for all and is left out.
 * @throws Error with a sentence that names the host
 */
function foldTree(json: string, host: string): string {
  let root: TreeNode | null = null;
  try {
    root = asNode(JSON.parse(json));
  } catch {
    // Said below.
  }
  if (root === null) {
    throw new Error(`${host} did not answer with a tree of stacks ({"name", "value", "children"}): check the address.`);
  }
  const lines: string[] = [];
  const waiting: { node: TreeNode; stack: string; depth: number }[] = [{ node: root, stack: '', depth: 0 }];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    const { node, stack, depth } = at;
    const children = node.children.map(asNode).filter((child) => child !== null);
    const own = node.value - children.reduce((sum, child) => sum + child.value, 0);
    if (own > 0 && stack !== '') lines.push(`${stack} ${own}\n`);
    if (depth >= MOST_DEPTH) continue;
    for (const child of children) {
      const name = child.name.replace(/[;\n]/g, ':');
      waiting.push({ node: child, stack: stack === '' ? name : `${stack};${name}`, depth: depth + 1 });
    }
  }
  return lines.join('');
}

function asNode(value: unknown): TreeNode | null {
  if (typeof value !== 'object' || value === null) return null;
  const { name, value: count, children } = value as Record<string, unknown>;
  if (typeof name !== 'string' || typeof count !== 'number' || !Number.isFinite(count)) return null;
  return { name, value: count, children: Array.isArray(children) ? children : [] };
}
