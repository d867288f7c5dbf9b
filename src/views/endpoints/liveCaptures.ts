import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import { writeCaptureSet } from '../../endpoints/captureSetFile';
import type { EndpointSpec } from '../../endpoints/endpoint';
import { processKinds } from '../../endpoints/processSampler';
import type { OpenProfiles } from '../openProfiles';
import { toolSettings } from '../toolSettings';
import { viewTypeFor } from '../viewType';
import { answered, type CapturedResults, captureResults, sampledSeconds } from './captureEndpoint';
import { type CaptureServices, mayConnect, outcomeOf, tellFailure } from './endpointCaptures';
import { LiveCost } from './liveCost';
import { RoundMeter } from './roundMeter';

/** Of one core, at most, in percent: beyond it rounds wait. */
const CPU_LIMIT = 25;
const DEFAULT_SECONDS = 5;
/** A state (a heap) is looked at so often. */
const STATE_EVERY_MS = 5000;
/** After a round in which nobody answered. */
const RETRY_MS = [2000, 5000, 15_000, 30_000];
/** The page asks for its windows and tables once the profile was read: their cost belongs to the round. */
const DRAWING_MS = 400;

interface Live {
  readonly spec: EndpointSpec;
  readonly cost: LiveCost;
  rounds: number;
  paused: string | null;
  /** Whether it waits between its rounds to stay within its limit. */
  slowed: boolean;
}

/** Captures again and again, into one file that its editor and the hot lines follow. */
export class LiveCaptures implements vscode.Disposable {
  private readonly running = new Set<Live>();
  private readonly item: vscode.StatusBarItem;

  constructor(
    private readonly services: CaptureServices,
    private readonly profiles: OpenProfiles,
  ) {
    this.item = vscode.window.createStatusBarItem('emberline.live', vscode.StatusBarAlignment.Left, 999);
    this.item.name = 'Emberline: Live Capture';
    this.item.command = 'emberline.stopLive';
  }

  /** The endpoints that are captured live. */
  get specs(): EndpointSpec[] {
    return [...this.running].map(({ spec }) => spec);
  }

  /** Runs until it is stopped. Never rejects: what fails is told. */
  async start(spec: EndpointSpec): Promise<void> {
    const { activities, output } = this.services;
    if (!(await mayConnect()) || activities.of(spec) !== null) return;
    const live: Live = { spec, cost: new LiveCost(cpuLimit()), rounds: 0, paused: null, slowed: false };
    this.running.add(live);
    this.show();
    try {
      await activities.run(spec, { kind: 'live', sinceMs: Date.now(), what: 'starting' }, (cancel, say) =>
        this.repeat(live, cancel.signal, () => {
          const what = live.paused ?? capturesText(live.rounds) + costText(live);
          say({ kind: live.paused === null ? 'live' : 'paused', sinceMs: Date.now(), what });
          this.show();
        }),
      );
    } catch (error) {
      if (!(error instanceof Error && error.name === 'AbortError')) {
        const message = error instanceof Error ? error.message : String(error);
        void tellFailure(spec, [{ instance: spec.name, error: message }], this.services, () => this.start(spec));
      }
    } finally {
      this.running.delete(live);
      output.info(`${spec.name}: live ended after ${live.rounds} captures.`);
      this.show();
    }
  }

  private async repeat(live: Live, signal: AbortSignal, say: () => void): Promise<void> {
    const { spec, cost } = live;
    const { store } = this.services;
    const path = await store.reserve(`${spec.name} live`);
    const window: CapturedResults[] = [];
    let failures = 0;
    let uri: vscode.Uri | null = null;
    try {
      while (!signal.aborted) {
        await this.untilLookedAt(live, signal, say);
        const meter = new RoundMeter((sampledSeconds(spec, liveSeconds(spec)) ?? 0) * 1000, byProgram(spec));
        const captured = await this.captureOnce(spec, signal).finally(() => meter.answered());
        if (!answered(captured.results)) {
          await captured.discard();
          await this.services.outcomes.set(spec, outcomeOf(captured.results, null, spec.profile ?? null));
          if (live.rounds === 0) {
            void tellFailure(spec, captured.results, this.services, () => this.start(spec));
            return;
          }
          live.paused = 'nobody answers';
          say();
          await pause(RETRY_MS[Math.min(failures++, RETRY_MS.length - 1)]!, signal);
          continue;
        }
        failures = 0;
        window.push(captured);
        while (window.length > rollingWindow(spec)) await window.shift()!.discard();
        const file = await writeCaptureSet(
          window.map(({ results }) => results),
          path,
        );
        await this.services.outcomes.set(spec, outcomeOf(captured.results, file, spec.profile ?? null));
        uri = vscode.Uri.file(file);
        if (!(await this.follow(uri, live.rounds === 0))) return;
        live.rounds++;
        live.paused = null;
        await pause(DRAWING_MS, signal);
        // The first one opens the editor, which the others do not.
        if (live.rounds > 1) cost.add(meter.end());
        cost.limit = cpuLimit();
        const usual = sampledSeconds(spec, 1) === null ? STATE_EVERY_MS : 0;
        live.slowed = cost.pauseMs > usual;
        say();
        const wait = Math.max(cost.pauseMs, usual);
        await pause(wait, signal);
        cost.waited(wait);
      }
    } finally {
      const profile = uri === null ? undefined : this.profiles.find(uri);
      if (profile !== undefined) profile.followed = false;
      await Promise.all(window.map((captured) => captured.discard()));
    }
  }

  private captureOnce(spec: EndpointSpec, signal: AbortSignal): Promise<CapturedResults> {
    const { engine, credentials, output } = this.services;
    return captureResults({
      spec,
      seconds: liveSeconds(spec),
      signal,
      onProgress: () => {},
      log: (line) => output.warn(line),
      ...credentials.access,
      tools: toolSettings(),
      engine,
    });
  }

  /** Shows the newest capture. @returns false where nobody looks at it any more */
  private async follow(uri: vscode.Uri, first: boolean): Promise<boolean> {
    if (first) {
      await vscode.commands.executeCommand('vscode.openWith', uri, viewTypeFor(uri), { preview: false });
      const opened = this.profiles.find(uri);
      if (opened !== undefined) opened.followed = true;
      return true;
    }
    const profile = this.profiles.find(uri);
    if (profile === undefined) return false;
    profile.followed = true;
    try {
      await profile.refresh();
    } catch (error) {
      this.services.output.warn(`${profile.name}: ${error instanceof Error ? error.message : String(error)}`);
    }
    return true;
  }

  /** Waits while nobody can see the window. */
  private async untilLookedAt(live: Live, signal: AbortSignal, say: () => void): Promise<void> {
    if (seen()) return;
    live.paused = 'paused while the window has no focus';
    say();
    const listeners: vscode.Disposable[] = [];
    await new Promise<void>((resolve, reject) => {
      const look = (): void => {
        if (seen()) resolve();
      };
      listeners.push(
        vscode.window.onDidChangeWindowState(look),
        vscode.workspace.onDidChangeConfiguration(look),
        new vscode.Disposable(() => signal.removeEventListener('abort', end)),
      );
      const end = (): void => reject(signal.reason);
      signal.addEventListener('abort', end, { once: true });
    }).finally(() => {
      for (const listener of listeners) listener.dispose();
    });
    live.paused = null;
    say();
  }

  private show(): void {
    const all = [...this.running];
    if (all.length === 0) {
      this.item.hide();
      return;
    }
    const [first] = all;
    const paused = all.every((live) => live.paused !== null);
    const names = all.length === 1 ? first!.spec.name : `${all.length} endpoints`;
    this.item.text = `$(${paused ? 'debug-pause' : 'debug-stop'}) Live: ${names}`;
    const tooltip = new vscode.MarkdownString('', true);
    tooltip.appendMarkdown('$(flame) Captured live, press to stop.');
    for (const live of all) {
      const why = live.paused === null ? '' : `, ${live.paused}`;
      tooltip
        .appendMarkdown('\n\n')
        .appendText(`${live.spec.name}: ${capturesText(live.rounds)}${costText(live)}${why}.`);
    }
    tooltip.appendMarkdown(
      '\n\nWhat it takes of the processor is for Emberline itself, which waits between captures to keep to `emberline.live.cpuLimit`.',
    );
    this.item.tooltip = tooltip;
    this.item.accessibilityInformation = { label: `${names} captured live, press to stop` };
    this.item.show();
  }

  dispose(): void {
    this.item.dispose();
  }
}

/** Captures that are shown together. States are never added up over time. */
function rollingWindow(spec: EndpointSpec): number {
  return sampledSeconds(spec, 1) === null ? 1 : Math.round(setting('live.window', 1, 100));
}

function setting(name: string, usual: number, most: number): number {
  const value = vscode.workspace.getConfiguration('emberline').get<unknown>(name);
  return typeof value === 'number' && value > 0 ? Math.min(most, value) : usual;
}

function seen(): boolean {
  const pauses = vscode.workspace.getConfiguration('emberline').get('live.pauseWithoutFocus', true);
  return vscode.window.state.focused || !pauses;
}

/** Of one core. */
function cpuLimit(): number {
  return setting('live.cpuLimit', CPU_LIMIT, 100) / 100;
}

function liveSeconds(spec: EndpointSpec): number {
  return spec.seconds ?? setting('live.seconds', DEFAULT_SECONDS, 3600);
}

/** Whether the sampler is a program that runs on this machine. */
function byProgram({ kind }: EndpointSpec): boolean {
  return processKinds.some((each) => each === kind);
}

function capturesText(rounds: number): string {
  return `${rounds} ${rounds === 1 ? 'capture' : 'captures'}`;
}

/** What Emberline itself takes of the processor, after a comma; nothing before that is known. */
function costText({ cost, slowed, rounds }: Live): string {
  if (rounds < 2) return '';
  const percent = `, ${(100 * cost.share).toFixed(1)} % of a core`;
  return slowed ? `${percent}, slowed down to keep to ${Math.round(100 * cost.limit)} %` : percent;
}

/** @throws the signal's reason */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms > 0) await sleep(ms, undefined, { signal });
}
