import { setImmediate as nextTurn } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { FileLines, ViewTotals } from '../engine/lineApi';
import type { DocumentFunctions } from './functionHeat';
import type { FunctionHeats } from './functionHeats';
import { type BaselineFunctions, functionLines } from './functionLines';
import type { HeatComparison } from './heatComparison';
import type { HeatFiles } from './heatFiles';
import type { HeatSource } from './heatSource';
import { type BaselineLines, type HotLines, hotLinesOf, noHotLines } from './hotLines';
import type { LineTracker } from './lineTracker';
import { isDoubtful } from './recordedTexts';
import { signDocument } from './signedDocuments';
import { onlyUnmoved, unmovedHotLines } from './unmovedLines';

/** What is asked about documents: a profile as it is looked at, and what it is compared with. */
export interface HeatSubject {
  readonly source: HeatSource;
  readonly files: HeatFiles;
  readonly compared: HeatComparison | null;
}

/** What the engine says about a document. */
interface DocumentAnswers {
  files: readonly FileLines[];
  totals: ViewTotals;
  /** The baseline's, with the comparison that they were asked for; null without one. */
  baseline: (Omit<BaselineLines, 'map'> & { readonly source: HeatSource }) | null;
  /** Where the profile has no lines of the document: the functions that it defines. */
  functions: (DocumentFunctions & { readonly compared: BaselineFunctions | null }) | null;
}

/** The answers, once they are there; until then those for the profile's capture before, if any. */
interface DocumentHeat extends DocumentAnswers {
  /** Tells the latest question from earlier ones; 0 where it is to be asked anew. */
  question: number;
}

/** Files whose lines are asked for before they are shown, within so many lines. */
const foreseenFiles = 4;
const foreseenLines = 10_000;

interface LaidOut {
  readonly files: DocumentHeat['files'];
  readonly baseline: DocumentHeat['baseline'];
  readonly threshold: number;
  readonly hot: HotLines;
}

interface DocumentHeatServices {
  readonly tracker: LineTracker;
  readonly functions: FunctionHeats;
  /** The same of what the profile is compared with. */
  readonly baselineFunctions: FunctionHeats;
  readonly output: vscode.LogOutputChannel;
}

/** Asks the engine about documents, once for each and what is asked; keeps the answers, and lays out hot lines of them. */
export class DocumentHeats implements vscode.Disposable {
  private readonly documents = new Map<string, DocumentHeat>();
  /** What a document's hot lines were made of, and they: scrolling asks for them again and again. */
  private readonly laidOut = new WeakMap<vscode.TextDocument, LaidOut>();
  private nextQuestion = 1;
  private readonly disposable: vscode.Disposable;

  /**
   * @param threshold share (0 to 1) of the largest below which a line has no heat
   * @param answered hears of a document whose answers are there, or whose question failed
   */
  constructor(
    private readonly services: DocumentHeatServices,
    private readonly threshold: () => number,
    private readonly answered: (document: vscode.TextDocument) => void,
  ) {
    this.disposable = vscode.workspace.onDidCloseTextDocument(({ uri }) => this.documents.delete(uri.toString()));
  }

  /** All is to be asked anew; the answers that are there serve until then. */
  expire(): void {
    for (const heat of this.documents.values()) heat.question = 0;
  }

  /** `expire` for one document, where the profile has no lines of it; says whether that is so. */
  expireEmpty(document: vscode.TextDocument): boolean {
    const heat = this.documents.get(document.uri.toString());
    if (heat === undefined || !isEmpty(heat)) return false;
    heat.question = 0;
    return true;
  }

  forget(): void {
    this.documents.clear();
  }

  /** Forgets the documents of which the profile has no lines. */
  forgetEmpty(): void {
    for (const [uri, heat] of this.documents) {
      if (isEmpty(heat)) this.documents.delete(uri);
    }
  }

  /** Whether a document's latest question is out, or answered. */
  isAsked(document: vscode.TextDocument): boolean {
    return (this.documents.get(document.uri.toString())?.question ?? 0) !== 0;
  }

  /** Whether functions could not be placed in a document, of which there are no lines: its language told no symbols. */
  lacksSymbols(document: vscode.TextDocument): boolean {
    const heat = this.documents.get(document.uri.toString());
    return heat !== undefined && isEmpty(heat) && heat.functions !== null && !heat.functions.symbols;
  }

  async ask(document: vscode.TextDocument, subject: HeatSubject): Promise<void> {
    const key = document.uri.toString();
    const heat: DocumentHeat = {
      ...(this.documents.get(key) ?? { files: [], totals: noHotLines, baseline: null, functions: null }),
      question: this.nextQuestion++,
    };
    this.documents.set(key, heat);
    try {
      const answers = await this.answers(document, subject);
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
    this.laidOut.delete(document);
    this.answered(document);
  }

  /**
   * Asks for the lines of the hottest files before anybody opens one, which people do next: then they are drawn as soon as
   * the text is.
   *
   * @param isWanted whether these files are what is looked at still
   */
  async foresee(files: HeatFiles, isWanted: () => boolean): Promise<void> {
    let lines = 0;
    const hottest = (await files.hottest()).filter(({ hasLines }) => hasLines);
    for (const { file } of hottest.slice(0, foreseenFiles)) {
      if (lines > foreseenLines || !isWanted()) return;
      const found = await files.linesOfFile(file);
      lines += found.line.length;
      await nextTurn();
      unmovedHotLines(found, this.threshold());
    }
  }

  /** Hot lines of the answers that are there, where the document's lines are now. */
  hotLines(document: vscode.TextDocument, source: HeatSource): HotLines {
    const heat = this.documents.get(document.uri.toString());
    if (heat === undefined) {
      return noHotLines;
    }
    const known = this.laidOut.get(document);
    const threshold = this.threshold();
    const { files, baseline } = heat;
    if (known?.files === files && known.baseline === baseline && known.threshold === threshold) {
      return known.hot;
    }
    const hot = this.layOut(document, source, heat);
    this.laidOut.set(document, { files, baseline, threshold, hot });
    return hot;
  }

  /** What `hotLines` does for a document whose lines moved, step by step. */
  steps(document: vscode.TextDocument, source: HeatSource): (() => void)[] {
    const heat = this.documents.get(document.uri.toString());
    if (heat === undefined || isEmpty(heat)) return [];
    const sources = [source, ...(heat.baseline === null ? [] : [heat.baseline.source])];
    const maps = sources.map((each) => () => void this.services.tracker.mapFor(each, document));
    const signs = this.services.tracker.textFor(source, document) === null ? [] : [() => void signDocument(document)];
    return [...signs, ...maps, () => void this.hotLines(document, source)];
  }

  /** `hotLines` of answers that are asked for now; nothing is kept of them. */
  async lookUp(document: vscode.TextDocument, subject: HeatSubject): Promise<HotLines> {
    const answers = await this.answers(document, subject);
    return this.layOut(document, subject.source, answers);
  }

  /** A document's lines moved: they are laid out anew. */
  moved(document: vscode.TextDocument): void {
    this.laidOut.delete(document);
  }

  dispose(): void {
    this.disposable.dispose();
  }

  private layOut(document: vscode.TextDocument, source: HeatSource, answers: DocumentAnswers): HotLines {
    const { tracker } = this.services;
    const { baseline, files, functions, totals } = answers;
    if (isEmpty(answers)) {
      return functions === null
        ? noHotLines
        : functionLines(functions, this.threshold(), document.lineCount, functions.compared);
    }
    const compared = baseline && { ...baseline, map: tracker.mapFor(baseline.source, document) };
    const map = tracker.mapFor(source, document);
    const unmoved = compared === null ? onlyUnmoved(files, map, document.lineCount) : null;
    const hot =
      unmoved === null
        ? hotLinesOf(files, map, this.threshold(), document.lineCount, totals, compared)
        : unmovedHotLines(unmoved, this.threshold());
    const doubtful = (of: HeatSource): boolean => isDoubtful(tracker.textFor(of, document));
    return {
      ...hot,
      doubtful: doubtful(source),
      baseline: hot.baseline && baseline && { ...hot.baseline, doubtful: doubtful(baseline.source) },
    };
  }

  private async answers(document: vscode.TextDocument, subject: HeatSubject): Promise<DocumentAnswers> {
    const { compared, files, source } = subject;
    const { tracker } = this.services;
    const [found, totals, baseline] = await Promise.all([
      this.linesAndPlaces(document, files, source),
      files.totals(),
      compared?.kind === 'compared' ? this.baselineLines(compared, document) : null,
    ]);
    // Comparing the text and laying out its lines are steps of their own: whatever else the host has to do comes between.
    await nextTurn();
    if (found.length > 0 && !document.isClosed) tracker.mapFor(source, document);
    await nextTurn();
    const answers = { files: found, totals, baseline, functions: null };
    return isEmpty(answers) ? { ...answers, functions: await this.functionsOf(document, subject) } : answers;
  }

  private async functionsOf(
    document: vscode.TextDocument,
    { source, files, compared }: HeatSubject,
  ): Promise<DocumentAnswers['functions']> {
    const { functions, baselineFunctions } = this.services;
    if (compared?.kind !== 'compared') return { ...(await functions.of(document, files, source)), compared: null };
    const [own, before] = await Promise.all([
      functions.of(document, files, source),
      baselineFunctions.of(document, compared.files, compared.source),
    ]);
    return { ...own, compared: { functions: before, comparison: compared.comparison } };
  }

  /** What a profile has of a document's lines, and (at the same time) where they are now: both are drawn at once. */
  private async linesAndPlaces(
    document: vscode.TextDocument,
    files: HeatFiles,
    source: HeatSource,
  ): Promise<FileLines[]> {
    const records = (await files.recordsOf(document)).filter(({ hasLines }) => hasLines);
    if (records.length === 0) return [];
    const [lines] = await Promise.all([
      Promise.all(records.map(({ file }) => files.linesOfFile(file))),
      this.services.tracker.prepare(source, document),
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
}

function isEmpty({ files, baseline }: DocumentAnswers): boolean {
  return files.length === 0 && (baseline === null || baseline.files.length === 0);
}
