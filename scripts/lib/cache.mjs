// Heavy downloads live outside the clone, one folder for each version.
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

const marker = '.complete';

/** `$EMBERLINE_CACHE`, or `emberline` in the platform's folder for caches. */
export function cacheFolder(environment = process.env, platform = process.platform) {
  if (environment.EMBERLINE_CACHE) return environment.EMBERLINE_CACHE;
  if (platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'emberline');
  if (platform === 'win32') {
    return join(environment.LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'), 'emberline', 'Cache');
  }
  return join(environment.XDG_CACHE_HOME || join(homedir(), '.cache'), 'emberline');
}

/** Whether `installOnce` has finished this one before. */
export function isInstalled(name) {
  return existsSync(join(cacheFolder(), name, marker));
}

/**
 * The cache's folder `name`, filled by `install(folder)` if it is not there. The work is done in a folder of its own
 * that gets its name when it is complete: an interrupted one leaves nothing that a later run would take for whole, and
 * of two at once the first wins. Rejects with what `install` throws.
 */
export async function installOnce(name, install) {
  const target = join(cacheFolder(), name);
  if (existsSync(join(target, marker))) return target;
  await mkdir(cacheFolder(), { recursive: true });
  const work = await mkdtemp(join(cacheFolder(), '.installing-'));
  try {
    await install(work);
    await writeFile(join(work, marker), `${new Date().toISOString()}\n`);
    if (!existsSync(join(target, marker))) {
      // Without the marker it is the rest of something older.
      await rm(target, { recursive: true, force: true });
      await rename(work, target).catch((error) => {
        if (!existsSync(join(target, marker))) throw error;
      });
    }
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return target;
}
