import { frameKind } from '../../profile/frameKind';
import type { Profile } from '../../profile/profile';
import { ProfileBuilder } from '../../profile/profileBuilder';
import { DecodeError } from '../decodeError';
import { type JsonRecord, RowColumn } from '../json/jsonColumns';
import { addFirefoxTypes, checked, idOf, processName, recordedMs } from './firefoxMeta';
import { addFirefoxSamples, type FirefoxTypes } from './firefoxSamples';
import { parseGeckoLocation } from './geckoLocation';
import { Libraries, namedImages } from './libraries';

const NO_ROWS = new RowColumn(new Int32Array(1), new Float64Array(0));
/** Firefox has some dozens of processes; a small file could otherwise nest millions. */
const MOST_PROCESSES = 10_000;

/**
 * The gecko format: what Firefox itself, `perf script report gecko` and Python's sampling profiler write. Every process
 * has its threads, and its own clock and libraries; tables are arrays of rows with a schema.
 * @param strings the texts that the record's columns index
 */
export function readGeckoProfile(root: JsonRecord, strings: readonly string[], checkpoint: () => void): Profile {
  const builder = new ProfileBuilder();
  const meta = root.record('meta');
  const processes = allProcesses(root);
  const threads = processes.flatMap((process) => process.records('threads'));
  const types = addFirefoxTypes(
    builder,
    { samples: true, time: false, bytes: false, cpu: threads.some((thread) => hasCpu(thread)) },
    meta,
  );
  const start = (meta.number('startTime') ?? 0) + (meta.number('profilingStartTime') ?? 0);
  const images = namedImages(processes.flatMap((process) => process.records('libs')));
  for (const process of processes) {
    // Times count from the start of their own process.
    const shift = (process.record('meta').number('startTime') ?? meta.number('startTime') ?? 0) - start;
    const libraries = new Libraries(process.records('libs'), images);
    for (const thread of process.records('threads')) {
      checkpoint();
      readThread(builder, types, thread, strings, libraries, shift);
    }
  }
  return builder.finish({
    formats: ['firefox'],
    durationMs: recordedMs(meta),
    startTimeMs: meta.number('startTime') === null ? null : start,
    defaultSampleType: types.samples,
    lines: 'call',
    notes: threads.length === 0 ? ['The profile has no threads.'] : [],
  });
}

/** The main process and those it started, in order. */
function allProcesses(root: JsonRecord): JsonRecord[] {
  const all = [root];
  for (let i = 0; i < all.length; i++) {
    const children = all[i].records('processes');
    if (all.length + children.length > MOST_PROCESSES) {
      throw new DecodeError(`The gecko profile has more than ${MOST_PROCESSES} processes: it is damaged`);
    }
    all.push(...children);
  }
  return all;
}

/** Column of a table's field, -1 where its schema has none. */
function field(table: JsonRecord, name: string): number {
  return table.record('schema').number(name) ?? -1;
}

function hasCpu(thread: JsonRecord): boolean {
  const samples = thread.record('samples');
  const column = field(samples, 'threadCPUDelta');
  const rows = samples.rows('data');
  if (column < 0 || rows === null) return false;
  for (let row = 1; row < rows.length; row++) {
    if (rows.cell(row, column) > 0) return true;
  }
  return false;
}

function readThread(
  builder: ProfileBuilder,
  types: FirefoxTypes,
  thread: JsonRecord,
  strings: readonly string[],
  libraries: Libraries,
  shift: number,
): void {
  const index = builder.addThread({
    name: thread.text('name') ?? '',
    process: processName(thread),
    pid: idOf(thread, 'pid'),
    tid: idOf(thread, 'tid'),
  });
  const frameOf = readFrames(builder, thread, strings, libraries);
  const stackTable = thread.record('stackTable');
  const stackRows = stackTable.rows('data') ?? NO_ROWS;
  const prefixColumn = field(stackTable, 'prefix');
  const frameColumn = field(stackTable, 'frame');
  const stackOf = new Int32Array(stackRows.length);
  for (let row = 0; row < stackRows.length; row++) {
    const prefix = stackRows.cell(row, prefixColumn);
    const frame = checked(stackRows.cell(row, frameColumn), frameOf.length, 'The frame in the stack table', row);
    // A prefix comes before its stacks, so that it cannot be below itself.
    const below = Number.isNaN(prefix) ? -1 : stackOf[checked(prefix, row, 'The prefix in the stack table', row)];
    stackOf[row] = builder.stack(below, frameOf[frame]);
  }
  const samples = thread.record('samples');
  const rows = samples.rows('data') ?? NO_ROWS;
  const columns = {
    stack: field(samples, 'stack'),
    time: field(samples, 'time'),
    cpu: field(samples, 'threadCPUDelta'),
  };
  addFirefoxSamples(
    builder,
    types,
    index,
    {
      length: rows.length,
      stack: (row) => {
        const stack = rows.cell(row, columns.stack);
        return Number.isNaN(stack) ? -1 : stackOf[checked(stack, stackOf.length, 'The stack of the samples', row)];
      },
      time: (row) => rows.cell(row, columns.time),
      weight: null,
      weightType: 'samples',
      cpuDelta: columns.cpu < 0 || types.cpu < 0 ? null : (row) => rows.cell(row, columns.cpu),
    },
    shift,
  );
}

function readFrames(
  builder: ProfileBuilder,
  thread: JsonRecord,
  strings: readonly string[],
  libraries: Libraries,
): Int32Array {
  const table = thread.record('frameTable');
  const rows = table.rows('data') ?? NO_ROWS;
  const texts = thread.texts('stringTable') ?? new Int32Array(0);
  const locationColumn = field(table, 'location');
  const lineColumn = field(table, 'line');
  const implementationColumn = field(table, 'implementation');
  const textOf = (index: number): string => (index >= 0 && index < texts.length ? (strings[texts[index]] ?? '') : '');
  const funcOfText = new Int32Array(texts.length).fill(-1);
  const frameOf = new Int32Array(rows.length);
  for (let row = 0; row < rows.length; row++) {
    const location = checked(rows.cell(row, locationColumn), texts.length, 'The location in the frame table', row);
    const text = textOf(location);
    if (funcOfText[location] < 0) funcOfText[location] = readFunction(builder, text, libraries);
    const line = rows.cell(row, lineColumn);
    const kind = text.startsWith('0x') ? frameKind.native : kindOf(textOf(rows.cell(row, implementationColumn)));
    frameOf[row] = builder.frame(
      funcOfText[location],
      line >= 1 && line < 0x7fffffff ? Math.trunc(line) : 0,
      false,
      kind,
    );
  }
  return frameOf;
}

function readFunction(builder: ProfileBuilder, text: string, libraries: Libraries): number {
  const location = parseGeckoLocation(text);
  if (location.address !== null) {
    const library = libraries.at(location.address);
    const name = library === null ? location.name : `${library.name}+0x${library.offset.toString(16)}`;
    return builder.func(builder.string(name), -1, 0, 0, library === null ? -1 : builder.string(library.path));
  }
  const file = location.file === null ? -1 : builder.string(location.file);
  return builder.func(builder.string(location.name), file, location.line, location.column);
}

/** JavaScript's tiers (https://github.com/firefox-devtools/profiler: `implementation` of gecko's frame table). */
function kindOf(implementation: string): number {
  switch (implementation) {
    case 'ion':
    case 'baseline':
    case 'wasm':
      return frameKind.compiled;
    case 'interpreter':
    case 'blinterp':
      return frameKind.interpreted;
    default:
      return frameKind.unknown;
  }
}
