import type { StringTable } from '../../profile/stringTable';
import type { CallFrames } from './callFrames';
import type { CpuprofileColumns } from './cpuprofileColumns';
import type { CpuprofileLocations } from './cpuprofileLocations';

/** In place of a source: the functions that begin on a line are of several. */
const SEVERAL = -2;

/**
 * Gives ticks the lines where js-debug saw them, in `tickLine`. One may be in another source than its function: the top
 * level of a bundle is of many, and V8 counts what it inlined for the caller. A tick that has no place, or none to be
 * trusted, is on the line of its function where that has one: js-debug answers with the script itself where nothing is
 * mapped, and by the start of the line, which in minified code may be any source's.
 * @returns string index of each tick's file, -1 where it is its function's; null where all are
 */
export function placeTicks(columns: CpuprofileColumns, strings: StringTable): Int32Array | null {
  const { locations, callFrames, ticks, tickRow, tickLine } = columns;
  if (locations === null) {
    return null;
  }
  const scripts = new ScriptPlaces(locations, callFrames, strings);
  const sources = functionSources(columns, locations, scripts);
  let files: Int32Array | null = null;
  for (let tick = 0; tick < ticks; tick++) {
    const row = tickRow[tick];
    const frame = columns.callFrame[row];
    const own = columns.locationOfNode(row);
    const place = columns.locationOfTick(tick);
    const ownFile = own >= 0 ? locations.file[own] : frame >= 0 ? callFrames.url[frame] : 0;
    if (place >= 0 && locations.line[place] > 0) {
      if (locations.file[place] === ownFile) {
        tickLine[tick] = locations.line[place];
        continue;
      }
      const mapped = own >= 0 && !scripts.has(own, frame);
      const inFirst = frame >= 0 && tickLine[tick] === callFrames.line[frame];
      const several = frame >= 0 && sources.get(lineKey(callFrames, frame, tickLine[tick])) === SEVERAL;
      if (!(mapped && inFirst) && !several && !scripts.has(place, frame, tickLine[tick])) {
        files ??= new Int32Array(ticks).fill(-1);
        files[tick] = locations.file[place];
        tickLine[tick] = locations.line[place];
        continue;
      }
    }
    if (own >= 0) {
      tickLine[tick] = locations.line[own];
    }
  }
  return files;
}

/** By line of a script: the source (string index) of the functions that begin there, or `SEVERAL`. */
function functionSources(
  columns: CpuprofileColumns,
  locations: CpuprofileLocations,
  scripts: ScriptPlaces,
): Map<number, number> {
  const { callFrames } = columns;
  const sources = new Map<number, number>();
  for (let row = 0; row < columns.nodes; row++) {
    const own = columns.locationOfNode(row);
    const frame = columns.callFrame[row];
    if (own < 0 || frame < 0 || scripts.has(own, frame)) {
      continue;
    }
    const key = lineKey(callFrames, frame, callFrames.line[frame]);
    const file = locations.file[own];
    sources.set(key, (sources.get(key) ?? file) === file ? file : SEVERAL);
  }
  return sources;
}

function lineKey({ url }: CallFrames, frame: number, line: number): number {
  return url[frame] * 0x80000000 + line;
}

/** Tells locations that are the compiled script itself. */
class ScriptPlaces {
  private readonly known = new Map<number, boolean>();

  constructor(
    private readonly locations: CpuprofileLocations,
    private readonly callFrames: CallFrames,
    private readonly strings: StringTable,
  ) {}

  /** Whether a location is a line of a call frame's script, by default the one where its function begins. */
  has(location: number, frame: number, line = frame < 0 ? 0 : this.callFrames.line[frame]): boolean {
    return (
      frame >= 0 &&
      this.locations.line[location] === line &&
      this.isScript(this.locations.file[location], this.callFrames.url[frame])
    );
  }

  private isScript(file: number, url: number): boolean {
    const key = file * 0x4000000 + url;
    let same = this.known.get(key);
    if (same === undefined) {
      same = file === url || isSameFile(this.strings.text(file), this.strings.text(url));
      this.known.set(key, same);
    }
    return same;
  }
}

const SCHEME = /^[a-z][a-z\d+.-]+:\/\//i;

/** A script that was loaded from a server has its last name in common with the file that js-debug takes it for. */
function isSameFile(path: string, url: string): boolean {
  if (!SCHEME.test(url) || SCHEME.test(path)) {
    return false;
  }
  const [of, script] = [plainPath(path), plainPath(url.replace(/[?#].*$/s, ''))];
  return /^file:/i.test(url) ? of === script : of.slice(of.lastIndexOf('/')) === script.slice(script.lastIndexOf('/'));
}

function plainPath(text: string): string {
  let path = text;
  if (SCHEME.test(text)) {
    try {
      path = decodeURIComponent(text.replace(/^file:\/\//i, ''));
    } catch {
      // No encoding then.
    }
  }
  return path.replaceAll('\\', '/').replace(/^\/?([a-z]:)/i, (_, drive: string) => drive.toLowerCase());
}
