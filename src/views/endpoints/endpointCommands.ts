import * as vscode from 'vscode';
import { OUTLASTS_LATE_FOCUS } from '../../editor/lateFocus';
import type { EndpointSpec, ProfileOffer } from '../../endpoints/endpoint';
import { endpointKind } from '../../endpoints/endpointKinds';
import { showProfile } from '../openProfile';
import { heapProfileOf, sampledSeconds } from './captureEndpoint';
import { type CaptureServices, captureAndOpen, mayConnect, usualSeconds } from './endpointCaptures';
import { configuredEndpoints, editEndpoint, removeEndpoint } from './endpointSettings';
import { type EndpointNode, kindTitle } from './endpointTree';
import type { LiveCaptures } from './liveCaptures';

const DISCOVER_MS = 5000;

export interface CommandServices extends CaptureServices {
  /** Endpoints that were found on this machine last. */
  found(): readonly EndpointNode[];
  readonly live: LiveCaptures;
}

/** The commands of the Endpoints view, and those in the palette. */
export function registerEndpointCommands(services: CommandServices): vscode.Disposable {
  const onNode = (id: string, run: (node: EndpointNode) => unknown): vscode.Disposable =>
    vscode.commands.registerCommand(`emberline.endpoint.${id}`, (node?: unknown) =>
      isEndpointNode(node) ? run(node) : undefined,
    );
  return vscode.Disposable.from(
    vscode.commands.registerCommand('emberline.addEndpoint', () => add(services)),
    vscode.commands.registerCommand('emberline.captureFromEndpoint', (name?: unknown) =>
      captureByChoice(typeof name === 'string' ? name : null, services),
    ),
    onNode('capture', ({ spec }) => captureAndOpen(spec, {}, services)),
    onNode('captureHeap', ({ spec }) => captureAndOpen(spec, { profile: heapProfileOf(spec) ?? undefined }, services)),
    onNode('captureFor', async ({ spec }) => {
      const seconds = await askSeconds(spec);
      if (seconds !== undefined) await captureAndOpen(spec, { seconds }, services);
    }),
    onNode('captureProfile', ({ spec }) => captureChosenProfile(spec, services)),
    vscode.commands.registerCommand('emberline.watchEndpoint', async () => {
      const spec = await chooseEndpoint('Watch Endpoint Live', services);
      if (spec !== undefined) void services.live.start(spec);
    }),
    vscode.commands.registerCommand('emberline.stopLive', () => stopLive(services)),
    onNode('startLive', ({ spec }) => void services.live.start(spec)),
    onNode('stopLive', ({ spec }) => services.activities.cancel(spec)),
    onNode('cancel', ({ spec }) => services.activities.cancel(spec)),
    onNode('showLast', async ({ spec }) => {
      const path = services.outcomes.get(spec)?.path;
      if (path != null) await showProfile(vscode.Uri.file(path));
    }),
    onNode('setBaseline', async ({ spec }) => {
      const path = services.outcomes.get(spec)?.path;
      if (path != null) await vscode.commands.executeCommand('emberline.setBaseline', vscode.Uri.file(path));
    }),
    onNode('edit', ({ spec, configured }) =>
      configured === null ? undefined : editEndpoint(spec.name, configured.scope),
    ),
    onNode('remove', (node) => remove(node, services)),
    onNode('addToSettings', async ({ spec }) => {
      const { name, ...what } = spec;
      const { nameAndSave } = await import('./addEndpoint');
      return nameAndSave(what, name);
    }),
  );
}

function isEndpointNode(node: unknown): node is EndpointNode {
  return typeof node === 'object' && node !== null && 'type' in node && node.type === 'endpoint';
}

async function add(services: CommandServices): Promise<void> {
  if (!(await mayConnect())) return;
  const { addEndpoint } = await import('./addEndpoint');
  const spec = await addEndpoint(services.credentials);
  if (spec === undefined) return;
  const capture = 'Capture Now';
  const edit = 'Edit';
  const answer = await vscode.window.showInformationMessage(`The endpoint ${spec.name} was added.`, capture, edit);
  if (answer === capture) await captureAndOpen(spec, {}, services);
  if (answer === edit) {
    const scope = configuredEndpoints().find((each) => each.spec.name === spec.name)?.scope ?? 'user';
    await editEndpoint(spec.name, scope);
  }
}

async function remove({ spec, configured }: EndpointNode, { activities }: CommandServices): Promise<void> {
  if (configured === null) return;
  const yes = 'Remove';
  const answer = await vscode.window.showWarningMessage(
    `Remove the endpoint ${spec.name} from the ${configured.scope} settings?`,
    { modal: true },
    yes,
  );
  if (answer !== yes) return;
  activities.cancel(spec);
  await removeEndpoint(configured);
}

/** `Emberline: Capture from Endpoint…`: which one, which profile, for how long. */
async function captureByChoice(name: string | null, services: CommandServices): Promise<vscode.Uri | undefined> {
  if (name !== null) {
    const named = allEndpoints(services).find((spec) => spec.name === name);
    if (named !== undefined) return captureAndOpen(named, {}, services);
    void vscode.window.showErrorMessage(`There is no endpoint ${name}: add it, or choose another.`);
    return undefined;
  }
  const spec = await chooseEndpoint('Capture from Endpoint', services);
  return spec === undefined ? undefined : captureChosenProfile(spec, services);
}

function allEndpoints(services: CommandServices): EndpointSpec[] {
  return [
    ...configuredEndpoints().flatMap(({ spec, problem }) => (problem === null ? [spec] : [])),
    ...services.found().map(({ spec }) => spec),
  ];
}

async function chooseEndpoint(title: string, services: CommandServices): Promise<EndpointSpec | undefined> {
  if (!(await mayConnect())) return undefined;
  const adding = { label: '$(add) Add Endpoint…', spec: null };
  const items = allEndpoints(services).map((spec) => ({
    label: spec.name,
    description: kindTitle(spec),
    detail: [spec.url ?? []].flat().join(', '),
    spec,
  }));
  const chosen = await vscode.window.showQuickPick([...items, adding], {
    title,
    placeHolder: 'Which endpoint?',
    ...OUTLASTS_LATE_FOCUS,
    matchOnDetail: true,
  });
  if (chosen?.spec !== null) return chosen?.spec;
  await add(services);
  return undefined;
}

/** Ends what is captured live, after a choice where there are several. */
async function stopLive({ live, activities }: CommandServices): Promise<void> {
  const { specs } = live;
  let chosen = specs;
  if (specs.length > 1) {
    const all = { label: 'All of Them', chosen: specs };
    const items = [all, ...specs.map((spec) => ({ label: spec.name, chosen: [spec] }))];
    const options = { title: 'Stop Live Capture', ...OUTLASTS_LATE_FOCUS };
    chosen = (await vscode.window.showQuickPick(items, options))?.chosen ?? [];
  }
  for (const spec of chosen) activities.cancel(spec);
}

/** Asks which of the endpoint's profiles, and for how long. */
async function captureChosenProfile(spec: EndpointSpec, services: CommandServices): Promise<vscode.Uri | undefined> {
  if (!(await mayConnect())) return undefined;
  const offers = await discoverShown(spec, services);
  if (offers === undefined) return undefined;
  let profile = spec.profile;
  if (offers.length > 1) {
    const usual = profile ?? offers[0]!.profile;
    const items = offers.map((offer) => ({
      label: offer.title,
      description: offer.profile === usual ? `${offer.description} (usual)` : offer.description,
      offer,
    }));
    const chosen = await vscode.window.showQuickPick(items, {
      title: `Capture from ${spec.name}`,
      placeHolder: 'Which profile?',
      ...OUTLASTS_LATE_FOCUS,
      matchOnDescription: true,
    });
    if (chosen === undefined) return undefined;
    profile = chosen.offer.profile;
  }
  const wanted: EndpointSpec = profile === undefined ? spec : { ...spec, profile };
  const seconds = sampledSeconds(wanted, 1) === null ? usualSeconds(spec) : await askSeconds(wanted);
  return seconds === undefined ? undefined : captureAndOpen(spec, { profile, seconds }, services);
}

/** What the endpoint offers now; none where its kind does not say, undefined where the user gave up. */
async function discoverShown(
  spec: EndpointSpec,
  { credentials, output }: CommandServices,
): Promise<ProfileOffer[] | undefined> {
  const kind = endpointKind(spec.kind);
  if (kind?.discover === undefined) return [];
  const { discover } = kind;
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title: `Asking ${spec.name} for its profiles` },
    async () => {
      try {
        const signal = AbortSignal.timeout(DISCOVER_MS);
        return await discover({ spec, signal, ...credentials.access });
      } catch (error) {
        const message =
          error instanceof Error && error.name === 'TimeoutError'
            ? `${spec.name} did not answer within ${DISCOVER_MS / 1000} s: check its address and whether it runs.`
            : error instanceof Error
              ? error.message
              : String(error);
        output.error(`${spec.name}: ${message}`);
        void vscode.window.showErrorMessage(message);
        return undefined;
      }
    },
  );
}

async function askSeconds(spec: EndpointSpec): Promise<number | undefined> {
  const text = await vscode.window.showInputBox({
    title: `Capture from ${spec.name}`,
    prompt: 'How many seconds?',
    value: String(usualSeconds(spec)),
    validateInput: (value) => {
      const seconds = Number(value.replace(',', '.'));
      return seconds > 0 && seconds <= 86_400 ? null : 'Write a number of seconds, up to a day.';
    },
  });
  return text === undefined ? undefined : Number(text.replace(',', '.'));
}
