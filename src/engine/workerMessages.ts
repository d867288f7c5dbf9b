import type { EngineMethod, EngineParams, EngineResult } from './engineApi';

/** Messages between `EngineClient` and the worker thread. */
export type ToWorker = {
  id: number;
  /** Index of the request's cancel flag in the shared array. */
  slot: number;
  method: EngineMethod;
  params: EngineParams<EngineMethod>;
};

export type FromWorker =
  | { kind: 'result'; id: number; value: EngineResult<EngineMethod> }
  | { kind: 'error'; id: number; name: string; message: string; stack: string | null }
  | { kind: 'progress'; id: number; fraction: number | null; what: string };

/** Passed to the worker when it starts. */
export interface WorkerData {
  /** One flag a request under way: 1 asks it to stop. Shared, because a busy worker reads no messages. */
  cancelFlags: Int32Array;
}
