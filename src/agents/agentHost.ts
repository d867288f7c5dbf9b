import type { ViewSpec } from '../analysis/viewSpec';
import type { EndpointSpec } from '../endpoints/endpoint';
import type { EngineApi, ProfileSummary } from '../engine/engineApi';

/** A profile that a tool answers about, open until it is released. */
export interface AgentProfile {
  /** As its user knows it: a path or a title. */
  readonly name: string;
  readonly summary: ProfileSummary;
  /** What is looked at where the tool's input says nothing else. */
  readonly view: ViewSpec;
  /**
   * Where a recorded line is on this machine. Null where the file is not found, or is none that may be shown.
   * @param line 1-based, as recorded
   */
  sourceLine(path: string, line: number): Promise<SourceLine | null>;
  release(): void;
}

/** Where a recorded line is on this machine. */
export interface SourceLine {
  /** As the user writes it: relative to a folder that is open. */
  readonly path: string;
  /** 1-based. */
  readonly line: number;
  /** What it says; null where the file is newer than the recording and nothing tells which of its lines was recorded. */
  readonly text: string | null;
  /** Whether its code is known to be another than was recorded. */
  readonly changed: boolean;
  /** Whether the file was written after the recording, and nothing is known of its text before: lines may have moved. */
  readonly newer: boolean;
}

export interface AgentOptions {
  readonly signal: AbortSignal;
  /** `fraction` is 0 to 1, null where it is not known. */
  onProgress(fraction: number | null, what: string): void;
}

/** What `emberline_profile_target` is to profile. */
export type CaptureTarget = { readonly seconds: number; readonly what: string } & (
  | { readonly debugSession: true }
  | { readonly debugSession: false; spec(): Promise<EndpointSpec> }
);

/** What the tools need of whoever runs them: the extension, or `emberline mcp`. */
export interface AgentHost {
  readonly engine: EngineApi;
  /** @param name a path or a name; null for the profile that is looked at. @throws Error with a sentence */
  open(name: string | null, options: AgentOptions): Promise<AgentProfile>;
  /** The profile that others are compared with. @throws Error with a sentence where there is none */
  openBaseline(options: AgentOptions): Promise<AgentProfile>;
  /** @throws Error with a sentence where nothing was captured, or capturing is not allowed */
  capture(target: CaptureTarget, options: AgentOptions): Promise<AgentProfile>;
}
