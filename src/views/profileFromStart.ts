import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import * as vscode from 'vscode';
import { collectNode, exitHook } from '../endpoints/profileCommandSamplers';
import type { ToolCaptures } from './toolCapture';

const TYPES = new Set(['node', 'pwa-node']);

/** `Emberline: Profile from Start…`: a Node launch configuration with `--cpu-prof`, from its first line to its end. */
export function registerProfileFromStart(captures: ToolCaptures): vscode.Disposable {
  return vscode.commands.registerCommand('emberline.profileFromStart', async (given?: unknown) => {
    if (!vscode.workspace.isTrusted) {
      void vscode.window.showErrorMessage('Profiling runs a program, so it needs a trusted workspace.');
      return undefined;
    }
    const chosen = await chooseLaunch(given);
    return chosen && profileLaunch(captures, chosen.configuration, chosen.folder);
  });
}

interface Launch {
  readonly configuration: vscode.DebugConfiguration;
  readonly folder: vscode.WorkspaceFolder | undefined;
}

async function chooseLaunch(given: unknown): Promise<Launch | undefined> {
  const launches = (vscode.workspace.workspaceFolders ?? []).flatMap((folder): Launch[] => {
    const found: unknown = vscode.workspace.getConfiguration('launch', folder.uri).get('configurations');
    return (Array.isArray(found) ? found : [])
      .filter((each) => TYPES.has(each?.type) && each?.request === 'launch')
      .map((configuration) => ({ configuration, folder }));
  });
  if (typeof given === 'string') return launches.find(({ configuration }) => configuration.name === given);
  const editor = vscode.window.activeTextEditor?.document;
  const current: Launch[] =
    editor !== undefined && editor.uri.scheme === 'file' && /\.[cm]?js$/.test(editor.uri.path)
      ? [
          {
            configuration: {
              type: 'node',
              request: 'launch',
              name: basename(editor.uri.fsPath),
              program: editor.uri.fsPath,
            },
            folder: vscode.workspace.getWorkspaceFolder(editor.uri),
          },
        ]
      : [];
  const items = [...launches, ...current].map((launch) => ({
    label: launch.configuration.name,
    description: launches.includes(launch) ? (launch.folder?.name ?? '') : 'current file',
    launch,
  }));
  if (items.length === 0) {
    void vscode.window.showInformationMessage(
      'No launch configuration of the type node: add one to launch.json, or open a JavaScript file.',
    );
    return undefined;
  }
  const title = 'Profile from Start';
  return (await vscode.window.showQuickPick(items, { title, placeHolder: 'Launch configuration' }))?.launch;
}

async function profileLaunch(
  captures: ToolCaptures,
  configuration: vscode.DebugConfiguration,
  folder: vscode.WorkspaceFolder | undefined,
): Promise<vscode.Uri | undefined> {
  return captures.run(configuration.name, async ({ stop, signal, folder: output, log, step }) => {
    const hook = join(output, 'exitHook.cjs');
    await writeFile(hook, exitHook);
    const options = ['--cpu-prof', `--cpu-prof-dir=${output}`, `--require=${hook}`];
    const runtime: unknown = configuration['runtimeExecutable'];
    const isNode = typeof runtime !== 'string' || /\bnode(js)?(\.exe)?$/.test(runtime);
    const env = { ...(configuration['env'] as Record<string, string> | undefined) };
    if (!isNode) env['NODE_OPTIONS'] = [env['NODE_OPTIONS'], ...options].filter((each) => each).join(' ');
    const runtimeArgs = (configuration['runtimeArgs'] as string[] | undefined) ?? [];
    const changed: vscode.DebugConfiguration = {
      ...configuration,
      env,
      ...(isNode ? { runtimeArgs: [...options, ...runtimeArgs] } : {}),
      // A program that is killed writes no profile.
      killBehavior: 'polite',
    };
    let root: vscode.DebugSession | undefined;
    const subscriptions: vscode.Disposable[] = [];
    const started = performance.now();
    const ended = new Promise<void>((resolve) => {
      subscriptions.push(
        vscode.debug.onDidStartDebugSession((session) => {
          if (root === undefined && session.parentSession === undefined && session.configuration.name === changed.name)
            root = session;
        }),
        vscode.debug.onDidTerminateDebugSession((session) => {
          if (session === root) resolve();
        }),
      );
    });
    const end = (): void => void vscode.debug.stopDebugging(root);
    stop.addEventListener('abort', end, { once: true });
    signal.addEventListener('abort', end, { once: true });
    try {
      if (!(await vscode.debug.startDebugging(folder, changed))) {
        throw new Error(`"${configuration.name}" could not be started.`);
      }
      await ended;
      signal.throwIfAborted();
      const seconds = (performance.now() - started) / 1000;
      const results = await collectNode(output, {
        signal,
        log,
        onProgress: (_, what) => step(what),
        exitCode: 0,
        launcherPid: null,
        seconds,
        said: '',
      });
      return results;
    } finally {
      stop.removeEventListener('abort', end);
      signal.removeEventListener('abort', end);
      vscode.Disposable.from(...subscriptions).dispose();
    }
  });
}
