import { hasVersion, inModuleCache, isGo } from './goNames';
import { noGuess, type PathRule } from './rule';

/**
 * With `-trimpath` files are recorded by their module: `example.com/shop/tax/rate.go`, and `example.com/shop@v1.2.3/…`
 * where the workspace's module is somebody's dependency (https://pkg.go.dev/cmd/go, "-trimpath").
 */
export const goModule: PathRule = {
  title: 'Go module of the workspace',
  library: false,
  guess(path) {
    const segments = isGo(path) ? (inModuleCache(path) ?? (path.rooted ? null : path.segments)) : null;
    if (segments === null || segments.length < 2) {
      return noGuess;
    }
    const name = segments.map((part) => (hasVersion(part) ? part.slice(0, part.lastIndexOf('@')) : part)).join('/');
    return [{ root: 'goModule', path: unescapeModule(name) }];
  },
};

/** In the cache's paths `!a` stands for `A` (https://go.dev/ref/mod#goproxy-protocol). */
function unescapeModule(path: string): string {
  return path.replace(/!([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
