// Extensions that are folders, into the folder where VS Code finds those that are installed.
import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** @param {readonly string[] | undefined} folders each with a package.json */
export async function copyExtensions(folders, target) {
  for (const folder of folders ?? []) {
    const { publisher, name, version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
    await cp(folder, join(target, `${publisher}.${name}-${version}`), { recursive: true });
  }
}
