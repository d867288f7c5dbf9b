// Writes folded stacks of any size, the same bytes for the same seed: `node generateFolded.ts OUT LINES [NODES] [SEED]`.
import { closeSync, openSync, writeSync } from 'node:fs';

export interface FoldedGeneratorOptions {
  lines: number;
  /** Nodes of the call tree; a program has only so many paths, so they grow slower than the lines where it is left out. */
  nodes?: number;
  seed?: number;
}

/** Mulberry32, a small seeded generator (public domain). */
function random(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const verbs = ['get', 'set', 'read', 'write', 'parse', 'render', 'update', 'handle', 'resolve', 'visit', 'emit', 'do'];
const nouns = ['Node', 'Token', 'Request', 'Layout', 'Stream', 'Cache', 'Module', 'Symbol', 'Query', 'Frame', 'Io'];

/** Stacks have about this many frames. */
const DEPTH = 23;

/**
 * Samples of a server's call tree, a line each, in no order: stacks of 23 frames and 345 bytes on average, 20,000
 * functions, hot paths that many lines share. 1M lines are 345 MB.
 */
export function generateFolded(
  path: string,
  { lines, nodes = 200_000 + Math.ceil(lines / 50), seed = 1 }: FoldedGeneratorOptions,
): void {
  const next = random(seed);
  const functions = Math.max(1, Math.ceil(nodes / 10));
  const names = Array.from({ length: functions }, (_, f) => {
    const short = `${verbs[f % verbs.length]}${nouns[(f >> 3) % nouns.length]}${f}`;
    return f % 5 === 0 ? `app/${short}` : short;
  });
  const parent = new Int32Array(nodes);
  const depth = new Int32Array(nodes);
  const func = new Int32Array(nodes);
  for (let i = 1; i < nodes; i++) {
    // A recent node as parent makes deep stacks, any node as parent makes wide ones.
    let p = next() < 0.8 ? Math.max(0, i - 1 - Math.floor(next() * 4)) : Math.floor(next() * i);
    while (depth[p] > DEPTH * 2) p = parent[p];
    parent[i] = p;
    depth[i] = depth[p] + 1;
    func[i] = Math.floor(functions * next() ** 2);
  }
  const leaves: number[] = [];
  for (let i = 1; i < nodes; i++) {
    if (Math.abs(depth[i] - DEPTH + 2) < 9) leaves.push(i);
  }
  const file = openSync(path, 'w');
  let text = '';
  const stack: string[] = [];
  for (let line = 0; line < lines; line++) {
    stack.length = 0;
    for (let at = leaves[Math.floor(leaves.length * next() ** 1.5)]; ; at = parent[at]) {
      stack.push(names[func[at]]);
      if (at === 0) break;
    }
    text += `${stack.reverse().join(';')} ${1 + Math.floor(next() ** 6 * 5000)}\n`;
    if (text.length > 1 << 20) {
      writeSync(file, text);
      text = '';
    }
  }
  writeSync(file, text);
  closeSync(file);
}

if (process.argv[1]?.endsWith('generateFolded.ts')) {
  const [out, lines, nodes, seed] = process.argv.slice(2);
  if (out === undefined || !(Number(lines) > 0)) {
    console.error('usage: generateFolded.ts OUT LINES [NODES] [SEED]');
    process.exit(2);
  }
  generateFolded(out, {
    lines: Number(lines),
    ...(nodes === undefined ? {} : { nodes: Number(nodes) }),
    ...(seed === undefined ? {} : { seed: Number(seed) }),
  });
}
