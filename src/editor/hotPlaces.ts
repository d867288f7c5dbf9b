import * as vscode from 'vscode';
import type { SourceResolver } from '../sources/sourceResolver';
import type { FunctionHeats } from './functionHeats';
import { registerFunctionHover } from './functionHover';
import { goToHotLine } from './goToHotLine';
import type { Heat } from './heat';
import { HeatBadges } from './heatBadges';
import { HeatLenses } from './heatLenses';
import { HotPathWalker } from './hotPathCommands';
import { HottestView } from './hottestView';
import type { LineHighlight } from './lineHighlight';
import { LinePreview } from './linePreview';
import { LineTexts } from './lineTexts';
import type { LineTracker } from './lineTracker';
import { registerOpenFunction } from './openFunction';
import type { RememberedSources } from './rememberedSources';
import type { SourceOpener } from './sourceOpener';
import { goToHotLineInWorkspace } from './workspaceHotLines';

export interface HotPlacesServices {
  readonly heat: Heat;
  readonly functions: FunctionHeats;
  readonly opener: SourceOpener;
  readonly resolver: SourceResolver;
  readonly remembered: RememberedSources;
  readonly tracker: LineTracker;
  readonly highlight: LineHighlight;
  /** Where a recorded line (0-based) is in a document now; -1 when it was deleted. */
  readonly lineNow: (document: vscode.TextDocument, line: number) => Promise<number>;
  /** Whether a profile's editor is open. */
  readonly hasEditor: (profile: vscode.Uri) => boolean;
}

/** What shows and walks the heat across files: the Hottest Lines view, badges, lists of places, the hot path. */
export class HotPlaces implements vscode.Disposable {
  readonly texts: LineTexts;
  private readonly view: HottestView;
  private readonly badges: HeatBadges;
  private readonly disposable: vscode.Disposable;

  constructor(services: HotPlacesServices, memory: vscode.Memento) {
    const { heat, functions, opener, resolver, remembered, tracker, highlight, lineNow, hasEditor } = services;
    const texts = new LineTexts(resolver, remembered, heat, tracker);
    const preview = new LinePreview(texts, highlight, lineNow);
    const places = { heat, opener, texts, preview };
    this.texts = texts;
    this.view = new HottestView(heat, texts, memory);
    this.badges = new HeatBadges(heat, texts);
    const commands: Record<string, () => unknown> = {
      'emberline.goToHotLine': () => goToHotLine(places),
      'emberline.nextHotLineInWorkspace': () => goToHotLineInWorkspace(places, 1),
      'emberline.previousHotLineInWorkspace': () => goToHotLineInWorkspace(places, -1),
    };
    this.disposable = vscode.Disposable.from(
      texts,
      this.view,
      this.badges,
      // Lines stand elsewhere now.
      vscode.workspace.onDidSaveTextDocument(() => this.view.refresh()),
      new HotPathWalker({ ...places, tracker, lineNow, hasEditor }),
      new HeatLenses(heat, functions),
      registerFunctionHover(heat),
      registerOpenFunction(opener),
      ...Object.entries(commands).map(([id, run]) => vscode.commands.registerCommand(id, run)),
    );
  }

  /** Files came or went: sources may be found elsewhere now. */
  lookAgain(): void {
    this.texts.forget();
    this.view.refresh();
    this.badges.refresh();
  }

  dispose(): void {
    this.disposable.dispose();
  }
}
