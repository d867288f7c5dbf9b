import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import type { InstanceResult } from '../endpoints/endpoint';
import type { CommandPlan } from '../endpoints/profileCommandPlan';
import { joinCommand, splitCommand } from '../endpoints/splitCommand';
import { isTestItem, type Proposal, proposalOfTest, taskOfItem } from './profileTest';
import type { ToolCaptures } from './toolCapture';
import { toolSettings } from './toolSettings';

/** A command line and where it runs. */
interface CommandToProfile {
  readonly command: string;
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

const REMEMBERED = 'emberline.commands';
const MOST_REMEMBERED = 20;
/** How long a terminal may take to tell what became of its process. */
const LAST_WORDS_MS = 2000;

/**
 * `Emberline: Profile Command…`: a command line or task under the sampler of its language, in a terminal; and tasks of the
 * type `emberline`, which do the same.
 */
export function registerProfileCommand(captures: ToolCaptures, state: vscode.Memento): vscode.Disposable {
  const profile = async (
    command: CommandToProfile,
  ): Promise<{ uri: vscode.Uri | undefined; exitCode: number | null }> => {
    const { command: line, cwd } = command;
    const others = rememberedCommands(state).filter((each) => each.command !== line || each.cwd !== cwd);
    await state.update(REMEMBERED, [{ command: line, cwd }, ...others].slice(0, MOST_REMEMBERED));
    return profileInTerminal(captures, command);
  };
  const refused = (): boolean => {
    if (!vscode.workspace.isTrusted) {
      void vscode.window.showErrorMessage('Profiling runs a command, so it needs a trusted workspace.');
    }
    return !vscode.workspace.isTrusted;
  };
  return vscode.Disposable.from(
    vscode.commands.registerCommand('emberline.profileCommand', async (given?: unknown) => {
      if (refused()) return undefined;
      const command = typeof given === 'string' ? { command: given, cwd: defaultFolder() } : await chooseCommand(state);
      return command && (await profile(command)).uri;
    }),
    vscode.commands.registerCommand('emberline.profileTest', async (item?: unknown) => {
      if (refused()) return undefined;
      try {
        const proposal = isTestItem(item) ? await proposalOfTest(item) : undefined;
        const command = await chooseCommand(state, proposal);
        return command && (await profile(command)).uri;
      } catch (error) {
        void vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error));
        return undefined;
      }
    }),
    vscode.commands.registerCommand('emberline.profileScript', async (item?: unknown) => {
      if (refused()) return undefined;
      const task = taskOfItem(item);
      const [found] = task === undefined ? [] : itemOfTask(task, defaultFolder());
      const command = found?.chosen ?? (await chooseCommand(state));
      return command && (await profile(command)).uri;
    }),
    vscode.tasks.registerTaskProvider('emberline', {
      provideTasks: () =>
        rememberedCommands(state)
          .slice(0, 5)
          .map(({ command, cwd }) => taskOf({ type: 'emberline', command, cwd }, profile)),
      resolveTask: ({ definition, name }) =>
        typeof definition['command'] === 'string' ? taskOf(definition, profile, name) : undefined,
    }),
  );
}

/** The newest first. Earlier releases kept no folders. */
function rememberedCommands(state: vscode.Memento): CommandToProfile[] {
  const saved: unknown = state.get(REMEMBERED);
  return (Array.isArray(saved) ? saved : []).flatMap((each: unknown) => {
    if (typeof each === 'string') return [{ command: each, cwd: defaultFolder() }];
    const { command, cwd } = (typeof each === 'object' && each !== null ? each : {}) as Record<string, unknown>;
    return typeof command === 'string' && typeof cwd === 'string' ? [{ command, cwd }] : [];
  });
}

function defaultFolder(): string {
  const editor = vscode.window.activeTextEditor?.document.uri;
  const folder = (editor && vscode.workspace.getWorkspaceFolder(editor)) ?? vscode.workspace.workspaceFolders?.[0];
  return folder?.uri.fsPath ?? process.cwd();
}

interface CommandItem extends vscode.QuickPickItem {
  readonly chosen?: CommandToProfile;
}

/** What is typed is a command by itself; remembered ones and tasks are offered. A proposal is there to be edited. */
async function chooseCommand(state: vscode.Memento, proposal?: Proposal): Promise<CommandToProfile | undefined> {
  const cwd = proposal?.cwd ?? defaultFolder();
  const pick = vscode.window.createQuickPick<CommandItem>();
  pick.title = 'Profile Command';
  pick.placeholder = 'Command to run and profile: node server.js, pytest, go test -bench=., java -jar app.jar';
  pick.ignoreFocusOut = true;
  const separator = (label: string): CommandItem => ({ label, kind: vscode.QuickPickItemKind.Separator });
  const before = rememberedCommands(state).map(
    (chosen): CommandItem => ({
      label: chosen.command,
      ...(chosen.cwd === defaultFolder() ? {} : { description: vscode.workspace.asRelativePath(chosen.cwd) }),
      chosen,
    }),
  );
  let tasks: CommandItem[] = [];
  const show = (): void => {
    const typed = pick.value.trim();
    pick.items = [
      ...(typed === '' || before.some(({ chosen }) => chosen?.command === typed && chosen.cwd === cwd)
        ? []
        : [
            {
              label: typed,
              description:
                cwd === defaultFolder()
                  ? 'run and profile'
                  : `run and profile in ${vscode.workspace.asRelativePath(cwd)}`,
              alwaysShow: true,
              chosen: { command: typed, cwd },
            },
          ]),
      ...(before.length === 0 ? [] : [separator('recent'), ...before]),
      ...(tasks.length === 0 ? [] : [separator('tasks'), ...tasks]),
    ];
  };
  pick.value = proposal?.command ?? '';
  show();
  pick.busy = true;
  void vscode.tasks.fetchTasks().then(
    (found) => {
      tasks = found.flatMap((task) => itemOfTask(task, cwd));
      pick.busy = false;
      show();
    },
    () => {
      pick.busy = false;
    },
  );
  pick.onDidChangeValue(show);
  pick.show();
  try {
    return await new Promise((resolve) => {
      pick.onDidAccept(() => {
        const typed = pick.value.trim();
        // Who types and presses Enter at once is before the list.
        resolve(pick.selectedItems[0]?.chosen ?? (typed === '' ? undefined : { command: typed, cwd }));
      });
      pick.onDidHide(() => resolve(undefined));
    });
  } finally {
    pick.dispose();
  }
}

/** A task that runs one program, as a command. */
function itemOfTask(task: vscode.Task, defaultCwd: string): CommandItem[] {
  const { execution, definition } = task;
  if (definition.type === 'emberline' || execution === undefined || execution instanceof vscode.CustomExecution)
    return [];
  const text = (part: string | vscode.ShellQuotedString): string => (typeof part === 'string' ? part : part.value);
  let command: string;
  if (execution instanceof vscode.ProcessExecution) command = joinCommand([execution.process, ...execution.args]);
  else if (execution.commandLine !== undefined) command = execution.commandLine;
  else if (execution.command !== undefined)
    command = joinCommand([text(execution.command), ...(execution.args ?? []).map(text)]);
  else return [];
  const folder = typeof task.scope === 'object' ? task.scope.uri.fsPath : defaultCwd;
  // Tasks of other extensions keep VS Code's own variable.
  const cwd = (execution.options?.cwd ?? folder).replace(/\$\{workspaceFolder\}/g, () => folder);
  const env = execution.options?.env;
  return [
    {
      label: `$(tasklist) ${task.name}`,
      description: task.source,
      detail: command,
      chosen: { command, cwd, ...(env ? { env } : {}) },
    },
  ];
}

/** A task whose terminal says what becomes of the command, which runs in a terminal of its own. */
function taskOf(
  definition: vscode.TaskDefinition,
  profile: (command: CommandToProfile) => Promise<{ uri: vscode.Uri | undefined; exitCode: number | null }>,
  name = `profile ${String(definition['command'])}`,
): vscode.Task {
  const execution = new vscode.CustomExecution(async (resolved) => {
    const write = new vscode.EventEmitter<string>();
    const close = new vscode.EventEmitter<number>();
    const command = String(resolved['command']);
    const cwd = typeof resolved['cwd'] === 'string' ? resolved['cwd'] : defaultFolder();
    return {
      onDidWrite: write.event,
      onDidClose: close.event,
      open: () => {
        write.fire(`Profiling ${command}\r\n`);
        void profile({ command, cwd }).then(({ uri, exitCode }) => {
          write.fire(uri ? `The profile is open: ${uri.fsPath}\r\n` : 'There is no profile: see the notification.\r\n');
          close.fire(exitCode ?? 1);
        });
      },
      close: () => void vscode.commands.executeCommand('emberline.stopProfiling'),
    };
  });
  return new vscode.Task(definition, vscode.TaskScope.Workspace, name, 'emberline', execution);
}

/** Runs the command in a terminal, and opens what its sampler wrote. Errors are shown. */
async function profileInTerminal(
  captures: ToolCaptures,
  { command, cwd, env: given }: CommandToProfile,
): Promise<{ uri: vscode.Uri | undefined; exitCode: number | null }> {
  let exitCode: number | null = null;
  const shown = command.length > 40 ? `${command.slice(0, 39)}…` : command;
  const uri = await captures.run(
    shown,
    async ({ stop, signal, folder, step, log }): Promise<readonly InstanceResult[]> => {
      const { args, env } = splitCommand(command);
      const own = { ...given, ...env };
      const { planCommand } = await import('../endpoints/planCommand');
      const plan = await planCommand({ args, cwd, folder, tools: toolSettings(), env: own });
      const started = performance.now();
      const end = await runInTerminal(plan, shown, cwd, { ...own, ...plan.env }, stop, signal);
      exitCode = end.exitCode;
      return plan.collect({
        signal,
        onProgress: (_, what) => step(what),
        log,
        exitCode: end.exitCode,
        launcherPid: end.pid,
        seconds: (performance.now() - started) / 1000,
        said: '',
      });
    },
  );
  return { uri, exitCode };
}

async function runInTerminal(
  plan: CommandPlan,
  name: string,
  cwd: string,
  env: Record<string, string>,
  stop: AbortSignal,
  signal: AbortSignal,
): Promise<{ exitCode: number | null; pid: number | null }> {
  const execution = new vscode.ProcessExecution(plan.command, [...plan.args], { cwd, env });
  const id = randomUUID();
  const task = new vscode.Task(
    { type: 'emberline', command: name, run: id },
    vscode.TaskScope.Workspace,
    name,
    plan.sampler,
    execution,
  );
  task.presentationOptions = {
    reveal: vscode.TaskRevealKind.Always,
    panel: vscode.TaskPanelKind.Dedicated,
    clear: true,
  };
  let pid: number | null = null;
  const subscriptions: vscode.Disposable[] = [];
  const isOurs = (each: vscode.TaskExecution): boolean => each.task.definition['run'] === id || each === running;
  let running: vscode.TaskExecution | undefined;
  let exitCode: number | null = null;
  const ended = new Promise<void>((resolve) => {
    subscriptions.push(
      vscode.tasks.onDidStartTaskProcess((event) => {
        if (isOurs(event.execution)) pid = event.processId;
      }),
      vscode.tasks.onDidEndTaskProcess((event) => {
        if (!isOurs(event.execution)) return;
        exitCode = event.exitCode ?? null;
        resolve();
      }),
      // A program that could not be started has no process that ends.
      vscode.tasks.onDidEndTask((event) => {
        if (isOurs(event.execution)) setTimeout(resolve, LAST_WORDS_MS);
      }),
    );
  });
  const interrupt = (): void => {
    if (pid === null) running?.terminate();
    else interruptGroup(pid);
  };
  const cancel = (): void => running?.terminate();
  stop.addEventListener('abort', interrupt, { once: true });
  signal.addEventListener('abort', cancel, { once: true });
  try {
    running = await vscode.tasks.executeTask(task);
    if (signal.aborted) cancel();
    await ended;
    signal.throwIfAborted();
    return { exitCode, pid };
  } finally {
    stop.removeEventListener('abort', interrupt);
    signal.removeEventListener('abort', cancel);
    vscode.Disposable.from(...subscriptions).dispose();
  }
}

/** As Ctrl-C in its terminal. */
function interruptGroup(pid: number): void {
  for (const target of process.platform === 'win32' ? [pid] : [-pid, pid]) {
    try {
      process.kill(target, 'SIGINT');
      return;
    } catch {
      // It leads no group, or has ended.
    }
  }
}
