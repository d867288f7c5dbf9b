import * as vscode from 'vscode';
import type { MatchKind } from '../sources/symbolMatch';
import { formatExactCount, formatPercent, formatValue } from '../units/units';
import { type ChartLink, showInFlameGraphCommand } from './chartLink';
import type { Heat } from './heat';
import type { HotLine, HotLines } from './hotLines';
import { sharePart } from './hoverText';
import { commandLink, markdownText } from './markdownText';
import { openFunctionCommand } from './openFunction';

const found: Readonly<Record<MatchKind, string>> = {
  line: 'found by its name and declaration',
  file: 'found by its name in the recorded file',
  qualified: 'found by its qualified name',
  name: 'found by its name alone: the profile does not say which file it is in',
};

/** What a function costs, on its definition, where the profile has no lines. */
export function registerFunctionHover(heat: Heat): vscode.Disposable {
  return vscode.languages.registerHoverProvider(
    { pattern: '**' },
    {
      provideHover(document, position): vscode.Hover | null {
        const hot = heat.hotLines(document);
        const line = hot.lines.find((each) => each.line === position.line);
        const files = heat.heatFiles;
        return line?.definition === undefined || files === null
          ? null
          : new vscode.Hover(
              hoverText(hot, line, line.definition, files.profile),
              document.lineAt(position.line).range,
            );
      },
    },
  );
}

function hoverText(
  { viewTotal, viewSamples, unit, baseline }: HotLines,
  { self, total, samples, baseline: before }: HotLine,
  { func, name, kind, callers }: NonNullable<HotLine['definition']>,
  profile: number,
): vscode.MarkdownString {
  const markdown = new vscode.MarkdownString();
  // Names come from the profile: only our own links may run, and each name is escaped.
  markdown.isTrusted = { enabledCommands: [showInFlameGraphCommand, openFunctionCommand] };
  markdown.supportThemeIcons = true;
  const part = (value: number, word: string): string => sharePart(value, viewTotal, word, formatValue(value, unit));
  const counted = `${formatExactCount(Math.round(samples))} of ${formatExactCount(Math.round(viewSamples))} samples`;
  markdown.appendMarkdown(
    `$(symbol-method) Function **${markdownText(name)}**\n\n${part(self, 'self')} · ${part(total, 'total')} · ${counted}\n\n`,
  );
  if (baseline !== null && before !== null) {
    const [selfBefore, totalBefore] = [before.self, before.total].map((value) =>
      markdownText(formatPercent(value, baseline.viewTotal)),
    );
    const whose = func === null ? ' Only the baseline has it.' : '';
    markdown.appendMarkdown(`In the baseline ${selfBefore} self · ${totalBefore} total.${whose}\n\n`);
  }
  if (callers.length > 0) {
    const rows = callers.map((caller) => {
      const link = commandLink(openFunctionCommand, { name: caller.name, file: null, line: null });
      return `- ${markdownText(formatPercent(caller.value, func === null ? (baseline?.baseTotal ?? 0) : viewTotal))} [${markdownText(caller.name || '(anonymous)')}](${link})`;
    });
    markdown.appendMarkdown(`Called by\n\n${rows.join('\n')}\n\n`);
  }
  markdown.appendMarkdown(
    `*This profile has functions only, no lines of this file. The function was ${found[kind]}.*\n\n`,
  );
  if (func !== null) {
    const link = commandLink(showInFlameGraphCommand, { profile, functions: [func], place: name } satisfies ChartLink);
    markdown.appendMarkdown(`[Show in Flame Graph](${link})`);
  }
  return markdown;
}
