import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { buildSync } from 'esbuild';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { EngineClient } from './engineClient';

/** The client against a real worker thread, built as it ships. */

const folder = mkdtempSync(join(tmpdir(), 'emberline-client-'));
const workerPath = join(folder, 'engineWorker.js');
const small = join(folder, 'small.folded');
const large = join(folder, 'large.folded');
const view = { sampleType: 0, thread: null };
let client: EngineClient;
let workerErrors: Error[];

beforeAll(() => {
  buildSync({ entryPoints: ['src/engine/engineWorker.ts'], bundle: true, platform: 'node', outfile: workerPath });
  writeFileSync(small, 'main;hot 3\nmain;warm 2\n');
  const lines = Array.from({ length: 400_000 }, (_, i) => `main;handler${i % 5000};step${i} ${i % 7}`);
  writeFileSync(large, lines.join('\n'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(() => {
  workerErrors = [];
  client = new EngineClient(workerPath, (error) => workerErrors.push(error));
});
afterEach(() => client.dispose());

const openFile = (path: string) => client.request('open', { source: { kind: 'file', path }, name: path });

test('opens a file and answers requests about it', async () => {
  const summary = await openFile(small);
  expect(summary).toMatchObject({ formats: ['folded'], totals: [5], samples: 5, timed: false });
  const window = await client.request('flameWindow', {
    profile: summary.profile,
    view,
    order: 'leftHeavy',
    from: 0,
    to: 5,
    pixels: 1000,
    names: 'window',
  });
  expect([...window.rowOffset]).toEqual([0, 1, 3]);
  expect([...window.end]).toEqual([5, 3, 5]);
  // Requests of no profile.
  expect(await client.request('embeddedSources', {})).toEqual([]);
  expect(await client.request('embeddedSource', { file: '/etc/hostname' })).toBeNull();
});

test('an error comes back as its sentence, and harms nothing else', async () => {
  const { profile } = await openFile(small);
  await expect(openFile(join(folder, 'none'))).rejects.toThrow('does not exist');
  await expect(client.request('frameDetails', { profile, view, order: 'leftHeavy', node: 99 })).rejects.toThrow(
    'There is no frame 99',
  );
  await expect(client.request('search', { profile, view, query: '(', regex: true, matchCase: false })).rejects.toThrow(
    /regular expression/i,
  );
  await expect(
    client.request('functionTable', {
      profile,
      view,
      sort: 'self',
      descending: true,
      filter: { query: '', regex: false, matchCase: false },
      offset: 0,
      limit: 10,
    }),
  ).resolves.toMatchObject({
    count: 3,
    rows: [{ name: 'hot', self: 3 }, { name: 'warm' }, { name: 'main', total: 5 }],
  });
});

test('cancelling stops the work in the worker, and the next request runs', async () => {
  const cancel = new AbortController();
  const fractions: (number | null)[] = [];
  const opening = client.request(
    'open',
    { source: { kind: 'file', path: large }, name: large },
    {
      signal: cancel.signal,
      onProgress: (fraction) => {
        fractions.push(fraction);
        cancel.abort();
      },
    },
  );
  await expect(opening).rejects.toMatchObject({ name: 'AbortError' });
  expect(fractions.length).toBeGreaterThan(0);
  await expect(openFile(small)).resolves.toMatchObject({ samples: 5 });
});

test('a profile that was opened in spite of cancelling is closed in the worker', async () => {
  const start = performance.now();
  await openFile(small);
  const once = performance.now() - start;
  const { worker } = client as unknown as { worker: Worker };
  const sent: string[] = [];
  const post = worker.postMessage.bind(worker);
  worker.postMessage = (message: { method: string }) => {
    sent.push(message.method);
    post(message);
  };
  const cancel = new AbortController();
  const opening = client.request(
    'open',
    { source: { kind: 'file', path: small }, name: small },
    { signal: cancel.signal },
  );
  // The worker ends its work while this thread hears nothing.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500 + once * 10);
  cancel.abort();
  await expect(opening).rejects.toMatchObject({ name: 'AbortError' });
  await expect.poll(() => sent).toEqual(['open', 'close']);
});

test('a request cancelled before it starts is not sent', async () => {
  await expect(client.request('close', { profile: 1 }, { signal: AbortSignal.abort() })).rejects.toMatchObject({
    name: 'AbortError',
  });
});

test('when the worker dies, waiting requests fail with a sentence and the profile opens again by itself', async () => {
  const { profile } = await openFile(small);
  const pending = openFile(large);
  void (client as unknown as { worker: Worker }).worker.terminate();
  await expect(pending).rejects.toThrow('The profile engine stopped');
  expect(workerErrors).toHaveLength(1);
  const files = await Promise.all([
    client.request('hotFiles', { profile, view }),
    client.request('top', { profile, by: 'function', sort: 'self', type: null, limit: 1 }),
  ]);
  expect(files[1].rows).toEqual([{ name: 'hot', file: null, line: null, self: 3, total: 3 }]);
});

test('a closed profile is gone', async () => {
  const { profile } = await openFile(small);
  await client.request('close', { profile });
  await expect(client.request('hotFiles', { profile, view })).rejects.toThrow('was closed');
});
