import * as vscode from 'vscode';
import { FrameReveal } from '../editor/frameReveal';
import { FunctionHeats } from '../editor/functionHeats';
import { Heat } from '../editor/heat';
import { registerHeatHover } from '../editor/heatHover';
import type { HeatSource } from '../editor/heatSource';
import { HotPlaces } from '../editor/hotPlaces';
import { LineHighlight } from '../editor/lineHighlight';
import { registerOpenLocation } from '../editor/openLocation';
import { setCommitCommand } from '../editor/setCommitCommand';
import { SourceOpener } from '../editor/sourceOpener';
import { lazyCommands } from '../views/lazyCommands';
import { isShownInTab } from '../views/profileTabs';
import type { Essentials } from './essentials';
import type { Sources } from './sources';

/** The glow, the lists of hot places, and what shows a frame's source. */
export interface HotLineParts {
  readonly heat: Heat;
  readonly hotPlaces: HotPlaces;
  readonly opener: SourceOpener;
  readonly frameReveal: FrameReveal;
}

export function wireHotLines({ context, engine, output }: Essentials, sources: Sources): HotLineParts {
  const { remembered, resolver, tracker, texts, git } = sources;
  const lineOf = async (document: vscode.TextDocument, line: number, profile: HeatSource): Promise<number> => {
    await tracker.prepare(profile, document);
    return tracker.mapFor(profile, document).toCurrent(line);
  };
  const lineNow = async (document: vscode.TextDocument, line: number): Promise<number> =>
    heat.source === null ? line : lineOf(document, line, heat.source);
  const functions = new FunctionHeats(lineOf);
  const baselineFunctions = new FunctionHeats(lineOf);
  const heat = new Heat({ engine, resolver, remembered, tracker, functions, baselineFunctions, output });
  const highlight = new LineHighlight();
  const opener = new SourceOpener(resolver, remembered, highlight, lineNow, () => heat.reset());
  const frameReveal = new FrameReveal(resolver, highlight, lineNow);
  const hotPlaces = new HotPlaces(
    { heat, functions, opener, resolver, remembered, tracker, highlight, lineNow, hasEditor: isShownInTab },
    context.workspaceState,
  );
  context.subscriptions.push(
    highlight,
    opener.disposable,
    functions,
    baselineFunctions,
    heat,
    hotPlaces,
    followSources(sources, heat, hotPlaces),
    registerSourceCommands(sources, heat, opener),
    registerOpenLocation(opener),
    registerHeatHover(heat, tracker, engine),
    lazyCommands([setCommitCommand], async () => {
      const { registerCommitCommand } = await import('../editor/commitCommand');
      return registerCommitCommand(
        () => heat.source,
        () => (heat.comparison?.kind === 'compared' ? heat.comparison.source : null),
        texts,
        git,
      );
    }),
    lazyCommands(
      ['nextRegression', 'previousRegression', 'showRegressions'].map((id) => `emberline.${id}`),
      async () => {
        const { registerRegressionCommands } = await import('../editor/regressionCommands');
        return registerRegressionCommands({ heat, engine, resolver });
      },
    ),
  );
  return { heat, hotPlaces, opener, frameReveal };
}

/** Files come, go and change their names; what was recorded of them becomes known. */
function followSources(
  { files, remembered, resolver, texts }: Sources,
  heat: Heat,
  hotPlaces: HotPlaces,
): vscode.Disposable {
  const lookAgain = (): void => {
    resolver.forget();
    heat.lookAgain();
    hotPlaces.lookAgain();
  };
  return vscode.Disposable.from(
    files.onDidChange(() => {
      lookAgain();
      void texts.lookForRenamed();
    }),
    vscode.workspace.onDidRenameFiles(({ files: pairs }) => {
      for (const { oldUri, newUri } of pairs) remembered.renamed.add(oldUri.toString(), newUri.toString());
      lookAgain();
    }),
    texts.onDidFindRenames(lookAgain),
    texts.onDidChange(() => {
      heat.reset();
      hotPlaces.lookAgain();
    }),
    files.onDidChangeMappings(() => {
      resolver.forget();
      heat.reset();
    }),
  );
}

function registerSourceCommands(
  { files, remembered, resolver }: Sources,
  heat: Heat,
  opener: SourceOpener,
): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.commands.registerCommand('emberline.forgetSourceChoices', () => {
      remembered.clear();
      resolver.forget();
      heat.reset();
      void vscode.window.showInformationMessage('Emberline forgot which source files and folders were chosen.');
    }),
    lazyCommands(['emberline.explainSources'], async () => {
      const { registerExplainSources } = await import('../views/explainSources');
      return registerExplainSources({
        resolver,
        opener,
        files: () => heat.heatFiles,
        fileBelow: (folder, path) => files.fileAt(path, folder),
      });
    }),
  );
}
