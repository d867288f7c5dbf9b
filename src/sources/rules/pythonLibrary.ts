import { noGuess, type PathRule } from './rule';

/** `/usr/lib/python3.11/json/decoder.py`: a module of Python's own, in the Python that is here. */
export const pythonLibrary: PathRule = {
  title: 'Python standard library',
  library: true,
  guess({ segments }) {
    if (!/\.pyi?$/.test(segments.at(-1)!)) {
      return noGuess;
    }
    const at = segments.findLastIndex(
      (part, i) => /^python\d(\.\d+)?t?$/.test(part) && /^lib(64)?$/i.test(segments[i - 1] ?? ''),
    );
    const rest = segments.slice(at + 1);
    return at < 0 || rest.length === 0 || /^(site|dist)-packages$/.test(rest[0]!)
      ? noGuess
      : [{ root: 'pythonLibrary', path: rest.join('/') }];
  },
};
