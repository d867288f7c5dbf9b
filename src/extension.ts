import { join } from 'node:path';
import * as vscode from 'vscode';
import { wireBaseline } from './activation/baseline';
import { wireCaptures } from './activation/captures';
import { wireCharts } from './activation/charts';
import type { Essentials } from './activation/essentials';
import { followProfiles } from './activation/followProfiles';
import { wireHotLines } from './activation/hotLines';
import { wireProfiles } from './activation/profiles';
import { wireSources } from './activation/sources';
import type { RecordedTexts } from './editor/recordedTexts';
import { EngineClient } from './engine/engineClient';
import { registerAgentTools } from './views/agentTools';
import type { Endpoints } from './views/endpoints/endpoints';

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
  context.subscriptions.push(
    output,
    { dispose: () => engine.dispose() },
    vscode.commands.registerCommand('emberline.showOutput', () => output.show()),
  );

  const essentials: Essentials = { context, engine, output };
  const opened = wireProfiles(essentials);
  const sources = wireSources(essentials);
  const hotLines = wireHotLines(essentials, sources);
  const captured = wireCaptures(essentials, opened);
  const baseline = wireBaseline(essentials, sources, hotLines, opened, captured);
  wireCharts(essentials, hotLines, opened, baseline);
  const { profiles } = opened;
  const { captures } = captured;
  context.subscriptions.push(
    followProfiles(profiles, hotLines.heat, sources, baseline),
    registerAgentTools({
      ...{ engine, profiles, baseline, captures, output },
      texts: hotLines.hotPlaces.texts,
      recorded: sources.texts,
    }),
  );
  endpoints = captured.endpoints;
  recorded = sources.texts;
}

/** VS Code waits a moment for captures to leave nothing behind. */
export async function deactivate(): Promise<void> {
  await Promise.all([endpoints?.end(), recorded?.end()]);
}
