// A real VS Code from npm alone: code-server is the same workbench and the same extension host, seen in a browser.
import { spawn, spawnSync } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { format } from 'node:util';
import { browserArguments, findBrowser } from './browser.mjs';
import { installOnce, isInstalled } from './cache.mjs';
import { copyExtensions } from './copyExtensions.mjs';
import { worthPrinting } from './hostOutput.mjs';
import { runNpm } from './setup.mjs';
import { sleep, step } from './steps.mjs';
import { patience } from './workbench/expected.mjs';

const codeServerVersion = '4.139.1';
const watcherVersion = '2.5.6';
const cacheName = `code-server-${codeServerVersion}-${process.platform}-${process.arch}`;

/**
 * VS Code's logger and its parent watchdog are native addons that need a compiler. These do the same in JavaScript:
 * the log goes to the file at once, and the process ends when its parent has gone.
 * Each name is exported by an assignment of its own: VS Code's ES modules see no others.
 */
const spdlogStandIn = `const fs = require('node:fs');
const path = require('node:path');
const levels = ['trace', 'debug', 'info', 'warn', 'error', 'critical'];
class Logger {
  constructor(file) {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    this.file = file;
    this.level = 2;
  }
  getLevel() { return this.level; }
  setLevel(level) { this.level = level; }
  write(level, message) {
    if (level < this.level) return;
    try { fs.appendFileSync(this.file, message.endsWith('\\n') ? message : message + '\\n'); } catch {}
  }
}
for (const name of ['setPattern', 'clearFormatters', 'flush', 'drop']) Logger.prototype[name] = () => {};
levels.forEach((name, level) => { Logger.prototype[name] = function (message) { this.write(level, String(message)); }; });
const create = async (name, file) => new Logger(file);
exports.version = 0;
exports.Logger = Logger;
exports.setLevel = () => {};
exports.setFlushOn = () => {};
exports.shutdown = () => {};
exports.createRotatingLogger = create;
exports.createAsyncRotatingLogger = create;
`;
const watchdogStandIn = `exports.start = (pid) => {
  setInterval(() => {
    try { process.kill(pid, 0); } catch (error) { if (error.code === 'ESRCH') process.exit(87); }
  }, 1000).unref();
};
exports.exit = (code) => process.exit(code || 0);
`;

/** Folder of code-server in the cache, installed at the first call. Throws one sentence when npm cannot. */
async function installCodeServer() {
  if (isInstalled(cacheName)) return installOnce(cacheName, async () => {});
  return step(`Installing VS Code (code-server ${codeServerVersion} from npm, once)`, () =>
    installOnce(cacheName, async (folder) => {
      await writeFile(join(folder, 'package.json'), '{"private":true}\n');
      npmInstall(folder, ['--ignore-scripts', '--save-exact', `code-server@${codeServerVersion}`]);
      const vscode = join(folder, 'node_modules', 'code-server', 'lib', 'vscode');
      // Without the optional ones: they are agents' runtimes of more than 100 MB, and no part of the editor.
      npmInstall(vscode, ['--omit=dev', '--omit=optional', '--ignore-scripts']);
      npmInstall(vscode, ['--no-save', '--omit=dev', '--omit=optional', '--ignore-scripts', fileWatcher()]);
      npmInstall(join(vscode, 'extensions'), ['--omit=dev', '--ignore-scripts']);
      await writeFile(join(vscode, 'node_modules', '@vscode', 'spdlog', 'index.js'), spdlogStandIn);
      await writeFile(join(vscode, 'node_modules', '@vscode', 'native-watchdog', 'index.js'), watchdogStandIn);
    }),
  );
}

function npmInstall(folder, args) {
  const done = runNpm(['install', '--no-audit', '--no-fund', '--loglevel=error', ...args], { cwd: folder });
  if (done.status !== 0) {
    const reason = `${done.stderr ?? ''}${done.error?.message ?? ''}`.trim().split('\n').slice(-15).join('\n');
    throw new Error(`npm could not install code-server; is the npm registry reached from here?\n${reason}`);
  }
}

/** The package with the prebuilt file watcher of this platform. */
function fileWatcher() {
  const libc =
    process.platform !== 'linux' ? '' : process.report.getReport().header.glibcVersionRuntime ? '-glibc' : '-musl';
  return `@parcel/watcher-${process.platform}-${process.arch}${libc}@${watcherVersion}`;
}

/** Starts code-server and opens it in a headless browser. See `startVsCode` for the options and what it returns. */
export async function startCodeServer(options) {
  const installed = await installCodeServer();
  const browserPath = await findBrowser();
  const entry = join(installed, 'node_modules', 'code-server', 'out', 'node', 'entry.js');
  const { profileFolder, logFolder } = options;
  const data = join(profileFolder, 'data');
  await mkdir(join(data, 'User'), { recursive: true });
  await mkdir(logFolder, { recursive: true });
  await writeFile(join(data, 'User', 'settings.json'), JSON.stringify(options.settings, null, 2));
  // A config file of our own: the user's may name a password or another address.
  const base = [entry, '--config', join(profileFolder, 'config.yaml'), '--user-data-dir', data];
  base.push('--extensions-dir', join(profileFolder, 'extensions'));
  if (options.vsix) {
    const done = spawnSync(process.execPath, [...base, '--install-extension', options.vsix], { encoding: 'utf8' });
    if (done.status !== 0) throw new Error(`VS Code refused ${options.vsix}:\n${done.stdout}${done.stderr}`);
  }
  await copyExtensions(options.extensionFolders, join(profileFolder, 'extensions'));
  const port = options.port ?? (await freePort());
  const host = `127.0.0.1:${port}`;
  const flags = ['--auth', 'none', '--disable-telemetry', '--disable-update-check', '--disable-workspace-trust'];
  flags.push('--disable-getting-started-override', '--disable-proxy', '--bind-addr', host);
  // The page's `payload` names extensions under development only with this flag.
  if (options.extensionPath) flags.push('--vscode-option', 'enable-smoke-test-driver');
  const log = createWriteStream(join(logFolder, 'server.log'));
  const server = spawn(process.execPath, [...base, ...flags], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...options.env },
  });
  server.stdout.pipe(log, { end: false });
  server.stderr.pipe(log, { end: false });
  const gone = new Promise((resolve) => server.once('exit', resolve));
  process.prependOnceListener('exit', () => server.kill('SIGTERM'));
  let browser;
  const close = async () => {
    await browser?.close().catch(() => {});
    server.kill('SIGTERM');
    const timer = setTimeout(() => server.kill('SIGKILL'), 8000);
    await gone;
    clearTimeout(timer);
    log.end();
  };
  try {
    await serverAnswers(host, server, logFolder);
    const { chromium } = await import('playwright-core');
    browser = await chromium.launch({ executablePath: browserPath, args: browserArguments });
    const context = await browser.newContext({
      viewport: options.viewport ?? { width: 1440, height: 900 },
      deviceScaleFactor: options.deviceScaleFactor ?? 1,
    });
    const pageLog = createWriteStream(join(logFolder, 'workbench.log'));
    const address = (folder, tests) => workbenchAddress(host, folder, options, tests);
    const open = async (folder, tests) => {
      const page = await context.newPage();
      page.setDefaultTimeout(patience);
      let finish;
      const finished = new Promise((resolve) => {
        finish = resolve;
      });
      if (options.extensionPath) {
        await page.exposeFunction('codeAutomationLog', (type, args) => {
          const line = format(...args);
          pageLog.write(`${type}: ${line}\n`);
          const shown = tests ? worthPrinting(line) : null;
          if (shown !== null) options.onLog?.(shown);
        });
        await page.exposeFunction('codeAutomationExit', (code) => finish(code));
      }
      page.on('console', (message) => pageLog.write(`console ${message.type()}: ${message.text()}\n`));
      page.on('crash', () => finish('the page crashed'));
      void gone.then((code) => finish(`the server ended (${code})`));
      await page.goto(address(folder, tests), { waitUntil: 'domcontentloaded' });
      await page.waitForSelector('.monaco-workbench', { timeout: 120_000 });
      return { page, finished };
    };
    const first = await open(options.folder, true);
    return {
      kind: 'code-server',
      title: `code-server ${codeServerVersion} in Chromium ${browser.version()}`,
      page: first.page,
      finished: first.finished,
      address: address(options.folder, false),
      openWindow: async (folder = options.folder) => (await open(folder, false)).page,
      close,
      // With a file to open at the start.
      addressOf: (file) => workbenchAddress(host, options.folder, options, false, file),
      dataFolder: data,
      closeBrowser: () => browser.close(),
      ended: gone,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function workbenchAddress(host, folder, options, tests, file) {
  const uri = (path) => `vscode-remote://${host}${path.startsWith('/') ? '' : '/'}${path.replaceAll('\\', '/')}`;
  const url = new URL(`http://${host}/`);
  url.searchParams.set(folder.endsWith('.code-workspace') ? 'workspace' : 'folder', folder);
  const payload = file === undefined ? [] : [['openFile', uri(file)]];
  if (options.extensionPath) {
    payload.push(['extensionDevelopmentPath', uri(options.extensionPath)]);
    payload.push(['skipWelcome', 'true']);
    if (tests && options.testsPath) {
      payload.push(['extensionTestsPath', uri(options.testsPath)]);
      payload.push(['extensionEnvironment', JSON.stringify(options.testEnv ?? {})]);
    }
  }
  if (payload.length > 0) url.searchParams.set('payload', JSON.stringify(payload));
  return url.href;
}

async function serverAnswers(host, server, logFolder) {
  for (let i = 0; i < 600; i++) {
    if (server.exitCode !== null) break;
    const ok = await fetch(`http://${host}/healthz`).then(
      (response) => response.ok,
      () => false,
    );
    if (ok) return;
    await sleep(100);
  }
  throw new Error(`code-server did not start: see ${join(logFolder, 'server.log')}.`);
}

/** A TCP port on loopback that is free now. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
