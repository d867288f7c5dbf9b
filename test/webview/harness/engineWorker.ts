import { Engine } from '../../../src/engine/engine';
import type { EngineMethod, EngineParams } from '../../../src/engine/engineApi';
import { browserPlatform } from './browserPlatform';
import { buffersOf } from './buffersOf';

/** The real engine in a web worker, as the extension host has it in a worker thread. */
const engine = new Engine(browserPlatform);

/** The part of a worker's scope that is used; the DOM's types do not have it. */
const scope = self as unknown as {
  onmessage:
    | ((event: MessageEvent<{ id: number; method: EngineMethod; params: EngineParams<EngineMethod> }>) => void)
    | null;
  postMessage(message: unknown, transfer?: Transferable[]): void;
};

scope.onmessage = ({ data: { id, method, params } }) => {
  engine.request(method, params).then(
    (value) => scope.postMessage({ id, value }, buffersOf(value)),
    (error: unknown) => scope.postMessage({ id, error: error instanceof Error ? error.message : String(error) }),
  );
};
