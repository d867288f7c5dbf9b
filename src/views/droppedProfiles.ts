import * as vscode from 'vscode';
import type { DownloadStore } from './downloadStore';
import { viewTypeFor } from './viewType';

/** Opens what was dropped on a profile editor. */
export class DroppedProfiles {
  constructor(
    private readonly store: DownloadStore,
    private readonly output: vscode.LogOutputChannel,
  ) {}

  /** Files of this window open; addresses are proposed to be downloaded, since a page that misbehaves must not do that. */
  async openUris(texts: readonly string[]): Promise<void> {
    const known = new Set([
      'file',
      'vscode-remote',
      ...(vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri.scheme),
    ]);
    const addresses: string[] = [];
    for (const text of texts) {
      const uri = parse(text);
      if (uri?.scheme === 'http' || uri?.scheme === 'https') addresses.push(text);
      else if (uri !== null && known.has(uri.scheme)) await open(uri);
      else this.output.warn(`What was dropped is no file that can be opened: ${uri?.scheme ?? 'no address'}`);
    }
    if (addresses.length > 0) {
      await vscode.commands.executeCommand('emberline.openUrl', { proposed: addresses.join(' ') });
    }
  }

  /** A file of the user's system, of which only the content is known here. */
  async openFile(name: string, bytes: Uint8Array): Promise<void> {
    await open(await this.store.keep(name, bytes));
  }
}

function parse(text: string): vscode.Uri | null {
  try {
    return vscode.Uri.parse(text, true);
  } catch {
    return null;
  }
}

async function open(uri: vscode.Uri): Promise<void> {
  await vscode.commands.executeCommand('vscode.openWith', uri, viewTypeFor(uri), { preview: false });
}
