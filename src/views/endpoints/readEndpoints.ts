import * as v from 'valibot';
import type { EndpointSpec } from '../../endpoints/endpoint';
import { endpointKind, endpointKinds } from '../../endpoints/endpointKinds';

export type EndpointScope = 'workspace' | 'user';

/** An endpoint of the settings. */
export interface ConfiguredEndpoint {
  readonly spec: EndpointSpec;
  readonly scope: EndpointScope;
  /** Why it cannot be used, one sentence; null where it can. */
  readonly problem: string | null;
}

const text = v.pipe(v.string(), v.minLength(1));
const specSchema = v.object({
  name: text,
  kind: text,
  url: v.optional(v.union([text, v.pipe(v.array(text), v.minLength(1))])),
  instancesFrom: v.optional(text),
  pid: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))),
  command: v.optional(v.pipe(v.array(v.string()), v.minLength(1))),
  profile: v.optional(text),
  seconds: v.optional(v.pipe(v.number(), v.gtValue(0), v.maxValue(86_400))),
  concurrency: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))),
  options: v.optional(v.record(v.string(), v.union([v.string(), v.number(), v.boolean()]))),
});

/**
 * One endpoint for each entry of a setting. Each has a name of its own: an entry without one, or with that of an entry
 * before it, is numbered.
 */
export function readEndpoints(entries: readonly unknown[], scope: EndpointScope): ConfiguredEndpoint[] {
  const names = new Set<string>();
  return entries.map((entry, i) => {
    const endpoint = readEndpoint(entry, i, scope);
    const { name } = endpoint.spec;
    if (!names.has(name)) {
      names.add(name);
      return endpoint;
    }
    const own = `${name} (entry ${i + 1})`;
    names.add(own);
    const problem = `There is an endpoint ${name} already: give this one another name.`;
    return { ...endpoint, spec: { ...endpoint.spec, name: own }, problem };
  });
}

function readEndpoint(entry: unknown, index: number, scope: EndpointScope): ConfiguredEndpoint {
  const parsed = v.safeParse(specSchema, entry);
  if (parsed.success && endpointKind(parsed.output.kind) !== null) {
    const spec = parsed.output as EndpointSpec;
    return { spec, scope, problem: missingIn(spec) };
  }
  const { name, kind } = (typeof entry === 'object' && entry !== null ? entry : {}) as Record<string, unknown>;
  const [issue] = parsed.issues ?? [];
  const kinds = endpointKinds.map((each) => each.name).join(', ');
  return {
    spec: {
      name: typeof name === 'string' && name !== '' ? name : `Endpoint ${index + 1}`,
      kind: (typeof kind === 'string' ? kind : 'http') as EndpointSpec['kind'],
    },
    scope,
    problem:
      issue === undefined
        ? `There is no kind "${String(kind)}": there are ${kinds}.`
        : `"${v.getDotPath(issue) ?? 'The endpoint'}" of this endpoint is not right (${issue.message}): correct the setting.`,
  };
}

/** What the endpoint's kind cannot do without. */
function missingIn({ kind, url, instancesFrom, pid, command }: EndpointSpec): string | null {
  switch (kind) {
    case 'command':
      return command === undefined ? 'It has no command: set its "command".' : null;
    case 'jfr':
    case 'py-spy':
    case 'austin':
    case 'asprof':
    case 'perf':
      return pid === undefined ? 'It names no process: set its "pid" to the number of one.' : null;
    default:
      return url === undefined && instancesFrom === undefined
        ? 'It has no address: set its "url", or "instancesFrom".'
        : null;
  }
}
