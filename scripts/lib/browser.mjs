// A Chromium for headless work: the system's, else Debian's package, else Playwright's own.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { cacheFolder } from './cache.mjs';
import { root } from './setup.mjs';
import { step } from './steps.mjs';

/** What a browser needs in a container, as root and without a graphics card. */
export const browserArguments = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
];

/**
 * Path of a Chromium, Chrome or Edge: `$EMBERLINE_CHROMIUM`, the system's, or one that this installs. Throws with one
 * sentence where there is none and none could be installed.
 */
export async function findBrowser() {
  const found = systemBrowser();
  if (found !== null) return found;
  if (process.platform === 'linux' && process.getuid?.() === 0 && onPath('apt-get') !== null) {
    const installed = await step('Installing Chromium (apt-get)', async () => installFromDebian());
    if (installed !== null) return installed;
  }
  return step("Installing Chromium (Playwright's download)", installFromPlaywright);
}

function systemBrowser() {
  const named = process.env.EMBERLINE_CHROMIUM;
  if (named) {
    if (existsSync(named)) return named;
    throw new Error(`EMBERLINE_CHROMIUM names ${named}, which is not there: correct or unset it.`);
  }
  for (const name of ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'microsoft-edge']) {
    const path = onPath(name);
    if (path !== null && !isSnapStub(path)) return path;
  }
  const { LOCALAPPDATA = '', PROGRAMFILES = '', 'PROGRAMFILES(X86)': PROGRAMFILES_X86 = '' } = process.env;
  const places =
    process.platform === 'darwin'
      ? ['Google Chrome', 'Chromium', 'Microsoft Edge'].map(
          (name) => `/Applications/${name}.app/Contents/MacOS/${name}`,
        )
      : process.platform === 'win32'
        ? [PROGRAMFILES, PROGRAMFILES_X86, LOCALAPPDATA].flatMap((base) => [
            join(base, 'Google', 'Chrome', 'Application', 'chrome.exe'),
            join(base, 'Microsoft', 'Edge', 'Application', 'msedge.exe'),
          ])
        : [];
  return places.find((path) => existsSync(path)) ?? null;
}

/** Ubuntu's `chromium-browser` is a script that asks for a snap. */
function isSnapStub(path) {
  try {
    const head = readFileSync(path).subarray(0, 4096).toString('latin1');
    return head.startsWith('#!') && head.includes('snap') && !existsSync('/snap/bin/chromium');
  } catch {
    return false;
  }
}

function installFromDebian() {
  const options = {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  };
  spawnSync('apt-get', ['update', '-qq'], options);
  spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium', 'fonts-dejavu-core'], options);
  return systemBrowser();
}

async function installFromPlaywright() {
  process.env.PLAYWRIGHT_BROWSERS_PATH ??= join(cacheFolder(), 'playwright');
  const { chromium } = await import('playwright-core');
  if (!existsSync(chromium.executablePath())) {
    const cli = join(root, 'node_modules', 'playwright-core', 'cli.js');
    const done = spawnSync(process.execPath, [cli, 'install', '--no-shell', 'chromium'], { stdio: 'inherit' });
    if (done.status !== 0 || !existsSync(chromium.executablePath())) {
      throw new Error('No browser: install Chromium, Chrome or Edge, or name one in EMBERLINE_CHROMIUM.');
    }
  }
  return chromium.executablePath();
}

/** The program's path if it is on PATH, else null. */
export function onPath(name) {
  const endings = process.platform === 'win32' ? ['.exe', '.cmd', ''] : [''];
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    for (const ending of endings) {
      const path = join(folder, name + ending);
      if (folder !== '' && existsSync(path)) return path;
    }
  }
  return null;
}
