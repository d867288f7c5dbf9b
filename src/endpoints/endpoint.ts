import type { ToolPaths } from './findTool';
import type { HttpAccess } from './httpAccess';
import type { FoldedStacks, FoldJob } from './nylasText';

/** Kinds of endpoints, as settings name them. */
export type EndpointKindName =
  | 'v8-inspector'
  | 'go-pprof'
  | 'nylas'
  | 'async-profiler'
  | 'http'
  | 'jfr'
  | 'py-spy'
  | 'austin'
  | 'asprof'
  | 'perf'
  | 'command';

/** What to capture from, as the setting `emberline.endpoints`, the wizard and the command line describe it. */
export interface EndpointSpec {
  readonly name: string;
  readonly kind: EndpointKindName;
  /** Addresses of instances, with ranges as `expandInstances` reads them (kinds that are reached over a network). */
  readonly url?: string | readonly string[];
  /** A command that prints instances, one a line. It runs in a trusted workspace only. */
  readonly instancesFrom?: string;
  /** Process to sample (kinds that work by process). */
  readonly pid?: number;
  /** Program and arguments to run (kind `command`). */
  readonly command?: readonly string[];
  /** The kind's own: `cpu`, `heap`, `allocs`, `mutex`, `block`, `goroutine`, `wall`, `alloc`, `lock` … */
  readonly profile?: string;
  readonly seconds?: number;
  /** Instances asked at once. */
  readonly concurrency?: number;
  /** The kind's own options, checked by the kind. */
  readonly options?: Readonly<Record<string, string | number | boolean>>;
}

/** What headers, certificates and proxies requests are made with is `HttpAccess`. */
export interface CaptureRequest extends HttpAccess {
  readonly spec: EndpointSpec;
  /** Kinds that work by process take Infinity: until `stop`, or until the process ends. */
  readonly seconds: number;
  readonly signal: AbortSignal;
  /** `fraction` is 0 to 1, null where it is not known. */
  onProgress(fraction: number | null, what: string): void;
  log(line: string): void;
  /** Where files of the capture are put; the caller removes it. */
  readonly folder: string;
  /** Ends the sampling before its seconds are over; what was sampled is kept. */
  readonly stop?: AbortSignal;
  /** Makes folded stacks of large answers elsewhere than on this thread; where it is left out, on this one. */
  foldStacks?(job: FoldJob, signal: AbortSignal): Promise<FoldedStacks>;
  /** Where programs are that are not on PATH, by the names of `ToolName`. */
  readonly tools?: ToolPaths;
}

/** What it takes to ask an endpoint what it has. */
export type DiscoverRequest = Pick<CaptureRequest, 'spec' | 'signal' | keyof HttpAccess>;

/** What one instance gave: a file, or why there is none. */
export type InstanceResult =
  | {
      readonly instance: string;
      readonly path: string;
      /** Title with the ending of the content's format. */
      readonly name: string;
      /** How long was sampled; null where that is not known, or for a state (a heap in use). */
      readonly seconds: number | null;
      readonly notes: readonly string[];
      /** Of a command that was run to be sampled; null where a signal ended it. */
      readonly exitCode?: number | null;
    }
  | { readonly instance: string; readonly error: string };

/** A profile that an endpoint offers now. */
export interface ProfileOffer {
  /** For `EndpointSpec.profile`. */
  readonly profile: string;
  readonly title: string;
  readonly description: string;
}

/**
 * How a kind captures. Every wait takes the signal; a capture that was cancelled leaves no process, socket, temporary
 * file or running profiler behind, on the target either.
 */
export interface CaptureMethods {
  /** What is there to capture now. @throws Error with one sentence */
  discover?(request: DiscoverRequest): Promise<ProfileOffer[]>;
  /** One result an instance. @throws Error with one sentence where nothing could be started, or the signal's reason */
  capture(request: CaptureRequest): Promise<InstanceResult[]>;
}

/** One way to capture. */
export interface EndpointKind extends CaptureMethods {
  readonly name: EndpointKindName;
  readonly title: string;
}
