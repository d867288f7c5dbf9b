import * as vscode from 'vscode';
import type { ViewSpec } from '../analysis/viewSpec';
import type { EngineApi, FileLines, ViewTotals } from '../engine/engineApi';
import type { SourceResolver } from '../sources/sourceResolver';
import { ChangeDecorations } from './changeDecorations';
import { compareHeat, type HeatComparison } from './heatComparison';
import { HeatDecorations } from './heatDecorations';
import { HeatFiles } from './heatFiles';
import type { HeatMetric, HeatSource } from './heatSource';
import { type BaselineLines, type HotLines, hotLinesOf, noHotLines } from './hotLines';
import type { LineTracker } from './lineTracker';
import type { RememberedSources } from './rememberedSources';

/** Typing and scrolling come in bursts. */
const redrawMs = 30;

interface DocumentHeat {
  /** The answers for this document, once they are there; until then those for the profile's capture before, if any. */
  files: readonly FileLines[];
  totals: ViewTotals;
  /** The baseline's, with the comparison that they were asked for; null without one. */
  baseline: (Omit<BaselineLines, 'map'> & { readonly source: HeatSource }) | null;
  /** Tells the latest question from earlier ones. */
  question: number;
}

export interface HeatServices {
  readonly engine: EngineApi;
  readonly resolver: SourceResolver;
  readonly remembered: RememberedSources;
  readonly tracker: LineTracker;
  readonly output: vscode.LogOutputChannel;
}

/**
 * The glow: which profile's, by which metric, and the hot lines of every visible editor. Asks the engine once for each
 * document and view; edits and scrolling draw again from what is there.
 */
export class Heat implements vscode.Disposable {
  private heatSource: HeatSource | null = null;
  private shown = true;
  private chosenMetric: HeatMetric | null = null;
  private files: HeatFiles | null = null;
  private baselineSource: HeatSource | null = null;
  private compared: HeatComparison | null = null;
  private documents = new Map<string, DocumentHeat>();
  private nextQuestion = 1;
  private readonly decorations = new HeatDecorations();
  private readonly changes = new ChangeDecorations();
  private readonly timers = new Map<vscode.TextEditor, { timer: NodeJS.Timeout; lines: boolean }>();
  private readonly disposables: vscode.Disposable[];
  private readonly changed = new vscode.EventEmitter<void>();
  /** Source, visibility or metric changed. */
  readonly onDidChange = this.changed.event;

  constructor(private readonly services: HeatServices) {
    this.disposables = [
      vscode.window.onDidChangeVisibleTextEditors(() => this.refresh()),
      vscode.window.onDidChangeTextEditorVisibleRanges(({ textEditor }) => this.redrawSoon(textEditor, false)),
      services.tracker.onDidMove((document) => this.redrawDocument(document)),
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length > 0) {
          this.redrawDocument(document);
        }
      }),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.documents.delete(uri.toString())),
      vscode.workspace.onDidChangeConfiguration((event) => this.configured(event)),
    ];
  }

  get source(): HeatSource | null {
    return this.heatSource;
  }

  /** Whether lines glow: switched on, and there is a profile. */
  get visible(): boolean {
    return this.shown && this.heatSource !== null;
  }

  get metric(): HeatMetric {
    return this.chosenMetric ?? vscode.workspace.getConfiguration('emberline').get<HeatMetric>('heat.metric', 'self');
  }

  /** Answers about the profile as it is looked at; null while it is not open. */
  get heatFiles(): HeatFiles | null {
    return this.files;
  }

  /** How the profile is compared with the baseline; null without one, or while it is not open. */
  get comparison(): HeatComparison | null {
    return this.compared;
  }

  /** Makes `source` glow, or nothing. Also to be called when the source's status or view changed. */
  setSource(source: HeatSource | null): void {
    const same = this.heatSource === source;
    this.heatSource = source;
    this.files = source === null ? null : this.filesOf(source, source.view);
    this.compare();
    // What is seen anew stays marked until the new answers are there: no picture without marks between.
    this.askAgain(same);
  }

  /** What lines are compared with, null for nothing. Also to be called when its status changed. */
  setBaseline(baseline: HeatSource | null): void {
    this.baselineSource = baseline;
    this.compare();
    this.askAgain(true);
  }

  private compare(): void {
    const by = vscode.workspace.getConfiguration('emberline').get<string>('baseline.compareBy') === 'rate';
    this.compared = compareHeat(this.heatSource, this.baselineSource, by ? 'rate' : 'share', (source, view) =>
      this.filesOf(source, view),
    );
  }

  private filesOf(source: HeatSource, view: ViewSpec | null): HeatFiles | null {
    const { engine, resolver, remembered } = this.services;
    const { summary } = source.status;
    return summary === undefined || view === null
      ? null
      : new HeatFiles(engine, resolver, remembered, summary.profile, view);
  }

  setVisible(visible: boolean): void {
    this.shown = visible;
    this.refresh();
    this.changed.fire();
  }

  setMetric(metric: HeatMetric): void {
    this.chosenMetric = metric;
    this.redraw();
    this.changed.fire();
  }

  /** Sources may be found elsewhere now: asks again. */
  reset(): void {
    this.askAgain(false);
  }

  /** @param keep whether marks stay until the answers are there */
  private askAgain(keep: boolean): void {
    if (keep && this.files !== null) {
      for (const heat of this.documents.values()) heat.question = 0;
    } else {
      this.documents.clear();
    }
    this.refresh();
    this.changed.fire();
  }

  /** Files came or went: documents without marks may now be what a record means. Marks that are there stay. */
  lookAgain(): void {
    for (const [uri, heat] of this.documents) {
      if (isEmpty(heat)) this.documents.delete(uri);
    }
    this.refresh();
  }

  /** Hot lines of a document as it is now; none where heat is off. */
  hotLines(document: vscode.TextDocument): HotLines {
    const heat = this.visible ? this.documents.get(document.uri.toString()) : undefined;
    if (heat === undefined || this.heatSource === null || isEmpty(heat)) {
      return noHotLines;
    }
    const { tracker } = this.services;
    const { baseline } = heat;
    const compared = baseline && { ...baseline, map: tracker.mapFor(baseline.source, document) };
    const map = tracker.mapFor(this.heatSource, document);
    return hotLinesOf(heat.files, map, threshold(), document.lineCount, heat.totals, compared);
  }

  dispose(): void {
    for (const { timer } of this.timers.values()) {
      clearTimeout(timer);
    }
    for (const disposable of this.disposables) {
      disposable.dispose();
    }
    this.decorations.dispose();
    this.changes.dispose();
    this.changed.dispose();
  }

  private refresh(): void {
    for (const editor of vscode.window.visibleTextEditors) {
      const { document } = editor;
      if (!isSource(document)) {
        continue;
      }
      const asked = this.documents.get(document.uri.toString())?.question ?? 0;
      if (this.visible && this.files !== null && asked === 0) {
        void this.ask(document, this.files);
      } else {
        this.redrawSoon(editor, true);
      }
    }
  }

  private async ask(document: vscode.TextDocument, files: HeatFiles): Promise<void> {
    const key = document.uri.toString();
    const heat: DocumentHeat = {
      ...(this.documents.get(key) ?? { files: [], totals: noHotLines, baseline: null }),
      question: this.nextQuestion++,
    };
    this.documents.set(key, heat);
    const { compared } = this;
    try {
      const [found, totals, baseline] = await Promise.all([
        files.linesOf(document),
        files.totals(),
        compared?.kind === 'compared' ? baselineLines(compared, document) : null,
      ]);
      // A later question has its own entry by now.
      if (this.documents.get(key)?.question === heat.question) {
        Object.assign(heat, { files: found, totals, baseline } satisfies Partial<DocumentHeat>);
      }
    } catch (error) {
      if (this.documents.get(key)?.question === heat.question) {
        this.documents.delete(key);
        this.services.output.error(`Heat of ${document.uri.fsPath}: ${String(error)}`);
      }
    }
    this.redrawDocument(document);
  }

  private redraw(): void {
    for (const editor of vscode.window.visibleTextEditors) {
      this.redrawSoon(editor, true);
    }
  }

  private redrawDocument(document: vscode.TextDocument): void {
    for (const editor of vscode.window.visibleTextEditors) {
      if (editor.document === document) {
        this.redrawSoon(editor, true);
      }
    }
  }

  private redrawSoon(editor: vscode.TextEditor, lines: boolean): void {
    if (!isSource(editor.document)) {
      return;
    }
    const waiting = this.timers.get(editor);
    if (waiting !== undefined) {
      waiting.lines ||= lines;
      return;
    }
    const timer = setTimeout(() => {
      const all = this.timers.get(editor)?.lines ?? true;
      this.timers.delete(editor);
      this.draw(editor, all);
    }, redrawMs);
    this.timers.set(editor, { timer, lines });
  }

  private draw(editor: vscode.TextEditor, lines: boolean): void {
    const hot = this.hotLines(editor.document);
    if (lines) {
      const compared = hot.baseline !== null;
      this.decorations.drawLines(editor, compared ? noHotLines : hot, this.metric);
      this.changes.drawLines(editor, compared ? hot : noHotLines, this.metric);
    }
    this.decorations.drawLabels(editor, hot, labelsShown());
  }

  private configured(event: vscode.ConfigurationChangeEvent): void {
    if (event.affectsConfiguration('emberline.baseline')) {
      this.compare();
      this.askAgain(true);
    }
    if (!event.affectsConfiguration('emberline.heat')) {
      return;
    }
    if (event.affectsConfiguration('emberline.heat.metric')) {
      this.chosenMetric = null;
    }
    this.redraw();
    this.changed.fire();
  }
}

function isEmpty({ files, baseline }: DocumentHeat): boolean {
  return files.length === 0 && (baseline === null || baseline.files.length === 0);
}

async function baselineLines(
  { source, files, comparison }: HeatComparison & { kind: 'compared' },
  document: vscode.TextDocument,
): Promise<DocumentHeat['baseline']> {
  const [found, totals] = await Promise.all([files.linesOf(document), files.totals()]);
  return { source, files: found, totals, comparison };
}

/** Documents that may be a program's source: files, also read-only ones and those in diff editors. */
function isSource({ uri }: vscode.TextDocument): boolean {
  const { workspaceFolders } = vscode.workspace;
  return uri.scheme === 'file' || (workspaceFolders ?? []).some((folder) => folder.uri.scheme === uri.scheme);
}

function threshold(): number {
  const percent = vscode.workspace.getConfiguration('emberline').get<number>('heat.threshold', 0.1);
  return Math.max(0, Number.isFinite(percent) ? percent : 0.1) / 100;
}

function labelsShown(): boolean {
  return vscode.workspace.getConfiguration('emberline').get<boolean>('heat.labels', true);
}
