/**
 * What Emberline's own captures add to V8's CPU profile: the member `$emberline` of each profile object. A capture of
 * several segments or threads is a JSON array of such objects (ending `.cpuprofiles`). Elements with equal `process`,
 * `thread` and `pid` are consecutive segments of one thread, in time order; others are threads of their own.
 */
export interface EmberlineExtension {
  /** The debug session or process, as the user knows it: `server.js [4711]`. */
  process: string | null;
  thread: string | null;
  pid: number | null;
  /** Start of this element in milliseconds since the epoch; aligns threads, and segments with what lies between them. */
  startTimeMs: number | null;
  /** What is missing or was repaired, a sentence each. */
  notes: string[];
}

/**
 * The member `$vscode`, as VS Code's JavaScript debugger saves it (seen in js-debug 1.117 and in the built-in profile
 * table): `nodes[].locationId` and `nodes[].positionTicks[].startLocationId` index `locations`.
 */
export interface VscodeExtension {
  rootPath?: string | undefined;
  locations: VscodeLocation[];
}

export interface VscodeLocation {
  callFrame: { functionName: string; scriptId: string; url: string; lineNumber: number; columnNumber: number };
  /** Best first; empty where the debugger knew no source. Lines and columns are 1-based here, unlike `callFrame`'s. */
  locations: {
    lineNumber: number;
    columnNumber: number;
    source: { name?: string | undefined; path?: string | undefined; sourceReference?: number | undefined };
  }[];
}
