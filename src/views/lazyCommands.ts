import * as vscode from 'vscode';

/**
 * Commands whose code is loaded when the first of them is called: most windows never call them.
 * @param load registers all of `ids`
 */
export function lazyCommands(ids: readonly string[], load: () => Promise<vscode.Disposable>): vscode.Disposable {
  let loading: Promise<vscode.Disposable> | null = null;
  let disposed = false;
  const stubs = vscode.Disposable.from(
    ...ids.map((id) =>
      vscode.commands.registerCommand(id, async (...given: unknown[]) => {
        loading ??= replaced();
        await loading;
        return vscode.commands.executeCommand(id, ...given);
      }),
    ),
  );
  const replaced = async (): Promise<vscode.Disposable> => {
    stubs.dispose();
    const commands = await load();
    if (disposed) commands.dispose();
    return commands;
  };
  return new vscode.Disposable(() => {
    disposed = true;
    stubs.dispose();
    void loading?.then((commands) => commands.dispose());
  });
}
