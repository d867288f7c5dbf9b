import * as vscode from 'vscode';
import { displayWidth } from './displayWidth';
import { gaugeOf, gaugeUri } from './heatGauge';
import { type LabelStyle, labelFields } from './heatLabel';
import type { HeatLook } from './heatLook';
import { wholeOf } from './heatReference';
import { heatSteps, heatStepsOf } from './heatScale';
import { type HotLine, type HotLines, shareOf } from './hotLines';
import { type LabelledLine, labelBlocks, labelsAtLineEnds, labelsInColumn, type PlacedLabel } from './labelLayout';

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
 * Draws hot lines. One decoration type for each step of heat holds the whole file's backgrounds, one for each its marks
 * in the overview ruler, one for each length and step the gutter's gauges; one further type holds the labels, whose
 * texts are quantised, of the lines in and near the visible part only: thousands of distinct label texts freeze the
 * window.
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
  /** The lines whose labels an editor has. */
  private readonly labelled = new WeakMap<vscode.TextEditor, { readonly from: number; readonly to: number }>();
  /** The types that an editor has ranges of: the others need not be emptied. */
  private readonly used = new WeakMap<vscode.TextEditor, ReadonlySet<DecorationType>>();

  /** Marks every hot line of the editor's document. */
  drawLines(editor: vscode.TextEditor, { hot, look, profileTotal }: DrawnHeat): void {
    const { metric } = look;
    const shares = hot.lines.map((line) => shareOf(line[metric], wholeOf(look.reference, hot, line, profileTotal)));
    const steps = heatStepsOf(shares, look.scale, look.bounds);
    const ranges = new Map<DecorationType, vscode.Range[]>();
    const add = (type: DecorationType, line: number): void => {
      const already = ranges.get(type);
      const range = new vscode.Range(line, 0, line, 0);
      if (already === undefined) {
        ranges.set(type, [range]);
      } else {
        already.push(range);
      }
    };
    hot.lines.forEach(({ line, stale, definition }, i) => {
      const step = steps[i]!;
      if (stale) {
        add(this.stale, line);
      }
      if (step === 0) {
        return;
      }
      if (look.background && !stale) {
        add((definition === undefined ? this.backgrounds : this.outlines)[step - 1]!, line);
      }
      if (look.overviewRuler && !stale) {
        add(this.rulers[step - 1]!, line);
      }
      if (look.gutter) {
        // What a whole function costs stands on its definition: hollow, as it is not the line's own.
        add(this.gauge(step, gaugeOf(shares[i]!), stale || definition !== undefined), line);
      }
    });
    for (const type of this.used.get(editor) ?? []) {
      if (!ranges.has(type)) editor.setDecorations(type, []);
    }
    for (const [type, each] of ranges) {
      editor.setDecorations(type, each);
    }
    this.used.set(editor, new Set(ranges.keys()));
  }

  /** Whether the visible lines left those that have labels. */
  needsLabels(editor: vscode.TextEditor): boolean {
    const { from, to } = this.labelled.get(editor) ?? { from: 0, to: -1 };
    const last = editor.document.lineCount - 1;
    return editor.visibleRanges.some(
      ({ start, end }) => Math.max(0, start.line - labelSlack) < from || Math.min(last, end.line + labelSlack) > to,
    );
  }

  /** Labels the hot lines in and near the visible ranges. */
  drawLabels(editor: vscode.TextEditor, drawn: DrawnHeat): void {
    const { hot, look } = drawn;
    const from = Math.min(...editor.visibleRanges.map(({ start }) => start.line)) - labelMargin;
    const to = Math.max(...editor.visibleRanges.map(({ end }) => end.line)) + labelMargin;
    this.labelled.set(editor, { from: Math.max(0, from), to });
    const stale = new Set(hot.lines.filter((line) => line.stale).map(({ line }) => line));
    const now: vscode.DecorationOptions[] = [];
    const old: vscode.DecorationOptions[] = [];
    const spacing = letterSpacing(editor);
    for (const { line, text, gap } of look.labels ? placeLabels(editor, drawn, from, to) : []) {
      const end = editor.document.lineAt(line).range.end;
      const margin = spacing === 0 ? `0 0 0 ${gap}ch` : `0 0 0 calc(${gap}ch + ${gap * spacing}px)`;
      const option = {
        range: new vscode.Range(end, end),
        renderOptions: { after: { contentText: text, margin } },
      };
      (stale.has(line) ? old : now).push(option);
    }
    editor.setDecorations(this.labels, now);
    editor.setDecorations(this.staleLabels, old);
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

/** The labels of hot lines from one line to another, of whole blocks where they are in columns. */
function placeLabels(editor: vscode.TextEditor, drawn: DrawnHeat, from: number, to: number): PlacedLabel[] {
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
  if (look.labelPosition === 'lineEnd' || wraps(editor)) {
    return labelsAtLineEnds(hot.lines.filter(near).map(measured)).filter(({ text }) => text !== '');
  }
  const starts = labelBlocks(hot.lines);
  return starts.flatMap((start, i) => {
    const block = hot.lines.slice(start, starts[i + 1]).filter(({ line }) => line < document.lineCount);
    if (!block.some(near)) return [];
    return labelsInColumn(block.map(measured), look.labelColumn).filter(({ text }) => text !== '');
  });
}

/** Wrapped lines end anywhere: no column fits them. */
function wraps({ document }: vscode.TextEditor): boolean {
  return vscode.workspace.getConfiguration('editor', document).get('wordWrap', 'off') !== 'off';
}

/** What the editor adds to each character's width, in pixels. */
function letterSpacing({ document }: vscode.TextEditor): number {
  const spacing = vscode.workspace.getConfiguration('editor', document).get<unknown>('letterSpacing');
  return typeof spacing === 'number' && Number.isFinite(spacing) ? spacing : 0;
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
