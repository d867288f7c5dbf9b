import * as vscode from 'vscode';
import type { EndpointSpec } from '../../endpoints/endpoint';
import { expandInstances } from '../../endpoints/expandInstances';
import { originOf, parseHttpAddress } from '../../endpoints/httpAddress';
import type { LocalEndpoint } from '../../endpoints/localEndpoints';
import type { ProcessEndpoints } from '../../endpoints/processEndpoints';
import type { EngineApi } from '../../engine/engineApi';
import type { CaptureStore } from '../captureStore';
import type { CredentialStore } from '../credentialStore';
import type { OpenProfiles } from '../openProfiles';
import { registerEndpointCommands } from './endpointCommands';
import { configuredEndpoints } from './endpointSettings';
import { EndpointActivities, EndpointOutcomes } from './endpointState';
import { type EndpointNode, EndpointTree, type TreeNode } from './endpointTree';
import { LiveCaptures } from './liveCaptures';

interface Services {
  readonly engine: EngineApi;
  readonly store: CaptureStore;
  readonly credentials: CredentialStore;
  readonly profiles: OpenProfiles;
  readonly output: vscode.LogOutputChannel;
}

/** While somebody looks at it, this machine is asked so often. Elsewhere than on Linux a program lists the processes. */
const LOOK_EVERY_MS = process.platform === 'linux' ? 15_000 : 60_000;

/** The Endpoints view, its commands and wizard. Nothing is connected to in an untrusted workspace. */
export class Endpoints implements vscode.Disposable {
  private readonly activities = new EndpointActivities();
  private readonly disposables: vscode.Disposable[];
  private readonly configuredTree: EndpointTree;
  private readonly foundTree: EndpointTree;
  private readonly foundView: vscode.TreeView<unknown>;
  private found: readonly LocalEndpoint[] = [];
  private processes: ProcessEndpoints = { groups: [], inspectors: [] };
  private looking: AbortController | null = null;
  private timer: NodeJS.Timeout | undefined;

  constructor(context: vscode.ExtensionContext, services: Services) {
    const outcomes = new EndpointOutcomes(context.workspaceState);
    const { activities } = this;
    const live = new LiveCaptures({ ...services, outcomes, activities }, services.profiles);
    this.configuredTree = new EndpointTree(
      () => configuredNodes(),
      activities,
      outcomes,
      (spec) => credentialsOf(spec, services.credentials),
    );
    this.foundTree = new EndpointTree(() => this.foundRoots(), activities, outcomes);
    const configuredView = vscode.window.createTreeView('emberline.endpoints', {
      treeDataProvider: this.configuredTree,
    });
    this.foundView = vscode.window.createTreeView('emberline.localEndpoints', { treeDataProvider: this.foundTree });
    this.disposables = [
      this.configuredTree,
      this.foundTree,
      configuredView,
      this.foundView,
      this.foundView.onDidChangeVisibility(() => this.look()),
      vscode.window.onDidChangeWindowState(() => this.look()),
      vscode.workspace.onDidGrantWorkspaceTrust(() => {
        this.configuredTree.refresh();
        this.look();
      }),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (['endpoints', 'certificates'].some((name) => event.affectsConfiguration(`emberline.${name}`))) {
          this.configuredTree.refresh();
        }
      }),
      services.credentials.onDidChange(() => this.configuredTree.refresh()),
      vscode.commands.registerCommand('emberline.refreshEndpoints', async () => {
        this.configuredTree.refresh();
        await this.ask();
      }),
      live,
      registerEndpointCommands({ ...services, outcomes, activities, live, found: () => this.foundNodes() }),
    ];
    this.look();
  }

  private foundRoots(): TreeNode[] {
    if (!vscode.workspace.isTrusted) return [];
    const groups = this.processes.groups.map(
      ({ title, endpoints }): TreeNode => ({ type: 'group', title, children: endpoints.map(foundNode) }),
    );
    return [...this.foundNodes(), ...groups];
  }

  /** What answers by itself. */
  private foundNodes(): EndpointNode[] {
    if (!vscode.workspace.isTrusted) return [];
    const configured = new Set(configuredEndpoints().flatMap(({ spec }) => [spec.url ?? []].flat().map(portOf)));
    return this.found.filter(({ spec }) => !configured.has(portOf(String(spec.url)))).map(foundNode);
  }

  /** Looks around on this machine now and then, while the view is seen. */
  private look(): void {
    clearTimeout(this.timer);
    if (!this.foundView.visible || !vscode.window.state.focused || !vscode.workspace.isTrusted) return;
    void this.ask().finally(() => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.look(), LOOK_EVERY_MS);
    });
  }

  private async ask(): Promise<void> {
    if (!vscode.workspace.isTrusted) return;
    this.looking?.abort();
    const looking = new AbortController();
    this.looking = looking;
    try {
      const { findProcessEndpoints } = await import('../../endpoints/processEndpoints');
      const { findLocalEndpoints } = await import('../../endpoints/localEndpoints');
      const processes = await findProcessEndpoints().catch(() => this.processes);
      const found = await findLocalEndpoints(looking.signal, processes.inspectors);
      if (looking.signal.aborted) return;
      const changed = JSON.stringify([found, processes]) !== JSON.stringify([this.found, this.processes]);
      this.found = found;
      this.processes = processes;
      if (changed) this.foundTree.refresh();
    } catch {
      // Looked again meanwhile.
    }
  }

  /** Ends what runs; settles when nothing is left behind. */
  async end(): Promise<void> {
    clearTimeout(this.timer);
    this.looking?.abort();
    await this.activities.cancelAll();
  }

  dispose(): void {
    void this.end();
    for (const disposable of this.disposables) disposable.dispose();
  }
}

function foundNode({ spec, description }: LocalEndpoint): EndpointNode {
  return { type: 'endpoint', spec, configured: null, detail: description };
}

function configuredNodes(): EndpointNode[] {
  if (!vscode.workspace.isTrusted) return [];
  return configuredEndpoints().map((configured) => ({
    type: 'endpoint',
    spec: configured.spec,
    configured,
    detail: '',
  }));
}

/** What the instances of an endpoint are told about us, by names. */
function credentialsOf({ url }: EndpointSpec, credentials: CredentialStore): string[] {
  try {
    const origins = new Set(expandInstances([url ?? []].flat()).map((each) => originOf(parseHttpAddress(each))));
    return [...new Set([...origins].flatMap((origin) => credentials.kindsOf(origin)))];
  } catch {
    return [];
  }
}

/** An endpoint of the settings at a local port is not shown again as found. */
function portOf(address: string): string {
  return /^(?:[a-z]+:\/\/)?(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])?:(\d+)/i.exec(address)?.[1] ?? address;
}
