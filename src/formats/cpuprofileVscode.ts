/**
 * The member `$vscode`, as VS Code's JavaScript debugger saves it (read in js-debug 1.117 and in the profile table that
 * is built into VS Code 1.139): `nodes[].locationId` and `nodes[].positionTicks[].startLocationId` index `locations`.
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
