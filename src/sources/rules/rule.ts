import type { RecordedPath } from '../recordedPath';

/**
 * Where a guessed path starts. The host knows the folders (`SourceFiles.roots`); a rule only names their kind, so that
 * it stays a pure function of the record.
 */
export type RootKind =
  /** This machine: the path is absolute. */
  | 'disk'
  /** Each workspace folder. */
  | 'workspace'
  /** A folder with a go.mod; the path starts with the module's name. */
  | 'goModule'
  | 'goRoot'
  | 'goModuleCache'
  /** Packages of the workspace's Python environments. */
  | 'sitePackages'
  /** Python's own modules. */
  | 'pythonLibrary'
  /** Folders of `external/<repository>` that Bazel keeps beside or for the workspace. */
  | 'bazelOutput'
  /** Folders with Rust's own crates (`library/std/src/…`). */
  | 'rustLibrary'
  /** Folders with the crates that Cargo unpacked. */
  | 'cargoCrates';

export interface Guess {
  readonly root: RootKind;
  /** With `/`, below the root; for `disk` absolute. */
  readonly path: string;
}

/** One way to read a recorded path. */
export interface PathRule {
  /** Stands in Explain Source Mapping: "Go module cache". */
  readonly title: string;
  /** True where the files are a library's: a workspace file that merely has the same name is then not taken. */
  readonly library: boolean;
  /** Where the file may be, best first; none where the record is not of this kind. Touches nothing. */
  guess(path: RecordedPath): readonly Guess[];
}

/** Nothing: the record is of another kind. */
export const noGuess: readonly Guess[] = [];
