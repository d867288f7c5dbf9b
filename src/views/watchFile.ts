import * as vscode from 'vscode';

/** Writers often write in several steps: wait until they are done. */
const settleMs = 400;

/** Calls `onChange` when the file was written or replaced on disk, once a burst of changes has settled. */
export function watchFile(uri: vscode.Uri, onChange: () => void): vscode.Disposable {
  if (uri.scheme === 'untitled') {
    return new vscode.Disposable(() => {});
  }
  // All of the folder, as a file name may hold characters that a glob would read.
  const pattern = new vscode.RelativePattern(vscode.Uri.joinPath(uri, '..'), '*');
  const watcher = vscode.workspace.createFileSystemWatcher(pattern, false, false, true);
  let timer: NodeJS.Timeout | undefined;
  const changed = (which: vscode.Uri): void => {
    if (which.toString() === uri.toString()) {
      clearTimeout(timer);
      timer = setTimeout(onChange, settleMs);
    }
  };
  watcher.onDidChange(changed);
  watcher.onDidCreate(changed);
  return new vscode.Disposable(() => {
    clearTimeout(timer);
    watcher.dispose();
  });
}
