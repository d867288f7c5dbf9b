import * as vscode from 'vscode';
import { dimensionName, valueName } from '../analysis/viewSpec';
import type { EngineApi, LineDetails, LineNeighbour, LineSplitSummary } from '../engine/engineApi';
import { formatExactCount, formatNamedValue, formatPercent } from '../units/units';
import type { Heat } from './heat';
import { heatScope } from './heatScope';
import type { HeatSource } from './heatSource';
import { commandLink, markdownText } from './markdownText';
import { openLocationCommand } from './openLocation';

/** A line may stand for several recorded ones (joined lines, a file known by two names). */
const maxRecorded = 2;
/** What the link's command accepts. */
const maxLinkedPath = 4096;

/** What a hot line costs, who called it and what it called. */
export function registerHeatHover(heat: Heat, engine: EngineApi): vscode.Disposable {
  return vscode.languages.registerHoverProvider(
    { pattern: '**' },
    {
      async provideHover(document, position, token): Promise<vscode.Hover | null> {
        const files = heat.heatFiles;
        const hot = heat.hotLines(document).lines.find(({ line }) => line === position.line);
        if (files === null || hot === undefined) {
          return null;
        }
        const { profile, view } = files;
        const abort = new AbortController();
        const cancelled = token.onCancellationRequested(() => abort.abort());
        try {
          const details = await Promise.all(
            hot.recorded
              .slice(0, maxRecorded)
              .map((recorded) =>
                engine.request('lineDetails', { profile, view, ...recorded }, { signal: abort.signal }),
              ),
          );
          const stale = await changedSince(document, heat.source);
          const scope = heatScope(heat.source?.status.summary, view);
          const declared = heat.source?.status.summary?.lines === 'declaration';
          return new vscode.Hover(
            details.map((each) => hoverText(each, declared, stale, scope)),
            document.lineAt(position.line).range,
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

/** File systems and clocks differ by this much. */
const clockMs = 2000;

/**
 * Whether the file was written between the recording and its opening: its lines may not be those that were profiled.
 * Later edits are followed line by line.
 */
async function changedSince(document: vscode.TextDocument, source: HeatSource | null): Promise<boolean> {
  const span = source?.readSpanMs ?? null;
  if (span === null) {
    return false;
  }
  try {
    const { mtime } = await vscode.workspace.fs.stat(document.uri);
    return mtime > span.recorded + clockMs && mtime <= span.opened;
  } catch {
    return false;
  }
}

/**
 * @param declared whether the format knows a function's total only where it is declared (V8)
 * @param stale whether the lines may have moved since the recording
 * @param scope the part of the profile that is looked at, in words; empty for all of it
 */
function hoverText(details: LineDetails, declared: boolean, stale: boolean, scope: string): vscode.MarkdownString {
  const { self, total, samples, viewSamples, viewTotal, unit, type } = details;
  const markdown = new vscode.MarkdownString();
  // Names come from the profile: only our own links may run, and each name is escaped.
  markdown.isTrusted = { enabledCommands: [openLocationCommand] };
  markdown.supportThemeIcons = true;
  const part = (value: number, word: string): string =>
    `**${markdownText(formatPercent(value, viewTotal))} ${word}** ${markdownText(formatNamedValue(value, unit, type))}`;
  const counted = `${formatExactCount(Math.round(samples))} of ${formatExactCount(Math.round(viewSamples))} samples`;
  markdown.appendMarkdown(`$(flame) ${part(self, 'self')} · ${part(total, 'total')} · ${counted}\n\n`);
  if (scope !== '') {
    markdown.appendMarkdown(`$(filter) Only ${markdownText(scope)}\n\n`);
  }
  if (details.functions.length > 0) {
    markdown.appendMarkdown(`In ${details.functions.map(({ name }) => `**${nameText(name)}**`).join(', ')}\n\n`);
  }
  appendNeighbours(markdown, 'Called by', details.callers, viewTotal);
  appendNeighbours(markdown, 'Calls', details.callees, viewTotal);
  appendSplits(markdown, details.splits, total);
  if (declared) {
    markdown.appendMarkdown('*V8 records totals for whole functions: they stand where a function begins.*\n\n');
  }
  if (stale) {
    markdown.appendMarkdown('$(warning) *This file was changed after the recording: its lines may have moved.*');
  }
  return markdown;
}

function appendNeighbours(
  markdown: vscode.MarkdownString,
  title: string,
  neighbours: readonly LineNeighbour[],
  viewTotal: number,
): void {
  if (neighbours.length === 0) {
    return;
  }
  const rows = neighbours.map(({ name, file, line, value }) => {
    const share = markdownText(formatPercent(value, viewTotal));
    const place = file === null ? '' : ` ${markdownText(placeText(file, line))}`;
    const linked = file !== null && file.length <= maxLinkedPath;
    const link = linked
      ? `[${nameText(name)}](${commandLink(openLocationCommand, { name, file, line })})`
      : nameText(name);
    return `- ${share} ${link}${place}`;
  });
  markdown.appendMarkdown(`${title}\n\n${rows.join('\n')}\n\n`);
}

/** How the line's total divides: a line of text each. */
function appendSplits(markdown: vscode.MarkdownString, splits: readonly LineSplitSummary[], total: number): void {
  for (const { by, values, distinct } of splits) {
    if (values.length === 0) {
      continue;
    }
    const parts = values.map(({ value, total: part }) => {
      return `${markdownText(valueName(value))} **${markdownText(formatPercent(part, total))}**`;
    });
    if (distinct > values.length) {
      parts.push(`${formatExactCount(distinct - values.length)} more`);
    }
    markdown.appendMarkdown(`By ${markdownText(dimensionName(by))}: ${parts.join(' · ')}\n\n`);
  }
}

function nameText(name: string): string {
  return markdownText(name === '' ? '(anonymous)' : name);
}

function placeText(file: string, line: number | null): string {
  const base = file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1);
  return line === null ? base : `${base}:${line}`;
}
