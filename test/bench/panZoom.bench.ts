import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import type { EngineParams } from '../../src/engine/engineApi';
import { bundleScripts, EditorPage, launchBrowser } from '../webview/editorPage';
import type { BenchRow } from './bench';
import { generateCpuprofile } from './generateCpuprofile';
import { scriptTimePerFrame } from './scriptTime';

/** Script time of the profile editor for each frame while one zooms and pans, in a browser without a GPU. */
export const name = 'Pan and zoom';

const LIMIT_MS = 8;
const LIMIT_RATIO = 1.5;
/** Enough frames for a stable 95th percentile. */
const ROUNDS = 3;

interface Measured {
  readonly boxes: number;
  readonly frames: number;
  readonly p50: number;
  readonly p95: number;
  readonly max: number;
}

export async function run(): Promise<{ rows: BenchRow[] }> {
  const folder = mkdtempSync(join(tmpdir(), 'emberline-bench-'));
  const browser = await launchBrowser();
  try {
    const scripts = await bundleScripts(true);
    const rows: BenchRow[] = [];
    for (const order of ['time order', 'left heavy'] as const) {
      const small = await measure(browser, scripts, profile(folder, order, SIZES[order].small), order);
      const large = await measure(browser, scripts, profile(folder, order, SIZES[order].large), order);
      if (large.boxes < 1e6) throw new Error(`The large profile has only ${large.boxes} boxes in ${order}.`);
      rows.push(
        { what: `${order}, ${boxes(small)}: p50`, value: small.p50, unit: 'ms', limit: null },
        { what: `${order}, ${boxes(small)}: p95`, value: small.p95, unit: 'ms', limit: LIMIT_MS },
        { what: `${order}, ${boxes(large)}: p50`, value: large.p50, unit: 'ms', limit: null },
        { what: `${order}, ${boxes(large)}: p95`, value: large.p95, unit: 'ms', limit: LIMIT_MS },
        {
          what: `${order}, ${boxes(large)}: longest of ${large.frames} frames`,
          value: large.max,
          unit: 'ms',
          limit: null,
        },
        { what: `${order}: p95 of large to small`, value: large.p95 / small.p95, unit: '×', limit: LIMIT_RATIO },
      );
    }
    return { rows };
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Samples of a flame chart, and stacks of a flame graph, that make about 10k and more than 1M boxes. */
const SIZES = {
  'time order': { small: 9000, large: 300_000 },
  'left heavy': { small: 400, large: 42_000 },
} as const;

function profile(folder: string, order: keyof typeof SIZES, size: number): Uint8Array {
  if (order === 'left heavy') return Buffer.from(generateFolded(size));
  const path = join(folder, `${size}.cpuprofile`);
  generateCpuprofile(path, { samples: size, nodes: Math.ceil(size / 10) });
  return readFileSync(path);
}

/** Stacks of 30 frames that part early, so that nearly every frame is a box of its own. Seeded. */
function generateFolded(stacks: number): string {
  let state = 42;
  const next = (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const lines: string[] = [];
  for (let i = 0; i < stacks; i++) {
    const frames = ['main', `serve${next(3)}`, `handle${next(9)}`];
    while (frames.length < 30) frames.push(`f${next(6000)}`);
    lines.push(`${frames.join(';')} ${1 + next(100)}`);
  }
  return lines.join('\n');
}

async function measure(
  browser: Browser,
  scripts: Map<string, string>,
  bytes: Uint8Array,
  order: 'time order' | 'left heavy',
): Promise<Measured> {
  const editor = await EditorPage.create(browser, scripts, { width: 1600, height: 900, reducedMotion: false });
  try {
    await editor.open(bytes, order === 'left heavy' ? 'bench.folded' : 'bench.cpuprofile');
    if (order === 'time order') {
      await editor.page.getByRole('switch', { name: 'Time order' }).click();
      await editor.settled();
    }
    await drive(editor, 1);
    await browser.startTracing(editor.page, { categories: ['devtools.timeline', 'v8', 'disabled-by-default-v8.gc'] });
    await drive(editor, ROUNDS);
    const frames = scriptTimePerFrame(JSON.parse((await browser.stopTracing()).toString('utf8')));
    const boxes = await countBoxes(editor);
    frames.sort((a, b) => a - b);
    const at = (part: number): number =>
      frames[Math.min(frames.length - 1, Math.floor(part * frames.length))] ?? Number.NaN;
    return { boxes, frames: frames.length, p50: at(0.5), p95: at(0.95), max: at(1) };
  } finally {
    await editor.close();
  }
}

/** Wheel in at three places, drag about, wheel out: as one looks for something. */
async function drive({ page }: EditorPage, rounds: number): Promise<void> {
  const bounds = (await page.locator('.stage').boundingBox())!;
  for (let round = 0; round < rounds; round++) {
    for (const share of [0.2, 0.5, 0.85]) {
      const x = bounds.x + share * bounds.width;
      const y = bounds.y + 0.4 * bounds.height;
      await page.mouse.move(x, y);
      for (let i = 0; i < 24; i++) await page.mouse.wheel(0, -120);
      await page.mouse.down();
      for (let i = 0; i < 20; i++) await page.mouse.move(x + 18 * i * (round % 2 === 0 ? 1 : -1), y + 4 * i);
      await page.mouse.up();
      await page.mouse.move(x, y);
      for (let i = 0; i < 24; i++) await page.mouse.wheel(0, 120);
    }
    await page.keyboard.press('Home');
    await page.waitForTimeout(300);
  }
}

/** All boxes of the layout on screen: a window so fine that nothing is merged. */
function countBoxes({ page }: EditorPage): Promise<number> {
  return page.evaluate(async () => {
    const asked = window.pageHost.sent.findLast(
      (message) => message.kind === 'request' && message.method === 'flameWindow',
    );
    if (asked?.kind !== 'request') throw new Error('The page has asked for no window.');
    const params = { ...asked.params, profile: 1, from: 0, to: Number.MAX_SAFE_INTEGER, pixels: Number.MAX_VALUE };
    const { start } = await window.pageHost.engine('flameWindow', params as EngineParams<'flameWindow'>);
    return start.length;
  });
}

function boxes({ boxes }: Measured): string {
  return boxes >= 1e6 ? `${(boxes / 1e6).toFixed(1)}M boxes` : `${Math.round(boxes / 1e3)}k boxes`;
}
