import * as vscode from 'vscode';
import { type LineChange, toldChange } from './heatChange';
import type { DrawnHeat } from './heatDecorations';
import { rulerMarks } from './heatScale';
import type { HeatMetric } from './heatSource';
import { type HotLine, type HotLines, mayBeOthers } from './hotLines';
import { LineMarks } from './lineMarks';
import type { MarkExtent } from './markedLines';

/** Lower bounds of the steps 2 and 3, as differences of shares. */
const bounds = [0.01, 0.05] as const;
const steps = bounds.length + 1;

/** Gutter marks cannot take theme colours; these are the defaults of `emberline.heatUpMark` and `heatDownMark`. */
const markColors = {
  up: { dark: '#f28c28', light: '#c25e00' },
  down: { dark: '#3d9df2', light: '#0066bf' },
} as const;

type Direction = keyof typeof markColors;
type Fill = 'filled' | 'hollow';
const directions: readonly Direction[] = ['up', 'down'];
/** A step each line; 0 for none in this direction. */
type DirectedSteps = Readonly<Record<Direction, number[]>>;

/**
 * The step of a change, 1 (below a percentage point) to 3; 0 for none, or one that may be chance.
 */
function changeStep({ share, sure }: Pick<LineChange, 'share' | 'sure'>): number {
  if (!sure || share === 0) {
    return 0;
  }
  return 1 + bounds.filter((bound) => Math.abs(share) >= bound).length;
}

const fills: readonly Fill[] = ['filled', 'hollow'];

/**
 * Draws what changed against a baseline in place of heat: orange for more, blue for less, which people who do not tell
 * red from green tell apart. An arrow in the gutter says the same without colour. A line whose code changed since a
 * recording, or that may be another, is hollow, as it is without a baseline.
 */
export class ChangeDecorations implements vscode.Disposable {
  private readonly types: Record<Direction, Record<Fill, readonly vscode.TextEditorDecorationType[]>> = {
    up: { filled: typesOf('up', 'filled'), hollow: typesOf('up', 'hollow') },
    down: { filled: typesOf('down', 'filled'), hollow: typesOf('down', 'hollow') },
  };
  private readonly rulers: Record<Direction, vscode.TextEditorDecorationType> = {
    up: rulerOf('up'),
    down: rulerOf('down'),
  };
  /** Scrolling asks for them again and again. */
  private readonly known = new WeakMap<HotLines, { readonly metric: HeatMetric; readonly steps: DirectedSteps }>();
  private readonly marks = new LineMarks();

  /** Marks the lines of the editor's document that changed. */
  drawMarks(editor: vscode.TextEditor, { hot, look }: DrawnHeat, extent: MarkExtent): void {
    const steps = this.stepsOf(hot, look.metric);
    const { from, to } = extent.lines;
    this.marks.draw(editor, (add) => {
      for (const direction of directions) {
        hot.lines.forEach((line, i) => {
          const step = steps[direction][i]!;
          if (step === 0 || line.line < from || line.line > to) return;
          add(this.types[direction][fillOf(line, hot)][step - 1]!, line.line);
        });
        if (!extent.ruler || !look.overviewRuler) continue;
        for (const { line } of rulerMarks(hot.lines, steps[direction], editor.document.lineCount)) {
          add(this.rulers[direction], line);
        }
      }
    });
  }

  private stepsOf(hot: HotLines, metric: HeatMetric): DirectedSteps {
    const known = this.known.get(hot);
    if (known?.metric === metric) return known.steps;
    const steps: DirectedSteps = { up: [], down: [] };
    for (const line of hot.lines) {
      const change = toldChange(line, hot, metric);
      const step = change === null ? 0 : changeStep(change);
      steps.up.push((change?.share ?? 0) > 0 ? step : 0);
      steps.down.push((change?.share ?? 0) < 0 ? step : 0);
    }
    this.known.set(hot, { metric, steps });
    return steps;
  }

  dispose(): void {
    for (const type of [
      ...directions.flatMap((each) => fills.flatMap((fill) => this.types[each][fill])),
      ...Object.values(this.rulers),
    ]) {
      type.dispose();
    }
  }
}

function fillOf({ stale }: HotLine, hot: HotLines): Fill {
  return stale || mayBeOthers(hot) ? 'hollow' : 'filled';
}

function typesOf(direction: Direction, fill: Fill): vscode.TextEditorDecorationType[] {
  const name = direction === 'up' ? 'Up' : 'Down';
  const { dark, light } = markColors[direction];
  return Array.from({ length: steps }, (_, i) =>
    vscode.window.createTextEditorDecorationType({
      isWholeLine: true,
      ...(fill === 'filled'
        ? { backgroundColor: new vscode.ThemeColor(`emberline.heat${name}${i + 1}`) }
        : { border: '1px dashed', borderColor: new vscode.ThemeColor('emberline.heatStale') }),
      rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
      dark: { gutterIconPath: arrow(direction, dark, i + 1), gutterIconSize: 'contain' },
      light: { gutterIconPath: arrow(direction, light, i + 1), gutterIconSize: 'contain' },
    }),
  );
}

function rulerOf(direction: Direction): vscode.TextEditorDecorationType {
  const name = direction === 'up' ? 'Up' : 'Down';
  return vscode.window.createTextEditorDecorationType({
    isWholeLine: true,
    overviewRulerColor: new vscode.ThemeColor(`emberline.heat${name}Mark`),
    overviewRulerLane: vscode.OverviewRulerLane.Center,
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
  });
}

/** A triangle at the right edge, taller with the change. */
function arrow(direction: Direction, color: string, step: number): vscode.Uri {
  const height = 3 + step * 2;
  const [tip, foot] = direction === 'up' ? [8 - height / 2, 8 + height / 2] : [8 + height / 2, 8 - height / 2];
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">` +
    `<path d="M9.5 ${foot} L15.5 ${foot} L12.5 ${tip} Z" fill="${color}"/></svg>`;
  return vscode.Uri.parse(`data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`);
}
