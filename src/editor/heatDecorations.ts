import * as vscode from 'vscode';
import { heatLabel } from './heatLabel';
import { heatStep, heatSteps } from './heatScale';
import type { HeatMetric } from './heatSource';
import { type HotLines, shareOf } from './hotLines';

/** Lines above and below the visible ones that are labelled too, so that scrolling seldom shows a bare line. */
const labelMargin = 40;

/** Gutter marks cannot take theme colours; these are the defaults of `emberline.heatMark1` to 5. */
const markColors = {
  dark: ['#8a6d3b', '#c08a2e', '#e8962e', '#f2702a', '#ff4d2e'],
  light: ['#d9b36c', '#d9932a', '#d9731a', '#cc4a14', '#b3210f'],
} as const;

/**
 * Draws hot lines. One decoration type for each step of heat holds the whole file's lines (background, gutter,
 * overview ruler); one further type holds the labels, whose texts are quantised, of the lines in and near the visible
 * part only: thousands of distinct label texts freeze the window.
 */
export class HeatDecorations implements vscode.Disposable {
  private readonly steps = Array.from({ length: heatSteps }, (_, i) =>
    vscode.window.createTextEditorDecorationType({
      isWholeLine: true,
      backgroundColor: new vscode.ThemeColor(`emberline.heat${i + 1}`),
      overviewRulerColor: new vscode.ThemeColor(`emberline.heatMark${i + 1}`),
      overviewRulerLane: vscode.OverviewRulerLane.Center,
      rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
      dark: { gutterIconPath: gutterMark(markColors.dark[i]!, i + 1), gutterIconSize: 'contain' },
      light: { gutterIconPath: gutterMark(markColors.light[i]!, i + 1), gutterIconSize: 'contain' },
    }),
  );
  private readonly labels = vscode.window.createTextEditorDecorationType({
    rangeBehavior: vscode.DecorationRangeBehavior.OpenOpen,
    after: { color: new vscode.ThemeColor('emberline.heatLabel'), margin: '0 0 0 3em' },
  });

  /** Marks every hot line of the editor's document. */
  drawLines(editor: vscode.TextEditor, hot: HotLines, metric: HeatMetric): void {
    const ranges: vscode.Range[][] = this.steps.map(() => []);
    for (const line of hot.lines) {
      const step = heatStep(shareOf(line[metric], hot.viewTotal));
      if (step > 0) {
        ranges[step - 1]!.push(new vscode.Range(line.line, 0, line.line, 0));
      }
    }
    this.steps.forEach((type, i) => {
      editor.setDecorations(type, ranges[i]!);
    });
  }

  /** Labels the hot lines in and near the visible ranges; `shown` false takes the labels away. */
  drawLabels(editor: vscode.TextEditor, hot: HotLines, shown: boolean): void {
    const options: vscode.DecorationOptions[] = [];
    for (const { line, self, total } of shown ? hot.lines : []) {
      const near = editor.visibleRanges.some(
        ({ start, end }) => line >= start.line - labelMargin && line <= end.line + labelMargin,
      );
      if (near && line < editor.document.lineCount) {
        const end = editor.document.lineAt(line).range.end;
        const contentText = heatLabel(shareOf(self, hot.viewTotal), shareOf(total, hot.viewTotal));
        options.push({ range: new vscode.Range(end, end), renderOptions: { after: { contentText } } });
      }
    }
    editor.setDecorations(this.labels, options);
  }

  clear(editor: vscode.TextEditor): void {
    for (const type of [...this.steps, this.labels]) {
      editor.setDecorations(type, []);
    }
  }

  dispose(): void {
    for (const type of [...this.steps, this.labels]) {
      type.dispose();
    }
  }
}

/** A bar at the right edge, taller with the heat: it stays legible beside a breakpoint, and without colour. */
function gutterMark(color: string, step: number): vscode.Uri {
  const height = 4 + step * 2.4;
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">` +
    `<rect x="12" y="${(16 - height).toFixed(1)}" width="3" height="${height.toFixed(1)}" rx="1" fill="${color}"/></svg>`;
  return vscode.Uri.parse(`data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`);
}
