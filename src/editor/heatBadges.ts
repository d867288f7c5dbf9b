import * as vscode from 'vscode';
import type { HotFile } from '../engine/lineApi';
import { formatPercent } from '../units/units';
import { badgeText, hottestFiles } from './badgeText';
import type { Heat } from './heat';
import { heatStep } from './heatScale';
import { shareOf } from './hotLines';
import type { LineTexts } from './lineTexts';
import { notebookOf } from './openCells';
import { plainStatusText } from './statusText';

const setting = 'heat.badges';
/** More files than these are not looked for: what is less hot is no news. */
const mostFiles = 200;
/** Files are looked for a few at a time, with pauses: the extension host has other work. */
const sliceFiles = 8;
const pauseMs = 15;
const settleMs = 200;

interface Badge {
  readonly share: number;
  readonly text: string;
  readonly tooltip: string;
  readonly step: number;
}

/** The share of the hottest files beside their names in the Explorer and on tabs. */
export class HeatBadges implements vscode.FileDecorationProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri[]>();
  readonly onDidChangeFileDecorations = this.changed.event;
  private badges = new Map<string, Badge>();
  private settling: NodeJS.Timeout | undefined;
  private round = 0;
  private readonly disposable: vscode.Disposable;

  constructor(
    private readonly heat: Heat,
    private readonly texts: LineTexts,
  ) {
    this.disposable = vscode.Disposable.from(
      vscode.window.registerFileDecorationProvider(this),
      heat.onDidChange(() => this.refresh()),
      // Which cells are sampled is known of open notebooks only.
      vscode.workspace.onDidOpenNotebookDocument(() => this.refresh()),
      vscode.workspace.onDidCloseNotebookDocument(() => this.refresh()),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration(`emberline.${setting}`)) {
          this.refresh();
        }
      }),
    );
  }

  /** Heat or files changed. */
  refresh(): void {
    clearTimeout(this.settling);
    this.settling = setTimeout(() => void this.update(), settleMs);
  }

  provideFileDecoration(uri: vscode.Uri): vscode.FileDecoration | undefined {
    const badge = this.badges.get(uri.toString());
    if (badge === undefined) {
      return undefined;
    }
    const color = badge.step === 0 ? undefined : new vscode.ThemeColor(`emberline.heatMark${badge.step}`);
    return new vscode.FileDecoration(badge.text, badge.tooltip, color);
  }

  dispose(): void {
    clearTimeout(this.settling);
    this.round++;
    this.disposable.dispose();
    this.changed.dispose();
  }

  private async update(): Promise<void> {
    const round = ++this.round;
    const on = vscode.workspace.getConfiguration('emberline').get<boolean>(setting, true);
    const files = on && this.heat.visible ? this.heat.heatFiles : null;
    const found = new Map<string, Badge>();
    if (files !== null) {
      try {
        const { metric } = this.heat;
        const [hot, { viewTotal }] = await Promise.all([
          metric === 'total' ? files.fileTotals() : files.hottest(),
          files.totals(),
        ]);
        const hottest = hottestFiles(hot, metric, viewTotal, mostFiles);
        for (let from = 0; from < hottest.length; from += sliceFiles) {
          if (round !== this.round) {
            return;
          }
          await this.resolve(hottest.slice(from, from + sliceFiles), viewTotal, found);
          await new Promise((resolve) => setTimeout(resolve, pauseMs));
        }
      } catch {
        return; // The profile was closed meanwhile: what replaces it asks again.
      }
    }
    if (round !== this.round) {
      return;
    }
    const before = this.badges;
    this.badges = found;
    const news = [...new Set([...before.keys(), ...found.keys()])].filter((uri) => {
      const [old, now] = [before.get(uri), found.get(uri)];
      return old?.text !== now?.text || old?.tooltip !== now?.tooltip || old?.step !== now?.step;
    });
    if (news.length > 0) {
      this.changed.fire(news.map((uri) => vscode.Uri.parse(uri, true)));
    }
  }

  private async resolve(files: readonly HotFile[], viewTotal: number, found: Map<string, Badge>): Promise<void> {
    const { metric, source } = this.heat;
    const uris = await Promise.all(files.map(({ path }) => this.texts.uriOf(path)));
    files.forEach((file, i) => {
      const uri = uris[i];
      if (uri == null) {
        return;
      }
      const notebook = notebookOf(uri);
      const key = (notebook ?? uri).toString();
      const before = found.get(key);
      // Hottest first: another record of the same file, or a line of another cell, is less. Cells' selves are apart.
      if (before !== undefined && (notebook === null || metric === 'total')) {
        return;
      }
      const share = shareOf(file[metric], viewTotal) + (before?.share ?? 0);
      const of = plainStatusText(source?.name ?? '');
      const what = metric === 'self' ? 'self' : 'total in its hottest line';
      const tooltip = `${formatPercent(share, 1)} ${what} of ${of}`;
      found.set(key, { share, text: badgeText(share), tooltip, step: heatStep(share, this.heat.look.bounds) });
    });
  }
}
