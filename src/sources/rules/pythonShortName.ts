import { noGuess, type PathRule } from './rule';

/** Samplers shorten names by Python's path: `json/decoder.py`, `numpy/core/numeric.py`. Asked last: it may be anything. */
export const pythonShortName: PathRule = {
  title: 'Python module by its short name',
  library: true,
  guess({ segments, rooted }) {
    const path = segments.join('/');
    return rooted || !/\.py$/.test(path)
      ? noGuess
      : [
          { root: 'sitePackages', path },
          { root: 'pythonLibrary', path },
        ];
  },
};
