import * as vscode from 'vscode';
import { parseDownloadUrl } from '../endpoints/download';
import { headerNameProblem, headerValueProblem } from '../endpoints/requestHeaders';
import type { RequestHeaderStore } from './requestHeaderStore';

const title = 'Request Headers';

/** `Emberline: Set Request Headers for a Host…`, and the command that forgets them all. */
export function registerRequestHeaderCommands(store: RequestHeaderStore): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.commands.registerCommand('emberline.setRequestHeaders', async () => {
      const origin = await chooseOrigin(store);
      if (origin !== undefined) await editHeaders(store, origin);
    }),
    vscode.commands.registerCommand('emberline.forgetRequestHeaders', async () => {
      const origins = await store.origins();
      for (const origin of origins) await store.set(origin, {});
      void vscode.window.showInformationMessage(
        origins.length === 0
          ? 'Emberline keeps no request headers.'
          : `Emberline forgot the request headers of ${origins.join(', ')}.`,
      );
    }),
  );
}

async function chooseOrigin(store: RequestHeaderStore): Promise<string | undefined> {
  const origins = await store.origins();
  if (origins.length === 0) return askOrigin();
  const another: vscode.QuickPickItem = { label: '$(add) Another Host…' };
  const items = await Promise.all(
    origins.map(async (origin) => ({ label: origin, description: Object.keys(await store.get(origin)).join(', ') })),
  );
  const chosen = await vscode.window.showQuickPick([...items, another], {
    title,
    placeHolder: 'The host whose headers are to be changed',
  });
  return chosen === another ? askOrigin() : chosen?.label;
}

async function askOrigin(): Promise<string | undefined> {
  const text = await vscode.window.showInputBox({
    title,
    prompt: 'The host that wants headers. They are sent to no other.',
    placeHolder: 'https://profiles.example.com',
    ignoreFocusOut: true,
    validateInput: (value) => {
      if (value.trim() === '') return null;
      try {
        const url = parseDownloadUrl(value);
        return url.protocol === 'http:' && !/^(?:localhost|127\..*|\[::1\])$/.test(url.hostname)
          ? {
              message: 'Over http, anyone on the way can read the headers.',
              severity: vscode.InputBoxValidationSeverity.Warning,
            }
          : null;
      } catch (error) {
        return error instanceof Error ? error.message : String(error);
      }
    },
  });
  return text === undefined || text.trim() === '' ? undefined : parseDownloadUrl(text).origin;
}

/** Lets the user add, change and remove the headers of an origin. @returns whether something was changed */
export async function editHeaders(store: RequestHeaderStore, origin: string): Promise<boolean> {
  let changed = false;
  for (;;) {
    const headers = { ...(await store.get(origin)) };
    const names = Object.keys(headers);
    // Whoever comes for the first time has nothing to choose from.
    const name = names.length === 0 && !changed ? 'add' : await chooseHeader(origin, names);
    if (name === undefined) return changed;
    if (name === 'add') {
      const added = await askHeader(origin);
      if (added === undefined) {
        if (names.length === 0) return changed;
        continue;
      }
      // Names differ by more than their case, or replace each other.
      for (const other of names) if (other.toLowerCase() === added.name.toLowerCase()) delete headers[other];
      headers[added.name] = added.value;
    } else {
      delete headers[name.remove];
    }
    await store.set(origin, headers);
    changed = true;
  }
}

async function chooseHeader(origin: string, names: string[]): Promise<'add' | { remove: string } | undefined> {
  const done: vscode.QuickPickItem = { label: '$(check) Done' };
  const add: vscode.QuickPickItem = { label: '$(add) Add or Replace a Header…' };
  const items = names.map((name) => ({ label: `$(trash) Remove ${name}`, name }));
  const chosen = await vscode.window.showQuickPick<vscode.QuickPickItem>([done, add, ...items], {
    title,
    placeHolder: names.length === 0 ? `No headers are sent to ${origin}` : `Sent to ${origin}: ${names.join(', ')}`,
    ignoreFocusOut: true,
  });
  if (chosen === undefined || chosen === done) return undefined;
  const item = items.find((each) => each === chosen);
  return item === undefined ? 'add' : { remove: item.name };
}

async function askHeader(origin: string): Promise<{ name: string; value: string } | undefined> {
  const name = await vscode.window.showInputBox({
    title: `${title} of ${origin}`,
    prompt: 'Name of the header',
    value: 'Authorization',
    ignoreFocusOut: true,
    validateInput: (text) => headerNameProblem(text.trim()),
  });
  if (name === undefined) return undefined;
  const value = await vscode.window.showInputBox({
    title: `${title} of ${origin}`,
    prompt: `Value of ${name.trim()}, kept in the system's store of secrets`,
    placeHolder: name.trim().toLowerCase() === 'authorization' ? 'Bearer …' : '',
    password: true,
    ignoreFocusOut: true,
    validateInput: (text) => headerValueProblem(text.trim()),
  });
  return value === undefined ? undefined : { name: name.trim(), value: value.trim() };
}
