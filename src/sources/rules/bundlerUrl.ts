import { bundlers } from '../recordedPath';
import { noGuess, type PathRule } from './rule';

/** What a bundler or development server names is below the project's folder: `webpack://shop/./src/a.ts` is `src/a.ts`. */
export const bundlerUrl: PathRule = {
  title: 'Bundler or development server',
  library: false,
  guess({ scheme, segments }) {
    if (scheme === null || !(bundlers.test(scheme) || scheme === 'http' || scheme === 'https')) {
      return noGuess;
    }
    const path = segments.join('/');
    // Next.js and others serve what they build from _next/, never sources; a public folder is served from the root.
    return [
      { root: 'workspace', path },
      { root: 'workspace', path: `public/${path}` },
    ];
  },
};
