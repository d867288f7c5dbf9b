import { parentPort, workerData } from 'node:worker_threads';
import type { FoldedStacks } from '../endpoints/nylasText';
import { Engine } from './engine';
import { nodePlatform } from './nodePlatform';
import type { FromWorker, ToWorker, WorkerData } from './workerMessages';

/** The worker thread's main: one request after the other. */

const port = parentPort;
if (port === null) throw new Error('This file runs as a worker thread.');

const { cancelFlags } = workerData as WorkerData;
const engine = new Engine(nodePlatform);
const send = (message: FromWorker, transfer: ArrayBuffer[] = []): void => port.postMessage(message, transfer);

/** Progress more often than this only costs. */
const PROGRESS_INTERVAL_MS = 50;

port.on('message', ({ id, slot, method, params }: ToWorker) => {
  let lastProgress = 0;
  const checkpoint = (fraction: number | null, what: string): void => {
    if (Atomics.load(cancelFlags, slot) === 1) throw new DOMException('The request was cancelled.', 'AbortError');
    const now = performance.now();
    if (now - lastProgress < PROGRESS_INTERVAL_MS) return;
    lastProgress = now;
    send({ kind: 'progress', id, fraction, what });
  };
  try {
    // Requests that were cancelled while they waited are not begun.
    if (Atomics.load(cancelFlags, slot) === 1) throw new DOMException('The request was cancelled.', 'AbortError');
    const value = engine.run(method, params, { checkpoint });
    // A written file may be large, and nobody here keeps it.
    const file = method === 'encode' ? value : method === 'foldStacks' ? (value as FoldedStacks).text : null;
    const own = file instanceof Uint8Array && file.buffer instanceof ArrayBuffer;
    send({ kind: 'result', id, value }, own && file.byteLength === file.buffer.byteLength ? [file.buffer] : []);
  } catch (error) {
    const thrown = error instanceof Error ? error : new Error(String(error));
    send({ kind: 'error', id, name: thrown.name, message: thrown.message, stack: thrown.stack ?? null });
  }
});
