import * as vscode from 'vscode';
import { displayWidth } from './displayWidth';
import { editorsSideBySide } from './editorsSideBySide';
import { gaugeOf, gaugeUri } from './heatGauge';
import { type LabelStyle, labelFields } from './heatLabel';
import type { HeatLook } from './heatLook';
import { wholeOf } from './heatReference';
import { heatSteps, heatStepsOf, rulerMarks } from './heatScale';
import { type HotLine, type HotLines, mayBeOthers, shareOf } from './hotLines';
import {
  columnLimit,
  columnsInSight,
  type LabelledLine,
  labelBlocks,
  labelsAtLineEnds,
  labelsInColumn,
  type PlacedLabel,
} from './labelLayout';
import { LineMarks } from './lineMarks';
import { covers, type Lines, linesAround, type MarkExtent, openingMargin } from './markedLines';

/** Lines above and below the visible ones that are labelled too, so that scrolling seldom shows a bare line. */
const labelMargin = 60;
/** Labels are drawn anew once the visible lines come this close to the end of the labelled ones. */
const labelSlack = 20;

/** How an editor's hot lines are drawn. */
export interface DrawnHeat {
  readonly hot: HotLines;
  /** With a display that fits. */
  readonly look: HeatLook;
  /** All samples of the sample type, in its unit. */
  readonly profileTotal: number;
  readonly durationMs: number | null;
}

type DecorationType = vscode.TextEditorDecorationType;

/**
 * Draws hot lines. One decoration type for each step of heat holds the backgrounds, one for each the marks in the
 * overview ruler, one for each length and step the gutter's gauges; one further type holds the labels, whose texts are
 * quantised, of the lines in and near the visible part only: thousands of distinct label texts freeze the window. What
 * is drawn at once is bounded, however many lines are hot.
 */
export class HeatDecorations implements vscode.Disposable {
  private readonly backgrounds = eachStep((step) => ({
    isWholeLine: true,
    backgroundColor: new vscode.ThemeColor(`emberline.heat${step}`),
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
  }));
  /** What a whole function costs, on its definition, where the profile has no lines: an outline instead of a fill. */
  private readonly outlines = eachStep((step) => ({
    isWholeLine: true,
    border: '1px solid',
    borderColor: new vscode.ThemeColor(`emberline.heatMark${step}`),
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
  }));
  private readonly rulers = eachStep((step) => ({
    isWholeLine: true,
    overviewRulerColor: new vscode.ThemeColor(`emberline.heatMark${step}`),
    overviewRulerLane: vscode.OverviewRulerLane.Center,
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
  }));
  /** Made when first used. By gauge: step, length, hollow. */
  private readonly gauges = new Map<string, DecorationType>();
  /** A line whose code changed, or that may be another: an outline instead of a fill. */
  private readonly stale = vscode.window.createTextEditorDecorationType({
    isWholeLine: true,
    border: '1px dashed',
    borderColor: new vscode.ThemeColor('emberline.heatStale'),
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
  });
  private readonly labels = labelType('emberline.heatLabel');
  private readonly staleLabels = labelType('emberline.heatStale');
  /** Scrolling asks for them again and again. */
  private readonly heats = new WeakMap<HotLines, LineHeat>();
  /** The lines whose labels an editor has. */
  private readonly labelled = new WeakMap<vscode.TextEditor, Lines>();
  /** Of the documents: VS Code takes milliseconds to look up a setting. */
  private settings = new WeakMap<vscode.TextDocument, EditorSettings>();
  private readonly marks = new LineMarks();
  private readonly usedLabels = new WeakMap<vscode.TextEditor, Set<DecorationType>>();

  /** Marks the hot lines of the editor's document. */
  drawMarks(editor: vscode.TextEditor, { hot, look, profileTotal }: DrawnHeat, extent: MarkExtent): void {
    const { shares, steps } = this.heatOf(hot, look, profileTotal);
    const { from, to } = extent.lines;
    this.marks.draw(editor, (add) => {
      hot.lines.forEach(({ line, stale, definition }, i) => {
        if (line < from || line > to) return;
        const step = steps[i]!;
        if (stale || (hot.doubtful && step > 0)) add(this.stale, line);
        else if (look.background && step > 0) {
          add((definition === undefined ? this.backgrounds : this.outlines)[step - 1]!, line);
        }
        // What a whole function costs stands on its definition: hollow, as it is not the line's own.
        const hollow = stale || hot.doubtful || definition !== undefined;
        if (look.gutter && step > 0) add(this.gauge(step, gaugeOf(shares[i]!), hollow), line);
      });
      if (!look.overviewRuler || !extent.ruler) return;
      const own = hot.lines.map(({ stale }, i) => (stale ? 0 : steps[i]!));
      for (const { line, step } of rulerMarks(hot.lines, own, editor.document.lineCount)) {
        add(this.rulers[step - 1]!, line);
      }
    });
  }

  private heatOf(hot: HotLines, look: HeatLook, profileTotal: number): LineHeat {
    const known = this.heats.get(hot);
    const { metric, reference, scale, bounds } = look;
    const made = JSON.stringify([metric, reference, scale, bounds, profileTotal]);
    if (known?.made === made) return known;
    const shares = hot.lines.map((line) => shareOf(line[metric], wholeOf(reference, hot, line, profileTotal)));
    const heat = { made, shares, steps: heatStepsOf(shares, scale, bounds) };
    this.heats.set(hot, heat);
    return heat;
  }

  /** Whether the visible lines left those that have labels. */
  needsLabels(editor: vscode.TextEditor): boolean {
    const labelled = this.labelled.get(editor);
    return labelled === undefined || !covers(editor, labelled, labelSlack);
  }

  /** Labels the hot lines in and near the visible ranges. @param opening whether a long file was just opened */
  drawLabels(editor: vscode.TextEditor, drawn: DrawnHeat, opening: boolean): void {
    const { hot, look } = drawn;
    const { from, to } = linesAround(editor, opening ? openingMargin : labelMargin);
    this.labelled.set(editor, { from, to });
    const doubtful = mayBeOthers(hot);
    const stale = new Set(hot.lines.filter((line) => line.stale).map(({ line }) => line));
    const now: vscode.DecorationOptions[] = [];
    const old: vscode.DecorationOptions[] = [];
    const settings = this.settingsOf(editor.document);
    const { spacing } = settings;
    for (const { line, text, gap } of look.labels ? placeLabels(editor, drawn, { from, to }, settings) : []) {
      const end = editor.document.lineAt(line).range.end;
      const margin = spacing === 0 ? `0 0 0 ${gap}ch` : `0 0 0 calc(${gap}ch + ${gap * spacing}px)`;
      const option = {
        range: new vscode.Range(end, end),
        renderOptions: { after: { contentText: text, margin } },
      };
      (doubtful || stale.has(line) ? old : now).push(option);
    }
    this.setLabels(editor, this.labels, now);
    this.setLabels(editor, this.staleLabels, old);
  }

  private setLabels(editor: vscode.TextEditor, type: DecorationType, options: vscode.DecorationOptions[]): void {
    const used = this.usedLabels.get(editor) ?? new Set();
    if (options.length === 0 && !used.has(type)) return;
    this.usedLabels.set(editor, used.add(type));
    editor.setDecorations(type, options);
  }

  /** The editor's settings changed. */
  forgetSettings(): void {
    this.settings = new WeakMap();
  }

  private settingsOf(document: vscode.TextDocument): EditorSettings {
    let known = this.settings.get(document);
    if (known === undefined) {
      const editor = vscode.workspace.getConfiguration('editor', document);
      known = {
        wraps: editor.get('wordWrap', 'off') !== 'off',
        spacing: numberOr(0, editor.get<unknown>('letterSpacing')),
        fontSize: numberOr(14, editor.get<unknown>('fontSize')),
      };
      this.settings.set(document, known);
    }
    return known;
  }

  dispose(): void {
    const own = [...this.backgrounds, ...this.outlines, ...this.rulers, ...this.gauges.values()];
    for (const type of [...own, this.stale, this.labels, this.staleLabels]) {
      type.dispose();
    }
  }

  private gauge(step: number, length: number, hollow: boolean): DecorationType {
    const key = `${step} ${length} ${hollow}`;
    let type = this.gauges.get(key);
    if (type === undefined) {
      const icon = (theme: 'dark' | 'light') => ({
        gutterIconPath: vscode.Uri.parse(gaugeUri(theme, step, length, hollow)),
        gutterIconSize: 'contain',
      });
      type = vscode.window.createTextEditorDecorationType({
        isWholeLine: true,
        rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
        dark: icon('dark'),
        light: icon('light'),
      });
      this.gauges.set(key, type);
    }
    return type;
  }
}

/** What each line of a document's is drawn by. */
interface LineHeat {
  /** What they were made of, besides the lines. */
  readonly made: string;
  readonly shares: readonly number[];
  readonly steps: readonly number[];
}

interface EditorSettings {
  /** Wrapped lines end anywhere: no column fits them. */
  readonly wraps: boolean;
  /** What the editor adds to each character's width, in pixels. */
  readonly spacing: number;
  /** In pixels. */
  readonly fontSize: number;
}

/** The labels of hot lines from one line to another. */
function placeLabels(
  editor: vscode.TextEditor,
  drawn: DrawnHeat,
  { from, to }: Lines,
  { wraps, fontSize }: EditorSettings,
): PlacedLabel[] {
  const { hot, look, profileTotal, durationMs } = drawn;
  const style: LabelStyle = { display: look.display, metric: look.metric, durationMs };
  const { document, options } = editor;
  const tabSize = typeof options.tabSize === 'number' ? options.tabSize : 4;
  const near = ({ line }: { line: number }): boolean => line >= from && line <= to && line < document.lineCount;
  const measured = (line: HotLine): LabelledLine => ({
    line: line.line,
    width: displayWidth(document.lineAt(line.line).text, tabSize),
    fields: labelFields(line, hot, wholeOf(look.reference, hot, line, profileTotal), style),
  });
  if (look.labelPosition !== 'column' || wraps) {
    return labelsAtLineEnds(hot.lines.filter(near).map(measured)).filter(({ text }) => text !== '');
  }
  const inSight = columnsInSight(editorsSideBySide(editor), fontSize);
  const starts = labelBlocks(hot.lines);
  return starts.flatMap((start, i) => {
    const block = hot.lines.slice(start, starts[i + 1]).filter(({ line }) => line < document.lineCount);
    if (!block.some(near)) return [];
    const lines = block.map(measured);
    const limit = look.labelColumn ?? columnLimit(lines, inSight);
    return labelsInColumn(lines, limit).filter((label) => label.text !== '' && near(label));
  });
}

function numberOr(otherwise: number, value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : otherwise;
}

function labelType(color: string): DecorationType {
  return vscode.window.createTextEditorDecorationType({
    rangeBehavior: vscode.DecorationRangeBehavior.OpenOpen,
    after: { color: new vscode.ThemeColor(color), fontStyle: 'normal', fontWeight: 'normal' },
  });
}

function eachStep(options: (step: number) => vscode.DecorationRenderOptions): DecorationType[] {
  return Array.from({ length: heatSteps }, (_, i) => vscode.window.createTextEditorDecorationType(options(i + 1)));
}
