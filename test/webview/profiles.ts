import { writeCaptureSetHeader } from '../../src/formats/captureSet/captureSetHeader';

/** Profiles with known figures, for what the page must show of them. */

/** 100 samples: main 96, handle 90, parse 54 in two places, render 40, draw 30, wait 6, worker 4. */
export const folded = `main (/srv/app/main.py:3);handle (/srv/app/main.py:20);parse (/srv/app/parse.py:12) 50
main (/srv/app/main.py:3);handle (/srv/app/main.py:20);render (/srv/app/view.py:7);draw (/srv/app/view.py:30) 30
main (/srv/app/main.py:3);handle (/srv/app/main.py:20);render (/srv/app/view.py:7) 10
main (/srv/app/main.py:3);wait 6
worker (/srv/app/pool.py:5);parse (/srv/app/parse.py:12) 4
`;

/** A chain of `depth` calls beside a short one. */
export function deepFolded(depth: number): string {
  const chain = Array.from({ length: depth }, (_, i) => `level${i}`).join(';');
  return `${chain} 900\nlevel0;short 100\n`;
}

/** Names that would do harm where a page took them for anything but text. */
export const HOSTILE_NAMES = [
  '<img src=x onerror=document.title="owned">',
  '</script><script>document.title="owned"</script>',
  '<a href="command:workbench.action.quit">quit</a>',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the point is that nobody evaluates it.
  '${document.title="owned"}',
  `‮${'long'.repeat(5000)}`,
] as const;

export function hostileFolded(): string {
  return HOSTILE_NAMES.map((name, i) => `root;${name.replaceAll(';', ',')} ${(i + 1) * 10}`).join('\n');
}

interface CallNode {
  name: string;
  children?: CallNode[];
}

/**
 * A V8 CPU profile of 1 s: main calls work (0 to 400 ms), then (idle) to 600 ms, then work to 700 ms, then other.
 * A sample every 10 ms.
 */
export function timedCpuprofile(): string {
  const tree: CallNode = {
    name: '(root)',
    children: [{ name: 'main', children: [{ name: 'work' }, { name: 'other' }] }, { name: '(idle)' }],
  };
  const nodes: unknown[] = [];
  const ids = new Map<string, number>();
  const add = (node: CallNode): number => {
    const id = nodes.length + 1;
    ids.set(node.name, id);
    const entry = {
      id,
      callFrame: {
        functionName: node.name,
        scriptId: '1',
        url: node.name.startsWith('(') ? '' : 'file:///srv/app/index.js',
        lineNumber: id * 10,
        columnNumber: 0,
      },
      hitCount: 0,
      children: [] as number[],
    };
    nodes.push(entry);
    for (const child of node.children ?? []) entry.children.push(add(child));
    return id;
  };
  add(tree);
  const samples = Array.from({ length: 100 }, (_, i) =>
    ids.get(i < 40 ? 'work' : i < 60 ? '(idle)' : i < 70 ? 'work' : 'other'),
  );
  return JSON.stringify({
    nodes,
    startTime: 1_000_000,
    endTime: 2_000_000,
    samples,
    timeDeltas: samples.map((_, i) => (i === 0 ? 0 : 10_000)),
  });
}

/** A V8 CPU profile of functions with long formatted times: self 55.5 µs to 999 ms, of the outermost 4.15 s. */
export function longTimes(): string {
  const times = [
    999, 888, 777, 555, 333, 222, 111, 99.9, 66.6, 44.4, 22.2, 11.1, 8.88, 4.44, 2.22, 1.11, 0.888, 0.0555,
  ];
  const url = 'file:///srv/app/src/deep/aFileWithALongName.js';
  const frame = (functionName: string, lineNumber: number) => ({
    functionName,
    scriptId: '1',
    url,
    lineNumber,
    columnNumber: 0,
  });
  const children = times.map((_, i) => i + 3);
  const nodes: unknown[] = [
    { id: 1, callFrame: { ...frame('(root)', -1), url: '' }, hitCount: 0, children: [2] },
    { id: 2, callFrame: frame('outermostFunctionOfTheProgram', 10), hitCount: 0, children },
    ...times.map((_, i) => ({
      id: i + 3,
      callFrame: frame(`functionWithALongishName${i}`, 100 + i),
      hitCount: 1,
      children: [],
    })),
  ];
  const micros = times.map((milliseconds) => Math.round(milliseconds * 1000));
  const total = micros.reduce((sum, each) => sum + each, 0);
  return JSON.stringify({
    nodes,
    startTime: 1_000_000,
    endTime: 1_000_000 + total,
    samples: children,
    timeDeltas: [0, ...micros.slice(0, -1)],
  });
}

/** Two instances captured together: `a:6060` has 60 samples, `b:6060` 40. */
export function fleetCapture(): Uint8Array {
  const bodies = [
    'main (/srv/main.go:3);serve (/srv/main.go:9);hash (/srv/hash.go:7) 45\nmain (/srv/main.go:3);gc (/go/gc.go:2) 15\n',
    'main (/srv/main.go:3);serve (/srv/main.go:9);hash (/srv/hash.go:7) 10\nmain (/srv/main.go:3);wait (/srv/main.go:12) 30\n',
  ].map((text) => new TextEncoder().encode(text));
  const members = bodies.map((body, i) => ({
    instance: `${'ab'[i]}:6060`,
    name: 'cpu.folded',
    bytes: body.length,
    seconds: 10,
    notes: [],
  }));
  return Buffer.concat([writeCaptureSetHeader({ members, failures: [] }), ...bodies]);
}

/** V8 profiles of `threads` threads in two processes; thread `i` of its process has `i + 1` times 100 samples. */
export function manyThreads(threads: number): string {
  const profile = JSON.parse(timedCpuprofile()) as { samples: number[]; timeDeltas: number[] };
  const repeated = (times: number) => ({
    ...profile,
    endTime: 1_000_000 + times * 1_000_000,
    samples: Array.from({ length: times }, () => profile.samples).flat(),
    timeDeltas: Array.from({ length: times }, () => profile.timeDeltas.map((delta) => delta || 10_000)).flat(),
  });
  const parts = Array.from({ length: threads }, (_, i) => {
    const place = i >> 1;
    const from = { process: i % 2 ? 'worker.js' : 'server.js', thread: place === 0 ? 'main' : `worker ${place}` };
    return { ...repeated(place + 1), $emberline: { ...from, pid: 10 + (i % 2), startTimeMs: null, notes: [] } };
  });
  return JSON.stringify(parts);
}
