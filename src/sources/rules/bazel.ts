import { type Guess, noGuess, type PathRule } from './rule';

/**
 * Bazel compiles in `…/execroot/<workspace>/`, seen as `/proc/self/cwd/` by some toolchains; what it generated is under
 * `bazel-out/<configuration>/bin/`, other repositories under `external/`
 * (https://bazel.build/remote/output-directories).
 */
export const bazel: PathRule = {
  title: 'Bazel execution root',
  library: false,
  guess({ segments, rooted }) {
    let rest = segments;
    const execroot = segments.lastIndexOf('execroot');
    const cwd = segments.slice(0, 3).join('/') === 'proc/self/cwd';
    if (execroot >= 0 && segments.length > execroot + 2) {
      rest = segments.slice(execroot + 2);
    } else if (cwd) {
      rest = segments.slice(3);
    } else if (rooted || !/^(external|bazel-out)$/.test(segments[0]!)) {
      return noGuess;
    }
    const path = rest.join('/');
    if (rest[0] === 'external') {
      return [
        { root: 'bazelOutput', path },
        { root: 'workspace', path },
      ];
    }
    const guesses: Guess[] = [];
    if (rest[0] === 'bazel-out') {
      guesses.push({ root: 'workspace', path });
      // A source that was copied among what is generated.
      if (rest[2] === 'bin' && rest.length > 3) {
        guesses.push({ root: 'workspace', path: rest.slice(3).join('/') });
      }
      return guesses;
    }
    return rest.length === 0 ? noGuess : [{ root: 'workspace', path }];
  },
};
