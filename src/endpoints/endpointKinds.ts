import { asyncProfiler } from './asyncProfiler';
import type { EndpointKind, EndpointKindName } from './endpoint';
import { goPprof } from './goPprof';
import { httpEndpoint } from './httpEndpoint';
import { nylas } from './nylas';

/** Every way to capture from an endpoint. */
export const endpointKinds: readonly EndpointKind[] = [goPprof, nylas, asyncProfiler, httpEndpoint];

/** The kind of a name, null where there is none. */
export function endpointKind(name: EndpointKindName | string): EndpointKind | null {
  return endpointKinds.find((kind) => kind.name === name) ?? null;
}
