// Writes an evented speedscope file of any size, the same bytes for the same seed: `node generateSpeedscope.ts OUT EVENTS`.
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

/**
 * A trace of calls as JSON.stringify writes it: 2,000 functions that call up to three others each, one of them mostly, up
 * to 20 deep, microseconds apart. 18M events are 720 MB.
 */
export function generateSpeedscope(path: string, events: number, seed = 1): void {
  const next = random(seed);
  const functions = 2000;
  const frames = Array.from({ length: functions }, (_, f) => ({
    name: `call${f}`,
    file: `/srv/lib/${f % 90}.js`,
    line: f,
  }));
  const file = openSync(path, 'w');
  let text = `{"$schema":"https://www.speedscope.app/file-format-schema.json","shared":{"frames":${JSON.stringify(frames)}},"profiles":[{"type":"evented","name":"main","unit":"microseconds","startValue":0,"events":[`;
  const stack: number[] = [];
  let at = 0;
  for (let event = 0; event < events; event++) {
    const left = events - event;
    const open = stack.length === 0 || (stack.length < left - 1 && stack.length < 20 && next() < 0.5);
    const caller = stack.length === 0 ? Math.floor(next() * 3) : stack[stack.length - 1];
    const frame = open ? (caller * 3 + (next() < 0.88 ? 0 : 1 + Math.floor(next() * 2)) + 1) % functions : caller;
    if (open) stack.push(frame);
    else stack.pop();
    text += `${event > 0 ? ',' : ''}{"type":"${open ? 'O' : 'C'}","frame":${frame},"at":${at}}`;
    at += Math.floor(next() ** 4 * 200);
    if (text.length > 1 << 20) {
      writeSync(file, text);
      text = '';
    }
  }
  writeSync(file, `${text}],"endValue":${at}}],"name":"generated"}`);
  closeSync(file);
}

if (process.argv[1]?.endsWith('generateSpeedscope.ts')) {
  const [out, events] = process.argv.slice(2);
  if (out === undefined || !(Number(events) > 0)) {
    console.error('usage: generateSpeedscope.ts OUT EVENTS');
    process.exit(2);
  }
  generateSpeedscope(out, Number(events));
}
