import * as vscode from 'vscode';
import type { EndpointKindName, EndpointSpec, ProfileOffer } from '../../endpoints/endpoint';
import { endpointKind } from '../../endpoints/endpointKinds';
import { expandInstances } from '../../endpoints/expandInstances';
import { parseHttpAddress } from '../../endpoints/httpAddress';
import { parseInspectorAddress } from '../../endpoints/inspectorAddress';
import { endpointAddress, hostOf, type Probe, probeAddress } from '../../endpoints/probeAddress';
import { editCredentials, shareCredentials } from '../credentialCommands';
import type { CredentialStore } from '../credentialStore';
import { mayConnectToInspector } from '../profileDebugTargetAttach';
import { configuredEndpoints, type EndpointScope, saveEndpoint } from './endpointSettings';

const title = 'Add Endpoint';

/**
 * The wizard: asks for an address, asks the address what it is, then for a name and where to keep it.
 * @returns what was added, undefined where the user changed their mind
 */
export async function addEndpoint(credentials: CredentialStore): Promise<EndpointSpec | undefined> {
  const text = await askAddress();
  if (text === undefined) return undefined;
  const address = endpointAddress(text);
  const addresses = address.split(/[\s,]+(?![^[]*\])/).filter((part) => part !== '');
  const what = await chooseKind(addresses, credentials);
  if (what === undefined) return undefined;
  if (what.kind === 'v8-inspector') {
    for (const each of addresses) {
      const inspector = parseInspectorAddress(each);
      if (!inspector.loopback && !(await mayConnectToInspector(inspector))) return undefined;
    }
  }
  const url = addresses.length === 1 ? addresses[0]! : addresses;
  return nameAndSave({ ...what, url }, hostOf(addresses[0]!));
}

/** Asks for a name and where to keep it. */
export async function nameAndSave(
  what: Omit<EndpointSpec, 'name'>,
  proposedName: string,
): Promise<EndpointSpec | undefined> {
  const taken = new Set(configuredEndpoints().map(({ spec }) => spec.name));
  const name = await vscode.window.showInputBox({
    title,
    prompt: 'Name of the endpoint',
    value: freeName(proposedName, taken),
    ignoreFocusOut: true,
    validateInput: (value) => {
      if (value.trim() === '') return 'An endpoint needs a name.';
      return taken.has(value.trim()) ? `There is an endpoint ${value.trim()} already.` : null;
    },
  });
  if (name === undefined) return undefined;
  const scope = await chooseScope();
  if (scope === undefined) return undefined;
  const spec: EndpointSpec = { name: name.trim(), ...what };
  try {
    await saveEndpoint(spec, scope);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    void vscode.window.showErrorMessage(`The endpoint could not be written to the settings: ${why}`);
    return undefined;
  }
  return spec;
}

function askAddress(): Thenable<string | undefined> {
  return vscode.window
    .showInputBox({
      title,
      prompt: 'Address of what samples: host:port, a URL or unix:/path/to.sock. Ranges name many: host-[1-20]:6060.',
      placeHolder: 'localhost:6060',
      ignoreFocusOut: true,
      validateInput: (value) => {
        if (value.trim() === '') return null;
        try {
          const [first] = expandInstances([endpointAddress(value)]);
          parseHttpAddress(first!.split(/[\s,]+/)[0]!);
          return null;
        } catch (error) {
          const message = error instanceof Error ? error.message : '';
          return /range|instances|starts with/.test(message)
            ? message
            : 'Write host:port or a URL, for example localhost:6060.';
        }
      },
    })
    .then((value) => (value === undefined || value.trim() === '' ? undefined : value));
}

type Kind = Pick<EndpointSpec, 'kind' | 'options'>;

interface KindItem extends vscode.QuickPickItem {
  readonly act: Kind | 'credentials' | 'again' | 'async-profiler';
}

/** Asks the address, says what it found, and lets the user choose. */
async function chooseKind(addresses: readonly string[], credentials: CredentialStore): Promise<Kind | undefined> {
  const address = addresses[0]!;
  for (;;) {
    const probe = await probeShown(address, credentials);
    if (probe === undefined) return undefined;
    const chosen = await vscode.window.showQuickPick(kindItems(address, probe), {
      title,
      placeHolder: said(address, probe),
      ignoreFocusOut: true,
      matchOnDetail: true,
    });
    if (chosen === undefined) return undefined;
    if (chosen.act === 'again') continue;
    if (chosen.act === 'credentials') {
      const origin = probe.wantsCredentials!;
      if (await editCredentials(credentials, origin, probe.scheme))
        await shareCredentials(credentials, origin, addresses);
      continue;
    }
    return chosen.act === 'async-profiler' ? chooseTemplate() : chosen.act;
  }
}

function probeShown(address: string, credentials: CredentialStore): Promise<Probe | undefined> {
  const first = expandInstances([address])[0] ?? address;
  return Promise.resolve(
    vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title: `Asking ${first} what it is`, cancellable: true },
      async (_, token) => {
        const cancel = new AbortController();
        token.onCancellationRequested(() => cancel.abort());
        try {
          return await probeAddress(address, { signal: cancel.signal, ...credentials.access });
        } catch {
          return undefined;
        }
      },
    ),
  );
}

function said(address: string, { found, failure, scheme, wantsCredentials }: Probe): string {
  if (found.length > 0) return `${hostOf(address)} is ${found.map((each) => each.title).join(' and ')}`;
  const wanted = scheme === 'basic' ? 'a user and password' : scheme === 'bearer' ? 'a token' : 'to know who asks';
  const refused = wantsCredentials !== null && / answered 40[13]\b/.test(failure ?? '');
  return refused ? `${hostOf(address)} wants ${wanted}` : (failure ?? '');
}

function kindItems(address: string, { found, wantsCredentials }: Probe): KindItem[] {
  const items: KindItem[] = [];
  if (wantsCredentials !== null) {
    items.push({
      label: '$(key) Set Credentials…',
      detail: 'Token, password, header, certificate: for this host only',
      act: 'credentials',
    });
  }
  for (const { kind, title: name, offers } of found) {
    items.push({ label: `$(check) ${name}`, detail: offered(offers), act: { kind } });
  }
  if (found.length === 0) items.push({ label: '$(refresh) Ask Again', detail: 'Once the program runs', act: 'again' });
  items.push({ label: 'Add it as', kind: vscode.QuickPickItemKind.Separator, act: 'again' });
  const known = new Set<EndpointKindName>(found.map(({ kind }) => kind));
  for (const kind of ['go-pprof', 'v8-inspector', 'nylas'] as const) {
    if (!known.has(kind)) items.push({ label: endpointKind(kind)!.title, act: { kind } });
  }
  items.push({
    label: 'async-profiler by HTTP',
    detail: 'A service that starts and stops it: ap-agent, an actuator, one of your own',
    act: 'async-profiler',
  });
  items.push({
    label: 'An address that answers with a profile',
    detail: address.includes('{seconds}') ? '' : '{seconds} in it stands for how long to sample',
    act: { kind: 'http' },
  });
  return items;
}

function offered(offers: readonly ProfileOffer[]): string {
  const described = offers.length <= 2 ? (offers[0]?.description ?? '') : '';
  return described === '' ? offers.map((offer) => offer.title).join(', ') : described;
}

async function chooseTemplate(): Promise<Kind | undefined> {
  const own = { label: 'Another Service', detail: 'You complete the paths in the settings' };
  const items = [
    { label: 'ap-agent', detail: '/profiler/profile?event=…&duration=…', template: 'ap-agent' },
    { label: 'Spring Boot Actuator', detail: '/actuator/profiler/start and …/stop', template: 'actuator' },
    own,
  ];
  const chosen = await vscode.window.showQuickPick(items, {
    title,
    placeHolder: 'How does the service start async-profiler?',
    ignoreFocusOut: true,
  });
  if (chosen === undefined) return undefined;
  const options: EndpointSpec['options'] =
    'template' in chosen
      ? { template: chosen.template }
      : { request: '/profile?event={event}&duration={seconds}&format={format}' };
  return { kind: 'async-profiler', options };
}

async function chooseScope(): Promise<EndpointScope | undefined> {
  if (vscode.workspace.workspaceFolders === undefined) return 'user';
  const items = [
    { label: 'Workspace Settings', detail: 'For everybody who opens this workspace', scope: 'workspace' as const },
    { label: 'User Settings', detail: 'For you, in every workspace', scope: 'user' as const },
  ];
  const chosen = await vscode.window.showQuickPick(items, {
    title,
    placeHolder: 'Where is the endpoint kept?',
    ignoreFocusOut: true,
  });
  return chosen?.scope;
}

function freeName(wanted: string, taken: ReadonlySet<string>): string {
  for (let i = 1; ; i++) {
    const name = i === 1 ? wanted : `${wanted} (${i})`;
    if (!taken.has(name)) return name;
  }
}
