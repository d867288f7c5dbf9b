import * as vscode from 'vscode';
import {
  formatAddress,
  type InspectorAddress,
  type InspectorTarget,
  listInspectorTargets,
  parseInspectorAddress,
} from '../endpoints/inspectorAddress';
import type { CaptureTarget } from './profileDebugTargetRun';

/** Asks for the address of a running inspector, and which of its targets. Undefined: the user changed their mind. */
export async function chooseInspectorTarget(): Promise<CaptureTarget[] | undefined> {
  const text = await vscode.window.showInputBox({
    title: 'Attach to a Running Inspector',
    prompt: 'host:port of a program that runs with --inspect. Node says it at its start: "Debugger listening on …".',
    value: '127.0.0.1:9229',
    valueSelection: [10, 14],
    ignoreFocusOut: true,
    validateInput: (value) => {
      try {
        parseInspectorAddress(value);
        return null;
      } catch (error) {
        return error instanceof Error ? error.message : String(error);
      }
    },
  });
  if (text === undefined) {
    return undefined;
  }
  const address = parseInspectorAddress(text);
  if (!address.loopback && !(await mayConnectToInspector(address))) {
    return undefined;
  }
  const targets = await listInspectorTargets(address);
  const chosen = targets.length === 1 ? targets : await chooseTargets(targets);
  return chosen?.map((target) => inspectorTarget(address, target));
}

/** Asks before an inspector that is not on this machine is connected to. */
export async function mayConnectToInspector(address: InspectorAddress): Promise<boolean> {
  const connect = 'Connect';
  const answer = await vscode.window.showWarningMessage(
    `Connect to the inspector at ${formatAddress(address)}?`,
    {
      modal: true,
      detail: address.secure
        ? 'It is not on this machine. The connection is encrypted, and whoever may connect can run code in the program.'
        : 'It is not on this machine. An inspector is not encrypted and asks for no password: whoever can reach it, or ' +
          'listens on the way, can run code in the program. An SSH tunnel to a port of this machine is safer.',
    },
    connect,
  );
  return answer === connect;
}

async function chooseTargets(targets: readonly InspectorTarget[]): Promise<InspectorTarget[] | undefined> {
  const items = targets.map((target) => ({
    label: target.title || target.url || target.id,
    description: target.type,
    detail: target.url,
    picked: targets.length < 5,
    target,
  }));
  const chosen = await vscode.window.showQuickPick(items, {
    title: 'Profile Which Targets?',
    placeHolder: 'The inspector offers several targets',
    canPickMany: true,
    matchOnDetail: true,
    ignoreFocusOut: true,
  });
  return chosen && chosen.length > 0 ? chosen.map((item) => item.target) : undefined;
}

function inspectorTarget(address: InspectorAddress, target: InspectorTarget): CaptureTarget {
  return {
    name: `${target.title || target.url || 'inspector'} at ${formatAddress(address)}`,
    shared: false,
    rootPath: vscode.workspace.workspaceFolders?.[0]?.uri.fsPath,
    connect: async () => (await import('../endpoints/cdpConnection')).CdpConnection.connect(target.webSocketUrl),
    preferredPlace: async () => null,
    parent: null,
  };
}
