import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Engine } from '../engine/engine';
import { nodePlatform } from '../engine/nodePlatform';
import type { CaptureRequest, InstanceResult } from './endpoint';
import { nylas } from './nylas';

/** A sampler, or a collector, that answers with what a test wants. */
let server: Server;
let answers: string[] = [];
let asked: string[] = [];
let folder: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'emberline-nylas-'));
  asked = [];
  server = createServer((request, response) => {
    asked.push(request.url!);
    response.end(answers.shift() ?? '');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterEach(async () => {
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});

async function capture(
  options: CaptureRequest['spec']['options'] = {},
  more: Partial<CaptureRequest> = {},
): Promise<InstanceResult> {
  const url = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const [result] = await nylas.capture({
    spec: { name: 'workers', kind: 'nylas', url, options },
    seconds: 0.01,
    signal: new AbortController().signal,
    onProgress: () => {},
    log: () => {},
    headersFor: () => ({}),
    folder,
    ...more,
  });
  return result!;
}

const text = (result: InstanceResult): string => ('path' in result ? readFileSync(result.path, 'utf8') : result.error);
const poll = (elapsed: number, ...lines: string[]): string =>
  `elapsed ${elapsed}\ngranularity 0.005\n${lines.map((line) => `${line}\n`).join('')}`;

describe("Nylas' stack sampler", () => {
  it('is asked twice: the counts in between remain, and nothing but their file', async () => {
    answers = [poll(10, 'a(m);b(m) 5', 'ä(m) 2'), poll(12.5, 'a(m);b(m) 8', 'ä(m) 2', 'c(m) 1')];
    const result = await capture();
    expect(text(result)).toBe(poll(2.5, 'a(m);b(m) 3', 'c(m) 1'));
    expect(result).toMatchObject({ seconds: 2.5, notes: [] });
    expect(asked).toEqual(['/', '/']);
    expect(readdirSync(folder)).toEqual(['0.folded']);
  });

  it('may be done by the engine, with the same result', async () => {
    answers = [poll(10, 'a(m) 5'), poll(12, 'a(m) 7', 'b(m) 1')];
    const engine = new Engine(nodePlatform);
    const result = await capture({}, { foldStacks: (job, signal) => engine.request('foldStacks', job, { signal }) });
    expect(text(result)).toBe(poll(2, 'a(m) 2', 'b(m) 1'));
  });

  it('that began anew in between gives what it has since then, and says so', async () => {
    answers = [poll(100, 'a(m) 50'), poll(1, 'a(m) 7')];
    const result = await capture();
    expect(text(result)).toBe(poll(1, 'a(m) 7'));
    expect(result).toMatchObject({ seconds: 1, notes: [expect.stringMatching(/was restarted or reset/)] });
  });

  it('is reset where that is asked for', async () => {
    answers = [poll(100, 'a(m) 50'), poll(1, 'a(m) 7')];
    expect(text(await capture({ reset: true }))).toBe(poll(1, 'a(m) 7'));
    expect(asked).toEqual(['/?reset=true', '/']);
  });

  it("'s collector answers with a tree", async () => {
    const child = { name: 'b;c', value: 4, children: [] };
    answers = [JSON.stringify({ name: 'root', value: 7, children: [{ name: 'a', value: 7, children: [child] }] })];
    const result = await capture({ collector: true, threshold: 0.01 });
    expect(text(result).split('\n').sort()).toEqual(['', 'a 3', 'a;b:c 4']);
    expect(asked[0]).toMatch(/^\/data\?from=\d+&until=\d+&threshold=0\.01$/);
  });

  it('is no other server: that is said at once', async () => {
    answers = ['hello\n'];
    const result = await capture({}, { seconds: 600 });
    expect(text(result)).toMatch(/^127\.0\.0\.1:\d+ did not answer as a stack sampler does/);
    answers = ['{}'];
    expect(text(await capture({ collector: true }))).toMatch(/did not answer with a tree of stacks/);
  });
});
