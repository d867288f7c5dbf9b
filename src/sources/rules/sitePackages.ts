import { noGuess, type PathRule } from './rule';

/** `/usr/lib/python3/dist-packages/yaml/loader.py`: a package, in the workspace's own environment. */
export const sitePackages: PathRule = {
  title: 'Python package',
  library: true,
  guess({ segments }) {
    const at = segments.findLastIndex((part) => part === 'site-packages' || part === 'dist-packages');
    return at < 0 || at + 1 >= segments.length
      ? noGuess
      : [{ root: 'sitePackages', path: segments.slice(at + 1).join('/') }];
  },
};
