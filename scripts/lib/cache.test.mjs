import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { cacheFolder, installOnce, isInstalled } from './cache.mjs';

let folder;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'emberline-cache-'));
  vi.stubEnv('EMBERLINE_CACHE', folder);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

test('installs once and finds it again', async () => {
  let runs = 0;
  const install = async (work) => {
    runs++;
    await writeFile(join(work, 'tool'), 'works');
  };
  const first = await installOnce('tool-1', install);
  expect(await installOnce('tool-1', install)).toBe(first);
  expect(runs).toBe(1);
  expect(await readFile(join(first, 'tool'), 'utf8')).toBe('works');
  expect(isInstalled('tool-1')).toBe(true);
});

test('an install that fails leaves nothing', async () => {
  const failing = installOnce('tool-1', async (work) => {
    await writeFile(join(work, 'half'), '');
    throw new Error('network is gone');
  });
  await expect(failing).rejects.toThrow('network is gone');
  expect(readdirSync(folder)).toEqual([]);
});

test('what an interrupted run left is replaced', async () => {
  await mkdir(join(folder, 'tool-1'));
  await writeFile(join(folder, 'tool-1', 'half'), '');
  expect(isInstalled('tool-1')).toBe(false);
  const installed = await installOnce('tool-1', async (work) => writeFile(join(work, 'whole'), ''));
  expect(existsSync(join(installed, 'whole'))).toBe(true);
  expect(existsSync(join(installed, 'half'))).toBe(false);
});

test('of two at once both get one whole folder', async () => {
  const install = async (work) => writeFile(join(work, 'tool'), 'works');
  const [a, b] = await Promise.all([installOnce('tool-1', install), installOnce('tool-1', install)]);
  expect(a).toBe(b);
  expect(readdirSync(folder)).toEqual(['tool-1']);
});

test('the folder follows the platform and the variables', () => {
  expect(cacheFolder({ EMBERLINE_CACHE: '/x' }, 'linux')).toBe('/x');
  expect(cacheFolder({ XDG_CACHE_HOME: '/c' }, 'linux')).toBe(join('/c', 'emberline'));
  expect(cacheFolder({}, 'darwin')).toMatch(/Library.Caches.emberline$/);
  expect(cacheFolder({ LOCALAPPDATA: 'L' }, 'win32')).toBe(join('L', 'emberline', 'Cache'));
});
