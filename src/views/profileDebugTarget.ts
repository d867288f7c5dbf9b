import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { CpuprofileCapture } from '../endpoints/cpuprofileCapture';
import { type CaptureStore, registerSaveProfileAs } from './captureStore';
import { type TargetChoice, TargetChooser } from './profileDebugTargetChoice';
import { DebugProcesses, processTypes } from './profileDebugTargetProcesses';
import { CaptureRun } from './profileDebugTargetRun';
import { DebugSessions, javascriptTypes } from './profileDebugTargetSessions';
import { SessionTargets } from './profileDebugTargetSource';
import { registerProfileFromStart } from './profileFromStart';
import { LaunchedProfiles } from './profileLaunch';
import { formatElapsed, showProfiling } from './profilingStatus';
import type { ToolCaptures } from './toolCapture';
import { viewTypeFor } from './viewType';

interface Services {
  readonly output: vscode.LogOutputChannel;
  readonly captures: ToolCaptures;
}

/** `Emberline: Profile Debug Target` and the commands around it. */
export function registerProfileDebugTarget(store: CaptureStore, services: Services): vscode.Disposable {
  const profiling = new DebugTargetProfiling(store, services);
  const launched = new LaunchedProfiles(services.captures, profiling, services.output);
  void vscode.commands.executeCommand('setContext', 'emberline.debugTypes', [...javascriptTypes, ...processTypes]);
  void vscode.commands.executeCommand('setContext', 'emberline.profiling', false);
  return vscode.Disposable.from(
    profiling,
    launched,
    registerProfileFromStart(launched),
    registerSaveProfileAs(),
    vscode.commands.registerCommand('emberline.profileDebugTarget', (given?: unknown) =>
      profiling.command(isRequester(given) ? given : null),
    ),
    vscode.commands.registerCommand('emberline.stopProfiling', () => profiling.stop('keep')),
    vscode.commands.registerCommand('emberline.discardProfiling', () => profiling.stop('discard')),
  );
}

/** Who calls the command from code, instead of a person. */
export interface CaptureRequester {
  /** How long to sample. */
  readonly seconds: number;
  /** Is told, as the user is, why there is no profile. */
  failed(message: string): void;
}

/** Menus and buttons pass arguments of their own. */
function isRequester(given: unknown): given is CaptureRequester {
  return typeof given === 'object' && given !== null && 'failed' in given && 'seconds' in given;
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
  private readonly chooser = new TargetChooser(this.sessions, this.targets);
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
  async command(requester: CaptureRequester | null = null): Promise<vscode.Uri | undefined> {
    if (!vscode.workspace.isTrusted) {
      await this.refuseUntrusted();
      return undefined;
    }
    if (requester !== null && (this.busy || this.captures.busy)) {
      requester.failed('Emberline is already profiling: its user can stop that first.');
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
        return await this.processes.profile(active, this.sessions.others, this.captures, requester);
      }
      const choice = await this.chooser.choose();
      // Asked twice while a choice was open: the first answer counts.
      if (!choice || this.busy) {
        return undefined;
      }
      return await this.profileOnce(choice, requester);
    } catch (error) {
      requester?.failed(error instanceof Error ? error.message : String(error));
      return this.fail(error);
    }
  }

  /** A session that was launched to be profiled, by its process. Errors are shown. */
  async byProcess(session: vscode.DebugSession): Promise<vscode.Uri | undefined> {
    try {
      const found = await this.processes.whenTold(session);
      return found === null ? undefined : await this.processes.sample(found, this.captures);
    } catch (error) {
      return this.fail(error);
    }
  }

  /** A session that was launched to be profiled, through the debugger. Errors are shown. */
  async byDebugger(session: vscode.DebugSession): Promise<vscode.Uri | undefined> {
    try {
      const choice = await this.chooser.ofRoot(session);
      if (choice === undefined) return undefined;
      if (this.busy || this.captures.busy) {
        void vscode.window.showInformationMessage('Emberline is already profiling: stop that first.');
        return undefined;
      }
      return await this.profileOnce(choice);
    } catch (error) {
      return this.fail(error);
    }
  }

  private async profileOnce(
    choice: TargetChoice,
    requester: CaptureRequester | null = null,
  ): Promise<vscode.Uri | undefined> {
    this.busy = true;
    try {
      return await this.profile(choice, requester);
    } finally {
      this.busy = false;
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

  private async profile(choice: TargetChoice, requester: CaptureRequester | null): Promise<vscode.Uri | undefined> {
    const settings = vscode.workspace.getConfiguration('emberline');
    const intervalUs = Math.round(clamp(settings.get('samplingInterval'), 50, 1_000_000, 1000));
    const durationMs = 1000 * (requester?.seconds ?? clamp(settings.get('duration'), 0, 2_000_000, 0));
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
  private async begin(choice: TargetChoice, run: CaptureRun): Promise<void> {
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
