import * as vscode from 'vscode';
import { type LineSignatures, signLines } from '../sources/lineSignatures';
import { statOf, textOf } from './localFiles';
import type { RecordedFile } from './recordedLineStore';
import type { RenamedFiles } from './renamedFiles';
import { maxSignedLength } from './signedDocuments';

/** What is looked at is bounded: files that are gone, files that may be theirs, and those of them that are read. */
const mostGone = 50;
const mostCandidates = 2000;
const mostRead = 200;
const mostTried = 10_000;
const excluded = '**/{node_modules,.git,.hg,.svn,dist,out,build,target,.venv,venv,__pycache__}/**';
/** As git: a file is another one renamed where half of it is the same. */
const leastCommon = 0.5;

/**
 * Finds files that were renamed outside of VS Code, with or without git: the remembered files that are gone, by their
 * lines among the workspace's files of the same ending.
 *
 * @param recorded what is remembered, by URI
 * @param tried candidates that were looked at before, to be looked at again only when they were written since
 * @returns former and present URI
 */
export async function findRenamed(
  recorded: ReadonlyMap<string, RecordedFile>,
  renamed: RenamedFiles,
  tried: Set<string>,
): Promise<[string, string][]> {
  const gone: [string, RecordedFile][] = [];
  for (const [uri, file] of recorded) {
    if (gone.length < mostGone && !(await exists(uri)) && !(await exists(renamed.now(uri)))) gone.push([uri, file]);
  }
  const byEnding = Map.groupBy(gone, ([uri]) => /\.(\w{1,12})$/.exec(uri)?.[1] ?? '');
  const found: [string, string][] = [];
  for (const [ending, files] of byEnding) {
    if (ending === '') continue;
    found.push(...(await findByLines(files, ending, recorded, tried)));
  }
  return found;
}

async function findByLines(
  gone: readonly [string, RecordedFile][],
  ending: string,
  recorded: ReadonlyMap<string, RecordedFile>,
  tried: Set<string>,
): Promise<[string, string][]> {
  const candidates = (await vscode.workspace.findFiles(`**/*.${ending}`, excluded, mostCandidates)).filter(
    (uri) => !recorded.has(uri.toString()),
  );
  // Those with the same name elsewhere first.
  const names = new Set(gone.map(([uri]) => uri.slice(uri.lastIndexOf('/') + 1)));
  const nameOf = (uri: vscode.Uri): string => uri.toString().slice(uri.toString().lastIndexOf('/') + 1);
  candidates.sort((a, b) => Number(names.has(nameOf(b))) - Number(names.has(nameOf(a))));
  const best = new Map<string, { uri: string; share: number }>();
  for (const uri of candidates.slice(0, mostRead)) {
    const look = await lookOf(uri);
    const untried = look === null ? [] : gone.filter(([former]) => !tried.has(`${former} ${look}`));
    const lines = untried.length === 0 ? null : await readLines(uri);
    if (lines === null) continue;
    for (const [former, file] of untried) {
      if (tried.size >= mostTried) tried.clear();
      tried.add(`${former} ${look}`);
      const share = shareInCommon(file, lines);
      if (share >= leastCommon && share > (best.get(former)?.share ?? 0))
        best.set(former, { uri: uri.toString(), share });
    }
  }
  return [...best].map(([former, { uri }]) => [former, uri]);
}

/** How much of the longer one both have, 0 to 1: lines that tell something, each as often as it is there. */
function shareInCommon(a: LineSignatures, b: LineSignatures): number {
  const counts = new Map<number, number>();
  let [ofA, ofB, common] = [0, 0, 0];
  a.hash.forEach((hash, line) => {
    if (a.words[line] === 0) return;
    ofA++;
    counts.set(hash, (counts.get(hash) ?? 0) + 1);
  });
  b.hash.forEach((hash, line) => {
    if (b.words[line] === 0) return;
    ofB++;
    const left = counts.get(hash) ?? 0;
    if (left > 0) {
      common++;
      counts.set(hash, left - 1);
    }
  });
  return ofA === 0 || ofB === 0 ? 0 : common / Math.max(ofA, ofB);
}

async function exists(uri: string | null): Promise<boolean> {
  if (uri === null) return false;
  try {
    await statOf(vscode.Uri.parse(uri, true));
    return true;
  } catch {
    return false;
  }
}

/** Changes when the file does; null where it cannot be read or is too long. */
async function lookOf(uri: vscode.Uri): Promise<string | null> {
  try {
    const { size, mtime } = await statOf(uri);
    return size > maxSignedLength ? null : `${uri.toString()} ${mtime} ${size}`;
  } catch {
    return null;
  }
}

async function readLines(uri: vscode.Uri): Promise<LineSignatures | null> {
  try {
    return signLines(await textOf(uri), uri.path);
  } catch {
    return null;
  }
}
