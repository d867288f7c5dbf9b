// Writes a .cpuprofile of any size, the same bytes for the same seed: `node generateCpuprofile.ts OUT SAMPLES [NODES] [SEED]`.
import { closeSync, openSync, writeSync } from 'node:fs';

export interface GeneratorOptions {
  samples: number;
  /** A tenth of the samples where it is left out. */
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

const verbs = [
  'get',
  'set',
  'read',
  'write',
  'parse',
  'render',
  'update',
  'handle',
  'resolve',
  'visit',
  'emit',
  'merge',
];
const nouns = ['Node', 'Token', 'Request', 'Layout', 'Stream', 'Cache', 'Module', 'Symbol', 'Query', 'Frame', 'Buffer'];

/**
 * The shape of a real server's profile: about a tenth as many functions as nodes, hot paths that many samples share,
 * stacks of a few dozen frames, neighbouring samples on neighbouring stacks. 1M samples and 100k nodes are 32 MB.
 */
export function generateCpuprofile(
  path: string,
  { samples, nodes = Math.ceil(samples / 10), seed = 1 }: GeneratorOptions,
): void {
  const next = random(seed);
  const functions = Math.max(1, Math.floor(nodes / 10));
  const files = Math.max(1, Math.floor(functions / 25));
  const parent = new Int32Array(nodes);
  const depth = new Int32Array(nodes);
  const func = new Int32Array(nodes);
  for (let i = 1; i < nodes; i++) {
    // A recent node as parent makes deep stacks, any node as parent makes wide ones.
    let p = next() < 0.7 ? Math.max(0, i - 1 - Math.floor(next() * 8)) : Math.floor(next() * i);
    while (depth[p] > 60) {
      p = parent[p];
    }
    parent[i] = p;
    depth[i] = depth[p] + 1;
    func[i] = Math.floor(functions * next() ** 2);
  }
  const sampleNode = new Int32Array(samples);
  const hits = new Int32Array(nodes);
  let at = 0;
  for (let i = 0; i < samples; i++) {
    const roll = next();
    if (roll > 0.95) {
      at = Math.floor(nodes * next());
    } else if (roll > 0.5) {
      at = roll > 0.8 ? parent[at] : Math.min(nodes - 1, at + Math.floor(next() * 6));
    }
    sampleNode[i] = at;
    hits[at]++;
  }
  const firstChild = new Int32Array(nodes).fill(-1);
  const sibling = new Int32Array(nodes).fill(-1);
  for (let i = nodes - 1; i > 0; i--) {
    sibling[i] = firstChild[parent[i]];
    firstChild[parent[i]] = i;
  }

  const file = openSync(path, 'w');
  let text = '';
  const put = (part: string): void => {
    text += part;
    if (text.length > 1 << 20) {
      writeSync(file, text);
      text = '';
    }
  };
  put('{"nodes":[');
  for (let i = 0; i < nodes; i++) {
    const f = func[i];
    const script = f % files;
    const line = (f * 7919) % 3000;
    const name = i === 0 ? '(root)' : `${verbs[f % verbs.length]}${nouns[(f >> 3) % nouns.length]}${f}`;
    const url = i === 0 ? '' : `/srv/app/lib/${nouns[script % nouns.length]}${script}.js`;
    put(
      `${i > 0 ? ',' : ''}{"id":${i + 1},"callFrame":{"functionName":"${name}","scriptId":"${script}","url":"${url}",` +
        `"lineNumber":${i === 0 ? -1 : line},"columnNumber":${i === 0 ? -1 : f % 80}},"hitCount":${hits[i]}`,
    );
    if (firstChild[i] >= 0) {
      const children: number[] = [];
      for (let child = firstChild[i]; child >= 0; child = sibling[child]) {
        children.push(child + 1);
      }
      put(`,"children":[${children.join(',')}]`);
    }
    if (hits[i] > 0) {
      const second = Math.floor(hits[i] / 3);
      put(`,"positionTicks":[{"line":${line + 3},"ticks":${hits[i] - second}}`);
      put(second > 0 ? `,{"line":${line + 5},"ticks":${second}}]` : ']');
    }
    put('}');
  }
  const start = 60_000_000_000;
  let end = start;
  const deltas = random(seed + 1);
  put(`],"startTime":${start},"endTime":`);
  for (let i = 0; i < samples; i++) {
    end += delta(deltas);
  }
  put(`${end + 900},"samples":[`);
  for (let i = 0; i < samples; i++) {
    put(i > 0 ? `,${sampleNode[i] + 1}` : `${sampleNode[i] + 1}`);
  }
  put('],"timeDeltas":[');
  const again = random(seed + 1);
  for (let i = 0; i < samples; i++) {
    put(i > 0 ? `,${delta(again)}` : `${delta(again)}`);
  }
  put(']}');
  writeSync(file, text);
  closeSync(file);
}

/** About a millisecond, in microseconds; now and then negative, as V8 has it. */
function delta(next: () => number): number {
  const roll = next();
  return roll < 0.0005 ? -Math.floor(roll * 100_000) - 1 : 900 + Math.floor(roll * 400);
}

if (process.argv[1]?.endsWith('generateCpuprofile.ts')) {
  const [out, samples, nodes, seed] = process.argv.slice(2);
  if (out === undefined || !(Number(samples) > 0)) {
    console.error('usage: generateCpuprofile.ts OUT SAMPLES [NODES] [SEED]');
    process.exit(2);
  }
  generateCpuprofile(out, {
    samples: Number(samples),
    ...(nodes === undefined ? {} : { nodes: Number(nodes) }),
    ...(seed === undefined ? {} : { seed: Number(seed) }),
  });
}
