import { basename } from 'node:path';
import * as vscode from 'vscode';
import { OUTLASTS_LATE_FOCUS } from '../editor/lateFocus';
import type { LaunchedProfiles } from './profileLaunch';

/** `Emberline: Profile from Start…`: a launch configuration, profiled once as its `emberlineProfile` would each time. */
export function registerProfileFromStart(launched: LaunchedProfiles): vscode.Disposable {
  return vscode.commands.registerCommand('emberline.profileFromStart', async (given?: unknown) => {
    if (!vscode.workspace.isTrusted) {
      void vscode.window.showErrorMessage('Profiling runs a program, so it needs a trusted workspace.');
      return undefined;
    }
    const chosen = await chooseLaunch(given);
    return chosen && launched.launch(chosen.folder, chosen.configuration);
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
      .filter((each) => typeof each?.type === 'string' && each?.request === 'launch')
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
    description: launches.includes(launch)
      ? `${launch.configuration.type}, ${launch.folder?.name ?? ''}`
      : 'current file',
    launch,
  }));
  if (items.length === 0) {
    void vscode.window.showInformationMessage(
      'No launch configuration: add one to launch.json, or open a JavaScript file.',
    );
    return undefined;
  }
  const title = 'Profile from Start';
  const options = { title, placeHolder: 'Launch configuration', ...OUTLASTS_LATE_FOCUS };
  return (await vscode.window.showQuickPick(items, options))?.launch;
}
