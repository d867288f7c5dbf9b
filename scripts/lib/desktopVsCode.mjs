// The desktop VS Code: an installed one, else the download that @vscode/test-electron makes.

import { spawn, spawnSync } from 'node:child_process';
import { createWriteStream, existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { onPath } from './browser.mjs';
import { cacheFolder } from './cache.mjs';
import { freePort } from './codeServer.mjs';
import { copyExtensions } from './copyExtensions.mjs';
import { sleep, step } from './steps.mjs';

/** What package.json's `engines.vscode` asks for. */
const oldest = [1, 101];
const downloadVersion = 'stable';
const releases = `https://update.code.visualstudio.com/api/releases/${downloadVersion}`;

/** Settled once in a run: a machine that does not reach the download is not asked twice. */
let found;

/**
 * `{executable, wrapper}` of a desktop VS Code that can show a window here, or null: no display, none installed and none
 * to download. `EMBERLINE_VSCODE=code-server` asks for null; the path of an executable asks for that one.
 */
export function findDesktopVsCode() {
  found ??= search();
  return found;
}

async function search() {
  const wish = process.env.EMBERLINE_VSCODE;
  if (wish === 'code-server') return null;
  const wrapper = displayWrapper();
  if (wrapper === null) return null;
  if (wish && wish !== 'desktop') {
    if (existsSync(wish)) return { executable: wish, wrapper };
    throw new Error(`EMBERLINE_VSCODE names ${wish}, which is not there: correct or unset it.`);
  }
  const executable = installedExecutable() ?? (await download());
  return executable === null ? null : { executable, wrapper };
}

/** How to get a screen: nothing to do (`[]`), through xvfb-run, or no way (null). */
function displayWrapper() {
  if (process.platform !== 'linux') return [];
  if (process.env.DISPLAY || process.env.WAYLAND_DISPLAY) return [];
  const xvfb = onPath('xvfb-run');
  return xvfb === null ? null : [xvfb, '-a', '--server-args=-screen 0 1600x1000x24'];
}

function installedExecutable() {
  const { LOCALAPPDATA = '', PROGRAMFILES = '' } = process.env;
  const places = {
    darwin: ['/Applications', join(homedir(), 'Applications')].flatMap((base) =>
      ['Code', 'Electron'].map((name) => join(base, 'Visual Studio Code.app', 'Contents', 'MacOS', name)),
    ),
    win32: [join(LOCALAPPDATA, 'Programs'), PROGRAMFILES].map((base) => join(base, 'Microsoft VS Code', 'Code.exe')),
    linux: ['/usr/share/code/code', '/opt/visual-studio-code/code', '/usr/lib/code/code'],
  };
  return (places[process.platform] ?? []).find((path) => existsSync(path) && isNewEnough(path)) ?? null;
}

function isNewEnough(executable) {
  const base = dirname(executable);
  const file = [join(base, 'resources', 'app'), join(base, '..', 'Resources', 'app')]
    .map((folder) => join(folder, 'package.json'))
    .find((path) => existsSync(path));
  if (file === undefined) return true;
  const [major, minor] = JSON.parse(readFileSync(file, 'utf8')).version.split('.').map(Number);
  return major > oldest[0] || (major === oldest[0] && minor >= oldest[1]);
}

async function download() {
  const reached = await fetch(releases, { signal: AbortSignal.timeout(4000) }).then(
    (response) => response.ok,
    () => false,
  );
  if (!reached) {
    console.log('The download of VS Code is not reached from here: code-server is used.');
    return null;
  }
  const { downloadAndUnzipVSCode, SilentReporter } = await import('@vscode/test-electron');
  const cachePath = join(cacheFolder(), 'vscode-desktop');
  try {
    return await step('Getting VS Code (@vscode/test-electron)', () =>
      downloadAndUnzipVSCode({ version: downloadVersion, cachePath, timeout: 30_000, reporter: new SilentReporter() }),
    );
  } catch (error) {
    console.log(`VS Code could not be downloaded (${error.message}): code-server is used.`);
    return null;
  }
}

/** Starts the desktop VS Code and connects to its window over CDP. See `startVsCode`. */
export async function startDesktopVsCode({ executable, wrapper }, options) {
  await mkdir(options.logFolder, { recursive: true });
  const log = createWriteStream(join(options.logFolder, 'vscode.log'));
  const windows = [];
  const open = async (profileFolder, folder, tests) => {
    const opened = await launch(executable, wrapper, options, { profileFolder, folder, tests, log });
    windows.push(opened);
    return opened;
  };
  const close = async () => {
    await Promise.all(windows.map((window) => window.close()));
    log.end();
  };
  try {
    const first = await open(options.profileFolder, options.folder, true);
    return {
      kind: 'desktop',
      title: `VS Code ${executable}`,
      page: first.page,
      finished: first.finished,
      address: null,
      // A second process with data of its own: one folder is never open twice in the same VS Code.
      openWindow: async (folder = options.folder) =>
        (await open(await mkdtemp(join(options.profileFolder, 'window-')), folder, false)).page,
      close,
      dataFolder: join(options.profileFolder, 'data'),
      closeBrowser: async () => {},
      ended: first.finished,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function launch(executable, wrapper, options, { profileFolder, folder, tests, log }) {
  const data = join(profileFolder, 'data');
  const extensions = join(profileFolder, 'extensions');
  await mkdir(join(data, 'User'), { recursive: true });
  await writeFile(join(data, 'User', 'settings.json'), JSON.stringify(options.settings, null, 2));
  const places = [`--user-data-dir=${data}`, `--extensions-dir=${extensions}`];
  if (process.platform === 'linux' && process.getuid?.() === 0) places.push('--no-sandbox');
  const env = { ...process.env, ...options.env, ...(tests ? options.testEnv : {}) };
  // VS Code's own terminal and extension host set this: it would make the program run as plain Node.
  delete env.ELECTRON_RUN_AS_NODE;
  await copyExtensions(options.extensionFolders, extensions);
  if (options.vsix) installVsix(executable, [...places, '--install-extension', options.vsix], env);
  const port = await freePort();
  const args = [folder, ...places, `--remote-debugging-port=${port}`, '--disable-updates', '--skip-welcome'];
  args.push('--skip-release-notes', '--disable-workspace-trust', '--disable-telemetry', '--password-store=basic');
  args.push('--disable-gpu', '--no-first-run', '--new-window');
  if (options.extensionPath) args.push(`--extensionDevelopmentPath=${options.extensionPath}`);
  if (tests && options.testsPath) args.push(`--extensionTestsPath=${options.testsPath}`);
  const [program, ...rest] = [...wrapper, executable, ...args];
  const child = spawn(program, rest, { stdio: ['ignore', 'pipe', 'pipe'], env, detached: wrapper.length > 0 });
  process.prependOnceListener('exit', () => child.kill());
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (text) => {
      log.write(text);
      if (tests) for (const line of text.split('\n')) if (isTestOutput(line)) options.onLog?.(line);
    });
  }
  const finished = new Promise((resolve) => {
    child.once('error', (error) => resolve(`VS Code did not start: ${error.message}`));
    child.once('exit', (code, signal) => resolve(code ?? `VS Code ended by ${signal}`));
  });
  let browser;
  const close = async () => {
    await browser?.close().catch(() => {});
    if (child.exitCode === null && child.signalCode === null) {
      // xvfb-run does not pass signals on: its whole group is ended.
      if (wrapper.length > 0) process.kill(-child.pid, 'SIGTERM');
      else child.kill();
      await Promise.race([finished, sleep(8000)]);
    }
  };
  try {
    const { chromium } = await import('playwright-core');
    browser = await connect(chromium, port, child, options.logFolder);
    const page = await workbenchPage(browser);
    const viewport = options.viewport ?? { width: 1440, height: 900 };
    await page.setViewportSize(viewport).catch(() => {});
    return { page, finished, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The `code` command line is the same program run as Node on its cli.js. */
function installVsix(executable, args, env) {
  const base = dirname(executable);
  const cli = [join(base, 'resources', 'app'), join(base, '..', 'Resources', 'app')]
    .map((folder) => join(folder, 'out', 'cli.js'))
    .find((path) => existsSync(path));
  if (cli === undefined) throw new Error(`${executable} has no out/cli.js: is it VS Code?`);
  const done = spawnSync(executable, [cli, ...args, '--force'], {
    encoding: 'utf8',
    env: { ...env, ELECTRON_RUN_AS_NODE: '1' },
  });
  if (done.status !== 0) throw new Error(`VS Code refused the extension:\n${done.stdout}${done.stderr}`);
}

async function connect(chromium, port, child, logFolder) {
  for (let i = 0; i < 300 && child.exitCode === null; i++) {
    const up = await fetch(`http://127.0.0.1:${port}/json/version`).then(
      (response) => response.ok,
      () => false,
    );
    if (up) return chromium.connectOverCDP(`http://127.0.0.1:${port}`);
    await sleep(200);
  }
  throw new Error(`VS Code did not open its window: see ${join(logFolder, 'vscode.log')}.`);
}

async function workbenchPage(browser) {
  for (let i = 0; i < 300; i++) {
    for (const context of browser.contexts()) {
      for (const page of context.pages()) {
        if (await page.locator('.monaco-workbench').count()) return page;
      }
    }
    await sleep(200);
  }
  throw new Error('VS Code started, but its workbench did not appear within a minute.');
}

function isTestOutput(line) {
  return line.trim() !== '' && !/^\[\d+:|ERROR:|DevTools listening|Gtk-|dbus/.test(line);
}
