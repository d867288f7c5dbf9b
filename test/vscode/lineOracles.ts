// What a format's own tool says of each line, read as plainly as can be: nothing here knows Emberline's code.
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

export interface LineTable {
  /** 1-based line to what it costs, in the unit of `whole`. */
  readonly lines: ReadonlyMap<number, { self: number; total: number }>;
  readonly whole: number;
}

/** The label that a line of the table is to have; null where it is below the threshold of 0.1 %. */
export function labelOf({ lines, whole }: LineTable, line: number): string | null {
  const { self, total } = lines.get(line) ?? { self: 0, total: 0 };
  if (Math.max(self, total) < 0.001 * whole) return null;
  const percent = (part: number): string =>
    part > 0 && (100 * part) / whole < 0.05 ? '<0.1%' : `${((100 * part) / whole).toFixed(1)}%`;
  return [self > 0 ? `${percent(self)} self` : '', total > 0 ? `${percent(total)} total` : '']
    .filter((part) => part !== '')
    .join(' · ');
}

/** V8: each node's position ticks, in samples. A function's declaration has what is below it. */
export function v8Lines(path: string, file: string): LineTable {
  interface Node {
    id: number;
    children?: number[];
    callFrame: { url: string; lineNumber: number };
    positionTicks?: { line: number; ticks: number }[];
  }
  const { nodes, samples } = JSON.parse(readFileSync(path, 'utf8')) as { nodes: Node[]; samples: number[] };
  const hits = new Map<number, number>();
  for (const id of samples) hits.set(id, (hits.get(id) ?? 0) + 1);
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const lines = new Map<number, { self: number; total: number }>();
  const at = (line: number): { self: number; total: number } => {
    if (!lines.has(line)) lines.set(line, { self: 0, total: 0 });
    return lines.get(line)!;
  };
  const visit = (node: Node, declarations: readonly number[]): void => {
    const { url, lineNumber } = node.callFrame;
    const mine = url.endsWith(file) && lineNumber >= 0;
    const path = mine ? [...declarations, lineNumber + 1] : declarations;
    const ticks = node.positionTicks ?? [];
    const counted = ticks.reduce((sum, each) => sum + each.ticks, 0);
    const hitCount = hits.get(node.id) ?? 0;
    for (const line of new Set(path)) at(line).total += hitCount;
    if (mine && counted === 0) at(lineNumber + 1).self += hitCount;
    for (const each of mine ? ticks : []) {
      const share = (hitCount * each.ticks) / counted;
      at(each.line).self += share;
      if (!path.includes(each.line)) at(each.line).total += share;
    }
    for (const child of node.children ?? []) visit(byId.get(child)!, path);
  };
  visit(nodes[0]!, []);
  return { lines, whole: samples.length };
}

/** `go tool pprof -lines -top`: flat, flat%, sum%, cum, cum%, function, file:line. */
export function goLines(path: string, file: string): LineTable {
  const lines = new Map<number, { self: number; total: number }>();
  const text = readFileSync(path, 'utf8');
  for (const [, flat, cum, line] of text.matchAll(
    new RegExp(
      `^\\s*(\\d+)(?:ns)?\\s+\\S+%\\s+\\S+%\\s+(\\d+)(?:ns)?\\s+\\S+%\\s.*${file}:(\\d+)(?: \\(inline\\))?$`,
      'gm',
    ),
  )) {
    lines.set(Number(line), { self: Number(flat), total: Number(cum) });
  }
  return { lines, whole: Number(/of (\d+)ns total/.exec(text)![1]) };
}

/** What `jfr print` says of an event's stacks, as `test/fixtures/jfr/oracle.mjs` sums it up by method and line. */
export function jfrLines(path: string, event: string, owner: string): LineTable {
  const lines = new Map<number, { self: number; total: number }>();
  const part = readFileSync(path, 'utf8')
    .split('\n\n')
    .find((each) => each.startsWith(`event ${event} `))!;
  for (const [, self, total, line] of part.matchAll(
    new RegExp(`^line (\\d+) (\\d+) \\d+ \\d+ ${owner}\\.[^:]*:(\\d+)$`, 'gm'),
  )) {
    lines.set(Number(line), { self: Number(self), total: Number(total) });
  }
  return { lines, whole: Number(part.split(' ')[2]) };
}

/** py-spy's raw stacks: `function (file:line);… count`. */
export function pySpyLines(path: string, file: string): LineTable {
  const lines = new Map<number, { self: number; total: number }>();
  const bytes = readFileSync(path);
  let whole = 0;
  for (const stack of (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8').trimEnd().split('\n')) {
    const count = Number(stack.slice(stack.lastIndexOf(' ') + 1));
    const frames = stack.slice(0, stack.lastIndexOf(' ')).split(';');
    const places = frames.map((frame) => Number(new RegExp(`/${file}:(\\d+)\\)$`).exec(frame)?.[1] ?? 0));
    whole += count;
    for (const line of new Set(places.filter((each) => each > 0))) {
      const row = lines.get(line) ?? { self: 0, total: 0 };
      lines.set(line, { self: row.self + (places.at(-1) === line ? count : 0), total: row.total + count });
    }
  }
  return { lines, whole };
}
