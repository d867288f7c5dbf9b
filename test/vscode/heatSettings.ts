import * as vscode from 'vscode';
import type { DecoratedLine } from './driver';

const names = [
  'display',
  'reference',
  'scale',
  'bounds',
  'metric',
  'labels',
  'labelPosition',
  'gutter',
  'background',
  'threshold',
  'labelColumn',
];

/** Sets one of `emberline.heat.*`; back to its default without a value. */
export async function choose(name: string, value: unknown): Promise<void> {
  await vscode.workspace.getConfiguration('emberline.heat').update(name, value, vscode.ConfigurationTarget.Global);
}

/** All of them back to their defaults. */
export async function resetHeat(): Promise<void> {
  for (const name of names) {
    const { globalValue } = vscode.workspace.getConfiguration('emberline.heat').inspect(name) ?? {};
    if (globalValue !== undefined) await choose(name, undefined);
  }
}

export const labelled = (lines: DecoratedLine[]): DecoratedLine[] => lines.filter(({ label }) => label !== null);
