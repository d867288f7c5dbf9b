import * as vscode from 'vscode';
import type { EngineApi } from '../engine/engineApi';
import { clockMs } from '../sources/fileStamps';
import { sandwichCommand, showInFlameGraphCommand } from './chartLink';
import type { Heat } from './heat';
import { heatScope } from './heatScope';
import type { HeatSource } from './heatSource';
import { type HoverContext, hoverText, vanishedText } from './hoverText';
import type { LineTracker } from './lineTracker';
import { statOf } from './localFiles';
import { openLocationCommand } from './openLocationCommand';
import { isDoubtful } from './recordedTexts';
import { setCommitCommand } from './setCommitCommand';

/** A line may stand for several recorded ones (joined lines, a file known by two names). */
const maxRecorded = 2;

/** What a hot line costs and how sure that is, when it ran, who called it and what it called. */
export function registerHeatHover(heat: Heat, tracker: LineTracker, engine: EngineApi): vscode.Disposable {
  return vscode.languages.registerHoverProvider(
    { pattern: '**' },
    {
      async provideHover(document, position, token): Promise<vscode.Hover | null> {
        const files = heat.heatFiles;
        const hot = heat.hotLines(document);
        const line = hot.lines.find((each) => each.line === position.line);
        // A function's definition in a profile without lines has a hover of its own.
        if (files === null || line === undefined || line.definition !== undefined) {
          return null;
        }
        const { profile, view } = files;
        const { range } = document.lineAt(position.line);
        if (line.recorded.length === 0) {
          return new vscode.Hover(markdown(vanishedText(line, hot)), range);
        }
        const abort = new AbortController();
        const cancelled = token.onCancellationRequested(() => abort.abort());
        try {
          const details = await Promise.all(
            line.recorded
              .slice(0, maxRecorded)
              .map((recorded) =>
                engine.request('lineDetails', { profile, view, ...recorded }, { signal: abort.signal }),
              ),
          );
          const { summary } = heat.source?.status ?? {};
          const context: HoverContext = {
            line,
            hot,
            profile,
            place: `${document.uri.path.slice(document.uri.path.lastIndexOf('/') + 1)}:${position.line + 1}`,
            declared: summary?.lines === 'declaration',
            movedFile: await mayHaveMoved(document, heat.source, tracker),
            scope: heatScope(summary, view),
            label: heat.referenceWords === '' ? '' : `${heat.labelText(line, hot)} ${heat.referenceWords}`,
            theme: isLight(vscode.window.activeColorTheme.kind) ? 'light' : 'dark',
          };
          return new vscode.Hover(
            details.map((each) => markdown(hoverText(each, context))),
            range,
          );
        } catch {
          return null; // Cancelled, or the profile was closed meanwhile.
        } finally {
          cancelled.dispose();
        }
      },
    },
  );
}

function markdown(text: string): vscode.MarkdownString {
  const shown = new vscode.MarkdownString(text, true);
  // Names come from the profile: only our own links may run, and each name is escaped.
  shown.isTrusted = {
    enabledCommands: [openLocationCommand, showInFlameGraphCommand, sandwichCommand, setCommitCommand],
  };
  return shown;
}

function isLight(kind: vscode.ColorThemeKind): boolean {
  return kind === vscode.ColorThemeKind.Light || kind === vscode.ColorThemeKind.HighContrastLight;
}

/**
 * Whether the lines may not be those that were profiled: the file was written between the recording and its opening, and
 * nothing is known of the text before. Later edits are followed line by line.
 */
async function mayHaveMoved(
  document: vscode.TextDocument,
  source: HeatSource | null,
  tracker: LineTracker,
): Promise<boolean> {
  const text = source === null ? null : tracker.textFor(source, document);
  if (text !== null) {
    return isDoubtful(text);
  }
  const span = source?.readSpanMs ?? null;
  if (span === null) {
    return false;
  }
  try {
    const { mtime } = await statOf(document.uri);
    return mtime > span.recorded + clockMs && mtime <= span.opened;
  } catch {
    return false;
  }
}
