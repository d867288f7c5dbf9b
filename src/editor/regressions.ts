import * as vscode from 'vscode';
import type { EngineApi } from '../engine/engineApi';
import type { SourceResolver } from '../sources/sourceResolver';
import type { Heat } from './heat';
import { type ToldChange, toldChange } from './heatChange';
import type { HeatMetric } from './heatSource';
import type { HotLine, HotLines } from './hotLines';

/** Lines whose files are looked at, and the files: those that changed most. */
const MOST_ROWS = 2000;
const MOST_FILES = 40;
/** Texts larger than this are not opened for their lines. */
const MOST_LISTED = 500;

/** A line that changed against the baseline, where it is now. */
export interface ChangedLine {
  readonly uri: vscode.Uri;
  readonly line: HotLine;
  readonly text: string;
  readonly hot: HotLines;
  readonly change: ToldChange;
}

export interface RegressionServices {
  readonly heat: Heat;
  readonly engine: EngineApi;
  readonly resolver: SourceResolver;
}

/**
 * The lines of the workspace that changed by more than chance, the largest change first, of the files where the profile
 * differs most from the baseline. Each is judged as its label is, where both profiles' lines are now. Lines of which only
 * the other metric changed come last: a total changes in all callers of what changed.
 */
export async function changedLines({ heat, engine, resolver }: RegressionServices): Promise<ChangedLine[]> {
  const { heatFiles: files, comparison, metric } = heat;
  if (files === null || comparison?.kind !== 'compared') {
    return [];
  }
  const { rows } = await engine.request('diff', {
    profile: files.profile,
    view: files.view,
    base: { profile: comparison.files.profile, view: comparison.files.view },
    by: 'line',
    sort: metric,
    limit: MOST_ROWS,
  });
  const changed: ChangedLine[] = [];
  const seen = new Set<string>();
  // Rows without a line too: where a profile has functions only, their definitions are compared.
  const paths = new Set(rows.flatMap(({ file }) => (file === null ? [] : [file])));
  for (const path of paths) {
    if (seen.size >= MOST_FILES) break;
    const resolution = await resolver.resolve(path);
    if (resolution.kind !== 'found' || seen.has(resolution.uri)) continue;
    seen.add(resolution.uri);
    changed.push(...(await changedIn(vscode.Uri.parse(resolution.uri, true), heat, metric)));
  }
  changed.sort(
    (a, b) => Number(a.change.other) - Number(b.change.other) || Math.abs(b.change.share) - Math.abs(a.change.share),
  );
  return changed.slice(0, MOST_LISTED);
}

async function changedIn(uri: vscode.Uri, heat: Heat, metric: HeatMetric): Promise<ChangedLine[]> {
  let document: vscode.TextDocument;
  try {
    document = await vscode.workspace.openTextDocument(uri);
  } catch {
    return []; // Gone, or no text.
  }
  const hot = await heat.lookUp(document);
  return hot.lines.flatMap((line) => {
    const change = toldChange(line, hot, metric);
    if (change === null || !change.sure) {
      return [];
    }
    return [{ uri, line, text: document.lineAt(line.line).text.trim(), hot, change }];
  });
}
