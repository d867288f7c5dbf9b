import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { LaunchPlan } from '../endpoints/launchProfiling';
import type { ToolCaptures } from './toolCapture';

/** The member of launch configurations that says what to profile, and ours that says which start it is. */
const MEMBER = 'emberlineProfile';
const RUN = '__emberlineRun';

/** What samples a session that is under way. Each answers the profile's file, undefined where there is none. */
export interface SessionProfilers {
  byProcess(session: vscode.DebugSession): Promise<vscode.Uri | undefined>;
  byDebugger(session: vscode.DebugSession): Promise<vscode.Uri | undefined>;
}

interface Prepared {
  readonly plan: LaunchPlan;
  readonly folder: string;
  readonly settle: (uri: vscode.Uri | undefined) => void;
}

/**
 * Launch configurations with `"emberlineProfile": true | "cpu" | "heap"`: their programs are profiled from the first line
 * to the end, and the profile opens.
 */
export class LaunchedProfiles implements vscode.Disposable, vscode.DebugConfigurationProvider {
  /** Prepared, and not started yet: a task that has to run before may fail, or take long. */
  private readonly prepared = new Map<string, Prepared>();
  private readonly awaited = new Map<string, (uri: vscode.Uri | undefined) => void>();
  private readonly subscriptions: vscode.Disposable[];

  constructor(
    private readonly captures: ToolCaptures,
    private readonly profilers: SessionProfilers,
    private readonly output: vscode.LogOutputChannel,
  ) {
    this.subscriptions = [
      vscode.debug.registerDebugConfigurationProvider('*', this),
      vscode.debug.onDidStartDebugSession((session) => {
        const run = this.prepared.get(String(session.configuration[RUN]));
        // Sessions of its child processes may have its configuration.
        if (run === undefined || session.parentSession !== undefined) return;
        this.prepared.delete(String(session.configuration[RUN]));
        void this.profile(session, run, ended(session));
      }),
    ];
  }

  /** Launches a configuration and profiles it, whatever it says of that itself. */
  async launch(
    folder: vscode.WorkspaceFolder | undefined,
    configuration: vscode.DebugConfiguration,
  ): Promise<vscode.Uri | undefined> {
    const id = randomUUID();
    const ended = new Promise<vscode.Uri | undefined>((resolve) => this.awaited.set(id, resolve));
    try {
      const asked = { ...configuration, [MEMBER]: configuration[MEMBER] || 'cpu', [RUN]: id };
      if (!(await vscode.debug.startDebugging(folder, asked))) {
        await this.forget(id);
        return undefined;
      }
      // Refused, and said why, where it is neither prepared nor under way.
      return this.awaited.has(id) ? await ended : undefined;
    } finally {
      this.awaited.delete(id);
    }
  }

  async resolveDebugConfigurationWithSubstitutedVariables(
    _folder: vscode.WorkspaceFolder | undefined,
    configuration: vscode.DebugConfiguration,
  ): Promise<vscode.DebugConfiguration> {
    const { [MEMBER]: wanted, [RUN]: given, ...base } = configuration;
    if (wanted === undefined) return configuration;
    // js-debug starts a session for each child process by the parent's configuration.
    if ('__pendingTargetId' in configuration || !vscode.workspace.isTrusted) return base;
    // The same configuration once more is a restart: another run.
    const id = typeof given === 'string' && this.awaited.has(given) && !this.prepared.has(given) ? given : randomUUID();
    const folder = await mkdtemp(join(tmpdir(), 'emberline-launch-'));
    try {
      const { launchProfileOf, planLaunch } = await import('../endpoints/launchProfiling');
      const what = launchProfileOf(wanted);
      if (what === null) {
        await rm(folder, { recursive: true, force: true });
        return base;
      }
      const plan = await planLaunch(base, what, folder);
      this.prepared.set(id, { plan, folder, settle: (uri) => this.awaited.get(id)?.(uri) });
      return { ...base, ...(plan.by === 'itself' ? plan.changes : {}), [RUN]: id };
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      this.awaited.delete(id);
      const message = error instanceof Error ? error.message : String(error);
      this.output.error(message);
      // The session itself is not in the way of that.
      void vscode.window.showErrorMessage(message);
      return base;
    }
  }

  private async profile(
    session: vscode.DebugSession,
    { plan, folder, settle }: Prepared,
    over: Promise<void>,
  ): Promise<void> {
    let uri: vscode.Uri | undefined;
    try {
      if (plan.by === 'process') uri = await this.profilers.byProcess(session);
      else if (plan.by === 'debugger') uri = await this.profilers.byDebugger(session);
      else uri = await this.waitFor(session, plan, over);
    } finally {
      settle(uri);
      // The program may write there until it ends, also where something else was being profiled.
      await over;
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    }
  }

  /** Shows that it is being profiled until the session has ended; stopping ends the session, since only its end writes. */
  private waitFor(
    session: vscode.DebugSession,
    plan: Extract<LaunchPlan, { by: 'itself' }>,
    over: Promise<void>,
  ): Promise<vscode.Uri | undefined> {
    return this.captures.run(session.configuration.name, async ({ stop, signal, step, log }) => {
      const started = performance.now();
      const end = (): void => void vscode.debug.stopDebugging(session);
      stop.addEventListener('abort', end, { once: true });
      signal.addEventListener('abort', end, { once: true });
      try {
        await over;
        signal.throwIfAborted();
        return await plan.collect({
          signal,
          log,
          onProgress: (_, what) => step(what),
          exitCode: 0,
          launcherPid: null,
          seconds: (performance.now() - started) / 1000,
          said: '',
        });
      } finally {
        stop.removeEventListener('abort', end);
        signal.removeEventListener('abort', end);
      }
    });
  }

  private async forget(id: string): Promise<void> {
    const run = this.prepared.get(id);
    this.prepared.delete(id);
    if (run !== undefined) await rm(run.folder, { recursive: true, force: true });
  }

  dispose(): void {
    for (const id of [...this.prepared.keys()]) void this.forget(id);
    vscode.Disposable.from(...this.subscriptions).dispose();
  }
}

function ended(session: vscode.DebugSession): Promise<void> {
  return new Promise((resolve) => {
    const subscription = vscode.debug.onDidTerminateDebugSession((each) => {
      if (each.id !== session.id) return;
      subscription.dispose();
      resolve();
    });
  });
}
