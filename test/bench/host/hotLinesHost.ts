import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as vscode from 'vscode';
import { eventually, ui, waitForFlameGraph } from '../../vscode/driver';
import type { BenchRow } from '../bench';
import { BlockedTime, stolenMs } from '../blockedTime';
import { type MarkTimes, startTrace, stopTrace, watchForMarks } from './rendererProbes';

/** Milliseconds from an editor that shows its text to the first mark on it. */
const FIRST_MARKS = 100;
/**
 * With the first such file of a window VS Code compiles what draws it, and may alone take longer than that: there the
 * limit is how many times as long as the least that any extension takes.
 */
const FIRST_OF_LEAST = 2;
/** Milliseconds of the extension host's thread, without a pause for its other work. */
const HOST_TASK = 50;
const RENDERER_TASK = 100;
const SHOWN = 21;
const FILLING = 600;
const OPENED = 500;
/** Bytes for each file opened before: what is remembered of its lines, to know them again. A document alone is more. */
const KEPT = 1024;

const rows: BenchRow[] = [];
const collect = collector();

/** The extension host calls this. Writes what was measured, and rejects where something could not be. */
export async function run(): Promise<void> {
  await manyLines();
  await manyFiles();
  writeFileSync(process.env['EMBERLINE_BENCH_RESULTS']!, JSON.stringify(rows));
}

async function manyLines(): Promise<void> {
  // Loading the bundle is paid once a window, and is not heat's.
  await vscode.extensions.getExtension('emberline.emberline')!.activate();
  await measureHost('10,000 hot lines: opening the profile', 'openLines', () => openProfile('many.folded'));
  const file = workspaceFile('many.py');
  const plain = await measurePlainFile(workspaceFile('plain.py'), 'plain_0');
  await measureHost(`10,000 hot lines: showing the file ${SHOWN} times`, 'showLines', () =>
    measureMarks('10,000 hot lines', new Array<vscode.Uri>(SHOWN).fill(file), 'value_0', plain),
  );
  await vscode.window.showTextDocument(file);
  await quiet();
  await ui(startTrace);
  await measureHost('10,000 hot lines: scrolling', 'scroll', async () => {
    await ui(async (page) => {
      await page.mouse.move(600, 400);
      for (let i = 0; i < 150; i++) {
        await page.mouse.wheel(0, i % 10 === 9 ? 20_000 : 400);
        await page.waitForTimeout(16);
      }
      for (let i = 0; i < 30; i++) {
        await page.mouse.wheel(0, -400);
        await page.waitForTimeout(16);
      }
    });
    await quiet();
  });
  const scrolled = await ui(stopTrace);
  renderer('10,000 hot lines: scrolling', scrolled);
  const editor = vscode.window.activeTextEditor!;
  await ui(startTrace);
  await measureHost('10,000 hot lines: typing', 'type', async () => {
    for (let i = 0; i < 10; i++) {
      await editor.edit((edit) => edit.insert(new vscode.Position(5000 + i, 0), i % 2 === 0 ? 'x' : '# new\n'));
      await pause(120);
    }
    await quiet();
  });
  renderer('10,000 hot lines: typing', await ui(stopTrace));
  await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
}

async function manyFiles(): Promise<void> {
  const count = Number(process.env['EMBERLINE_BENCH_FILES']);
  const fileAt = (i: number): vscode.Uri => workspaceFile('packages', `p${Math.floor(i / 50)}`, `file_${i}.py`);
  await measureHost(`${count} files: opening the profile`, 'openFiles', () => openProfile('files.folded'));
  await measureHost(`${count} files: the Hottest Lines view`, 'view', async () => {
    await vscode.commands.executeCommand('emberline.hottestLines.focus');
    await quiet(1000);
    await vscode.commands.executeCommand('list.expand');
    await quiet(500);
    await vscode.commands.executeCommand('emberline.hottestLines.showAsList');
    await quiet(1000);
    await vscode.commands.executeCommand('emberline.hottestLines.showAsTree');
    await quiet(1000);
  });
  await vscode.commands.executeCommand('workbench.action.closeSidebar');
  const first = Array.from({ length: 21 }, (_, i) => fileAt((i * 239 + 17) % count));
  const plain = await measurePlainFile(fileAt(0), 'result_0');
  await measureHost(`${count} files: showing 21 of them`, 'showFiles', () =>
    measureMarks(`${count} files`, first, 'result_0', plain),
  );
  await measureMemory(fileAt);
}

/** Opens files one after another, and says what the host's memory grew by. */
async function measureMemory(fileAt: (i: number) => vscode.Uri): Promise<void> {
  const open = async (from: number, to: number): Promise<void> => {
    for (let i = from; i < to; i++) {
      await vscode.window.showTextDocument(fileAt(i), { preview: true });
      // As long as a document takes to have its marks: the drawing is delayed by 30 ms.
      await pause(60);
    }
  };
  const measured = async (from: number): Promise<number> => {
    // What is kept of files is bounded (1,000 of them): first it fills, then it must not grow.
    await open(from, from + FILLING);
    const before = await memoryNow(fileAt);
    await measureHost(`opening ${OPENED} files one after another`, 'memory', () =>
      open(from + FILLING, from + FILLING + OPENED),
    );
    return ((await memoryNow(fileAt)) - before) / OPENED;
  };
  rows.push({
    what: 'memory for each file that was opened before',
    value: await measured(1000),
    unit: 'B',
    limit: KEPT,
  });
}

async function memoryNow(fileAt: (i: number) => vscode.Uri): Promise<number> {
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  await vscode.window.showTextDocument(fileAt(0));
  await quiet(1500);
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 4; i++) {
    collect();
    await pause(200);
    const { heapUsed, external } = process.memoryUsage();
    least = Math.min(least, heapUsed + external);
  }
  return least;
}

interface Shown {
  /** Milliseconds from the text to the last of marks and labels. */
  readonly late: number;
  /** Processor time that other virtual machines took meanwhile, in ms, in steps of 10. */
  readonly stolen: number;
}

/**
 * With the first such files of a window, VS Code loads its editor, the language's grammar and its workers, and compiles
 * what tokenises and draws long files. That is not heat's: it is measured with a file that has none.
 *
 * @returns the first of several showings
 */
async function measurePlainFile(file: vscode.Uri, text: string): Promise<Shown> {
  const first = await withLeastMarks(() => showFile(file, text));
  for (let i = 0; i < 3; i++) await withLeastMarks(() => showFile(file, text));
  return first;
}

/**
 * How long after its text a file has its marks, and how long the least takes that an extension can do: one mark and one
 * label, as soon as it is told of the editor. In turn, so that both meet the same machine.
 *
 * @param firstLeast of the first file of the kind in the window
 */
async function measureMarks(of: string, files: readonly vscode.Uri[], text: string, firstLeast: Shown): Promise<void> {
  const heat: Shown[] = [];
  const least: Shown[] = [];
  for (const file of files) {
    heat.push(await showFile(file, text));
    least.push(await withLeastMarks(() => showFile(file, text)));
  }
  const [first, ...later] = heat;
  const cold = `${of}: first marks and labels after the text, first file`;
  addMarks(cold, first!, firstLeast, { ofLeast: FIRST_OF_LEAST });
  const own = undisturbed(later);
  const median = `${of}: the same, median of ${own.length} of ${later.length} more`;
  addMarks(median, medianOf(own), medianOf(undisturbed(least)), { late: FIRST_MARKS });
}

function medianOf(shown: readonly Shown[]): Shown {
  return [...shown].sort((a, b) => a.late - b.late)[Math.floor(shown.length / 2)]!;
}

/** Those during which no other virtual machine took processor time; of a machine that is never left alone, all. */
function undisturbed(shown: readonly Shown[]): readonly Shown[] {
  const own = shown.filter(({ stolen }) => stolen === 0);
  return own.length < 3 ? shown : own;
}

/** Heat is off, and an extension that knows its marks beforehand sets them. */
async function withLeastMarks<T>(work: () => Promise<T>): Promise<T> {
  const background = vscode.window.createTextEditorDecorationType({ isWholeLine: true, backgroundColor: '#80000080' });
  const label = vscode.window.createTextEditorDecorationType({ after: { contentText: 'label' } });
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  await vscode.commands.executeCommand('emberline.toggleHeat');
  const listener = vscode.window.onDidChangeVisibleTextEditors((editors) => {
    for (const editor of editors) {
      editor.setDecorations(background, [new vscode.Range(0, 0, 0, 0)]);
      const end = editor.document.lineAt(0).range.end;
      editor.setDecorations(label, [new vscode.Range(end, end)]);
    }
  });
  try {
    return await work();
  } finally {
    listener.dispose();
    background.dispose();
    label.dispose();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.commands.executeCommand('emberline.toggleHeat');
  }
}

/** Shows a file in an empty window and waits for its marks. */
async function showFile(file: vscode.Uri, text: string): Promise<Shown> {
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  await quiet();
  await ui(watchForMarks.start, text);
  const record = new StolenRecord();
  await vscode.window.showTextDocument(file, { preview: true });
  const times = await eventually<MarkTimes>(
    () => ui(watchForMarks.read),
    ({ marks, labels }) => marks !== null && labels !== null,
  );
  record.stop();
  const marked = Math.max(times.marks!, times.labels!);
  return { late: marked - times.text!, stolen: record.between(times.text!, marked) };
}

function addMarks(
  what: string,
  { late }: Shown,
  { late: least }: Shown,
  limits: { readonly late?: number; readonly ofLeast?: number },
): void {
  rows.push(
    { what, value: late, unit: 'ms', limit: limits.late ?? null },
    { what: '  where the least that any extension takes is', value: least, unit: 'ms', limit: null },
    { what: '  of that', value: late / least, unit: '×', limit: limits.ofLeast ?? null },
  );
}

async function measureHost(what: string, profile: string, work: () => Promise<void>): Promise<void> {
  const profiler = await startProfiler(profile);
  const blocked = new BlockedTime();
  await work();
  blocked.stop();
  await profiler?.();
  const name = `${what}: longest task of the host's thread, processor time`;
  rows.push({ what: name, value: blocked.longestBusy, unit: 'ms', limit: HOST_TASK });
}

function renderer(what: string, { busy, clock }: { busy: number; clock: number }): void {
  const name = `${what}: longest task of the window's thread, processor time`;
  rows.push(
    { what: name, value: busy, unit: 'ms', limit: RENDERER_TASK },
    { what: `${what}: the same by the clock`, value: clock, unit: 'ms', limit: null },
  );
}

/** When other virtual machines had processors: a sample every few ms. */
class StolenRecord {
  private readonly samples: { at: number; stolen: number }[] = [];
  private readonly timer = setInterval(() => this.sample(), 4);

  constructor() {
    this.sample();
  }

  stop(): void {
    this.sample();
    clearInterval(this.timer);
  }

  /** What they took between two times (ms since the epoch), in ms. */
  between(from: number, to: number): number {
    const before = this.samples.findLast(({ at }) => at <= from) ?? this.samples[0]!;
    const after = this.samples.find(({ at }) => at >= to) ?? this.samples.at(-1)!;
    return after.stolen - before.stolen;
  }

  private sample(): void {
    this.samples.push({ at: Date.now(), stolen: stolenMs() });
  }
}

async function openProfile(file: string): Promise<void> {
  await vscode.commands.executeCommand('vscode.openWith', workspaceFile(file), 'emberline.profile');
  await waitForFlameGraph();
  await quiet(1500);
}

/** Until what was begun has ended: long enough for the delays of marks, views and badges. */
function quiet(ms = 400): Promise<void> {
  return pause(ms);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function workspaceFile(...path: string[]): vscode.Uri {
  return vscode.Uri.joinPath(vscode.workspace.workspaceFolders![0]!.uri, ...path);
}

function collector(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}

/** Where EMBERLINE_BENCH_PROFILES names a folder: profiles the host's thread, to be opened with Emberline. */
async function startProfiler(name: string): Promise<(() => Promise<void>) | null> {
  const folder = process.env['EMBERLINE_BENCH_PROFILES'];
  if (!folder) return null;
  const session = new Session();
  session.connect();
  const post = (method: string, params: object = {}): Promise<unknown> =>
    new Promise((resolve, reject) => {
      session.post(method, params, (error: Error | null, result?: object) => {
        if (error === null) resolve(result);
        else reject(error);
      });
    });
  await post('Profiler.enable');
  await post('Profiler.setSamplingInterval', { interval: 500 });
  await post('Profiler.start');
  return async () => {
    const { profile } = (await post('Profiler.stop')) as { profile: object };
    session.disconnect();
    writeFileSync(join(folder, `${name}.cpuprofile`), JSON.stringify(profile));
  };
}
