import * as vscode from 'vscode';
import type { EndpointSpec } from '../../endpoints/endpoint';
import { endpointKind } from '../../endpoints/endpointKinds';
import { expandInstances } from '../../endpoints/expandInstances';
import { heapProfileOf } from './captureEndpoint';
import { type EndpointActivities, type EndpointOutcomes, endpointId, type InstanceOutcome } from './endpointState';
import type { ConfiguredEndpoint } from './readEndpoints';

/** A row that is an endpoint: what the view's commands are given. */
export interface EndpointNode {
  readonly type: 'endpoint';
  readonly spec: EndpointSpec;
  /** Null for one that was found on this machine. */
  readonly configured: ConfiguredEndpoint | null;
  /** What an endpoint that was found said about itself. */
  readonly detail: string;
}

interface InstanceNode {
  readonly type: 'instance';
  readonly endpoint: EndpointNode;
  readonly instance: string;
  /** Null where it was not captured yet. */
  readonly outcome: InstanceOutcome | null;
}

interface GroupNode {
  readonly type: 'group';
  readonly title: string;
  readonly children: readonly EndpointNode[];
}

export type TreeNode = EndpointNode | InstanceNode | GroupNode;

/** Rows beyond this are left out: a range may name a thousand instances. */
const MOST_INSTANCES = 200;

/** Endpoints with what they are doing, and below each its instances with how their last capture went. */
export class EndpointTree implements vscode.TreeDataProvider<TreeNode>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<TreeNode | undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly listening: { dispose(): void };
  /** The rows there are now: VS Code knows them by their objects. */
  private readonly shown = new Map<string, EndpointNode>();

  /** @param roots what the view shows */
  constructor(
    private readonly roots: () => readonly TreeNode[],
    private readonly activities: EndpointActivities,
    private readonly outcomes: EndpointOutcomes,
    private readonly credentialsOf: (spec: EndpointSpec) => readonly string[] = () => [],
  ) {
    this.listening = activities.onDidChange((spec) => {
      const node = this.shown.get(endpointId(spec));
      if (node !== undefined) this.changed.fire(node);
    });
  }

  refresh(): void {
    this.changed.fire(undefined);
  }

  getChildren(node?: TreeNode): TreeNode[] {
    if (node === undefined) {
      this.shown.clear();
      return this.remember(this.roots());
    }
    if (node.type === 'group') return this.remember(node.children);
    return node.type === 'endpoint' ? this.instances(node) : [];
  }

  private remember<T extends TreeNode>(nodes: readonly T[]): T[] {
    for (const node of nodes) if (node.type === 'endpoint') this.shown.set(endpointId(node.spec), node);
    return [...nodes];
  }

  getTreeItem(node: TreeNode): vscode.TreeItem {
    if (node.type === 'instance') return instanceItem(node);
    if (node.type === 'endpoint') return this.endpointItem(node);
    const item = new vscode.TreeItem(node.title, vscode.TreeItemCollapsibleState.Collapsed);
    item.id = `group ${node.title}`;
    item.description = String(node.children.length);
    item.contextValue = 'group';
    return item;
  }

  private instances(endpoint: EndpointNode): InstanceNode[] {
    const last = this.outcomes.get(endpoint.spec)?.instances ?? [];
    const named = new Map(last.map((outcome) => [outcome.instance, outcome]));
    const written = writtenInstances(endpoint.spec);
    // An inspector's targets are instances of their own, which only a capture names.
    const all = named.size > 0 && !written.some((instance) => named.has(instance)) ? [] : written;
    const names = [...new Set([...all, ...named.keys()])].slice(0, MOST_INSTANCES);
    // The endpoint's own row says how the only one is.
    if (names.length < 2) return [];
    return names.map((instance) => ({
      type: 'instance',
      endpoint,
      instance,
      outcome: named.get(instance) ?? null,
    }));
  }

  private endpointItem(node: EndpointNode): vscode.TreeItem {
    const { spec, configured } = node;
    const activity = this.activities.of(spec);
    const outcome = this.outcomes.get(spec);
    const problem = configured?.problem ?? null;
    const children = problem === null && this.instances(node).length > 0;
    const item = new vscode.TreeItem(
      spec.name,
      children ? vscode.TreeItemCollapsibleState.Collapsed : vscode.TreeItemCollapsibleState.None,
    );
    item.id = `${configured === null ? 'found' : configured.scope} ${endpointId(spec)}`;
    item.contextValue = this.contextOf(node, problem !== null);
    if (problem !== null) {
      item.description = problem;
      item.iconPath = new vscode.ThemeIcon('warning', new vscode.ThemeColor('problemsWarningIcon.foreground'));
      item.tooltip = problem;
      return item;
    }
    const failed = outcome?.instances.filter(({ error }) => error !== null).length ?? 0;
    if (activity !== null) {
      item.description = activity.kind === 'capturing' ? activity.what : `live · ${activity.what}`;
      const icon = { capturing: 'loading~spin', live: 'record', paused: 'debug-pause' }[activity.kind];
      const color = activity.kind === 'live' ? new vscode.ThemeColor('debugIcon.breakpointForeground') : undefined;
      item.iconPath = new vscode.ThemeIcon(icon, color);
    } else if (outcome?.error != null) {
      item.description = `failed: ${withoutAddress(outcome.error)}`;
      item.iconPath = new vscode.ThemeIcon('error', new vscode.ThemeColor('problemsErrorIcon.foreground'));
    } else if (outcome !== null) {
      const time = `captured ${shownTime(outcome.atMs)}`;
      item.description = failed === 0 ? time : `${failed} of ${outcome.instances.length} failed, ${time}`;
      item.iconPath =
        failed === 0
          ? new vscode.ThemeIcon(iconOf(spec))
          : new vscode.ThemeIcon('warning', new vscode.ThemeColor('problemsWarningIcon.foreground'));
    } else {
      item.description = node.detail === '' ? kindTitle(spec) : node.detail;
      item.iconPath = new vscode.ThemeIcon(iconOf(spec));
    }
    if (activity === null && this.credentialsOf(spec).length > 0) item.description += ' · credentials';
    item.tooltip = this.tooltipOf(node);
    return item;
  }

  /** Words that menus look for. */
  private contextOf({ spec, configured }: EndpointNode, broken: boolean): string {
    const activity = this.activities.of(spec);
    const words = ['endpoint', configured !== null ? 'configured' : spec.pid === undefined ? 'found' : 'process'];
    if (broken) words.push('broken');
    else if (activity === null) words.push('idle');
    else words.push(activity.kind === 'capturing' ? 'capturing' : 'live');
    if (heapProfileOf(spec) !== null) words.push('heap');
    if (endpointKind(spec.kind)?.discover !== undefined) words.push('discover');
    if (this.outcomes.get(spec)?.path != null) words.push('captured');
    return words.join(' ');
  }

  private tooltipOf({ spec, configured }: EndpointNode): vscode.MarkdownString {
    const tooltip = new vscode.MarkdownString('', true);
    const line = (icon: string, value: string): void => {
      // As code: an address in it is no link.
      const text = value.replaceAll('`', "'").replace(/\s+/g, ' ');
      tooltip.appendMarkdown(`\n\n$(${icon}) ${/https?:/.test(text) ? `\`${text}\`` : ''}`);
      if (!/https?:/.test(text)) tooltip.appendText(text);
    };
    tooltip.appendText(spec.name).appendMarkdown(' — ').appendText(kindTitle(spec));
    const written = spec.pid === undefined ? [spec.url ?? []].flat().join(', ') : `process ${spec.pid}`;
    if (written !== '') line('globe', written);
    if (spec.profile !== undefined) line('symbol-field', `profile ${spec.profile}`);
    if (configured !== null) line('gear', configured.scope === 'workspace' ? 'workspace settings' : 'user settings');
    const credentials = this.credentialsOf(spec);
    if (credentials.length > 0) line('key', credentials.join(', '));
    const outcome = this.outcomes.get(spec);
    if (outcome !== null) {
      const time = new Date(outcome.atMs).toLocaleString();
      line(outcome.error === null ? 'check' : 'error', outcome.error === null ? `captured ${time}` : outcome.error);
      const failures = outcome.instances.filter(({ error }) => error !== null);
      if (outcome.error === null) for (const { error } of failures.slice(0, 5)) line('error', error!);
    }
    return tooltip;
  }

  dispose(): void {
    this.listening.dispose();
    this.changed.dispose();
  }
}

function instanceItem({ instance, outcome, endpoint }: InstanceNode): vscode.TreeItem {
  const item = new vscode.TreeItem(instance);
  item.id = `${endpointId(endpoint.spec)} ${instance}`;
  item.contextValue = 'instance';
  if (outcome === null) {
    item.description = 'not captured yet';
    item.iconPath = new vscode.ThemeIcon('circle-outline');
  } else if (outcome.error === null) {
    item.description = 'captured';
    item.iconPath = new vscode.ThemeIcon('pass', new vscode.ThemeColor('testing.iconPassed'));
  } else {
    item.description = withoutAddress(outcome.error);
    item.tooltip = outcome.error;
    item.iconPath = new vscode.ThemeIcon('error', new vscode.ThemeColor('problemsErrorIcon.foreground'));
  }
  return item;
}

function writtenInstances({ url }: EndpointSpec): string[] {
  try {
    return expandInstances([url ?? []].flat());
  } catch {
    return [];
  }
}

export function kindTitle(spec: EndpointSpec): string {
  return endpointKind(spec.kind)?.title ?? spec.kind;
}

function iconOf({ kind, url, pid }: EndpointSpec): string {
  if (Array.isArray(url) || /\[.+[-,].+\]/.test(String(url ?? ''))) return 'server-environment';
  return kind === 'v8-inspector' ? 'plug' : pid !== undefined ? 'server-process' : kind === 'http' ? 'globe' : 'pulse';
}

/** A failure beside the name of what failed: its address would push the rest out of sight. */
function withoutAddress(error: string): string {
  return error.replace(/^https?:\/\/\S+ (?:\(\S+\) )?(?=answered|cannot)/, '');
}

/** The time of today, the day of what is older. */
function shownTime(atMs: number): string {
  const at = new Date(atMs);
  const today = at.toDateString() === new Date().toDateString();
  return today ? at.toLocaleTimeString() : at.toLocaleDateString();
}
