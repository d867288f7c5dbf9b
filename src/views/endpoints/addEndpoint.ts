import * as vscode from 'vscode';
import type { EndpointKindName, EndpointSpec, ProfileOffer } from '../../endpoints/endpoint';
import { endpointKind } from '../../endpoints/endpointKinds';
import { expandInstances } from '../../endpoints/expandInstances';
import { parseHttpAddress } from '../../endpoints/httpAddress';
import { parseInspectorAddress } from '../../endpoints/inspectorAddress';
import { endpointAddress, hostOf, type Probe, probeAddress, splitAdvice } from '../../endpoints/probeAddress';
import { editCredentials, shareCredentials } from '../credentialCommands';
import type { CredentialStore } from '../credentialStore';
import { mayConnectToInspector } from '../profileDebugTargetAttach';
import { configuredEndpoints, saveEndpoint } from './endpointSettings';
import type { EndpointScope } from './readEndpoints';
import { askOne, askText, back } from './wizardSteps';

const title = 'Add Endpoint';

/**
 * The wizard: asks for an address, asks the address what it is, then for a name and where to keep it.
 * @returns what was added, undefined where the user changed their mind
 */
export async function addEndpoint(credentials: CredentialStore): Promise<EndpointSpec | undefined> {
  let text = '';
  for (;;) {
    const answer = await askAddress(text);
    if (answer === undefined) return undefined;
    text = answer;
    const addresses = endpointAddress(text)
      .split(/[\s,]+(?![^[]*\])/)
      .filter((part) => part !== '');
    const added = await addAddresses(addresses, credentials);
    if (added !== back) return added;
  }
}

async function addAddresses(
  addresses: readonly string[],
  credentials: CredentialStore,
): Promise<EndpointSpec | typeof back | undefined> {
  const url = addresses.length === 1 ? addresses[0]! : addresses;
  for (;;) {
    const what = await chooseKind(addresses, credentials);
    if (what === undefined || what === back) return what;
    if (what.kind === 'v8-inspector') {
      for (const each of addresses) {
        const inspector = parseInspectorAddress(each);
        if (!inspector.loopback && !(await mayConnectToInspector(inspector))) return undefined;
      }
    }
    const added = await nameAndSave({ ...what, url }, hostOf(addresses[0]!), true);
    if (added !== back) return added;
  }
}

/**
 * Asks for a name and where to keep it.
 * @param canGoBack whether a step comes before these
 */
export async function nameAndSave(
  what: Omit<EndpointSpec, 'name'>,
  proposedName: string,
  canGoBack = false,
): Promise<EndpointSpec | typeof back | undefined> {
  const taken = new Set(configuredEndpoints().map(({ spec }) => spec.name));
  let name = freeName(proposedName, taken);
  for (;;) {
    const answer = await askText({
      title,
      canGoBack,
      prompt: 'Name of the endpoint',
      value: name,
      problemOf: (value) => {
        if (value.trim() === '') return 'An endpoint needs a name.';
        return taken.has(value.trim()) ? `There is an endpoint ${value.trim()} already.` : null;
      },
    });
    if (answer === undefined || answer === back) return answer;
    name = answer.trim();
    const scope = await chooseScope();
    if (scope === back) continue;
    return scope === undefined ? undefined : save({ name, ...what }, scope);
  }
}

async function save(spec: EndpointSpec, scope: EndpointScope): Promise<EndpointSpec | undefined> {
  try {
    await saveEndpoint(spec, scope);
    return spec;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    void vscode.window.showErrorMessage(`The endpoint could not be written to the settings: ${why}`);
    return undefined;
  }
}

async function askAddress(value: string): Promise<string | undefined> {
  const answer = await askText({
    title,
    canGoBack: false,
    prompt: 'Address of what samples: host:port, a URL or unix:/path/to.sock. Ranges name many: host-[1-20]:6060.',
    placeholder: 'localhost:6060',
    value,
    problemOf: (text) => {
      if (text.trim() === '') return null;
      try {
        const [first] = expandInstances([endpointAddress(text)]);
        parseHttpAddress(first!.split(/[\s,]+/)[0]!);
        return null;
      } catch (error) {
        const message = error instanceof Error ? error.message : '';
        return /range|instances|starts with/.test(message)
          ? message
          : 'Write host:port or a URL, for example localhost:6060.';
      }
    },
  });
  return answer === undefined || answer === back || answer.trim() === '' ? undefined : answer;
}

type Kind = Pick<EndpointSpec, 'kind' | 'options'>;

interface KindItem extends vscode.QuickPickItem {
  readonly act: Kind | 'credentials' | 'again' | 'async-profiler';
}

/** Asks the address, says what it found, and lets the user choose. */
async function chooseKind(
  addresses: readonly string[],
  credentials: CredentialStore,
): Promise<Kind | typeof back | undefined> {
  const address = addresses[0]!;
  let asked: Probe | null = null;
  for (;;) {
    const probe: Probe | undefined = asked ?? (await probeShown(address, credentials));
    if (probe === undefined) return back;
    asked = null;
    const chosen = await askOne({
      title,
      canGoBack: true,
      placeholder: said(address, probe),
      items: kindItems(address, probe),
    });
    if (chosen === undefined || chosen === back) return chosen;
    if (chosen.act === 'again') continue;
    if (chosen.act === 'credentials') {
      const origin = probe.wantsCredentials!;
      if (await editCredentials(credentials, origin, probe.scheme))
        await shareCredentials(credentials, origin, addresses);
      continue;
    }
    if (chosen.act !== 'async-profiler') return chosen.act;
    const kind = await chooseTemplate();
    if (kind !== back) return kind;
    asked = probe;
  }
}

function probeShown(address: string, credentials: CredentialStore): Promise<Probe | undefined> {
  const asking = `Asking ${firstOf(address)} what it is`;
  return Promise.resolve(
    vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title: asking, cancellable: true },
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
  const host = hostOf(firstOf(address));
  if (found.length > 0) return `${host} is ${found.map((each) => each.title).join(' and ')}`;
  const wanted = scheme === 'basic' ? 'a user and password' : scheme === 'bearer' ? 'a token' : 'to know who asks';
  const refused = wantsCredentials !== null && / answered 40[13]\b/.test(failure ?? '');
  // A placeholder is one line: what to do is the detail of asking again.
  return refused ? `${host} wants ${wanted}` : splitAdvice(failure ?? '').what;
}

function firstOf(address: string): string {
  return expandInstances([address])[0] ?? address;
}

function kindItems(address: string, { found, failure, wantsCredentials }: Probe): KindItem[] {
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
  if (found.length === 0) {
    const detail = splitAdvice(failure ?? '').advice ?? 'Once the program runs';
    items.push({ label: '$(refresh) Ask Again', detail, act: 'again' });
  }
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
  if (!known.has('http')) {
    items.push({
      label: 'An address that answers with a profile',
      detail: address.includes('{seconds}') ? '' : '{seconds} in it stands for how long to sample',
      act: { kind: 'http' },
    });
  }
  return items;
}

function offered(offers: readonly ProfileOffer[]): string {
  const described = offers.length <= 2 ? (offers[0]?.description ?? '') : '';
  return described === '' ? offers.map((offer) => offer.title).join(', ') : described;
}

async function chooseTemplate(): Promise<Kind | typeof back | undefined> {
  const own = { label: 'Another Service', detail: 'You complete the paths in the settings' };
  const items = [
    { label: 'ap-agent', detail: '/profiler/profile?event=…&duration=…', template: 'ap-agent' },
    { label: 'Spring Boot Actuator', detail: '/actuator/profiler/start and …/stop', template: 'actuator' },
    own,
  ];
  const chosen = await askOne<vscode.QuickPickItem & { template?: string }>({
    title,
    canGoBack: true,
    placeholder: 'How does the service start async-profiler?',
    items,
  });
  if (chosen === undefined || chosen === back) return chosen;
  const options: EndpointSpec['options'] =
    chosen.template !== undefined
      ? { template: chosen.template }
      : { request: '/profile?event={event}&duration={seconds}&format={format}' };
  return { kind: 'async-profiler', options };
}

async function chooseScope(): Promise<EndpointScope | typeof back | undefined> {
  if (vscode.workspace.workspaceFolders === undefined) return 'user';
  const items = [
    { label: 'Workspace Settings', detail: 'For everybody who opens this workspace', scope: 'workspace' as const },
    { label: 'User Settings', detail: 'For you, in every workspace', scope: 'user' as const },
  ];
  const chosen = await askOne({ title, canGoBack: true, placeholder: 'Where is the endpoint kept?', items });
  return chosen === undefined || chosen === back ? chosen : chosen.scope;
}

function freeName(wanted: string, taken: ReadonlySet<string>): string {
  for (let i = 1; ; i++) {
    const name = i === 1 ? wanted : `${wanted} (${i})`;
    if (!taken.has(name)) return name;
  }
}
