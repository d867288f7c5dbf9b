import type { RecordedPath } from '../recordedPath';

/** Whether a record names a Go file (or assembly of Go's library). */
export function isGo({ segments }: RecordedPath): boolean {
  return /\.(go|s)$/.test(segments.at(-1)!);
}

/**
 * The segments below the last folder of modules (`…/pkg/mod/…`), and all of them where the record is a name that
 * `-trimpath` made (`github.com/x/y@v1.2.3/z.go`); null where it is neither.
 */
export function inModuleCache({ segments, rooted }: RecordedPath): readonly string[] | null {
  for (let i = segments.length - 3; i >= 1; i--) {
    if (segments[i] === 'mod' && segments[i - 1] === 'pkg' && segments.some((part, at) => at > i && hasVersion(part))) {
      return segments.slice(i + 1);
    }
  }
  return !rooted && segments.some(hasVersion) ? segments : null;
}

/** `y@v1.2.3` (https://go.dev/ref/mod#versions). */
export function hasVersion(segment: string): boolean {
  return /.@v\d/.test(segment);
}
