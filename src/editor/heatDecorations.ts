import * as vscode from 'vscode';
import { displayWidth } from './displayWidth';
import { gaugeOf, gaugeUri } from './heatGauge';
import { type LabelStyle, labelFields } from './heatLabel';
import type { HeatLook } from './heatLook';
import { wholeOf } from './heatReference';
import { heatSteps, heatStepsOf, rulerMarks } from './heatScale';
import { type HotLine, type HotLines, shareOf } from './hotLines';
import {
  columnLimit,
  type LabelledLine,
  labelBlocks,
  labelsAtLineEnds,
  labelsInColumn,
  type PlacedLabel,
} from './labelLayout';

/** Lines above and below the visible ones that are labelled too, so that scrolling seldom shows a bare line. */
const labelMargin = 60;
/** Labels are drawn anew once the visible lines come this close to the end of the labelled ones. */
const labelSlack = 20;

/** Files of more hot lines have backgrounds and gauges near the visible part only, and fewer marks in the ruler. */
const mostMarked = 1000;
const markMargin = 400;
const markSlack = 120;

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
  /** A line whose code changed: an outline instead of a fill. */
  private readonly stale = vscode.window.createTextEditorDecorationType({
    isWholeLine: true,
    border: '1px dashed',
    borderColor: new vscode.ThemeColor('emberline.heatStale'),
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
  });
  private readonly labels = labelType('emberline.heatLabel');
  private readonly staleLabels = labelType('emberline.heatStale');
  /** The lines whose labels an editor has, and those that it has marks of. */
  private readonly labelled = new WeakMap<vscode.TextEditor, Lines>();
  private readonly marked = new WeakMap<vscode.TextEditor, Lines>();
  /** Of the documents: VS Code takes milliseconds to look up a setting. */
  private settings = new WeakMap<vscode.TextDocument, EditorSettings>();
  /** The types that an editor has ranges of: the others need not be emptied. */
  private readonly used = new WeakMap<vscode.TextEditor, ReadonlySet<DecorationType>>();
  private readonly usedLabels = new WeakMap<vscode.TextEditor, Set<DecorationType>>();

  /** Marks the hot lines of the editor's document. */
  drawMarks(editor: vscode.TextEditor, { hot, look, profileTotal }: DrawnHeat): void {
    const shares = hot.lines.map((line) =>
      shareOf(line[look.metric], wholeOf(look.reference, hot, line, profileTotal)),
    );
    const steps = heatStepsOf(shares, look.scale, look.bounds);
    const window = hot.lines.length <= mostMarked ? allLines : linesAround(editor, markMargin);
    const ranges = new Map<DecorationType, vscode.Range[]>();
    const add = (type: DecorationType, line: number): void => {
      const range = new vscode.Range(line, 0, line, 0);
      const already = ranges.get(type);
      if (already === undefined) ranges.set(type, [range]);
      else already.push(range);
    };
    hot.lines.forEach(({ line, stale, definition }, i) => {
      if (line < window.from || line > window.to) return;
      const step = steps[i]!;
      if (stale) add(this.stale, line);
      else if (look.background && step > 0) {
        add((definition === undefined ? this.backgrounds : this.outlines)[step - 1]!, line);
      }
      // What a whole function costs stands on its definition: hollow, as it is not the line's own.
      const hollow = stale || definition !== undefined;
      if (look.gutter && step > 0) add(this.gauge(step, gaugeOf(shares[i]!), hollow), line);
    });
    if (look.overviewRuler) {
      for (const { line, step } of rulerMarks(hot.lines, steps, editor.document.lineCount)) {
        add(this.rulers[step - 1]!, line);
      }
    }
    for (const type of this.used.get(editor) ?? []) {
      if (!ranges.has(type)) editor.setDecorations(type, []);
    }
    for (const [type, each] of ranges) {
      editor.setDecorations(type, each);
    }
    this.used.set(editor, new Set(ranges.keys()));
    this.marked.set(editor, window);
  }

  /** Whether the visible lines left those that have marks. */
  needsMarks(editor: vscode.TextEditor): boolean {
    return !covers(editor, this.marked.get(editor), markSlack);
  }

  /** Whether the visible lines left those that have labels. */
  needsLabels(editor: vscode.TextEditor): boolean {
    return !covers(editor, this.labelled.get(editor), labelSlack);
  }

  /** Labels the hot lines in and near the visible ranges. */
  drawLabels(editor: vscode.TextEditor, drawn: DrawnHeat): void {
    const { hot, look } = drawn;
    const { from, to } = linesAround(editor, labelMargin);
    this.labelled.set(editor, { from, to });
    const stale = new Set(hot.lines.filter((line) => line.stale).map(({ line }) => line));
    const now: vscode.DecorationOptions[] = [];
    const old: vscode.DecorationOptions[] = [];
    const { spacing, wraps } = this.settingsOf(editor.document);
    const column = look.labelPosition === 'column' && !wraps;
    for (const { line, text, gap } of look.labels ? placeLabels(editor, drawn, { from, to }, column) : []) {
      const end = editor.document.lineAt(line).range.end;
      const margin = spacing === 0 ? `0 0 0 ${gap}ch` : `0 0 0 calc(${gap}ch + ${gap * spacing}px)`;
      const option = {
        range: new vscode.Range(end, end),
        renderOptions: { after: { contentText: text, margin } },
      };
      (stale.has(line) ? old : now).push(option);
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
      const spacing = editor.get<unknown>('letterSpacing');
      known = {
        wraps: editor.get('wordWrap', 'off') !== 'off',
        spacing: typeof spacing === 'number' && Number.isFinite(spacing) ? spacing : 0,
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

interface EditorSettings {
  /** Wrapped lines end anywhere: no column fits them. */
  readonly wraps: boolean;
  /** What the editor adds to each character's width, in pixels. */
  readonly spacing: number;
}

interface Lines {
  readonly from: number;
  readonly to: number;
}

const allLines: Lines = { from: 0, to: Number.POSITIVE_INFINITY };

function linesAround({ visibleRanges }: vscode.TextEditor, margin: number): Lines {
  return {
    from: Math.max(0, Math.min(...visibleRanges.map(({ start }) => start.line)) - margin),
    to: Math.max(...visibleRanges.map(({ end }) => end.line)) + margin,
  };
}

/** Whether what is visible lies well inside of `lines`. */
function covers({ visibleRanges, document }: vscode.TextEditor, lines: Lines | undefined, slack: number): boolean {
  if (lines === undefined) return false;
  const last = document.lineCount - 1;
  return visibleRanges.every(
    ({ start, end }) => Math.max(0, start.line - slack) >= lines.from && Math.min(last, end.line + slack) <= lines.to,
  );
}

/** The labels of hot lines from one line to another, of whole blocks where they are in columns. */
function placeLabels(editor: vscode.TextEditor, drawn: DrawnHeat, { from, to }: Lines, column: boolean): PlacedLabel[] {
  const { hot, look, profileTotal, durationMs } = drawn;
  const style: LabelStyle = { display: look.display, metric: look.metric, durationMs };
  const { document, options } = editor;
  const tabSize = typeof options.tabSize === 'number' ? options.tabSize : 4;
  const near = (line: HotLine): boolean => line.line >= from && line.line <= to && line.line < document.lineCount;
  const measured = (line: HotLine): LabelledLine => ({
    line: line.line,
    width: displayWidth(document.lineAt(line.line).text, tabSize),
    fields: labelFields(line, hot, wholeOf(look.reference, hot, line, profileTotal), style),
  });
  if (!column) {
    return labelsAtLineEnds(hot.lines.filter(near).map(measured)).filter(({ text }) => text !== '');
  }
  const limit = look.labelColumn ?? columnLimit(vscode.window.tabGroups.all.length);
  const starts = labelBlocks(hot.lines);
  return starts.flatMap((start, i) => {
    const block = hot.lines.slice(start, starts[i + 1]).filter(({ line }) => line < document.lineCount);
    if (!block.some(near)) return [];
    return labelsInColumn(block.map(measured), limit).filter(({ text }) => text !== '');
  });
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
