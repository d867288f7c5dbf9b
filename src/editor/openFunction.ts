import * as v from 'valibot';
import * as vscode from 'vscode';
import { functionSegments } from '../sources/functionNames';
import { type MatchKind, matchSymbols } from '../sources/symbolMatch';
import { definedSymbols, functionSymbolsNamed } from './documentSymbols';
import { OUTLASTS_LATE_FOCUS } from './lateFocus';
import type { SourceOpener } from './sourceOpener';
import { plainStatusText } from './statusText';

/** Behind the rows of the Hottest Lines view that are functions; not in the palette. */
export const openFunctionCommand = 'emberline.openFunction';

const argumentSchema = v.object({
  name: v.string(),
  file: v.nullable(v.string()),
  line: v.nullable(v.number()),
});

/** Files that are looked into for one function. */
const mostFiles = 20;
const messageMs = 6000;

export interface Definition {
  readonly uri: vscode.Uri;
  readonly line: number;
  readonly kind: MatchKind;
}

/** Goes to a function: by its file where the profile knows it, else by what the languages know of its name. */
export function registerOpenFunction(opener: SourceOpener): vscode.Disposable {
  return vscode.commands.registerCommand(openFunctionCommand, async (argument: unknown) => {
    const parsed = v.safeParse(argumentSchema, argument);
    if (!parsed.success) {
      return;
    }
    const { name, file, line } = parsed.output;
    if (file !== null) {
      await opener.open({ name, file, line, column: null }, undefined);
      return;
    }
    const shown = plainStatusText(name.slice(0, 80));
    const found = await definitionsOf(name);
    if (found.length === 0) {
      vscode.window.setStatusBarMessage(
        `$(info) The profile names no file for ${shown}, and no language knows it.`,
        messageMs,
      );
      return;
    }
    const definition = found.length === 1 ? found[0] : await choose(shown, found);
    if (definition !== undefined) {
      const position = new vscode.Position(definition.line, 0);
      await vscode.window.showTextDocument(definition.uri, { selection: new vscode.Range(position, position) });
    }
  });
}

/** The definitions that fit a recorded name; those that its qualifiers confirm alone, where there are any. */
export async function definitionsOf(name: string): Promise<readonly Definition[]> {
  const own = functionSegments(name)?.at(-1);
  if (own === undefined) {
    return [];
  }
  const symbols = await functionSymbolsNamed(own);
  const uris = new Map(symbols.map(({ location }) => [location.uri.toString(), location.uri]));
  const found: Definition[] = [];
  for (const uri of [...uris.values()].slice(0, mostFiles)) {
    const defined = (await definedSymbols(await vscode.workspace.openTextDocument(uri))) ?? [];
    const { matches } = matchSymbols([{ name, module: null, inFile: false, line: null }], defined, uri.path);
    found.push(...matches.map(({ symbol, kind }) => ({ uri, line: defined[symbol]!.nameLine, kind })));
  }
  const sure = found.filter(({ kind }) => kind !== 'name');
  return sure.length > 0 ? sure : found;
}

async function choose(name: string, found: readonly Definition[]): Promise<Definition | undefined> {
  const items = found.map((definition) => ({
    label: `${vscode.workspace.asRelativePath(definition.uri)}:${definition.line + 1}`,
    definition,
  }));
  return (await vscode.window.showQuickPick(items, { title: `Which ${name}?`, ...OUTLASTS_LATE_FOCUS }))?.definition;
}
