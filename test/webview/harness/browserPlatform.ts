import type { EnginePlatform } from '../../../src/engine/enginePlatform';

/** The engine's platform in a browser: bytes in memory, uncompressed. */
export const browserPlatform: EnginePlatform = {
  openFile: () => {
    throw new Error('A browser has no files.');
  },
  decompress: (source) => source,
  gzip: (bytes) => bytes,
  flamePageScript: () => '',
  scripts: null,
};
