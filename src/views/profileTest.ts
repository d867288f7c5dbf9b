import { dirname } from 'node:path';
import * as vscode from 'vscode';

/** A command line to begin with, and where it runs. */
export interface Proposal {
  readonly command: string;
  readonly cwd: string;
}

/**
 * The command that runs a test of the Testing view, whoever's it is: menus hand a `TestItem` with its parents, as far as
 * VS Code knows them.
 * @throws Error with a sentence where it has no file
 */
export async function proposalOfTest(item: vscode.TestItem): Promise<Proposal> {
  const { uri } = item;
  if (uri?.scheme !== 'file') {
    throw new Error(
      `The test "${item.label}" has no file of this machine: use "Emberline: Profile Command…" with the command that runs it.`,
    );
  }
  const folder = vscode.workspace.getWorkspaceFolder(uri)?.uri.fsPath ?? dirname(uri.fsPath);
  const labels: string[] = [];
  // Files and folders are items, too, without a place in the text.
  for (let at: vscode.TestItem | undefined = item; at?.range !== undefined; at = at.parent) {
    if (at.uri?.toString() !== uri.toString()) break;
    labels.unshift(at.label);
  }
  const { testCommand } = await import('../endpoints/testCommand');
  return (await testCommand({ path: uri.fsPath, id: item.id, labels, folder })) ?? { command: '', cwd: folder };
}

/** Whether it is what menus of the Testing view hand over. */
export function isTestItem(value: unknown): value is vscode.TestItem {
  const { id, label, children } = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  return typeof id === 'string' && typeof label === 'string' && typeof children === 'object';
}

/** The task of what a tree of scripts hands over, such as npm's; undefined where it is something else. */
export function taskOfItem(value: unknown): vscode.Task | undefined {
  const { task } = (typeof value === 'object' && value !== null ? value : {}) as { task?: unknown };
  const { name, definition } = (typeof task === 'object' && task !== null ? task : {}) as Record<string, unknown>;
  return typeof name === 'string' && typeof definition === 'object' ? (task as vscode.Task) : undefined;
}
