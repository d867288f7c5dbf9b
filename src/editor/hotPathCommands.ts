import * as vscode from 'vscode';
import type { HotPathFrame, HotPathParams } from '../engine/hottestApi';
import { noSourceSentence } from '../sources/noSource';
import { shortFunctionName } from '../sources/shortFunctionName';
import { formatPercent } from '../units/units';
import { type HotPlaceItem, type PlacePickServices, pickPlace, placeText } from './goToHotLine';
import type { HeatFiles } from './heatFiles';
import { shareOf } from './hotLines';
import { hotPathText, longestName, noSourceText } from './hotPathText';
import type { LineTracker } from './lineTracker';
import { definitionsOf, openFunctionCommand } from './openFunction';
import { plainStatusText } from './statusText';

const messageMs = 6000;
/** Lines of the tooltip. */
const mostNames = 30;

interface Walk {
  readonly profile: vscode.Uri;
  readonly files: HeatFiles;
  readonly steps: readonly HotPathFrame[];
  readonly viewTotal: number;
  readonly cut: boolean;
  /** The step that was gone to last. */
  at: number;
  /** Where that led: following goes on from here only. */
  place: { readonly uri: string; readonly line: number } | null;
}

export interface HotPathServices extends PlacePickServices {
  readonly tracker: LineTracker;
  /** Where a recorded line (0-based) is in a document now; -1 when it was deleted. */
  readonly lineNow: (document: vscode.TextDocument, line: number) => Promise<number>;
  /** Whether a profile's editor is open. */
  readonly hasEditor: (profile: vscode.Uri) => boolean;
}

/**
 * Walks the heaviest callee chain: each *Follow Hot Path* jumps on to the next callee's line. The chain begins in the
 * function under the cursor, or where there is none with the program's heaviest outermost function. A status bar item
 * shows how far it is followed.
 */
export class HotPathWalker implements vscode.Disposable {
  private walk: Walk | null = null;
  /** Where it is gone to, for some seconds. */
  private message: vscode.Disposable | null = null;
  private readonly item = vscode.window.createStatusBarItem('emberline.hotPath', vscode.StatusBarAlignment.Left, 49);
  private readonly disposable: vscode.Disposable;

  constructor(private readonly services: HotPathServices) {
    this.item.name = 'Emberline Hot Path';
    this.item.command = 'emberline.showHotPath';
    this.disposable = vscode.Disposable.from(
      this.item,
      services.heat.onDidChange(() => {
        if (this.walk !== null && this.walk.files !== this.services.heat.heatFiles) {
          this.end();
        }
      }),
      vscode.window.tabGroups.onDidChangeTabs(({ closed }) => {
        if (closed.length > 0) {
          this.tabsClosed(closed);
        }
      }),
      vscode.commands.registerCommand('emberline.followHotPath', () => this.follow()),
      vscode.commands.registerCommand('emberline.showHotPath', () => this.show()),
    );
  }

  dispose(): void {
    this.disposable.dispose();
  }

  private end(): void {
    this.walk = null;
    this.message?.dispose();
    this.draw();
  }

  /** The heat outlives its profile's editor; where the path was gone to is of interest to nobody then. */
  private tabsClosed(closed: readonly vscode.Tab[]): void {
    const profile = this.walk?.profile;
    if (profile === undefined || this.services.hasEditor(profile)) {
      return;
    }
    const its = closed.some(
      ({ input }) => input instanceof vscode.TabInputCustom && input.uri.toString() === profile.toString(),
    );
    if (its || vscode.window.tabGroups.all.every(({ tabs }) => tabs.length === 0)) {
      this.end();
    }
  }

  private async follow(): Promise<void> {
    const walk = (await this.ongoing()) ?? (await this.begin());
    if (walk === null) {
      return;
    }
    const cursor = cursorPlace();
    let here = walk.place !== null;
    const passed: number[] = [];
    for (let at = walk.at + 1; at < walk.steps.length; at++) {
      const place = await this.placeOf(walk.steps[at]!);
      // What has no source is passed over, as is the line where the cursor is anyway.
      if (place !== null && !(place.uri === cursor?.uri && place.line === cursor.line)) {
        await this.goTo(walk, at, passed);
        return;
      }
      if (place === null) {
        passed.push(at);
      }
      here ||= place !== null;
      walk.at = at;
    }
    this.draw();
    if (!here) {
      void vscode.window.showInformationMessage('No function of the hot path has a source that is found here.');
      return;
    }
    const last = walk.steps.at(-1)!;
    const self = formatPercent(shareOf(last.self, walk.viewTotal), 1);
    const end = `${brief(last.name)} takes ${self} itself, more than any of its callees`;
    const text = `End of the hot path: ${walk.cut ? 'it goes on' : end}${andPassed(passed)}`;
    this.message = vscode.window.setStatusBarMessage(`$(flame) ${text}`, messageMs);
    this.walk = { ...walk, place: null };
  }

  /** The path as a list, each step shown while it is highlighted. */
  private async show(): Promise<void> {
    const walk = this.walk ?? (await this.begin());
    if (walk === null) {
      return;
    }
    const { services } = this;
    const items = walk.steps.map(({ name, file, line, self, total, repeats }, at): HotPlaceItem => {
      const shares = `${formatPercent(shareOf(total, walk.viewTotal), 1)} total`;
      const own = self === 0 ? '' : ` · ${formatPercent(shareOf(self, walk.viewTotal), 1)} self`;
      const place = file === null ? '' : plainStatusText(placeText(file, line));
      return {
        label: `${'\u2003'.repeat(Math.min(at, 12))}${plainStatusText(name || '(anonymous)')}${repeats > 1 ? ` ×${repeats}` : ''}`,
        description: `${shares}${own}${place === '' ? '' : `  ${place}`}`,
        place: { name, file, line },
      };
    });
    const chosen = await pickPlace(services, {
      title: `Hot Path of ${plainStatusText(services.heat.source?.name ?? '')}`,
      placeholder: walk.cut ? 'The first steps of the heaviest callee chain' : 'The heaviest callee chain',
      items: Promise.resolve(items),
      active: Math.max(0, walk.at),
    });
    if (chosen !== null && chosen >= 0) {
      this.arrived(walk, chosen);
    }
  }

  /** The walk, where the cursor still is where it led. */
  private async ongoing(): Promise<Walk | null> {
    const { walk } = this;
    const cursor = cursorPlace();
    const stays = walk?.place != null && walk.place.uri === cursor?.uri && walk.place.line === cursor.line;
    return stays && walk.files === this.services.heat.heatFiles ? walk : null;
  }

  private async begin(): Promise<Walk | null> {
    const { heatFiles: files, source } = this.services.heat;
    if (files === null || source === null) {
      void vscode.window.showInformationMessage('No profile is open: open one, or profile the debug target.');
      return null;
    }
    const under = await this.fromCursor(files);
    let path = under === null ? null : await files.hotPath(under);
    const fromTop = path === null || path.steps.length === 0;
    if (path === null || fromTop) {
      path = await files.hotPath(null);
    }
    if (path.steps.length === 0) {
      void vscode.window.showInformationMessage('Nothing was sampled in what the profile shows: there is no hot path.');
      return null;
    }
    const { steps, viewTotal, cut } = path;
    this.walk = { profile: source.uri, files, steps, viewTotal, cut, at: -1, place: null };
    return this.walk;
  }

  /** The recorded line under the cursor, where the profile knows the file. */
  private async fromCursor(files: HeatFiles): Promise<HotPathParams['from']> {
    const { heat, tracker } = this.services;
    const editor = vscode.window.activeTextEditor;
    if (editor === undefined || heat.source === null) {
      return null;
    }
    const { document } = editor;
    const { active } = editor.selection;
    await tracker.prepare(heat.source, document);
    const map = tracker.mapFor(heat.source, document);
    let nearest: { file: number; line: number; at: number } | null = null;
    for (const lines of await files.linesOf(document)) {
      for (const line of lines.line) {
        const at = map.toCurrent(line - 1);
        if (at >= 0 && at <= active.line && (nearest === null || at > nearest.at)) {
          nearest = { file: lines.file, line, at };
        }
      }
    }
    if (nearest !== null) {
      return { file: nearest.file, line: nearest.line };
    }
    const { lines } = heat.hotLines(document);
    const above = lines.findLast(({ line, definition }) => typeof definition?.func === 'number' && line <= active.line);
    const func = above?.definition?.func ?? null;
    return func === null ? null : { func };
  }

  /** Where a step is now; null where it has no source within reach. */
  private async placeOf({ name, file, line }: HotPathFrame): Promise<{ uri: string; line: number } | null> {
    if (file === null) {
      // The profile names functions only: the languages may know one definition of it.
      const found = await definitionsOf(name);
      return found.length === 1 ? { uri: found[0]!.uri.toString(), line: found[0]!.line } : null;
    }
    if (line === null || noSourceSentence(name, file) !== null) {
      return null;
    }
    const uri = await this.services.texts.uriOf(file);
    if (uri === null) {
      return null;
    }
    const document = vscode.workspace.textDocuments.find((each) => each.uri.toString() === uri.toString());
    const now = document === undefined ? line - 1 : await this.services.lineNow(document, line - 1);
    return { uri: uri.toString(), line: now };
  }

  /** @param passed steps before it that have no source */
  private async goTo(walk: Walk, at: number, passed: readonly number[]): Promise<void> {
    const { name, file, line } = walk.steps[at]!;
    if (file === null) {
      await vscode.commands.executeCommand(openFunctionCommand, { name, file, line });
    } else {
      await this.services.opener.open({ name, file, line, column: null }, undefined);
    }
    this.arrived(walk, at);
    const { total } = walk.steps[at]!;
    const share = formatPercent(shareOf(total, walk.viewTotal), 1);
    // The item names the function.
    const text = `${share} total, step ${at + 1} of ${walk.steps.length}${andPassed(passed)}`;
    this.message = vscode.window.setStatusBarMessage(`$(flame) ${text}`, messageMs);
  }

  private arrived(walk: Walk, at: number): void {
    walk.at = at;
    walk.place = cursorPlace();
    // The source may have opened in the place of the profile's own tab, which ended the walk.
    this.walk = walk.files === this.services.heat.heatFiles ? walk : null;
    this.draw();
  }

  private draw(): void {
    const { walk } = this;
    if (walk === null || walk.at < 0) {
      this.item.hide();
      return;
    }
    const names = walk.steps.map(({ name }) => name);
    this.item.text = `$(debug-step-into) ${plainStatusText(hotPathText(names, walk.at))}`;
    // One a line, whole: what the item itself has no room for.
    const lines = names
      .slice(0, mostNames)
      .map((name, i) => `${i === walk.at ? '→' : '\u2003'} ${plainStatusText(name || '(anonymous)')}`);
    const more = names.length > mostNames ? ['\u2003 …'] : [];
    this.item.tooltip = ['Hot path, the heaviest callee chain. Click for the list.', ...lines, ...more].join('\n');
    this.item.accessibilityInformation = {
      label: `Hot path, step ${walk.at + 1} of ${names.length}: ${brief(names[walk.at] ?? '')}`,
      role: 'button',
    };
    this.item.show();
  }
}

function cursorPlace(): { uri: string; line: number } | null {
  const editor = vscode.window.activeTextEditor;
  return editor === undefined ? null : { uri: editor.document.uri.toString(), line: editor.selection.active.line };
}

function brief(name: string): string {
  return plainStatusText(shortFunctionName(name, longestName));
}

function andPassed(steps: readonly number[]): string {
  return steps.length === 0 ? '' : `; ${noSourceText(steps)}`;
}
