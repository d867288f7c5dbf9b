// The extension's own build, as a step of the other scripts.
import { spawnSync } from 'node:child_process';
import { root } from './setup.mjs';
import { step } from './steps.mjs';

/** Runs esbuild.mjs, with the VS Code tests when asked. Throws one sentence when it fails. */
export async function build({ tests = false } = {}) {
  await step(tests ? 'Building the extension and its tests' : 'Building the extension', async () => {
    const args = ['esbuild.mjs', ...(tests ? ['--tests'] : [])];
    const done = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
    if (done.status !== 0) throw new Error(`The build failed:\n${done.stdout}${done.stderr}`);
  });
}
