import * as vscode from 'vscode';
import { OUTLASTS_LATE_FOCUS } from '../editor/lateFocus';
import type { CaptureTarget } from './profileDebugTargetRun';
import { type DebugSessions, rootOf } from './profileDebugTargetSessions';
import type { SessionTargets } from './profileDebugTargetSource';

/** How long a session that has just been started may take to have a target. */
const FIRST_TARGET_MS = 15_000;
/** How long a choice of a launch configuration, its build and its start may take. */
const CHOSEN_SESSION_MS = 180_000;

/** A choice of what to profile. `more` are targets that start later and shall join. */
export interface TargetChoice {
  readonly name: string;
  readonly targets: readonly CaptureTarget[];
  readonly joins: (session: vscode.DebugSession) => boolean;
}

/** Asks which of the JavaScript debug sessions to profile, or what else. */
export class TargetChooser {
  constructor(
    private readonly sessions: DebugSessions,
    private readonly targets: SessionTargets,
  ) {}

  /** What the user wants profiled, undefined where that is nothing, or another command. */
  async choose(): Promise<TargetChoice | undefined> {
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
      ...OUTLASTS_LATE_FOCUS,
      placeHolder: 'All chosen: sessions that start later join in',
      canPickMany: true,
      matchOnDetail: true,
    });
    return chosen?.map((item) => item.session);
  }

  private async chooseWithoutSession(): Promise<TargetChoice | undefined> {
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
      ...OUTLASTS_LATE_FOCUS,
      placeHolder: this.sessions.anyJavascript
        ? 'The debug session has no target that could be profiled. What shall be profiled?'
        : 'No debug session is running. What shall be profiled?',
    });
    if (chosen === open) {
      await vscode.commands.executeCommand('emberline.openProfile');
    } else if (chosen === running || chosen === command) {
      await vscode.commands.executeCommand(`emberline.profile${chosen === running ? 'Process' : 'Command'}`);
    } else if (chosen === attach) {
      const { chooseInspectorTarget } = await import('./profileDebugTargetAttach');
      const targets = await chooseInspectorTarget();
      return targets && { name: targets[0].name, targets, joins: () => false };
    } else if (chosen === start) {
      return this.startDebugging();
    }
    return undefined;
  }

  /** VS Code's own choice of a launch configuration; goes on when a target runs. */
  private async startDebugging(): Promise<TargetChoice | undefined> {
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

  /** A session's first target, and those that join it; undefined where it has none and has ended. */
  async ofRoot(root: vscode.DebugSession): Promise<TargetChoice | undefined> {
    const of = (): vscode.DebugSession | undefined =>
      this.sessions.targets.find((session) => rootOf(session).id === root.id);
    const first =
      of() ??
      (await new Promise<vscode.DebugSession | undefined>((resolve) => {
        const subscriptions = vscode.Disposable.from(
          this.sessions.onDidStart(() => {
            if (of() !== undefined) done(of());
          }),
          this.sessions.onDidEnd((session) => {
            if (session.id === root.id) done(undefined);
          }),
        );
        const done = (found: vscode.DebugSession | undefined): void => {
          subscriptions.dispose();
          resolve(found);
        };
      }));
    return (
      first && {
        name: root.name,
        targets: [this.targets.of(first)],
        joins: (session) => rootOf(session).id === root.id,
      }
    );
  }
}
