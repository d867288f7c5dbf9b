import { asprof } from './asprof';
import { asyncProfiler } from './asyncProfiler';
import { austinByPid } from './austin';
import type { EndpointKind, EndpointKindName } from './endpoint';
import { goPprof } from './goPprof';
import { httpEndpoint } from './httpEndpoint';
import { jfrByPid } from './jfrByPid';
import { nylas } from './nylas';
import { perf } from './perf';
import { profileCommand } from './profileCommand';
import { pySpy } from './pySpy';
import { v8Inspector } from './v8InspectorEndpoint';

/** Every way to capture from an endpoint. */
export const endpointKinds: readonly EndpointKind[] = [
  v8Inspector,
  goPprof,
  nylas,
  asyncProfiler,
  httpEndpoint,
  jfrByPid,
  pySpy,
  austinByPid,
  asprof,
  perf,
  profileCommand,
];

/** The kind of a name, null where there is none. */
export function endpointKind(name: EndpointKindName | string): EndpointKind | null {
  return endpointKinds.find((kind) => kind.name === name) ?? null;
}
