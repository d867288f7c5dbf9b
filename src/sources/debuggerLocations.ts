import { type MappedFunction, type MappedLine, mapFunction, mapLine } from './functionPlaces';
import { ScriptMap, type SourcePlace } from './scriptMap';
import type { ScriptReader } from './sourceMaps';
import { decodeDataUrl, findSourceMapUrl, resolveAddress } from './sourceMapUrl';

/**
 * The member `$vscode`, as VS Code's JavaScript debugger saves it (read in js-debug 1.117 and in the profile table that
 * is built into VS Code 1.139): `nodes[].locationId` and `nodes[].positionTicks[].startLocationId` index `locations`.
 */
export interface VscodeExtension {
  rootPath?: string | undefined;
  locations: VscodeLocation[];
}

export interface VscodeLocation {
  callFrame: { functionName: string; scriptId: string; url: string; lineNumber: number; columnNumber: number };
  /** Best first; empty where the debugger knew no source. Lines and columns are 1-based here, unlike `callFrame`'s. */
  locations: {
    lineNumber: number;
    columnNumber: number;
    source: { name?: string | undefined; path?: string | undefined; sourceReference?: number | undefined };
  }[];
}

/** The running target's side: what only its debugger knows. Answers null for what it does not know. */
export interface ScriptDebugger {
  /** The script's `sourceMappingURL`, as it runs (programs that compile while loading have none on disk). */
  sourceMapUrl(scriptId: string): Promise<string | null>;
  /** Where the debugger itself shows a position (1-based) of a script; null also where it does no such thing. */
  preferredPlace(url: string, line: number, column: number): Promise<SourcePlace | null>;
}

/** The parts of a V8 profile that are read and completed here. */
export interface LocatableProfile {
  readonly nodes: readonly LocatableNode[];
}

interface LocatableNode {
  readonly callFrame: VscodeLocation['callFrame'];
  readonly positionTicks?: readonly { line: number; ticks: number; startLocationId?: number }[] | undefined;
  locationId?: number;
}

/** Larger inline maps are left alone: they would hold up the thread that asks. */
const MAX_INLINE_MAP = 32 * 1024 * 1024;
const CONCURRENCY = 8;

/** How one script is mapped: not at all (or from disk, later), by its own map, or by asking the debugger. */
type Mapping = { kind: 'none' } | { kind: 'map'; map: ScriptMap } | { kind: 'debugger' };

/**
 * Adds original source locations to V8 profiles while their target lives, for scripts whose source maps are not on
 * disk: what a profile's reader could not find out later. Written the way js-debug does (`VscodeExtension`).
 * Every script, function and line is asked about once, however many profiles there are.
 */
export class DebuggerLocations {
  private readonly scripts = new Map<string, Promise<Mapping>>();
  private readonly functions = new Map<string, Promise<MappedFunction | null>>();
  private readonly lines = new Map<string, Promise<MappedLine | null>>();
  private readonly unanswered = new Set<string>();

  constructor(
    private readonly debug: ScriptDebugger,
    private readonly files: ScriptReader,
    private readonly rootPath: string | undefined,
  ) {}

  /** Functions that a debugger should have known a source for, but did not answer about. */
  get missing(): number {
    return this.unanswered.size;
  }

  /**
   * Completes the nodes with location ids and answers the locations; null where nothing needs the debugger. Never
   * rejects: what cannot be found stays as it is. Aborting leaves the remaining functions unmapped.
   */
  async annotate(profile: LocatableProfile, signal: AbortSignal): Promise<VscodeExtension | null> {
    const located: (MappedFunction | null)[] = new Array(profile.nodes.length).fill(null);
    const tickLines: ((MappedLine | null)[] | null)[] = new Array(profile.nodes.length).fill(null);
    let any = false;
    let next = 0;
    const work = async (): Promise<void> => {
      while (next < profile.nodes.length && !signal.aborted) {
        const index = next++;
        const { callFrame, positionTicks } = profile.nodes[index];
        const mapping = await this.mappingOf(callFrame.url, callFrame.scriptId);
        if (mapping.kind === 'none') {
          continue;
        }
        const place = await this.functionOf(mapping, callFrame);
        if (place === null && (callFrame.lineNumber < 0 || this.unanswered.has(functionKey(callFrame)))) {
          continue;
        }
        located[index] = place;
        const lines = await Promise.all(
          (positionTicks ?? []).map((tick) => this.lineOf(mapping, place, callFrame, tick.line)),
        );
        tickLines[index] = lines;
        any ||= place !== null || lines.some((line) => line !== null);
      }
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, work));
    if (!any) {
      return null;
    }
    const table = new LocationTable();
    for (const [index, node] of profile.nodes.entries()) {
      const place = located[index] ?? unmapped(node.callFrame);
      node.locationId = table.idOf(node.callFrame, place);
      for (const [i, tick] of (node.positionTicks ?? []).entries()) {
        const line = tickLines[index]?.[i] ?? (place && { file: place.file, line: tick.line });
        const own = line?.file === place?.file && line?.line === place?.line;
        tick.startLocationId = table.idOf(
          { ...node.callFrame, lineNumber: tick.line - 1, columnNumber: 0 },
          line && { ...line, column: own && place ? place.column : 1 },
        );
      }
    }
    return { rootPath: this.rootPath, locations: table.locations };
  }

  private mappingOf(url: string, scriptId: string): Promise<Mapping> {
    let mapping = this.scripts.get(scriptId);
    if (!mapping) {
      mapping = this.findMapping(url, scriptId).catch(() => ({ kind: 'none' }) as const);
      this.scripts.set(scriptId, mapping);
    }
    return mapping;
  }

  private async findMapping(url: string, scriptId: string): Promise<Mapping> {
    if (url === '' || /^(?:node|internal|electron|vscode-internal|wasm|extensions):|^evalmachine/i.test(url)) {
      return { kind: 'none' };
    }
    const onDisk = findSourceMapUrl(this.files.readScript(url) ?? '');
    const mapPath = onDisk === null ? null : resolveAddress(onDisk, resolveAddress(url, url));
    if (mapPath !== null && (/^data:/i.test(mapPath) || this.files.readMap(url, mapPath) !== null)) {
      return { kind: 'none' }; // Applied when the profile is opened.
    }
    const mapUrl = await this.debug.sourceMapUrl(scriptId);
    if (mapUrl === null) {
      return { kind: 'none' };
    }
    if (!/^data:/i.test(mapUrl)) {
      return { kind: 'debugger' };
    }
    const text = mapUrl.length <= MAX_INLINE_MAP ? decodeDataUrl(mapUrl) : null;
    return text === null ? { kind: 'debugger' } : { kind: 'map', map: new ScriptMap(text, resolveAddress(url, url)) };
  }

  private functionOf(mapping: Mapping, frame: VscodeLocation['callFrame']): Promise<MappedFunction | null> {
    const key = functionKey(frame);
    let place = this.functions.get(key);
    if (!place) {
      place = this.findFunction(mapping, frame).catch(() => {
        this.unanswered.add(key);
        return null;
      });
      this.functions.set(key, place);
    }
    return place;
  }

  private async findFunction(mapping: Mapping, frame: VscodeLocation['callFrame']): Promise<MappedFunction | null> {
    const line = frame.lineNumber + 1;
    const column = frame.columnNumber + 1;
    if (line <= 0) {
      return null;
    }
    if (mapping.kind === 'map') {
      return mapFunction(mapping.map, frame.functionName, line, column);
    }
    const place = await this.debug.preferredPlace(frame.url, line, Math.max(1, column));
    return place && isElsewhere(place, frame.url, line) ? { ...place, name: frame.functionName } : null;
  }

  /** Null for a line that is not mapped, of a function that is not. */
  private lineOf(
    mapping: Mapping,
    place: MappedFunction | null,
    frame: VscodeLocation['callFrame'],
    line: number,
  ): Promise<MappedLine | null> {
    if (mapping.kind === 'map') {
      return Promise.resolve(mapLine(mapping.map, place, line, frame.lineNumber + 1, frame.columnNumber + 1));
    }
    const first = line === frame.lineNumber + 1;
    const key = `${frame.scriptId}:${line}:${first ? frame.columnNumber : ''}:${place?.file ?? ''}`;
    let original = this.lines.get(key);
    if (!original) {
      original = this.debug.preferredPlace(frame.url, line, first ? Math.max(1, frame.columnNumber + 1) : 1).then(
        (found) => {
          // What a function's first line has of another source is not known to be in the function.
          const other = found !== null && (!first || place === null) && isElsewhere(found, frame.url, line);
          return other || found?.file === place?.file ? found : null;
        },
        () => null,
      );
      this.lines.set(key, original);
    }
    return original.then((found) => found ?? place);
  }
}

function functionKey(frame: VscodeLocation['callFrame']): string {
  return `${frame.scriptId}:${frame.lineNumber}:${frame.columnNumber}:${frame.functionName}`;
}

/** A debugger answers with the script's own position where it has no map. */
function isElsewhere(place: SourcePlace, url: string, line: number): boolean {
  return place.file !== '' && (place.line !== line || resolveAddress(url, url) !== place.file);
}

/** Readers of this form look every node up: what is not mapped is where V8 says. */
function unmapped(frame: VscodeLocation['callFrame']): SourcePlace | null {
  return frame.url === '' || frame.lineNumber < 0
    ? null
    : { file: resolveAddress(frame.url, frame.url), line: frame.lineNumber + 1, column: frame.columnNumber + 1 };
}

class LocationTable {
  readonly locations: VscodeLocation[] = [];
  private readonly ids = new Map<string, number>();

  idOf(callFrame: VscodeLocation['callFrame'], place: SourcePlace | null): number {
    const { functionName, scriptId, lineNumber, columnNumber } = callFrame;
    const key = [functionName, scriptId, lineNumber, columnNumber, place?.line, place?.file].join(':');
    let id = this.ids.get(key);
    if (id === undefined) {
      id = this.locations.length;
      const source = place && { name: place.file.slice(place.file.lastIndexOf('/') + 1), path: place.file };
      this.locations.push({
        callFrame,
        locations: source
          ? [{ lineNumber: place.line, columnNumber: place.column, source: { ...source, sourceReference: 0 } }]
          : [],
      });
      this.ids.set(key, id);
    }
    return id;
  }
}
