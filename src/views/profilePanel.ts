import * as vscode from 'vscode';
import type { ViewSpec } from '../analysis/viewSpec';
import type { BaseView } from '../engine/compareApi';
import type { EngineApi, EngineMethod, EngineParams, EngineResult, ProfileSummary } from '../engine/engineApi';
import type { Pointing, ToWebview, ViewState } from '../protocol';
import type { Baseline } from './baseline';
import type { DroppedProfiles } from './droppedProfiles';
import type { ChartZoom, HostProfile, ProfileStatus } from './hostProfile';
import { parseWebviewMessage, type WebviewMessage, type WebviewRequest } from './messageSchemas';
import { ownBuffers } from './ownBuffers';
import { PanelBaseline } from './panelBaseline';
import { profileHtml } from './profileHtml';
import { carryState, type ViewStateStore } from './viewStateStore';

/** A frame whose source is wanted, as the profile records it. */
export interface FrameSource {
  readonly name: string;
  readonly file: string | null;
  /** 1-based. */
  readonly line: number | null;
  readonly column: number | null;
}

export interface PanelServices {
  readonly engine: EngineApi;
  readonly output: vscode.LogOutputChannel;
  readonly states: ViewStateStore;
  readonly extensionUri: vscode.Uri;
  readonly dropped: DroppedProfiles;
  readonly baseline: Baseline;
  /** Shows the source of a frame, beside the editor in `from`. */
  readonly openSource: (frame: FrameSource, from: vscode.ViewColumn | undefined) => Promise<void>;
  /** Shows the source of a frame in an editor that is visible already; else nothing. */
  readonly revealSource: (frame: FrameSource) => Promise<void>;
}

const progressEveryMs = 80;

/**
 * One editor of a profile: answers its webview. The webview may be torn down and made anew while the panel lives
 * (hiding, moving): it then says `ready` again and gets everything anew.
 */
export class ProfilePanel implements vscode.Disposable {
  private readonly disposables: vscode.Disposable[] = [];
  private readonly running = new Map<number, AbortController>();
  private opening: AbortController | null = null;
  /** This editor's own state: two editors of one profile may look at different parts. */
  private state: ViewState | null = null;
  private ready = false;
  /** A page that was hidden is gone: what is said to it before the next one is ready would be lost. */
  private wasHidden = false;
  /** What the page shows, null while that is no profile. */
  private shown: ProfileSummary | null = null;
  /** What to show once there is a chart. */
  private waiting: Pointing | null = null;
  /** What the cursor is on: a page that is made anew is to show it, too. */
  private mark: Extract<Pointing, { kind: 'mark' }> | null = null;
  private readonly compared = new PanelBaseline();
  private lastProgress = { at: 0, what: '' };
  /** Tells answers for an earlier page or profile from those that are waited for. */
  private generation = 0;

  constructor(
    private readonly panel: vscode.WebviewPanel,
    private readonly profile: HostProfile,
    private readonly services: PanelServices,
  ) {
    const { webview } = panel;
    const root = vscode.Uri.joinPath(services.extensionUri, 'dist', 'webview');
    webview.options = { enableScripts: true, enableForms: false, localResourceRoots: [root] };
    this.disposables.push(
      webview.onDidReceiveMessage((message: unknown) => this.receive(message)),
      profile.onDidChangeStatus((status) => this.showStatus(status)),
      services.baseline.onDidChange(() => this.tellBaseline()),
      profile.onDidPoint((pointing) => this.point(pointing)),
      panel.onDidChangeViewState(() => {
        if (!panel.visible) this.wasHidden = true;
      }),
    );
    webview.html = profileHtml({
      cspSource: webview.cspSource,
      script: webview.asWebviewUri(vscode.Uri.joinPath(root, 'profile.js')).toString(),
      codicons: webview.asWebviewUri(vscode.Uri.joinPath(root, 'codicon.css')).toString(),
      nonce: randomNonce(),
    });
  }

  dispose(): void {
    this.ready = false;
    this.cancelAll();
    this.opening?.abort();
    for (const disposable of this.disposables) {
      disposable.dispose();
    }
  }

  private receive(raw: unknown): void {
    const parsed = parseWebviewMessage(raw);
    if (parsed.message === null) {
      this.services.output.warn(`A message of the profile editor was refused: ${parsed.problem}`);
      return;
    }
    this.act(parsed.message).catch((error: unknown) => {
      this.services.output.error(error instanceof Error ? error : String(error));
    });
  }

  private async act(message: WebviewMessage): Promise<void> {
    switch (message.kind) {
      case 'ready':
        this.ready = true;
        this.wasHidden = false;
        this.compared.forget();
        this.shown = null;
        this.cancelAll();
        this.lastProgress = { at: 0, what: '' };
        this.showStatus(this.profile.status);
        return;
      case 'request':
        return this.answer(message);
      case 'cancel':
        this.running.get(message.id)?.abort();
        return;
      case 'openFrame':
        return this.openSource('frameDetails', { view: message.view, order: message.order, node: message.node });
      case 'focusFrame':
        return this.revealSource({ view: message.view, order: message.order, node: message.node });
      case 'openFunction':
        return this.openSource('functionInfo', { view: message.view, func: message.func });
      case 'state':
        return this.keepState(message.state);
      case 'copy':
        return vscode.env.clipboard.writeText(message.text);
      case 'dropUris':
        return this.services.dropped.openUris(message.uris);
      case 'dropFile':
        return this.services.dropped.openFile(message.name, message.bytes);
      case 'retry':
        return this.profile.load();
      case 'compare':
        this.compared.on = message.on;
        this.tellBaseline();
        return;
      case 'showOutput':
        this.services.output.show(true);
    }
  }

  /** The editor got the focus: what it looks at is what the heat shows. */
  focused(): void {
    if (this.state !== null) {
      this.profile.setView(this.state.view, zoomOf(this.state));
    }
  }

  private point(pointing: Pointing): void {
    if (pointing.kind === 'mark') this.mark = pointing.functions.length > 0 ? pointing : null;
    // The page drops it, too: a page that is made anew must not get it back.
    if (pointing.kind === 'sandwich' && this.mark?.functions.includes(pointing.func) === false) this.mark = null;
    if (this.ready && !this.wasHidden && this.shown !== null) this.post(pointing);
    else if (pointing.kind !== 'mark') this.waiting = pointing;
  }

  private showStatus(status: ProfileStatus): void {
    if (status.kind !== 'open') {
      this.cancelAll();
      this.mark = null;
      // The store knows which parts of a state still fit what is read now.
      this.state = null;
      this.shown = null;
    }
    if (status.kind === 'loading') {
      const now = Date.now();
      const { at, what } = this.lastProgress;
      if (status.what !== what || now - at >= progressEveryMs) {
        this.lastProgress = { at: now, what: status.what };
        this.post({ kind: 'loading', what: status.what, fraction: status.fraction });
      }
    } else if (status.kind === 'failed') {
      this.post({ kind: 'failed', message: status.message });
    } else if (this.shown !== null && this.shown.profile !== status.summary.profile) {
      this.refresh(this.shown, status.summary);
    } else {
      this.shown = status.summary;
      const state = this.state ?? this.services.states.get(this.profile.uri.toString(), status.summary);
      if (state !== null) {
        this.profile.setView(state.view, zoomOf(state));
      }
      this.tellBaseline();
      this.post({ kind: 'profile', summary: status.summary, state });
      if (this.ready && this.mark !== null) this.post(this.mark);
      if (this.ready && this.waiting !== null) {
        this.post(this.waiting);
        this.waiting = null;
      }
    }
  }

  /** The profile was captured anew: the page goes on looking at the same. */
  private refresh(before: ProfileSummary, summary: ProfileSummary): void {
    for (const id of this.running.keys()) this.post({ kind: 'error', id, message: 'Superseded.', cancelled: true });
    this.cancelAll();
    this.shown = summary;
    // Functions have other numbers there.
    this.mark = null;
    const known = this.state ?? this.services.states.get(this.profile.uri.toString(), before);
    this.state = known === null ? null : carryState(known, before, summary);
    this.tellBaseline();
    this.post({ kind: 'profile', summary, state: this.state, refresh: true });
  }

  private async keepState(state: ViewState): Promise<void> {
    const { status } = this.profile;
    if (status.kind !== 'open') {
      return;
    }
    const { sampleTypes, threads } = status.summary;
    const { sampleType, thread } = state.view;
    if (sampleType >= sampleTypes.length || (thread !== null && thread >= threads.length)) {
      return;
    }
    this.state = state;
    this.profile.setView(state.view, zoomOf(state));
    await this.services.states.set(this.profile.uri.toString(), status.summary, state);
  }

  private async answer(request: WebviewRequest): Promise<void> {
    const { status } = this.profile;
    const { id } = request;
    if (status.kind !== 'open') {
      this.post({ kind: 'error', id, message: 'The profile is not open.', cancelled: true });
      return;
    }
    const controller = new AbortController();
    const { generation } = this;
    this.running.set(id, controller);
    try {
      const value = await this.ask(request, status.summary.profile, controller.signal);
      if (generation === this.generation) {
        this.post({ kind: 'result', id, value: ownBuffers(value) });
      }
    } catch (error) {
      const cancelled = controller.signal.aborted;
      const message = error instanceof Error ? error.message : String(error);
      if (!cancelled) {
        this.services.output.error(`${request.method}: ${message}`);
      }
      if (generation === this.generation) {
        this.post({ kind: 'error', id, message, cancelled });
      }
    } finally {
      if (this.running.get(id) === controller) {
        this.running.delete(id);
      }
    }
  }

  /** What a view is compared with. */
  private base(view: ViewSpec): BaseView | null {
    return this.compared.on ? this.services.baseline.compare(this.profile, view) : null;
  }

  /** Tells the page what its answers are compared with, where that is news. */
  private tellBaseline(): void {
    if (!this.ready || this.profile.status.kind !== 'open') {
      return;
    }
    const news = this.compared.news(this.services.baseline.shownFor(this.profile));
    if (news !== undefined) {
      this.post({ kind: 'baseline', baseline: news });
    }
  }

  /** Method by method, so that the compiler holds each to its parameters. */
  private ask(request: WebviewRequest, profile: number, signal: AbortSignal) {
    const { engine } = this.services;
    switch (request.method) {
      case 'flameWindow':
        return engine.request(
          'flameWindow',
          { ...request.params, profile, base: this.base(request.params.view) },
          { signal },
        );
      case 'frameDetails':
        return engine.request(
          'frameDetails',
          { ...request.params, profile, base: this.base(request.params.view) },
          { signal },
        );
      case 'frameParents':
        return engine.request('frameParents', { ...request.params, profile }, { signal });
      case 'search':
        return engine.request('search', { ...request.params, profile }, { signal });
      case 'functionTable':
        return engine.request(
          'functionTable',
          { ...request.params, profile, base: this.base(request.params.view) },
          { signal },
        );
    }
  }

  private async openSource<M extends 'frameDetails' | 'functionInfo'>(
    method: M,
    params: Omit<EngineParams<M>, 'profile'>,
  ): Promise<void> {
    const { status } = this.profile;
    if (status.kind !== 'open') {
      return;
    }
    this.opening?.abort();
    const opening = new AbortController();
    this.opening = opening;
    try {
      const whole = { ...params, profile: status.summary.profile } as EngineParams<M>;
      const { name, file, line, column }: EngineResult<EngineMethod & ('frameDetails' | 'functionInfo')> =
        await this.services.engine.request(method, whole, { signal: opening.signal });
      if (!opening.signal.aborted) {
        await this.services.openSource({ name, file, line, column }, this.panel.viewColumn);
      }
    } catch (error) {
      if (!opening.signal.aborted) {
        const message = error instanceof Error ? error.message : String(error);
        this.services.output.error(`Opening the source: ${message}`);
        void vscode.window.showErrorMessage(`The source cannot be opened: ${message}`);
      }
    }
  }

  private async revealSource(params: Omit<EngineParams<'frameDetails'>, 'profile'>): Promise<void> {
    const { status } = this.profile;
    if (status.kind !== 'open') {
      return;
    }
    const whole = { ...params, profile: status.summary.profile };
    const { name, file, line, column } = await this.services.engine.request('frameDetails', whole);
    await this.services.revealSource({ name, file, line, column });
  }

  private cancelAll(): void {
    this.generation++;
    for (const controller of this.running.values()) {
      controller.abort();
    }
    this.running.clear();
  }

  private post(message: ToWebview): void {
    if (this.ready) {
      void this.panel.webview.postMessage(message);
    }
  }
}

/** A frame that is zoomed into says by itself where the axis begins and ends. */
function zoomOf({ order, zoomed, range }: ViewState): ChartZoom | null {
  if (zoomed !== null) return { order, node: zoomed, range: null };
  return order === 'timeOrder' && range !== null ? { order, node: null, range } : null;
}

function randomNonce(): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(18))).toString('base64');
}
