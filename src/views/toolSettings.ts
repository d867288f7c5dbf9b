import * as vscode from 'vscode';
import type { ToolName, ToolPaths } from '../endpoints/findTool';

const names: readonly ToolName[] = ['py-spy', 'austin', 'jcmd', 'asprof', 'perf'];

/** The settings `emberline.tools.<name>` that are set. */
export function toolSettings(): ToolPaths {
  const settings = vscode.workspace.getConfiguration('emberline.tools');
  return Object.fromEntries(
    names.flatMap((name) => {
      const path: unknown = settings.get(name);
      return typeof path === 'string' && path.trim() !== '' ? [[name, path.trim()]] : [];
    }),
  );
}

/** `emberline.duration` in seconds; Infinity where it says until stopped. */
export function durationSetting(): number {
  const seconds: unknown = vscode.workspace.getConfiguration('emberline').get('duration');
  return typeof seconds === 'number' && seconds > 0 ? Math.min(seconds, 2_000_000) : Number.POSITIVE_INFINITY;
}
