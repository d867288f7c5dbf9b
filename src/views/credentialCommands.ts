import * as vscode from 'vscode';
import { parseDownloadUrl } from '../endpoints/download';
import { expandInstances } from '../endpoints/expandInstances';
import { originOf, parseHttpAddress } from '../endpoints/httpAddress';
import { headerNameProblem, headerValueProblem } from '../endpoints/requestHeaders';
import { addClientCertificate, addTrustedAuthority } from './certificateCommands';
import { configuredCertificates, forgetClientCertificates, updateCertificates } from './certificateSettings';
import type { CredentialStore } from './credentialStore';

const title = 'Credentials';

/** `Emberline: Set Credentials for a Host…`, and the command that forgets them all. */
export function registerCredentialCommands(store: CredentialStore): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.commands.registerCommand('emberline.setCredentials', async () => {
      const origin = await chooseOrigin(store);
      if (origin !== undefined) await editCredentials(store, origin);
    }),
    vscode.commands.registerCommand('emberline.forgetCredentials', async () => {
      const origins = await store.origins();
      const certified = await forgetClientCertificates();
      await store.forget();
      const all = [...new Set([...origins, ...certified])];
      void vscode.window.showInformationMessage(
        all.length === 0 ? 'Emberline keeps no credentials.' : `Emberline forgot the credentials of ${all.join(', ')}.`,
      );
    }),
  );
}

async function chooseOrigin(store: CredentialStore): Promise<string | undefined> {
  const origins = await store.origins();
  if (origins.length === 0) return askOrigin();
  const another: vscode.QuickPickItem = { label: '$(add) Another Host…' };
  const items = origins.map((origin) => ({ label: origin, description: store.kindsOf(origin).join(', ') }));
  const chosen = await vscode.window.showQuickPick([...items, another], {
    title,
    placeHolder: 'The host whose credentials are to be changed',
  });
  return chosen === another ? askOrigin() : chosen?.label;
}

async function askOrigin(): Promise<string | undefined> {
  const text = await vscode.window.showInputBox({
    title,
    prompt: 'The host that wants to know who asks. Credentials are sent to no other.',
    placeHolder: 'https://profiles.example.com',
    ignoreFocusOut: true,
    validateInput: (value) => {
      if (value.trim() === '') return null;
      try {
        const url = parseDownloadUrl(value);
        return url.protocol === 'http:' && !/^(?:localhost|127\..*|\[::1\])$/.test(url.hostname)
          ? {
              message: 'Over http, anyone on the way can read them.',
              severity: vscode.InputBoxValidationSeverity.Warning,
            }
          : null;
      } catch (error) {
        return error instanceof Error ? error.message : String(error);
      }
    },
  });
  return text === undefined || text.trim() === '' ? undefined : originOf(parseDownloadUrl(text));
}

type Act = 'bearer' | 'basic' | 'header' | 'certificate' | 'authority' | 'done' | { readonly remove: string };

interface ActItem extends vscode.QuickPickItem {
  readonly act: Act;
}

/**
 * Lets the user say who they are to an origin: a token, user and password, a header, a client certificate, and which
 * authority to trust.
 * @param scheme what the host asked for by WWW-Authenticate, which is then offered first
 * @returns whether something was changed
 */
export async function editCredentials(
  store: CredentialStore,
  origin: string,
  scheme: string | null = null,
): Promise<boolean> {
  let changed = false;
  for (;;) {
    const act = await chooseAct(store, origin, scheme, changed);
    if (act === undefined || act === 'done') return changed;
    if (typeof act === 'object') await remove(store, origin, act.remove);
    else if (act === 'certificate' || act === 'authority') {
      const add = act === 'certificate' ? addClientCertificate : addTrustedAuthority;
      if (!(await add(store, origin))) continue;
    } else {
      const added = await { bearer: askToken, basic: askUser, header: askHeader }[act](origin);
      if (added === undefined) continue;
      await setHeader(store, origin, added);
    }
    changed = true;
  }
}

/**
 * Gives what one instance of a group is told to those that are told nothing: the user has named them as one.
 * @param addresses of the group, with their ranges
 */
export async function shareCredentials(
  store: CredentialStore,
  from: string,
  addresses: readonly string[],
): Promise<void> {
  const headers = await store.get(from);
  for (const origin of new Set(expandInstances(addresses).map((each) => originOf(parseHttpAddress(each))))) {
    // Nothing that was encrypted is sent in the clear.
    if (from.startsWith('https:') && !origin.startsWith('https:')) continue;
    if (Object.keys(await store.get(origin)).length === 0) await store.set(origin, headers);
  }
}

async function setHeader(
  store: CredentialStore,
  origin: string,
  { name, value }: { name: string; value: string },
): Promise<void> {
  const headers: Record<string, string> = { ...(await store.get(origin)) };
  // Names differ by more than their case, or replace each other.
  for (const other of Object.keys(headers)) if (other.toLowerCase() === name.toLowerCase()) delete headers[other];
  headers[name] = value;
  await store.set(origin, headers);
}

async function remove(store: CredentialStore, origin: string, kind: string): Promise<void> {
  const files = configuredCertificates(origin)?.files;
  if (kind === 'client certificate') {
    const secret = files?.key ?? files?.cert;
    if (secret !== undefined) await store.setPassphrase(secret, null);
    await updateCertificates(origin, { cert: undefined, key: undefined });
  } else if (kind === 'authority of its own') {
    await updateCertificates(origin, { ca: undefined });
  } else {
    const headers: Record<string, string> = { ...(await store.get(origin)) };
    delete headers[kind.replace(/^header /, '')];
    await store.set(origin, headers);
  }
}

async function chooseAct(
  store: CredentialStore,
  origin: string,
  scheme: string | null,
  changed: boolean,
): Promise<Act | undefined> {
  await store.load();
  const kinds = store.kindsOf(origin);
  const adding: ActItem[] = [
    { label: '$(key) Bearer Token…', detail: 'Authorization: Bearer …', act: 'bearer' },
    { label: '$(account) User and Password…', detail: 'Authorization: Basic …', act: 'basic' },
    { label: '$(symbol-string) Another Header…', detail: 'Such as a cookie or an API key', act: 'header' },
  ];
  if (scheme === 'basic') adding.unshift(adding.splice(1, 1)[0]!);
  if (/^https:/.test(origin)) {
    adding.push(
      { label: '$(verified) Client Certificate…', detail: 'PEM with its key, or PKCS #12', act: 'certificate' },
      { label: '$(shield) Trust an Authority…', detail: 'Who issued the host’s certificate (PEM)', act: 'authority' },
    );
  }
  const removing = kinds.map((kind): ActItem => ({ label: `$(trash) Remove ${kind}`, act: { remove: kind } }));
  const done: ActItem[] = changed || kinds.length > 0 ? [{ label: '$(check) Done', act: 'done' }] : [];
  const chosen = await vscode.window.showQuickPick<ActItem>([...done, ...adding, ...removing], {
    title: `${title} of ${origin}`,
    placeHolder: kinds.length === 0 ? `${origin} does not know who you are` : `${origin} has: ${kinds.join(', ')}`,
    ignoreFocusOut: true,
  });
  return chosen?.act;
}

type Header = { name: string; value: string } | undefined;

async function askToken(origin: string): Promise<Header> {
  const value = await askSecret(origin, 'Token', (text) => headerValueProblem(text.trim()));
  if (value === undefined) return undefined;
  return { name: 'Authorization', value: `Bearer ${value.trim().replace(/^bearer\s+/i, '')}` };
}

async function askUser(origin: string): Promise<Header> {
  const user = await vscode.window.showInputBox({
    title: `${title} of ${origin}`,
    prompt: 'User',
    ignoreFocusOut: true,
    // RFC 7617, section 2.
    validateInput: (text) => (text.includes(':') ? 'A user has no colon.' : null),
  });
  if (user === undefined) return undefined;
  const password = await askSecret(origin, `Password of ${user}`, () => null);
  if (password === undefined) return undefined;
  return { name: 'Authorization', value: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` };
}

async function askHeader(origin: string): Promise<Header> {
  const name = await vscode.window.showInputBox({
    title: `${title} of ${origin}`,
    prompt: 'Name of the header',
    value: 'Authorization',
    ignoreFocusOut: true,
    validateInput: (text) => headerNameProblem(text.trim()),
  });
  if (name === undefined) return undefined;
  const value = await askSecret(origin, `Value of ${name.trim()}`, (text) => headerValueProblem(text.trim()));
  return value === undefined ? undefined : { name: name.trim(), value: value.trim() };
}

async function askSecret(
  origin: string,
  what: string,
  problem: (text: string) => string | null,
): Promise<string | undefined> {
  return vscode.window.showInputBox({
    title: `${title} of ${origin}`,
    prompt: `${what}, kept in the system's store of secrets`,
    password: true,
    ignoreFocusOut: true,
    validateInput: problem,
  });
}
