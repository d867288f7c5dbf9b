import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { CpuprofileCapture } from '../endpoints/cpuprofileCapture';
import { type CaptureStore, registerSaveProfileAs } from './captureStore';
import { chooseInspectorTarget } from './profileDebugTargetAttach';
import { DebugProcesses, processTypes } from './profileDebugTargetProcesses';
import { CaptureRun, type CaptureTarget } from './profileDebugTargetRun';
import { DebugSessions, javascriptTypes, rootOf } from './profileDebugTargetSessions';
import { SessionTargets } from './profileDebugTargetSource';
import { formatElapsed, showProfiling } from './profilingStatus';
import type { ToolCaptures } from './toolCapture';
import { viewTypeFor } from './viewType';

interface Services {
  readonly output: vscode.LogOutputChannel;
  readonly captures: ToolCaptures;
}

/** How long a session that has just been started may take to have a target. */
const FIRST_TARGET_MS = 15_000;
/** How long a choice of a launch configuration, its build and its start may take. */
const CHOSEN_SESSION_MS = 180_000;

/** `Emberline: Profile Debug Target` and the commands around it. */
export function registerProfileDebugTarget(store: CaptureStore, services: Services): vscode.Disposable {
  const profiling = new DebugTargetProfiling(store, services);
  void vscode.commands.executeCommand('setContext', 'emberline.debugTypes', [...javascriptTypes, ...processTypes]);
  void vscode.commands.executeCommand('setContext', 'emberline.profiling', false);
  return vscode.Disposable.from(
    profiling,
    registerSaveProfileAs(),
    vscode.commands.registerCommand('emberline.profileDebugTarget', () => profiling.command()),
    vscode.commands.registerCommand('emberline.stopProfiling', () => profiling.stop('keep')),
    vscode.commands.registerCommand('emberline.discardProfiling', () => profiling.stop('discard')),
  );
}

/** A choice of what to profile. `more` are targets that start later and shall join. */
interface Choice {
  readonly name: string;
  readonly targets: readonly CaptureTarget[];
  readonly joins: (session: vscode.DebugSession) => boolean;
}

interface Current {
  readonly run: CaptureRun;
  stopped: boolean;
  discard: boolean;
  cancelled: boolean;
  /** Resolves when sampling is to end. */
  readonly end: () => void;
}

class DebugTargetProfiling implements vscode.Disposable {
  private readonly sessions = new DebugSessions();
  private readonly processes = new DebugProcesses();
  private readonly targets = new SessionTargets();
  private current: Current | null = null;
  private busy = false;

  private readonly output: vscode.LogOutputChannel;
  private readonly captures: ToolCaptures;

  constructor(
    private readonly store: CaptureStore,
    { output, captures }: Services,
  ) {
    this.output = output;
    this.captures = captures;
  }

  /** The whole command. Answers the capture's file, undefined where there is none. */
  async command(): Promise<vscode.Uri | undefined> {
    if (!vscode.workspace.isTrusted) {
      await this.refuseUntrusted();
      return undefined;
    }
    if (this.current || this.captures.busy) {
      const stop = 'Stop';
      const answer = await vscode.window.showInformationMessage('Emberline is already profiling.', stop);
      if (answer === stop) {
        this.stop('keep');
      }
      return undefined;
    }
    try {
      // The session that the user is in, where it is no JavaScript: or the only ones that there are.
      const active = this.processes.of(vscode.debug.activeDebugSession);
      if (active !== null || (!this.sessions.anyJavascript && this.sessions.others.length > 0)) {
        return await this.processes.profile(active, this.sessions.others, this.captures);
      }
      const choice = await this.choose();
      // Asked twice while a choice was open: the first answer counts.
      if (!choice || this.busy) {
        return undefined;
      }
      this.busy = true;
      try {
        return await this.profile(choice);
      } finally {
        this.busy = false;
      }
    } catch (error) {
      return this.fail(error);
    }
  }

  stop(how: 'keep' | 'discard'): void {
    if (!this.current) {
      this.captures.stop(how);
      return;
    }
    if (this.current.stopped) {
      // Asked again while it finishes: the source locations are what can be left.
      this.current.run.skipLocations();
    }
    this.current.discard ||= how === 'discard';
    this.current.end();
  }

  private async refuseUntrusted(): Promise<void> {
    const manage = 'Manage Workspace Trust';
    const answer = await vscode.window.showErrorMessage(
      'Profiling attaches to a running program, so it needs a trusted workspace.',
      manage,
    );
    if (answer === manage) {
      await vscode.commands.executeCommand('workbench.trust.manage');
    }
  }

  private async choose(): Promise<Choice | undefined> {
    const starting = this.sessions.targets.length === 0 && this.sessions.anyJavascript;
    if (starting && !(await this.waitForTarget('Waiting for the debug target…', FIRST_TARGET_MS))) {
      return undefined;
    }
    const found = this.sessions.targets;
    if (found.length === 0) {
      return this.chooseWithoutSession();
    }
    const chosen = found.length === 1 ? found : await this.chooseSessions(found);
    if (!chosen || chosen.length === 0) {
      return undefined;
    }
    const all = chosen.length === found.length;
    const roots = new Set(chosen.map((session) => rootOf(session).id));
    return {
      name: chosen.length === 1 ? chosen[0].name : `${rootOf(chosen[0]).name} and ${chosen.length - 1} more`,
      targets: chosen.map((session) => this.targets.of(session)),
      joins: (session) => all && roots.has(rootOf(session).id),
    };
  }

  private async chooseSessions(found: readonly vscode.DebugSession[]): Promise<vscode.DebugSession[] | undefined> {
    const items = found.map((session) => ({
      label: session.name,
      description: session.parentSession?.parentSession ? `child of ${session.parentSession.name}` : '',
      detail: `${rootOf(session).name} (${session.type.replace(/^pwa-/, '')})`,
      picked: true,
      session,
    }));
    const chosen = await vscode.window.showQuickPick(items, {
      title: 'Profile Which Debug Sessions?',
      placeHolder: 'All chosen: sessions that start later join in',
      canPickMany: true,
      matchOnDetail: true,
    });
    return chosen?.map((item) => item.session);
  }

  private async chooseWithoutSession(): Promise<Choice | undefined> {
    const start = {
      label: '$(debug-start) Start debugging…',
      detail: 'Choose a launch configuration, then profile it',
    };
    const attach = {
      label: '$(plug) Attach to a running inspector (host:port)…',
      detail: 'A program that was started with --inspect',
    };
    const open = { label: '$(folder-opened) Open a profile file…', detail: '.cpuprofile, .pprof, folded stacks' };
    const running = {
      label: '$(server-process) Profile a running process…',
      detail: 'Python, Java, Go, Node or native, by its number',
    };
    const command = { label: '$(terminal) Profile a command…', detail: 'A script, test or benchmark' };
    const chosen = await vscode.window.showQuickPick([start, attach, running, command, open], {
      title: 'Profile Debug Target',
      placeHolder: this.sessions.anyJavascript
        ? 'The debug session has no target that could be profiled. What shall be profiled?'
        : 'No debug session is running. What shall be profiled?',
    });
    if (chosen === open) {
      await vscode.commands.executeCommand('emberline.openProfile');
    } else if (chosen === running || chosen === command) {
      await vscode.commands.executeCommand(`emberline.profile${chosen === running ? 'Process' : 'Command'}`);
    } else if (chosen === attach) {
      const targets = await chooseInspectorTarget();
      return targets && { name: targets[0].name, targets, joins: () => false };
    } else if (chosen === start) {
      return this.startDebugging();
    }
    return undefined;
  }

  /** VS Code's own choice of a launch configuration; goes on when a target runs. */
  private async startDebugging(): Promise<Choice | undefined> {
    await vscode.commands.executeCommand('workbench.action.debug.selectandstart');
    const waited = await this.waitForTarget('Waiting for a debug session to start…', CHOSEN_SESSION_MS);
    return waited && this.sessions.targets.length > 0 ? this.choose() : undefined;
  }

  /** Whether the user went on waiting. */
  private async waitForTarget(title: string, timeoutMs: number): Promise<boolean> {
    return vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title, cancellable: true },
      async (_, token) => {
        await this.sessions.waitForTarget(timeoutMs, token);
        return !token.isCancellationRequested;
      },
    );
  }

  private async profile(choice: Choice): Promise<vscode.Uri | undefined> {
    const settings = vscode.workspace.getConfiguration('emberline');
    const intervalUs = Math.round(clamp(settings.get('samplingInterval'), 50, 1_000_000, 1000));
    const durationMs = clamp(settings.get('duration'), 0, 2_000_000, 0) * 1000;
    const capture = await this.store.create(choice.name);
    const run = new CaptureRun(capture, { intervalUs, log: (line) => this.output.debug(line) });
    this.output.info(`Profiling ${choice.targets.map((target) => target.name).join(', ')} every ${intervalUs} µs.`);

    let end: () => void = () => undefined;
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    const current: Current = { run, stopped: false, discard: false, cancelled: false, end };
    this.current = current;
    let step: string | null = 'Connecting…';
    let startedMs = Date.now();
    try {
      return await showProfiling(
        choice.name,
        () => ({
          step,
          elapsedMs: Date.now() - startedMs,
          samples: run.samples,
          targets: run.targets,
          halted: run.halted,
        }),
        () => {
          current.cancelled = true;
          this.stop('keep');
        },
        (async () => {
          const joining = this.sessions.onDidStart((session) => {
            if (choice.joins(session)) {
              void run.add(this.targets.of(session)).catch((error) => this.reportPart(run, error));
            }
          });
          let timer: NodeJS.Timeout | undefined;
          try {
            await this.begin(choice, run);
            startedMs = Date.now();
            step = null;
            timer = durationMs > 0 ? setTimeout(end, durationMs) : undefined;
            await Promise.race([ended, run.whenIdle()]);
          } finally {
            joining.dispose();
            clearTimeout(timer);
          }
          const elapsedMs = Date.now() - startedMs;
          current.stopped = true;
          step = 'Collecting the last samples…';
          run.stop();
          await run.whenIdle();
          step = 'Writing the profile…';
          return this.finish(capture, current, elapsedMs);
        })(),
      );
    } catch (error) {
      await capture.discard();
      throw error;
    } finally {
      this.current = null;
    }
  }

  /** Starts all; one that cannot be profiled does not stop the others. */
  private async begin(choice: Choice, run: CaptureRun): Promise<void> {
    const outcomes = await Promise.allSettled(choice.targets.map((target) => run.add(target)));
    const failures = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
    if (failures.length === outcomes.length) {
      throw failures[0];
    }
    for (const failure of failures) {
      this.reportPart(run, failure);
    }
  }

  private reportPart(run: CaptureRun, error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    this.output.warn(message);
    run.warn(message);
  }

  private async finish(
    capture: CpuprofileCapture,
    current: Current,
    elapsedMs: number,
  ): Promise<vscode.Uri | undefined> {
    const { warnings, samples, onlyHalted } = current.run.end();
    if (current.discard) {
      await capture.discard();
      this.output.info('The profile was discarded.');
      return undefined;
    }
    const path = samples > 0 ? await capture.finish() : null;
    if (path === null) {
      await capture.discard();
      const why = onlyHalted
        ? 'the target was paused in the debugger all the time. Continue it, then profile again.'
        : `${warnings[0] ?? 'the target took none.'} Profile a target that runs for longer.`;
      throw new Error(`No samples arrived: ${why}`);
    }
    this.output.info(`${samples} samples in ${formatElapsed(elapsedMs)}, saved as ${path}`);
    const uri = vscode.Uri.file(path);
    if (warnings.length > 0) {
      void this.showWarnings(warnings);
    }
    if (current.cancelled) {
      void this.offerDiscard(uri, samples);
    }
    await vscode.commands.executeCommand('vscode.openWith', uri, viewTypeFor(uri), { preview: false });
    return uri;
  }

  private async showWarnings(warnings: readonly string[]): Promise<void> {
    const more = warnings.length > 1 ? ` And ${warnings.length - 1} more: see the output.` : '';
    await this.withOutput(vscode.window.showWarningMessage(`${warnings[0]}${more}`, SHOW_OUTPUT));
  }

  /** Cancel may have meant either: what was sampled is kept, and can be thrown away. */
  private async offerDiscard(uri: vscode.Uri, samples: number): Promise<void> {
    const discard = 'Discard';
    const message = `Stopped: the ${samples.toLocaleString('en')} samples until then are kept.`;
    if ((await vscode.window.showInformationMessage(message, discard)) !== discard) {
      return;
    }
    const open = vscode.window.tabGroups.all
      .flatMap((group) => group.tabs)
      .filter((tab) => tab.input instanceof vscode.TabInputCustom && tab.input.uri.toString() === uri.toString());
    await vscode.window.tabGroups.close(open);
    await vscode.workspace.fs.delete(uri);
    this.output.info(`${basename(uri.fsPath)} was discarded.`);
  }

  private fail(error: unknown): undefined {
    const message = error instanceof Error ? error.message : String(error);
    this.output.error(error instanceof Error ? error : message);
    void this.withOutput(vscode.window.showErrorMessage(message, SHOW_OUTPUT));
    return undefined;
  }

  private async withOutput(answer: Thenable<string | undefined>): Promise<void> {
    if ((await answer) === SHOW_OUTPUT) {
      this.output.show();
    }
  }

  dispose(): void {
    this.current?.run.stop();
    this.sessions.dispose();
    this.processes.dispose();
  }
}

const SHOW_OUTPUT = 'Show Output';

/** A setting may hold anything: a number within bounds, else the default. */
function clamp(value: unknown, low: number, high: number, fallback: number): number {
  return typeof value === 'number' && Number.isFinite(value) ? Math.min(high, Math.max(low, value)) : fallback;
}
