import * as v from 'valibot';
import * as vscode from 'vscode';
import type { EngineApi } from '../engine/engineApi';
import type { Pointing } from '../protocol';
import { sandwichCommand, showInFlameGraphCommand } from './chartLink';
import { functionAt, functionsOfLine } from './functionAtCursor';
import type { Heat } from './heat';

/** `ChartLink`, which comes from a link: it is checked. */
const linkSchema = v.object({
  profile: v.pipe(v.number(), v.safeInteger()),
  functions: v.pipe(v.array(v.pipe(v.number(), v.safeInteger(), v.minValue(0))), v.minLength(1), v.maxLength(100)),
  place: v.pipe(v.string(), v.maxLength(1000)),
});

/** What VS Code gives for a menu of the profile's editor: see `webview/contextMenu.ts`. */
const menuSchema = v.object({ emberlineFunction: v.pipe(v.number(), v.safeInteger(), v.minValue(0)) });

export interface ChartCommandServices {
  readonly heat: Heat;
  readonly engine: EngineApi;
  readonly showProfile: (uri: vscode.Uri) => Promise<void>;
  readonly point: (profile: vscode.Uri, pointing: Pointing) => void;
}

/** From a line to the charts: its frames in the flame graph, or the sandwich of its function. */
export function registerChartCommands(services: ChartCommandServices): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.commands.registerCommand(sandwichCommand, (argument: unknown) => showSandwich(services, argument)),
    vscode.commands.registerCommand(showInFlameGraphCommand, (argument: unknown) => showFrames(services, argument)),
  );
}

async function showSandwich(services: ChartCommandServices, argument: unknown): Promise<void> {
  const { heat, engine } = services;
  const { heatFiles: files } = heat;
  const menu = v.safeParse(menuSchema, argument);
  const link = v.safeParse(linkSchema, argument);
  if (menu.success) {
    await show(services, { kind: 'sandwich', func: menu.output.emberlineFunction, name: '', inside: true });
    return;
  }
  if (link.success && link.output.profile === files?.profile) {
    await show(services, { kind: 'sandwich', func: link.output.functions[0]!, name: link.output.place, inside: false });
    return;
  }
  const editor = vscode.window.activeTextEditor;
  if (files === null || editor === undefined) {
    say(files === null ? 'No profile is open.' : 'Put the cursor on a function in a text editor first.');
    return;
  }
  const found = await functionAt(engine, heat, files, editor.document, editor.selection.active);
  if (found === null) {
    say('The profile has no function at the cursor.');
    return;
  }
  await show(services, { kind: 'sandwich', func: found.func, name: found.name, inside: false });
}

async function showFrames(services: ChartCommandServices, argument: unknown): Promise<void> {
  const { heat, engine } = services;
  const { heatFiles: files } = heat;
  const link = v.safeParse(linkSchema, argument);
  if (link.success && link.output.profile === files?.profile) {
    await show(services, { kind: 'reveal', functions: link.output.functions, place: link.output.place });
    return;
  }
  const editor = vscode.window.activeTextEditor;
  if (files === null || editor === undefined) {
    say(files === null ? 'No profile is open.' : 'Put the cursor on a hot line in a text editor first.');
    return;
  }
  const { document, selection } = editor;
  let functions = (await functionsOfLine(engine, heat, files, document, selection.active.line)).map(({ func }) => func);
  if (functions.length === 0) {
    const around = await functionAt(engine, heat, files, document, selection.active);
    functions = around === null ? [] : [around.func];
  }
  if (functions.length === 0) {
    say('The profile has no function at the cursor.');
    return;
  }
  const name = document.uri.path.slice(document.uri.path.lastIndexOf('/') + 1);
  await show(services, { kind: 'reveal', functions, place: `${name}:${selection.active.line + 1}` });
}

/** Opens the profile's editor where it was closed. */
async function show({ heat, showProfile, point }: ChartCommandServices, pointing: Pointing): Promise<void> {
  const { source } = heat;
  if (source !== null) {
    await showProfile(source.uri);
    point(source.uri, pointing);
  }
}

function say(sentence: string): void {
  void vscode.window.showInformationMessage(sentence);
}
