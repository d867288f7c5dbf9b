// Writes a Chrome trace of any size, the same bytes for the same seed: `node generateTrace.ts OUT MEGABYTES [SEED]`.
import { closeSync, openSync, writeSync } from 'node:fs';

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

const tasks = [
  ['toplevel', 'ThreadControllerImpl::RunTask', '{"src_file":"base/threading/thread.cc","src_func":"Post"}'],
  ['toplevel', 'ThreadPool_RunTask', '{"src_file":"base/task/thread_pool/worker.cc","src_func":"Wake"}'],
  ['devtools.timeline', 'RunTask', '{}'],
  ['toplevel,mojom', 'Receive mojo message', '{"chrome_mojo_event_info":{"mojo_interface_tag":"blink.mojom.Widget"}}'],
];
const inner = [
  ['devtools.timeline', 'FunctionCall'],
  ['v8.execute', 'V8.BytecodeBudgetInterrupt'],
  ['blink,devtools.timeline', 'UpdateLayoutTree'],
  ['devtools.timeline', 'Layout'],
  ['devtools.timeline,v8', 'MinorGC'],
  ['v8,devtools.timeline', 'v8.compile'],
];

/**
 * The shape of what Chrome's DevTools records of a busy page: members in the order of the alphabet, tasks with spans in
 * them on some threads, one event in eight an instant, and every 150 events a chunk of a CPU profile with 100 samples.
 */
export function generateTrace(path: string, megabytes: number, seed = 1): void {
  const next = random(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)];
  const file = openSync(path, 'w');
  let written = 0;
  let part = '{"traceEvents":[\n';
  let first = true;
  const put = (event: string): void => {
    part += first ? event : `,\n${event}`;
    first = false;
    if (part.length > 1 << 20) {
      written += writeSync(file, part);
      part = '';
    }
  };
  const threads = [4100, 4108, 4113, 4120, 4121, 4130];
  for (const tid of threads) {
    put(
      `{"args":{"name":"Thread${tid}"},"cat":"__metadata","name":"thread_name","ph":"M","pid":4100,"tid":${tid},"ts":0}`,
    );
  }
  const clock = new Map(threads.map((tid) => [tid, 12_459_579_600]));
  put(
    `{"args":{"data":{"source":"Internal","startTime":12459579600}},"cat":"disabled-by-default-v8.cpu_profiler","id":"0x1","name":"Profile","ph":"P","pid":4100,"tid":4100,"ts":12459579606,"tts":36061}`,
  );
  let nodes = 0;
  for (let count = 0; written < megabytes * 1e6; count++) {
    if (count % 50 === 0) {
      nodes = putChunk(put, next, nodes, 12_459_579_600 + count * 60);
    }
    const tid = pick(threads);
    const start = (clock.get(tid) ?? 0) + Math.floor(next() * 300);
    const children = Math.floor(next() * 5);
    const dur = 40 + children * 60 + Math.floor(next() * 200);
    clock.set(tid, start + dur);
    const [cat, name, args] = pick(tasks);
    put(complete(args, cat, dur, name, tid, start));
    for (let child = 0; child < children; child++) {
      const [category, what] = pick(inner);
      const at = start + 10 + child * 60;
      if (next() < 0.25) {
        put(
          `{"args":{"data":{"frame":"3EDDAAA3CD43094A05BEF9A76180679E","requestId":"${count}.${child}"}},"cat":"devtools.timeline","name":"ResourceReceivedData","ph":"I","pid":4100,"s":"t","tid":${tid},"ts":${at},"tts":${at - 9e9}}`,
        );
      }
      const data =
        what === 'FunctionCall'
          ? `{"data":{"columnNumber":${Math.floor(next() * 60)},"frame":"3EDDAAA3CD43094A05BEF9A76180679E","functionName":"handle${Math.floor(next() * 400)}","isolate":"12649774669097942523","lineNumber":${Math.floor(next() * 900)},"scriptId":"38","url":"https://example.test/app/module${Math.floor(next() * 40)}.js"}}`
          : '{}';
      put(complete(data, category, 20 + Math.floor(next() * 30), what, tid, at));
    }
  }
  writeSync(file, `${part}],"metadata":{"source":"DevTools"}}`);
  closeSync(file);
}

function complete(args: string, cat: string, dur: number, name: string, tid: number, ts: number): string {
  return `{"args":${args},"cat":"${cat}","dur":${dur},"name":"${name}","ph":"X","pid":4100,"tdur":${dur >> 1},"tid":${tid},"ts":${ts},"tts":${ts - 9e9}}`;
}

/** A chunk of 100 samples, with new nodes while there are few. @returns the number of nodes */
function putChunk(put: (event: string) => void, next: () => number, known: number, ts: number): number {
  const added = known < 20_000 ? 10 : 0;
  const nodes = Array.from({ length: added }, (_, i) => {
    const id = known + i + 1;
    const parent = id === 1 ? '' : `,"parent":${Math.max(1, id - 1 - Math.floor(next() * 12))}`;
    const func = Math.floor(next() * 900);
    return `{"callFrame":{"codeType":"JS","columnNumber":${func % 70},"functionName":"${id === 1 ? '(root)' : `render${func}`}","lineNumber":${func},"scriptId":38,"url":"https://example.test/app/module${func % 40}.js"},"id":${id}${parent}}`;
  });
  const all = known + added;
  const list = (of: () => number): string => Array.from({ length: 100 }, of).join(',');
  put(
    `{"args":{"data":{"columns":[${list(() => Math.floor(next() * 90))}],"cpuProfile":{${added > 0 ? `"nodes":[${nodes.join(',')}],` : ''}"samples":[${list(() => 1 + Math.floor(next() * all))}]},"lines":[${list(() => 300 + Math.floor(next() * 6))}],"timeDeltas":[${list(() => 100 + Math.floor(next() * 90))}]}},"cat":"disabled-by-default-v8.cpu_profiler","id":"0x1","name":"ProfileChunk","ph":"P","pid":4100,"tid":4999,"ts":${ts},"tts":12073}`,
  );
  return all;
}

if (process.argv[1]?.endsWith('generateTrace.ts')) {
  const [out, megabytes, seed = '1'] = process.argv.slice(2);
  generateTrace(out, Number(megabytes), Number(seed));
}
