import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { vsixLimit } from './limits.mjs';
import { root } from './setup.mjs';

/**
 * Packs dist/ and what .vscodeignore lets through into dist/emberline-VERSION.vsix; dist/ must have been built. Returns
 * `{path, bytes, output}`. Throws one sentence when vsce fails or warns, or when the file is over the limit.
 */
export function packVsix() {
  const { name, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const folder = join(root, 'dist');
  const path = join(folder, `${name}-${version}.vsix`);
  mkdirSync(folder, { recursive: true });
  rmSync(path, { force: true });
  const vsce = join(root, 'node_modules', '@vscode', 'vsce', 'vsce');
  // esbuild has bundled the dependencies. Pictures in the README travel inside, so its links stay relative.
  const args = [
    vsce,
    'package',
    '--no-dependencies',
    '--no-rewrite-relative-links',
    '--allow-missing-repository',
    '-o',
    path,
  ];
  const done = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
  const output = `${done.stdout}${done.stderr}`;
  if (done.status !== 0) throw new Error(`vsce could not pack the extension:\n${output}`);
  if (/\bwarning\b/i.test(output)) throw new Error(`vsce warns about the package:\n${output}`);
  const bytes = statSync(path).size;
  if (bytes > vsixLimit) throw new Error(`${path} is ${bytes} bytes; at most ${vsixLimit} are allowed.`);
  return { path, bytes, output };
}
