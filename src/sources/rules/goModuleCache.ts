import { hasVersion, inModuleCache, isGo } from './goNames';
import { noGuess, type PathRule } from './rule';

/** A dependency's file, in the module cache of this machine or in the workspace's `vendor` folder. */
export const goModuleCache: PathRule = {
  title: 'Go module cache',
  library: true,
  guess(path) {
    const segments = isGo(path) ? inModuleCache(path) : null;
    if (segments === null) {
      return noGuess;
    }
    const version = segments.findIndex(hasVersion);
    const escaped = segments.map((part, i) => (i <= version ? escapeUpper(part) : part));
    const plain = segments.map((part, i) => (i === version ? part.slice(0, part.lastIndexOf('@')) : part));
    return [
      { root: 'goModuleCache', path: escaped.join('/') },
      { root: 'workspace', path: `vendor/${plain.join('/')}` },
    ];
  },
};

/** Upper case letters are written `!a` in the cache, for file systems that do not tell them apart. */
function escapeUpper(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => `!${letter.toLowerCase()}`);
}
