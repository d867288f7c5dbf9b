import * as vscode from 'vscode';
import type { EngineApi } from '../engine/engineApi';
import type { SourceResolver } from '../sources/sourceResolver';
import { DocumentHeats, type HeatSubject } from './documentHeats';
import type { FunctionHeats } from './functionHeats';
import { compareHeat, type HeatComparison } from './heatComparison';
import type { DrawnHeat } from './heatDecorations';
import { fitDisplay } from './heatDisplay';
import { HeatDrawing } from './heatDrawing';
import type { HeatFiles } from './heatFiles';
import { fieldsText, labelFields } from './heatLabel';
import type { HeatLook } from './heatLook';
import { type LookFacts, referenceWords } from './heatLookText';
import { wholeOf } from './heatReference';
import { configuredLook } from './heatSettings';
import type { HeatMetric, HeatSource } from './heatSource';
import { HeatViews } from './heatViews';
import { type HotLine, type HotLines, mayBeOthers, noHotLines } from './hotLines';
import { languageName } from './languageName';
import type { LineTracker } from './lineTracker';
import type { RememberedSources } from './rememberedSources';
import { isSourceDocument } from './sourceDocument';

/** What was opened is drawn first. */
const foreseeAfterMs = 300;

export interface HeatServices {
  readonly engine: EngineApi;
  readonly resolver: SourceResolver;
  readonly remembered: RememberedSources;
  readonly tracker: LineTracker;
  readonly functions: FunctionHeats;
  /** The same of what the profile is compared with. */
  readonly baselineFunctions: FunctionHeats;
  readonly output: vscode.LogOutputChannel;
}

/**
 * The glow: which profile's, by which metric, and the hot lines of every visible editor. `DocumentHeats` asks the engine
 * once for each document and view; edits and scrolling draw again (`HeatDrawing`) from what is there.
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
  private readonly documents: DocumentHeats;
  private readonly drawing = new HeatDrawing(
    (document) => this.drawnHeat(this.hotLines(document)),
    (document) => (this.visible && this.heatSource !== null ? this.documents.steps(document, this.heatSource) : []),
  );
  /** The profile whose hottest files were asked for, or are about to be. */
  private foreseen: HeatSource | null = null;
  private foreseeing: NodeJS.Timeout | undefined;
  /** Editors that were visible before. */
  private readonly seen = new WeakSet<vscode.TextEditor>();
  private readonly disposables: vscode.Disposable[];
  private readonly changed = new vscode.EventEmitter<void>();
  /** Source, visibility or metric changed. */
  readonly onDidChange = this.changed.event;
  private readonly answered = new vscode.EventEmitter<vscode.TextDocument>();
  /** What is hot in a document is known, or known anew. */
  readonly onDidAnswer = this.answered.event;

  constructor(services: HeatServices) {
    this.views = new HeatViews(services, () => this.updateView());
    this.documents = new DocumentHeats(
      services,
      () => this.look.threshold,
      (document) => {
        this.drawing.drawDocument(document);
        this.answered.fire(document);
      },
    );
    this.disposables = [
      this.documents,
      this.drawing,
      vscode.window.onDidChangeVisibleTextEditors(() => this.refresh(true)),
      services.tracker.onDidMove((document) => this.redrawDocument(document)),
      services.functions.onDidChange((document) => this.lookForFunctions(document)),
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length > 0) {
          this.redrawDocument(document);
        }
      }),
      vscode.workspace.onDidChangeConfiguration((event) => this.configured(event)),
      this.changed,
      this.answered,
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
    this.foresee();
    // What is seen anew stays marked until the new answers are there: no picture without marks between.
    this.askAgain(same);
  }

  /** Once for each profile that is opened: a live capture is read anew again and again. */
  private foresee(): void {
    const { files, heatSource: source } = this;
    if (source === this.foreseen || (source !== null && files === null)) return;
    this.foreseen = source;
    clearTimeout(this.foreseeing);
    if (source === null) return;
    this.foreseeing = setTimeout(() => {
      const { files: wanted } = this;
      if (wanted === null) return;
      // It fails where the profile is closed meanwhile; of anything else the output tells once a file is opened.
      this.documents.foresee(wanted, () => this.files === wanted).catch(() => {});
    }, foreseeAfterMs);
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
      this.drawing.redraw();
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
    this.drawing.redraw();
    this.changed.fire();
  }

  /** Sources may be found elsewhere now: asks again. */
  reset(): void {
    this.askAgain(false);
  }

  /** @param keep whether marks stay until the answers are there */
  private askAgain(keep: boolean): void {
    if (keep && this.files !== null) {
      this.documents.expire();
    } else {
      this.documents.forget();
    }
    this.refresh();
    this.changed.fire();
  }

  /** Files came or went: documents without marks may now be what a record means. Marks that are there stay. */
  lookAgain(): void {
    this.documents.forgetEmpty();
    this.refresh();
  }

  private lookForFunctions(document: vscode.TextDocument): void {
    if (this.documents.expireEmpty(document)) {
      this.refresh();
    }
  }

  /** Hot lines of a document as it is now; none where heat is off. */
  hotLines(document: vscode.TextDocument): HotLines {
    const { heatSource: source } = this;
    return this.visible && source !== null ? this.documents.hotLines(document, source) : noHotLines;
  }

  /** Why nothing is marked in a document, as a sentence; null where nothing stands against it. */
  markProblem(document: vscode.TextDocument): string | null {
    if (!this.visible || !this.documents.lacksSymbols(document)) return null;
    return `The profile has no lines of this file, only functions: to mark them takes an extension that lists the functions of ${languageName(document.languageId)} files, and none has answered.`;
  }

  /** Why the marks of a document may be on other lines than they are of, as a sentence; null where they are not. */
  markDoubt(document: vscode.TextDocument): string | null {
    const hot = this.hotLines(document);
    if (hot.lines.length === 0 || !mayBeOthers(hot)) return null;
    const { doubtful, baseline } = hot;
    const name = document.uri.path.slice(document.uri.path.lastIndexOf('/') + 1);
    const [recording, whose] =
      doubtful && baseline?.doubtful === true
        ? ['both recordings', 'the commits of both profiles']
        : doubtful
          ? ['the recording', "the profile's commit"]
          : ["the baseline's recording", "the baseline's commit"];
    return `${name} was written after ${recording}: its lines may have moved. Setting ${whose} places them.`;
  }

  /** `hotLines` of any document, shown or not. */
  async lookUp(document: vscode.TextDocument): Promise<HotLines> {
    const { subject } = this;
    return subject === null ? noHotLines : this.documents.lookUp(document, subject);
  }

  private get subject(): HeatSubject | null {
    const { compared, files, heatSource: source } = this;
    return files === null || source === null ? null : { source, files, compared };
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
    clearTimeout(this.foreseeing);
    for (const disposable of this.disposables) {
      disposable.dispose();
    }
  }

  /** @param now whether what is known is drawn at once: editors came, and nothing else is about to */
  private refresh(now = false): void {
    const subject = this.visible ? this.subject : null;
    for (const editor of vscode.window.visibleTextEditors) {
      const { document } = editor;
      if (!isSourceDocument(document)) {
        continue;
      }
      if (subject !== null && !this.documents.isAsked(document)) {
        void this.documents.ask(document, subject);
      } else if (now && !this.seen.has(editor)) {
        this.drawing.drawEditor(editor);
      } else {
        this.drawing.redrawEditor(editor);
      }
      this.seen.add(editor);
    }
  }

  private redrawDocument(document: vscode.TextDocument): void {
    this.documents.moved(document);
    this.drawing.redrawDocument(document);
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
