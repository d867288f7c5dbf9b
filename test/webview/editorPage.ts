import { readFile } from 'node:fs/promises';
import { build } from 'esbuild';
import { type Browser, chromium, type Page } from 'playwright-core';
import type { ProfileSummary } from '../../src/engine/engineApi';
import type { ToHost, ToWebview, ViewState } from '../../src/protocol';
import type { PageHost } from './harness/pageHost';
import { type ThemeName, themes } from './themes';

declare global {
  interface Window {
    pageHost: PageHost;
  }
}

/** Nothing is served from here: every request to it is answered by the test itself. */
const ORIGIN = 'http://emberline.test';

const CHROMIUM_ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The same policy as the extension's page has, but that scripts come from the test's origin and workers may start. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self'",
].join('; ');

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env['EMBERLINE_CHROMIUM'] ?? '/usr/bin/chromium',
    args: CHROMIUM_ARGUMENTS,
  });
}

/** The scripts of the page: the webview as it ships, the stand-in for VS Code, and the engine's worker. */
export async function bundleScripts(minify = false): Promise<Map<string, string>> {
  const { outputFiles } = await build({
    bundle: true,
    write: false,
    minify,
    platform: 'browser',
    target: 'chrome128',
    format: 'iife',
    outdir: '/',
    logLevel: 'error',
    tsconfig: 'tsconfig.json',
    entryPoints: {
      profile: 'webview/main.ts',
      host: 'test/webview/harness/pageHost.ts',
      engine: 'test/webview/harness/engineWorker.ts',
    },
  });
  return new Map(outputFiles.map((file) => [file.path.slice(1), file.text]));
}

export interface EditorPageOptions {
  readonly theme?: ThemeName;
  readonly width?: number;
  readonly height?: number;
  readonly deviceScaleFactor?: number;
  readonly reducedMotion?: boolean;
}

/** The profile editor in a real browser, without VS Code around it. */
export class EditorPage {
  /** What the page complained about: must stay empty. */
  readonly complaints: string[] = [];

  private constructor(readonly page: Page) {
    page.on('pageerror', (error) => this.complaints.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') this.complaints.push(message.text());
    });
  }

  static async create(
    browser: Browser,
    scripts: Map<string, string>,
    options: EditorPageOptions = {},
  ): Promise<EditorPage> {
    const context = await browser.newContext({
      viewport: { width: options.width ?? 1280, height: options.height ?? 720 },
      deviceScaleFactor: options.deviceScaleFactor ?? 1,
      reducedMotion: options.reducedMotion === false ? 'no-preference' : 'reduce',
    });
    const page = await context.newPage();
    const editor = new EditorPage(page);
    await context.route(`${ORIGIN}/**`, async (route) => {
      const name = new URL(route.request().url()).pathname.slice(1);
      const script = scripts.get(name);
      if (script !== undefined) await route.fulfill({ contentType: 'text/javascript', body: script });
      else if (name === 'codicon.css' || name === 'codicon.ttf') {
        const contentType = name.endsWith('css') ? 'text/css' : 'font/ttf';
        await route.fulfill({ contentType, body: await readFile(`node_modules/@vscode/codicons/dist/${name}`) });
      } else if (name === '') {
        const headers = { 'content-security-policy': POLICY };
        await route.fulfill({ contentType: 'text/html', headers, body: pageHtml(options.theme ?? 'dark') });
      } else await route.fulfill({ status: 404 });
    });
    await page.goto(`${ORIGIN}/`);
    return editor;
  }

  /** Opens a profile and waits for its first picture. */
  async open(bytes: Uint8Array | string, name: string, state: ViewState | null = null): Promise<ProfileSummary> {
    const base64 = Buffer.from(bytes).toString('base64');
    const summary = await this.page.evaluate(
      ([content, title, kept]) => {
        const binary = atob(content);
        const data = new Uint8Array(binary.length);
        for (let i = 0; i < binary.length; i++) data[i] = binary.charCodeAt(i);
        return window.pageHost.open(data, title, kept);
      },
      [base64, name, state] as const,
    );
    if (summary.samples > 0) await this.settled();
    return summary;
  }

  /** Waits until nothing is asked and a frame was drawn. */
  async settled(): Promise<void> {
    await this.page.waitForFunction(() => {
      const open = new Set<number>();
      const { sent, answered } = window.pageHost;
      for (const message of sent) if (message.kind === 'request') open.add(message.id);
      for (const id of answered) open.delete(id);
      for (const message of sent) if (message.kind === 'cancel') open.delete(message.id);
      return open.size === 0 && sent.some((message) => message.kind === 'request');
    });
    await this.page.evaluate(
      () =>
        new Promise<void>((resolve) => {
          setTimeout(() => requestAnimationFrame(() => requestAnimationFrame(() => resolve())), 90);
        }),
    );
  }

  send(message: ToWebview): Promise<void> {
    return this.page.evaluate((sent) => window.pageHost.send(sent), message);
  }

  /** Everything of one kind that the webview has sent. */
  async sent<K extends ToHost['kind']>(kind: K): Promise<Extract<ToHost, { kind: K }>[]> {
    const all = await this.page.evaluate((wanted) => window.pageHost.sent.filter((each) => each.kind === wanted), kind);
    return all as Extract<ToHost, { kind: K }>[];
  }

  /** The state that the host would keep, once it has been told. */
  async keptState(): Promise<ViewState | null> {
    await this.page.waitForTimeout(260);
    return this.page.evaluate(() => window.pageHost.kept);
  }

  /** All text that an element of ours shows. */
  text(selector: string): Promise<string> {
    const element = this.page.locator(selector);
    return element.evaluate((host) => (host.shadowRoot ?? host).textContent?.replace(/\s+/g, ' ').trim() ?? '');
  }

  /** The middle of row `row` at a share of the chart's width, in page coordinates. */
  async chartPoint(share: number, row: number): Promise<{ x: number; y: number }> {
    const bounds = await this.page.locator('.stage').boundingBox();
    if (bounds === null) throw new Error('The chart is not on the page.');
    return { x: bounds.x + share * bounds.width, y: bounds.y + row * 20 + 10 };
  }

  /** The colour of a pixel of the chart, as `r,g,b`. */
  async chartColor(share: number, row: number, offsetY = 3): Promise<string> {
    return this.page.locator('canvas.chart').evaluate(
      (element, [part, line, down]) => {
        const canvas = element as HTMLCanvasElement;
        const ratio = devicePixelRatio;
        const x = Math.min(canvas.width - 1, Math.floor(part * canvas.width));
        const { data } = canvas.getContext('2d')!.getImageData(x, Math.floor((line * 20 + down) * ratio), 1, 1);
        return `${data[0]},${data[1]},${data[2]}`;
      },
      [share, row, offsetY] as const,
    );
  }

  close(): Promise<void> {
    return this.page.context().close();
  }
}

function pageHtml(theme: ThemeName): string {
  const { classes, variables } = themes[theme];
  const style = Object.entries(variables)
    .map(([name, value]) => `--vscode-${name}: ${value.replaceAll('"', "'")}`)
    .join('; ');
  return `<!DOCTYPE html><html lang="en" style="${style}"><head><meta charset="utf-8">
<link id="vscode-codicon-stylesheet" rel="stylesheet" href="codicon.css"></head>
<body class="${classes}" style="margin:0;padding:0;height:100vh"><emberline-app></emberline-app>
<script src="host.js"></script><script src="profile.js"></script></body></html>`;
}
