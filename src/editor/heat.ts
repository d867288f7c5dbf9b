import { setImmediate as nextTurn } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { EngineApi, FileLines, ViewTotals } from '../engine/engineApi';
import type { SourceResolver } from '../sources/sourceResolver';
import { ChangeDecorations } from './changeDecorations';
import { embeddedScheme } from './embeddedSources';
import type { DocumentFunctions } from './functionHeat';
import type { FunctionHeats } from './functionHeats';
import { functionLines } from './functionLines';
import { compareHeat, type HeatComparison } from './heatComparison';
import { type DrawnHeat, HeatDecorations } from './heatDecorations';
import { fitDisplay } from './heatDisplay';
import type { HeatFiles } from './heatFiles';
import { fieldsText, labelFields } from './heatLabel';
import type { HeatLook } from './heatLook';
import { type LookFacts, referenceWords } from './heatLookText';
import { wholeOf } from './heatReference';
import { configuredLook } from './heatSettings';
import type { HeatMetric, HeatSource } from './heatSource';
import { HeatViews } from './heatViews';
import { type BaselineLines, type HotLine, type HotLines, hotLinesOf, noHotLines } from './hotLines';
import type { LineTracker } from './lineTracker';
import { cellScheme } from './openCells';
import type { RememberedSources } from './rememberedSources';

/** Typing and scrolling come in bursts. */
const redrawMs = 30;

/** What the engine says about a document. */
interface DocumentAnswers {
  files: readonly FileLines[];
  totals: ViewTotals;
  /** The baseline's, with the comparison that they were asked for; null without one. */
  baseline: (Omit<BaselineLines, 'map'> & { readonly source: HeatSource }) | null;
  /** Where the profile has no lines of the document: the functions that it defines. */
  functions: DocumentFunctions | null;
}

/** The answers, once they are there; until then those for the profile's capture before, if any. */
interface DocumentHeat extends DocumentAnswers {
  /** Tells the latest question from earlier ones; 0 where it is to be asked anew. */
  question: number;
}

export interface HeatServices {
  readonly engine: EngineApi;
  readonly resolver: SourceResolver;
  readonly remembered: RememberedSources;
  readonly tracker: LineTracker;
  readonly functions: FunctionHeats;
  readonly output: vscode.LogOutputChannel;
}

/**
 * The glow: which profile's, by which metric, and the hot lines of every visible editor. Asks the engine once for each
 * document and view; edits and scrolling draw again from what is there.
 */
export class Heat implements vscode.Disposable {
  private heatSource: HeatSource | null = null;
  private shown = true;
  private settings = configuredLook();
  private chosenMetric: HeatMetric | null = null;
  private previewed: Partial<HeatLook> = {};
  private readonly views: HeatViews;
  private files: HeatFiles | null = null;
  private baselineSource: HeatSource | null = null;
  private compared: HeatComparison | null = null;
  private documents = new Map<string, DocumentHeat>();
  /** What a document's hot lines were made of, and they: scrolling asks for them again and again. */
  private readonly laidOut = new WeakMap<vscode.TextDocument, LaidOut>();
  private nextQuestion = 1;
  /** Editors that were visible before. */
  private readonly seen = new WeakSet<vscode.TextEditor>();
  private readonly decorations = new HeatDecorations();
  private readonly changes = new ChangeDecorations();
  private readonly timers = new Map<vscode.TextEditor, { timer: NodeJS.Timeout; lines: boolean }>();
  private readonly disposables: vscode.Disposable[];
  private readonly changed = new vscode.EventEmitter<void>();
  /** Source, visibility or metric changed. */
  readonly onDidChange = this.changed.event;

  constructor(private readonly services: HeatServices) {
    this.views = new HeatViews(services, () => this.updateView());
    this.disposables = [
      vscode.window.onDidChangeVisibleTextEditors(() => this.refresh(true)),
      vscode.window.onDidChangeTextEditorVisibleRanges(({ textEditor }) => this.redrawSoon(textEditor, false)),
      services.tracker.onDidMove((document) => this.redrawDocument(document)),
      services.functions.onDidChange((document) => this.lookForFunctions(document)),
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length > 0) {
          this.redrawDocument(document);
        }
      }),
      vscode.window.tabGroups.onDidChangeTabGroups(({ opened, closed }) => {
        // Labels stand nearer where editors are narrow.
        if (opened.length + closed.length > 0) this.redraw();
      }),
      vscode.window.onDidChangeTextEditorOptions(({ textEditor }) => this.redrawSoon(textEditor, true)),
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
    return this.look.metric;
  }

  /** What is chosen, whether it fits the profile or not. */
  get look(): HeatLook {
    const metric = this.chosenMetric ?? this.settings.metric;
    return { ...this.settings, metric, ...this.previewed };
  }

  /** Whether the settings want labels, whatever is shown for a moment. */
  get labelsConfigured(): boolean {
    return this.settings.labels;
  }

  /** What decides which choices fit. */
  get lookFacts(): LookFacts {
    const summary = this.heatSource?.status.summary;
    const view = this.heatSource?.view ?? null;
    const times = this.files?.view.within?.times;
    return {
      summary,
      view,
      zoom: this.heatSource?.zoom ?? null,
      sampleType: view === null ? null : (summary?.sampleTypes[view.sampleType] ?? null),
      durationMs: times ? (times.to - times.from) / 1e6 : (summary?.durationMs ?? null),
      compared: this.compared?.kind === 'compared',
    };
  }

  /** The frame that the chart is zoomed into, where the reference is the selection. */
  get selectedName(): string | null {
    return this.look.reference === 'selection' ? this.views.selectedName : null;
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
    this.files = this.filesNow();
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
    const view = this.files?.view ?? null;
    this.compared = compareHeat(this.heatSource, view, this.baselineSource, by ? 'rate' : 'share', (source, its) =>
      source.status.summary === undefined ? null : this.views.filesOfView(source.status.summary, its),
    );
  }

  private filesNow(): HeatFiles | null {
    return this.heatSource === null ? null : this.views.filesOf(this.heatSource, this.look.reference);
  }

  /** The chart of the source was zoomed. */
  zoomed(): void {
    if (this.look.reference === 'selection') {
      this.updateView();
    }
  }

  /** The chart shows another part, or another reference was chosen: marks stay until the answers are there. */
  private updateView(): void {
    const files = this.filesNow();
    if (files === this.files) {
      this.redraw();
      this.changed.fire();
      return;
    }
    this.files = files;
    this.compare();
    this.askAgain(true);
  }

  /** Shows hot lines as they would look with other choices, until it is called with nothing. */
  preview(look: Partial<HeatLook>): void {
    this.previewed = look;
    this.updateView();
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

  private lookForFunctions(document: vscode.TextDocument): void {
    const heat = this.documents.get(document.uri.toString());
    if (heat !== undefined && isEmpty(heat)) {
      heat.question = 0;
      this.refresh();
    }
  }

  /** Hot lines of a document as it is now; none where heat is off. */
  hotLines(document: vscode.TextDocument): HotLines {
    const heat = this.visible ? this.documents.get(document.uri.toString()) : undefined;
    if (heat === undefined || this.heatSource === null) {
      return noHotLines;
    }
    const known = this.laidOut.get(document);
    const { threshold } = this.look;
    const { files, baseline } = heat;
    if (known?.files === files && known.baseline === baseline && known.threshold === threshold) {
      return known.hot;
    }
    const hot = this.layOut(document, this.heatSource, heat);
    this.laidOut.set(document, { files, baseline, threshold, hot });
    return hot;
  }

  private layOut(document: vscode.TextDocument, source: HeatSource, answers: DocumentAnswers): HotLines {
    const { tracker } = this.services;
    const { baseline, files, functions, totals } = answers;
    if (isEmpty(answers)) {
      return functions === null ? noHotLines : functionLines(functions, this.look.threshold, document.lineCount);
    }
    const compared = baseline && { ...baseline, map: tracker.mapFor(baseline.source, document) };
    const map = tracker.mapFor(source, document);
    return hotLinesOf(files, map, this.look.threshold, document.lineCount, totals, compared);
  }

  /** `hotLines` of any document, shown or not. */
  async lookUp(document: vscode.TextDocument): Promise<HotLines> {
    const { files, heatSource: source } = this;
    if (files === null || source === null) {
      return noHotLines;
    }
    return this.layOut(document, source, await this.answers(document, files));
  }

  /** What the label of a line says, as running text. */
  labelText(line: HotLine, hot: HotLines): string {
    const { look, profileTotal, durationMs } = this.drawnHeat(hot);
    const style = { display: look.display, metric: look.metric, durationMs };
    return fieldsText(labelFields(line, hot, wholeOf(look.reference, hot, line, profileTotal), style));
  }

  /** What 100 % is where that is not what the profile shows: `of function`. */
  get referenceWords(): string {
    return referenceWords(this.look, this.lookFacts, this.selectedName);
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

  /** @param now whether what is known is drawn at once: editors came, and nothing else is about to */
  private refresh(now = false): void {
    for (const editor of vscode.window.visibleTextEditors) {
      const { document } = editor;
      if (!isSource(document)) {
        continue;
      }
      const asked = this.documents.get(document.uri.toString())?.question ?? 0;
      if (this.visible && this.files !== null && asked === 0) {
        void this.ask(document, this.files);
      } else if (now && !this.seen.has(editor)) {
        this.drawNow(editor, true);
      } else {
        this.redrawSoon(editor, true);
      }
      this.seen.add(editor);
    }
  }

  private async ask(document: vscode.TextDocument, files: HeatFiles): Promise<void> {
    const key = document.uri.toString();
    const heat: DocumentHeat = {
      ...(this.documents.get(key) ?? { files: [], totals: noHotLines, baseline: null, functions: null }),
      question: this.nextQuestion++,
    };
    this.documents.set(key, heat);
    try {
      const answers = await this.answers(document, files);
      // A later question has its own entry by now.
      if (this.documents.get(key)?.question === heat.question) {
        Object.assign(heat, answers);
      }
    } catch (error) {
      if (this.documents.get(key)?.question === heat.question) {
        this.documents.delete(key);
        this.services.output.error(`Heat of ${document.uri.fsPath}: ${String(error)}`);
      }
    }
    // What was waited for is drawn at once.
    this.laidOut.delete(document);
    for (const editor of vscode.window.visibleTextEditors) {
      if (editor.document === document) this.drawNow(editor, true);
    }
  }

  private async answers(document: vscode.TextDocument, files: HeatFiles): Promise<DocumentAnswers> {
    const { compared, heatSource } = this;
    const { tracker } = this.services;
    const [found, totals, baseline] = await Promise.all([
      this.linesAndPlaces(document, files, heatSource),
      files.totals(),
      compared?.kind === 'compared' ? this.baselineLines(compared, document) : null,
    ]);
    // Comparing the text and laying out its lines are steps of their own: whatever else the host has to do comes between.
    await nextTurn();
    if (found.length > 0 && heatSource !== null && !document.isClosed) tracker.mapFor(heatSource, document);
    await nextTurn();
    const answers = { files: found, totals, baseline, functions: null };
    return isEmpty(answers) ? { ...answers, functions: await this.services.functions.of(document, files) } : answers;
  }

  /** What a profile has of a document's lines, and (at the same time) where they are now: both are drawn at once. */
  private async linesAndPlaces(
    document: vscode.TextDocument,
    files: HeatFiles,
    source: HeatSource | null,
  ): Promise<FileLines[]> {
    const records = (await files.recordsOf(document)).filter(({ hasLines }) => hasLines);
    if (records.length === 0) return [];
    const [lines] = await Promise.all([
      Promise.all(records.map(({ file }) => files.linesOfFile(file))),
      source === null ? null : this.services.tracker.prepare(source, document),
    ]);
    return lines;
  }

  private async baselineLines(
    { source, files, comparison }: HeatComparison & { kind: 'compared' },
    document: vscode.TextDocument,
  ): Promise<DocumentAnswers['baseline']> {
    const [found, totals] = await Promise.all([this.linesAndPlaces(document, files, source), files.totals()]);
    return { source, files: found, totals, comparison };
  }

  /** Draws all visible editors again, and forgets nothing of what was laid out. */
  private redraw(): void {
    for (const editor of vscode.window.visibleTextEditors) {
      this.redrawSoon(editor, true);
    }
  }

  private redrawDocument(document: vscode.TextDocument): void {
    this.laidOut.delete(document);
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
    const timer = setTimeout(() => this.drawNow(editor, this.timers.get(editor)?.lines ?? true), redrawMs);
    this.timers.set(editor, { timer, lines });
  }

  private drawNow(editor: vscode.TextEditor, lines: boolean): void {
    clearTimeout(this.timers.get(editor)?.timer);
    this.timers.delete(editor);
    this.draw(editor, lines);
  }

  private draw(editor: vscode.TextEditor, lines: boolean): void {
    const { decorations } = this;
    const marks = lines || decorations.needsMarks(editor);
    const labels = lines || decorations.needsLabels(editor);
    if (!marks && !labels) {
      return;
    }
    const drawn = this.drawnHeat(this.hotLines(editor.document));
    // With a baseline, lines tell how they changed.
    const compared = drawn.hot.baseline !== null;
    if (lines) {
      this.changes.drawLines(editor, compared ? drawn.hot : noHotLines, this.metric);
    }
    if (marks) {
      decorations.drawMarks(editor, compared ? { ...drawn, hot: noHotLines } : drawn);
    }
    if (labels) {
      decorations.drawLabels(editor, drawn);
    }
  }

  private drawnHeat(hot: HotLines): DrawnHeat {
    const { look, lookFacts } = this;
    const { summary, durationMs } = lookFacts;
    const sampleType = this.heatSource?.view?.sampleType ?? 0;
    return {
      hot,
      look: { ...look, display: fitDisplay(look.display, lookFacts) },
      profileTotal: summary?.totals[sampleType] ?? 0,
      durationMs,
    };
  }

  private configured(event: vscode.ConfigurationChangeEvent): void {
    if (event.affectsConfiguration('emberline.baseline')) {
      this.compare();
      this.askAgain(true);
    }
    if (event.affectsConfiguration('editor.wordWrap') || event.affectsConfiguration('editor.letterSpacing')) {
      this.decorations.forgetSettings();
      this.redraw();
    }
    if (!event.affectsConfiguration('emberline.heat')) {
      return;
    }
    if (event.affectsConfiguration('emberline.heat.metric')) {
      this.chosenMetric = null;
    }
    this.settings = configuredLook();
    this.updateView();
  }
}

interface LaidOut {
  readonly files: DocumentHeat['files'];
  readonly baseline: DocumentHeat['baseline'];
  readonly threshold: number;
  readonly hot: HotLines;
}

function isEmpty({ files, baseline }: DocumentAnswers): boolean {
  return files.length === 0 && (baseline === null || baseline.files.length === 0);
}

/** Documents that may be a program's source: files, notebook cells, texts in source maps, also read-only ones and those in diff editors. */
function isSource({ uri }: vscode.TextDocument): boolean {
  const { workspaceFolders } = vscode.workspace;
  return (
    uri.scheme === 'file' ||
    uri.scheme === cellScheme ||
    uri.scheme === embeddedScheme ||
    (workspaceFolders ?? []).some((folder) => folder.uri.scheme === uri.scheme)
  );
}
