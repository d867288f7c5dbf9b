import * as vscode from 'vscode';
import { type FlameOrder, type ViewSpec, viewKey, withoutSplit } from '../analysis/viewSpec';
import type { EngineApi, ProfileSummary } from '../engine/engineApi';
import type { Pointing } from '../protocol';
import { openParams } from './openParams';
import { carryView } from './viewStateStore';
import { watchFile } from './watchFile';

export type ProfileStatus =
  | { readonly kind: 'loading'; readonly what: string; readonly fraction: number | null }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'open'; readonly summary: ProfileSummary };

/** The part of a chart that is looked at: a frame's, or one of the x axis. */
export interface ChartZoom {
  readonly order: FlameOrder;
  readonly node: number | null;
  readonly range: { readonly from: number; readonly to: number } | null;
}

/**
 * One profile that the extension has open: shared by its editors and the heat, each of which holds it. The last one
 * to let go closes it in the engine.
 */
export class HostProfile {
  readonly name: string;
  private current: ProfileStatus = { kind: 'loading', what: 'Opening', fraction: null };
  private chosenView: ViewSpec | null = null;
  private chosenZoom: ChartZoom | null = null;
  private holders = 0;
  private loading: AbortController | null = null;
  private spanMs: { readonly recorded: number; readonly opened: number } | null = null;
  private askingToReload = false;
  private read: string | null = null;
  private readonly watcher: vscode.Disposable;
  private readonly statusChanged = new vscode.EventEmitter<ProfileStatus>();
  readonly onDidChangeStatus = this.statusChanged.event;
  private readonly pointed = new vscode.EventEmitter<Pointing>();
  readonly onDidPoint = this.pointed.event;
  private readonly viewChanged = new vscode.EventEmitter<void>();
  /** Another sample type, thread or filter is looked at: other lines are hot. */
  readonly onDidChangeView = this.viewChanged.event;
  private readonly zoomChanged = new vscode.EventEmitter<void>();
  /** Another part of the chart is looked at. */
  readonly onDidChangeZoom = this.zoomChanged.event;

  constructor(
    readonly uri: vscode.Uri,
    private readonly engine: EngineApi,
    private readonly output: vscode.LogOutputChannel,
    private readonly onReleased: () => void,
  ) {
    this.name = uri.path.slice(uri.path.lastIndexOf('/') + 1);
    this.watcher = watchFile(uri, () => this.offerReload());
    void this.load();
  }

  get status(): ProfileStatus {
    return this.current;
  }

  /** What is looked at; null until the profile is open. */
  get view(): ViewSpec | null {
    if (this.current.kind !== 'open') {
      return null;
    }
    return this.chosenView ?? { sampleType: this.current.summary.defaultSampleType, thread: null };
  }

  /** When the profile was recorded (at the latest) and when it was read, in ms since the epoch; null until then. */
  get readSpanMs(): { readonly recorded: number; readonly opened: number } | null {
    return this.spanMs;
  }

  /** The file's state on disk just before it was read (see `stateOnDisk`); null where it is not known. */
  get readState(): string | null {
    return this.read;
  }

  /** Whether a live capture writes the file and has each write read: nobody is asked about those. */
  followed = false;

  /** Shows something in the charts of its editors. */
  point(pointing: Pointing): void {
    this.pointed.fire(pointing);
  }

  /** What the chart is zoomed to; null where it shows all. */
  get zoom(): ChartZoom | null {
    return this.chosenZoom;
  }

  /** Nodes of `zoom` are those of `view`. */
  setView(view: ViewSpec, zoom: ChartZoom | null): void {
    const before = this.view;
    const zoomBefore = JSON.stringify(this.chosenZoom);
    this.chosenView = view;
    this.chosenZoom = zoom;
    if (before !== null && viewKey(withoutSplit(before)) !== viewKey(withoutSplit(view))) {
      this.viewChanged.fire();
    } else if (zoomBefore !== JSON.stringify(zoom) || (zoom !== null && before?.splitBy !== view.splitBy)) {
      this.zoomChanged.fire();
    }
  }

  /** Keeps the profile open until the answer is disposed. */
  hold(): vscode.Disposable {
    this.holders++;
    let held = true;
    return new vscode.Disposable(() => {
      if (held) {
        held = false;
        this.holders--;
        if (this.holders === 0) {
          this.dispose();
        }
      }
    });
  }

  /** Reads the file (again). Never rejects: the outcome is the status. */
  async load(): Promise<void> {
    this.loading?.abort();
    const loading = new AbortController();
    this.loading = loading;
    this.closeInEngine();
    this.chosenView = null;
    this.chosenZoom = null;
    this.setStatus({ kind: 'loading', what: 'Reading', fraction: null });
    const started = performance.now();
    try {
      this.read = await stateOnDisk(this.uri);
      const params = await openParams(this.uri, this.name);
      loading.signal.throwIfAborted();
      const summary = await this.engine.request('open', params, {
        signal: loading.signal,
        onProgress: (fraction, what) => {
          if (!loading.signal.aborted) {
            this.setStatus({ kind: 'loading', what, fraction });
          }
        },
      });
      const { startTimeMs, durationMs } = summary;
      const recorded = startTimeMs === null ? await writtenAt(this.uri) : startTimeMs + (durationMs ?? 0);
      if (loading.signal.aborted) {
        void this.engine.request('close', { profile: summary.profile }).catch(() => {});
        return;
      }
      this.spanMs = recorded === null ? null : { recorded, opened: Date.now() };
      const took = Math.round(performance.now() - started);
      this.output.info(`Opened ${this.uri.toString(true)}: ${summary.formats.join(', ')}, ${took} ms`);
      this.setStatus({ kind: 'open', summary });
    } catch (error) {
      if (!loading.signal.aborted) {
        const message = failureSentence(error, this.name);
        this.output.error(`Opening ${this.uri.toString(true)}: ${message}`);
        this.setStatus({ kind: 'failed', message });
      }
    }
  }

  /**
   * Reads the file anew while what was read stays: for a file that is captured again and again.
   * @throws Error where it cannot be read: what was read stays
   */
  async refresh(): Promise<void> {
    if (this.current.kind !== 'open') return this.load();
    this.loading?.abort();
    const loading = new AbortController();
    this.loading = loading;
    this.read = await stateOnDisk(this.uri);
    const params = await openParams(this.uri, this.name);
    const summary = await this.engine.request('open', params, { signal: loading.signal });
    if (loading.signal.aborted || this.current.kind !== 'open') {
      void this.engine.request('close', { profile: summary.profile }).catch(() => {});
      return;
    }
    const before = this.current.summary;
    this.chosenZoom = null;
    this.chosenView = this.chosenView === null ? null : carryView(this.chosenView, before, summary);
    const { startTimeMs, durationMs } = summary;
    const recorded = startTimeMs === null ? Date.now() : startTimeMs + (durationMs ?? 0);
    this.spanMs = { recorded, opened: this.spanMs?.opened ?? Date.now() };
    this.setStatus({ kind: 'open', summary });
    void this.engine.request('close', { profile: before.profile }).catch(() => {});
  }

  private setStatus(status: ProfileStatus): void {
    this.current = status;
    this.statusChanged.fire(status);
  }

  private closeInEngine(): void {
    if (this.current.kind === 'open') {
      this.engine.request('close', { profile: this.current.summary.profile }).catch((error: unknown) => {
        this.output.warn(`Closing ${this.name}: ${String(error)}`);
      });
    }
  }

  private async offerReload(): Promise<void> {
    if (this.current.kind === 'failed') {
      await this.load(); // Nothing is lost by looking again.
      return;
    }
    if (this.askingToReload || this.followed || this.current.kind !== 'open') {
      return;
    }
    // News of a write may come late, after what was written has been read.
    const readState = this.read;
    if (readState !== null && (await stateOnDisk(this.uri)) === readState) {
      return;
    }
    if (this.askingToReload || this.followed || this.holders === 0) {
      return;
    }
    this.askingToReload = true;
    const reload = 'Reload';
    const answer = await vscode.window.showInformationMessage(`${this.name} changed on disk.`, reload);
    this.askingToReload = false;
    if (answer === reload && this.holders > 0) {
      await this.load();
    }
  }

  private dispose(): void {
    this.loading?.abort();
    this.closeInEngine();
    this.watcher.dispose();
    this.statusChanged.dispose();
    this.viewChanged.dispose();
    this.pointed.dispose();
    this.zoomChanged.dispose();
    this.onReleased();
  }
}

/** Changes when the file does; null where the file system does not say. */
async function stateOnDisk(uri: vscode.Uri): Promise<string | null> {
  try {
    return fileState(await vscode.workspace.fs.stat(uri));
  } catch {
    return null;
  }
}

/** What `stateOnDisk` says of a file. */
export function fileState({ mtime, size }: vscode.FileStat): string {
  return `${mtime} ${size}`;
}

async function writtenAt(uri: vscode.Uri): Promise<number | null> {
  try {
    return (await vscode.workspace.fs.stat(uri)).mtime;
  } catch {
    return null;
  }
}

/** One sentence, whatever was thrown. */
function failureSentence(error: unknown, name: string): string {
  if (error instanceof vscode.FileSystemError) {
    const reason = error.code === 'FileNotFound' ? 'was not found' : `cannot be read (${error.code})`;
    return `${name} ${reason}.`;
  }
  const message = error instanceof Error ? error.message : String(error);
  return message.trim() === '' ? `${name} cannot be opened.` : message;
}
