// The demo's steps: build, start the service's debug session under load, profile it, show where the time went.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { build } from './build.mjs';
import { freePort } from './codeServer.mjs';
import { pictureSettings, picturesOfChange, picturesOfProfile, rewriteService, themes } from './demoPictures.mjs';
import { pictureScale, pictureSize } from './pictures.mjs';
import { root } from './setup.mjs';
import { seconds as since, sleep, step } from './steps.mjs';
import { startVsCode } from './vscode.mjs';
import { packVsix } from './vsix.mjs';
import { openFile, runCommand } from './workbench/commandPalette.mjs';
import { waitForFlameGraph } from './workbench/profileEditor.mjs';
import { acceptAll } from './workbench/quickInput.mjs';
import { decoratedLines } from './workbench/textEditors.mjs';
import { chooseTheme, screenshot } from './workbench/window.mjs';

export const service = join(root, 'demo');
const hotFile = 'billOfMaterials.ts';
const flameGraphSize = { width: 1280, height: 760 };

/** Runs the whole demo. Throws one sentence that names the step's trouble; a picture of it is in demo-output/. */
export async function runDemo({ open, pictures, seconds }) {
  const start = performance.now();
  const { output, vsix } = await packForDemo();
  const folder = pictures ? await copyService(output) : service;
  await step('Compiling the sample service', async () => compileService(folder));
  const port = await freePort();
  let session;
  let load;
  const profileUnderLoad = async () => {
    const { page } = session;
    await step('Starting the debug session (F5)', () => startDebugging(page, port));
    load = startLoad(port, seconds + 60, folder);
    await sleep(1500);
    await step(`Emberline: Profile Debug Target, ${seconds} s of all sessions under load`, () =>
      profile(page, seconds),
    );
    await step('Waiting for the flame graph', () => waitForFlameGraph(page));
    load.kill();
    await runCommand(page, 'Debug: Stop');
  };
  try {
    session = await step('Starting VS Code on the service', () =>
      startVsCode({
        folder,
        vsix,
        // The service, started by the debugger, inherits its port.
        env: { QUOTE_PORT: String(port) },
        settings: {
          'workbench.colorTheme': themes.dark.label,
          'debug.internalConsoleOptions': 'neverOpen',
          'editor.minimap.enabled': false,
          'breadcrumbs.enabled': false,
          // For --open: the capture opens as a profile, not as VS Code's own table or as text.
          'workbench.editorAssociations': {
            '*.cpuprofile': 'emberline.profileOption',
            '*.cpuprofiles': 'emberline.profile',
          },
          ...(pictures ? pictureSettings : {}),
        },
        ...windowOf(output, pictures),
      }),
    );
    console.log(`  ${session.title}`);
    const { page } = session;
    await profileUnderLoad();
    const capture = await newestCapture(session.dataFolder);
    const rows = await step('The ten hottest lines', async () => hottestLines(capture));
    printTable(rows);
    if (pictures) {
      const media = join(root, 'media');
      await step('Taking pictures', () => picturesOfProfile(page, media));
      await step('Rewriting the service', async () => {
        await rewriteService(folder);
        compileService(folder);
      });
      await profileUnderLoad();
      await step('Taking pictures of the change', () => picturesOfChange(page, media));
    } else await step('Taking pictures', () => takePictures(page, output));
    console.log(`\nThe whole demo took ${since(start)}.`);
    if (open) await leaveOpen(session, capture);
  } catch (error) {
    await session?.page.screenshot({ path: join(output, 'failure.png') }).catch(() => {});
    throw new Error(`${error.message}\nA picture of the window and the logs are in demo-output/.`);
  } finally {
    load?.kill();
    await session?.close();
  }
}

/** An empty folder for what the demo writes, and the extension as it is installed. */
export async function packForDemo() {
  const output = join(root, 'demo-output');
  await rm(output, { recursive: true, force: true });
  await mkdir(output, { recursive: true });
  await build();
  return { output, vsix: await step('Packing the extension', async () => packVsix().path) };
}

/** How large VS Code's window is, and where its logs go. */
export function windowOf(output, pictures) {
  return {
    viewport: pictures ? pictureSize : flameGraphSize,
    deviceScaleFactor: pictures ? pictureScale : 1,
    logFolder: join(output, 'logs'),
    keepLogs: true,
  };
}

/** A copy that may be rewritten; below the project, whose types it is compiled with. */
async function copyService(output) {
  const copy = join(output, 'quotes');
  await cp(service, copy, { recursive: true, filter: (path) => path !== join(service, 'out') });
  return copy;
}

export function compileService(folder = service) {
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const done = spawnSync(process.execPath, [tsc, '-p', folder], { cwd: root, encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`The service does not compile:\n${done.stdout}${done.stderr}`);
}

async function startDebugging(page, port) {
  await untilEnded(port);
  for (let i = 0; i < 600; i++) {
    // A key pressed before the debugger has registered is lost; while a session runs, F5 does nothing.
    if (i % 100 === 0) await page.keyboard.press('F5');
    const up = await fetch(`http://127.0.0.1:${port}/health`).then(
      (response) => response.ok,
      () => false,
    );
    if (up) return childIsAttached(page);
    await sleep(100);
  }
  throw new Error(`The service did not answer on port ${port} within a minute of its start.`);
}

/** A session of before may still be ending. */
async function untilEnded(port) {
  for (let i = 0; i < 100; i++) {
    const up = await fetch(`http://127.0.0.1:${port}/health`).then(
      () => true,
      () => false,
    );
    if (!up) return;
    await sleep(100);
  }
  throw new Error(`The service of the last session still answers on port ${port}.`);
}

/** The debugger takes a moment to attach to the service's child: then its call stacks list both. */
async function childIsAttached(page) {
  await runCommand(page, 'View: Show Run and Debug');
  await page.locator('.debug-call-stack', { hasText: 'reportWorker.js' }).waitFor({ timeout: 30_000 });
}

export function startLoad(port, seconds, folder = service) {
  const args = [join(folder, 'out', 'load.js'), '--port', String(port), '--seconds', String(seconds)];
  return spawn(process.execPath, args, { stdio: 'ignore' });
}

/**
 * The service and its child are two sessions: Emberline asks which, and gets all. Where it has not heard of the child
 * yet, it begins with the service, and the child joins in.
 */
async function profile(page, seconds) {
  await runCommand(page, 'Emberline: Profile Debug Target');
  const asked = page.locator('.quick-input-widget:visible', { hasText: 'Debug Sessions' });
  const begun = page.locator('.statusbar-item', { hasText: 'Profiling' });
  await asked.or(begun).first().waitFor({ timeout: 60_000 });
  if (await asked.isVisible()) {
    await acceptAll(page);
    await page.locator('.quick-input-widget').waitFor({ state: 'hidden', timeout: 10_000 });
  }
  await sleep(seconds * 1000);
  await runCommand(page, 'Emberline: Stop Profiling');
}

/** The extension keeps captures in its storage. */
async function newestCapture(dataFolder) {
  const folder = join(dataFolder, 'User', 'globalStorage', 'emberline.emberline', 'captures');
  if (!existsSync(folder)) throw new Error(`No capture was saved: ${folder} is not there.`);
  let newest = null;
  for (const name of await readdir(folder)) {
    if (!/\.cpuprofiles?$/.test(name)) continue;
    const path = join(folder, name);
    const { mtimeMs } = await stat(path);
    if (newest === null || mtimeMs > newest.mtimeMs) newest = { path, mtimeMs };
  }
  if (newest === null) throw new Error(`No capture was saved in ${folder}.`);
  return newest.path;
}

function hottestLines(capture) {
  const args = [join(root, 'dist', 'cli.js'), 'top', capture, '--by', 'line', '--limit', '40', '--json'];
  const done = spawnSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 1 << 26 });
  if (done.status !== 0) throw new Error(`The command line could not read the capture: ${done.stderr.trim()}`);
  const { profile, rows } = JSON.parse(done.stdout);
  const lines = rows.filter((row) => row.file !== null && row.line !== null).slice(0, 10);
  if (lines.length === 0) throw new Error('The capture names no line.');
  return lines.map((row) => ({ ...row, of: profile.total }));
}

function printTable(rows) {
  const cells = rows.map((row, i) => [
    String(i + 1),
    percent(row.self / row.of),
    percent(row.total / row.of),
    `${row.file.startsWith(root) ? relative(root, row.file) : row.file}:${row.line}`,
    row.name,
  ]);
  const table = [['', 'self', 'total', 'line', 'function'], ...cells];
  const widths = table[0].map((_, column) => Math.max(...table.map((row) => row[column].length)));
  for (const row of table) {
    const padded = row.map((cell, i) => (i < 3 ? cell.padStart(widths[i]) : cell.padEnd(widths[i])));
    console.log(`  ${padded.join('  ').trimEnd()}`);
  }
}

const percent = (share) => `${(100 * share).toFixed(1)}%`;

async function takePictures(page, folder) {
  await mkdir(folder, { recursive: true });
  await runCommand(page, 'View: Close Primary Side Bar');
  await runCommand(page, 'Notifications: Clear All Notifications');
  await pictureOfFlameGraph(page, join(folder, 'flame-graph-dark.png'));
  await openFile(page, hotFile);
  await pictureOfHotLines(page, join(folder, 'hot-lines-dark.png'));
  await chooseTheme(page, themes.light);
  await pictureOfHotLines(page, join(folder, 'hot-lines-light.png'));
  await runCommand(page, 'View: Close Editor');
  await pictureOfFlameGraph(page, join(folder, 'flame-graph-light.png'));
}

async function pictureOfFlameGraph(page, path) {
  await resize(page, flameGraphSize);
  await waitForFlameGraph(page);
  await sleep(1000);
  await save(page, path);
}

async function pictureOfHotLines(page, path) {
  // The file is short: a picture of its own size reads better.
  await resize(page, { ...flameGraphSize, height: 560 });
  await waitForHotLines(page);
  await sleep(500);
  await save(page, path);
}

/** A desktop window keeps the size it has. */
async function resize(page, size) {
  await page.setViewportSize(size).catch(() => {});
}

async function waitForHotLines(page) {
  for (let i = 0; i < 150; i++) {
    const lines = await decoratedLines(page);
    if (lines.some((line) => line.label?.includes('%') && line.background !== null)) return;
    await sleep(200);
  }
  throw new Error(`${hotFile} shows no hot lines.`);
}

async function save(page, path) {
  await screenshot(page, path);
  console.log(`  ${relative(process.cwd(), path)}`);
}

async function leaveOpen(session, capture) {
  console.log(`\nThe capture: ${capture}`);
  if (session.address === null) console.log('VS Code stays open.');
  else {
    await session.closeBrowser();
    console.log(`VS Code stays at ${session.addressOf(capture)}`);
  }
  console.log('There, F5 starts the service and Emberline: Profile Debug Target profiles it. Ctrl+C here ends it all.');
  await session.ended;
}
