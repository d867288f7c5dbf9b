import type { RecordedPath } from '../recordedPath';
import { hasVersion, isGo } from './goNames';
import { noGuess, type PathRule } from './rule';

/** `/usr/local/go/src/runtime/proc.go`, and `runtime/proc.go` with `-trimpath`: the library of the Go that is here. */
export const goStandardLibrary: PathRule = {
  title: 'Go standard library',
  library: true,
  guess(path) {
    const rest = isGo(path) ? belowSrc(path) : null;
    return rest === null ? noGuess : [{ root: 'goRoot', path: `src/${rest.join('/')}` }];
  },
};

function belowSrc({ segments, rooted }: RecordedPath): readonly string[] | null {
  // Also /usr/lib/go-1.22/src, /opt/hostedtoolcache/go/1.22.1/x64/src, golang.org/toolchain@v0.0.1-go1.22.1.linux-amd64/src.
  const src = segments.indexOf('src');
  const root = segments.slice(Math.max(0, src - 3), Math.max(0, src));
  const isRoot = root.some((part) => /^(go|golang|libexec|go[-@]?\d[\d.]*(rc\d+|beta\d+)?|toolchain@.*)$/i.test(part));
  if (src >= 0 && isRoot && segments.length > src + 2 && !segments[src + 1]!.includes('.')) {
    return segments.slice(src + 1);
  }
  // A package of the library has no dot in its first part, unlike a module from elsewhere.
  const trimmed = !rooted && segments.length > 1 && !segments[0]!.includes('.') && !segments.some(hasVersion);
  return trimmed ? segments : null;
}
