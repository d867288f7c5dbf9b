import * as v from 'valibot';
import type { EndpointSpec } from '../../endpoints/endpoint';
import type { StateMemory } from '../viewStateStore';

/** What an endpoint is doing. */
export interface EndpointActivity {
  readonly kind: 'capturing' | 'live' | 'paused';
  readonly sinceMs: number;
  /** For people: "3 s of 10 s". */
  readonly what: string;
}

/** How one instance's last capture went; `error` is null where it answered. */
export interface InstanceOutcome {
  readonly instance: string;
  readonly error: string | null;
}

/** How an endpoint's last capture went. */
export interface EndpointOutcome {
  readonly atMs: number;
  /** What was captured, null where nothing was. */
  readonly path: string | null;
  readonly profile: string | null;
  /** Why nothing was captured. */
  readonly error: string | null;
  readonly instances: readonly InstanceOutcome[];
}

const key = 'emberline.endpointOutcomes';
const limit = 50;
const savedSchema = v.array(
  v.object({
    endpoint: v.string(),
    outcome: v.object({
      atMs: v.number(),
      path: v.nullable(v.string()),
      profile: v.nullable(v.string()),
      error: v.nullable(v.string()),
      instances: v.array(v.object({ instance: v.string(), error: v.nullable(v.string()) })),
    }),
  }),
);

/** How the last captures went, kept for the workspace. */
export class EndpointOutcomes {
  /** What was read last: a group's row and each of its instances ask for the same. */
  private known: { readonly saved: unknown; readonly all: v.InferOutput<typeof savedSchema> } | null = null;

  constructor(private readonly memory: StateMemory) {}

  get(spec: EndpointSpec): EndpointOutcome | null {
    return this.read().find(({ endpoint }) => endpoint === endpointId(spec))?.outcome ?? null;
  }

  async set(spec: EndpointSpec, outcome: EndpointOutcome): Promise<void> {
    const id = endpointId(spec);
    const others = this.read().filter(({ endpoint }) => endpoint !== id);
    await this.memory.update(key, [...others, { endpoint: id, outcome }].slice(-limit));
  }

  private read(): v.InferOutput<typeof savedSchema> {
    const saved = this.memory.get(key);
    if (this.known === null || this.known.saved !== saved) {
      const result = v.safeParse(savedSchema, saved);
      this.known = { saved, all: result.success ? result.output : [] };
    }
    return this.known.all;
  }
}

/** Tells endpoints apart: by their name, which is unique in the settings, and what they reach. */
export function endpointId(spec: EndpointSpec): string {
  return JSON.stringify([spec.name, spec.kind, spec.pid ?? null]);
}

interface Running {
  activity: EndpointActivity;
  readonly cancel: () => void;
  readonly ended: Promise<void>;
}

/** What is going on at each endpoint: one thing at a time. */
export class EndpointActivities {
  private readonly running = new Map<string, Running>();
  private readonly listeners = new Set<(spec: EndpointSpec) => void>();

  onDidChange(listener: (spec: EndpointSpec) => void): { dispose(): void } {
    this.listeners.add(listener);
    return { dispose: () => this.listeners.delete(listener) };
  }

  of(spec: EndpointSpec): EndpointActivity | null {
    return this.running.get(endpointId(spec))?.activity ?? null;
  }

  /**
   * Runs what `work` does as the endpoint's activity.
   * @param work is told by the signal to end, and says how far it is
   */
  async run<T>(
    spec: EndpointSpec,
    first: EndpointActivity,
    work: (cancel: AbortController, say: (activity: EndpointActivity) => void) => Promise<T>,
  ): Promise<T> {
    const id = endpointId(spec);
    if (this.running.has(id)) throw new Error(`${spec.name} is being captured already.`);
    const cancel = new AbortController();
    let end: () => void = () => undefined;
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    const running: Running = { activity: first, cancel: () => cancel.abort(), ended };
    this.running.set(id, running);
    this.changed(spec);
    try {
      return await work(cancel, (activity) => {
        const before = running.activity;
        running.activity = activity;
        // A row that is drawn anew loses the click that is under way.
        if (before.kind !== activity.kind || before.what !== activity.what) this.changed(spec);
      });
    } finally {
      this.running.delete(id);
      end();
      this.changed(spec);
    }
  }

  cancel(spec: EndpointSpec): void {
    this.running.get(endpointId(spec))?.cancel();
  }

  /** Ends everything; settles when nothing runs any more. */
  async cancelAll(): Promise<void> {
    const all = [...this.running.values()];
    for (const { cancel } of all) cancel();
    await Promise.all(all.map(({ ended }) => ended));
  }

  /** Something about an endpoint is to be shown anew. */
  changed(spec: EndpointSpec): void {
    for (const listener of this.listeners) listener(spec);
  }
}
