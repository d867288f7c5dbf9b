import { join } from 'node:path';
import * as vscode from 'vscode';
import { registerChartCommands } from './editor/chartCommands';
import { ChartSync } from './editor/chartSync';
import { EmbeddedSources } from './editor/embeddedSources';
import { FrameReveal } from './editor/frameReveal';
import { FunctionHeats } from './editor/functionHeats';
import { GitTexts } from './editor/gitTexts';
import { Heat } from './editor/heat';
import { registerHeatCommands } from './editor/heatCommands';
import { registerHeatHover } from './editor/heatHover';
import { HotPlaces } from './editor/hotPlaces';
import { LineHighlight } from './editor/lineHighlight';
import { LineTracker } from './editor/lineTracker';
import { registerOpenLocation } from './editor/openLocation';
import { RecordedLineStore } from './editor/recordedLineStore';
import { RecordedTexts } from './editor/recordedTexts';
import { RememberedSources } from './editor/rememberedSources';
import { SourceOpener } from './editor/sourceOpener';
import { WorkspaceFiles } from './editor/workspaceFiles';
import { EngineClient } from './engine/engineClient';
import type { Pointing } from './protocol';
import { SourceResolver } from './sources/sourceResolver';
import { registerAgentTools } from './views/agentTools';
import { Baseline } from './views/baseline';
import { baselineStatus } from './views/baselineStatus';
import { BaselineStore } from './views/baselineStore';
import { CaptureStore } from './views/captureStore';
import { configuredCertificates, usesSystemCertificates } from './views/certificateSettings';
import { CredentialStore } from './views/credentialStore';
import { DownloadStore } from './views/downloadStore';
import { DroppedProfiles } from './views/droppedProfiles';
import { Endpoints } from './views/endpoints/endpoints';
import { lazyCommands } from './views/lazyCommands';
import { registerOpenProfile, showProfile } from './views/openProfile';
import { OpenProfiles } from './views/openProfiles';
import { registerProfileCommand } from './views/profileCommand';
import { registerProfileDebugTarget } from './views/profileDebugTarget';
import { registerProfileEditor } from './views/profileEditorProvider';
import { isShownInTab } from './views/profileTabs';
import { ToolCaptures } from './views/toolCapture';
import { ViewStateStore } from './views/viewStateStore';

let endpoints: Endpoints | null = null;
let recorded: RecordedTexts | null = null;

/**
 * Wires the parts. Nothing runs here beyond registering: the engine's thread starts at its first request, the
 * workspace is looked at when a source is wanted.
 */
export function activate(context: vscode.ExtensionContext): void {
  const output = vscode.window.createOutputChannel('Emberline', { log: true });
  const engine = new EngineClient(join(context.extensionPath, 'dist', 'engineWorker.js'), (error) =>
    output.error(`The profile engine stopped: ${error.message}`),
  );

  const remembered = new RememberedSources(context.workspaceState);
  const { renamed } = remembered;
  const embedded = new EmbeddedSources(engine);
  const files = new WorkspaceFiles(renamed, embedded);
  const resolver = new SourceResolver(files, remembered, process.platform);
  const git = new GitTexts();
  const lineStore = new RecordedLineStore(
    vscode.Uri.joinPath(context.storageUri ?? context.globalStorageUri, 'recordedLines'),
  );
  const texts = new RecordedTexts({ engine, resolver, store: lineStore, git, renamed, output });
  recorded = texts;
  const tracker = new LineTracker(texts);
  const lineNow = async (document: vscode.TextDocument, line: number): Promise<number> => {
    const { source } = heat;
    if (source === null) return line;
    await tracker.prepare(source, document);
    return tracker.mapFor(source, document).toCurrent(line);
  };
  const functions = new FunctionHeats(lineNow);
  const heat = new Heat({ engine, resolver, remembered, tracker, functions, output });
  const highlight = new LineHighlight();
  const opener = new SourceOpener(resolver, remembered, highlight, lineNow, () => heat.reset());
  const frameReveal = new FrameReveal(resolver, highlight, lineNow);
  const hotPlaces = new HotPlaces(
    { heat, functions, opener, resolver, remembered, tracker, highlight, lineNow },
    context.workspaceState,
  );

  const profiles = new OpenProfiles(engine, output);
  const point = (uri: vscode.Uri, pointing: Pointing): void => profiles.find(uri)?.point(pointing);
  const states = new ViewStateStore(context.workspaceState);
  const downloads = new DownloadStore(context, profiles);
  const credentials = new CredentialStore(context.secrets, configuredCertificates, usesSystemCertificates);
  void credentials.load();
  const store = new CaptureStore(context);
  const baselines = new BaselineStore(context, context.workspaceState);
  const baseline = new Baseline(profiles, baselines, heat, (copy, of) => void texts.adopt(copy, of));
  const captures = new ToolCaptures({ store, credentials, output });
  endpoints = new Endpoints(context, { engine, store, credentials, profiles, output });
  context.subscriptions.push(
    output,
    { dispose: () => engine.dispose() },
    profiles,
    downloads,
    embedded,
    files,
    texts,
    tracker,
    highlight,
    opener.disposable,
    functions,
    heat,
    hotPlaces,
    files.onDidChange(() => {
      resolver.forget();
      heat.lookAgain();
      void texts.lookForRenamed();
      hotPlaces.lookAgain();
    }),
    vscode.workspace.onDidRenameFiles(({ files: pairs }) => {
      for (const { oldUri, newUri } of pairs) renamed.add(oldUri.toString(), newUri.toString());
      resolver.forget();
      heat.lookAgain();
      hotPlaces.lookAgain();
    }),
    texts.onDidFindRenames(() => {
      resolver.forget();
      heat.lookAgain();
      hotPlaces.lookAgain();
    }),
    texts.onDidChange(() => {
      heat.reset();
      hotPlaces.lookAgain();
    }),
    lazyCommands(['emberline.setCommit'], async () => {
      const { registerCommitCommand } = await import('./editor/commitCommand');
      return registerCommitCommand(() => heat.source, texts, git);
    }),
    files.onDidChangeMappings(() => {
      resolver.forget();
      heat.reset();
    }),
    vscode.commands.registerCommand('emberline.showOutput', () => output.show()),
    vscode.commands.registerCommand('emberline.forgetSourceChoices', () => {
      remembered.clear();
      resolver.forget();
      heat.reset();
      void vscode.window.showInformationMessage('Emberline forgot which source files and folders were chosen.');
    }),
    registerOpenProfile(),
    lazyCommands(['emberline.convertProfile'], async () => {
      const { registerConvertProfile } = await import('./views/convertProfile');
      return registerConvertProfile({ engine, profiles, output });
    }),
    lazyCommands(['emberline.openUrl'], async () => {
      const { registerOpenUrl } = await import('./views/openUrl');
      return registerOpenUrl({ store: downloads, credentials, output });
    }),
    lazyCommands(['emberline.setCredentials', 'emberline.forgetCredentials'], async () => {
      const { registerCredentialCommands } = await import('./views/credentialCommands');
      return registerCredentialCommands(credentials);
    }),
    context.secrets.onDidChange(() => void credentials.load()),
    endpoints,
    captures,
    registerProfileDebugTarget(store, { output, captures }),
    lazyCommands(['emberline.profileProcess'], async () => {
      const { registerProfileProcess } = await import('./views/profileProcess');
      return registerProfileProcess(captures);
    }),
    registerProfileCommand(captures, context.workspaceState),
    registerOpenLocation(opener),
    lazyCommands(['emberline.explainSources'], async () => {
      const { registerExplainSources } = await import('./views/explainSources');
      return registerExplainSources({
        resolver,
        opener,
        files: () => heat.heatFiles,
        fileBelow: (folder, path) => files.fileAt(path, folder),
      });
    }),
    registerHeatHover(heat, tracker, engine),
    registerProfileEditor(profiles, {
      engine,
      output,
      states,
      extensionUri: context.extensionUri,
      dropped: new DroppedProfiles(downloads, output),
      baseline,
      openSource: (frame, from) => opener.open(frame, from),
      revealSource: (frame) => frameReveal.show(frame),
    }),
    new ChartSync(heat, engine, point, isShownInTab),
    registerChartCommands({ heat, engine, showProfile, point }),
    registerHeatCommands({
      heat,
      opener,
      reactivate: () => {
        const latest = profiles.all.find((profile) => profile !== baseline.profile);
        if (latest !== undefined) {
          profiles.activate(latest);
        }
      },
      deactivate: () => profiles.deactivate(),
      showProfile,
    }),
    followProfiles(profiles, heat, tracker, texts, baseline, embedded),
    lazyCommands(
      ['setBaseline', 'compareWith', 'swapBaseline', 'clearBaseline', 'baselineMenu'].map((id) => `emberline.${id}`),
      async () => {
        const { registerBaselineCommands } = await import('./views/baselineCommands');
        return registerBaselineCommands({ baseline, profiles, store, heat, output });
      },
    ),
    baselineStatus(baseline, heat),
    registerAgentTools({ engine, profiles, baseline, captures, texts: hotPlaces.texts, output }),
    lazyCommands(
      ['nextRegression', 'previousRegression', 'showRegressions'].map((id) => `emberline.${id}`),
      async () => {
        const { registerRegressionCommands } = await import('./editor/regressionCommands');
        return registerRegressionCommands({ heat, engine, resolver });
      },
    ),
    baseline,
  );
}

/** VS Code waits a moment for captures to leave nothing behind. */
export async function deactivate(): Promise<void> {
  await Promise.all([endpoints?.end(), recorded?.end()]);
}

/** The active profile glows, with the sample type and thread that its editor shows. */
function followProfiles(
  profiles: OpenProfiles,
  heat: Heat,
  tracker: LineTracker,
  recorded: RecordedTexts,
  baseline: Baseline,
  embedded: EmbeddedSources,
): vscode.Disposable {
  const count = (): void => {
    // A baseline alone is nothing to look at.
    const has = profiles.all.some((profile) => profile !== baseline.profile || profile === profiles.active);
    void vscode.commands.executeCommand('setContext', 'emberline.hasProfile', has);
  };
  return vscode.Disposable.from(
    profiles.onDidOpen((profile) => {
      count();
      profile.onDidChangeView(() => {
        if (profiles.active === profile) {
          heat.setSource(profile);
        }
      });
      profile.onDidChangeZoom(() => {
        if (profiles.active === profile) {
          heat.zoomed();
        }
      });
      let before = profile.status.kind;
      profile.onDidChangeStatus((status) => {
        if (status.kind === 'open') {
          embedded.forget();
        }
        if (status.kind === before) {
          // Progress, or the newer capture of a program that runs on, whose source is still that of the first one.
          if (status.kind === 'open') {
            recorded.start(profile);
            if (profiles.active === profile) {
              heat.setSource(profile);
            }
          }
          return;
        }
        before = status.kind;
        if (status.kind === 'open') {
          // What was read before may be another recording.
          recorded.stop(profile);
          tracker.stop(profile);
          recorded.start(profile);
        }
        if (profiles.active === profile) {
          heat.setSource(profile);
          if (status.kind === 'open') {
            // Whoever opens a profile wants to see it, even if heat was hidden before.
            heat.setVisible(true);
          }
        }
      });
    }),
    profiles.onDidChangeActive((profile) => heat.setSource(profile)),
    profiles.onDidClose((profile) => {
      recorded.stop(profile);
      tracker.stop(profile);
      embedded.forget();
      count();
    }),
    baseline.onDidChange(count),
  );
}
