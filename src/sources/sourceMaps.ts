import { FunctionTableBuilder } from '../profile/functionTableBuilder';
import type { LeafLineTable, Profile } from '../profile/profile';
import { stableOrder } from '../profile/stableOrder';
import { type MappedFunction, mapFunction, mapLine } from './functionPlaces';
import { embeddedText, ScriptMap } from './scriptMap';
import { decodeDataUrl, findSourceMapUrl, resolveAddress } from './sourceMapUrl';

/** Reads scripts and source maps; both methods answer null for what cannot or must not be read. */
export interface ScriptReader {
  /** The script's text, or at least its end from the line of its last `sourceMappingURL` on. */
  readScript(url: string): string | null;
  /** `mapUrl` is absolute: a path or a URL. */
  readMap(scriptUrl: string, mapUrl: string): string | null;
}

/** Only compiled JavaScript is looked into: a profile of another language must not cost a read a source file. */
const SCRIPT = /\.[cm]?jsx?(?:[?#]|$)/i;
const MAX_NAMED = 3;

/**
 * The profile with positions in the original sources, where its scripts have source maps (inline or beside them):
 * functions, frames and leaf lines. Functions that become equal are merged; samples and stacks stay as they are.
 * The same profile is answered where no script has a map. Maps that could not be read are told in `meta.notes`
 * (those of packages in node_modules are left out: they are often published without).
 * Costs a look-up a function and a line of it, never one a sample.
 * @param checkpoint called before each script is read; may throw to stop
 */
export function applySourceMaps(profile: Profile, scripts: ScriptReader, checkpoint: () => void = () => {}): Profile {
  const maps = new ScriptMaps(scripts, checkpoint);
  const { functions, strings } = profile;
  const mapOf: (ScriptMap | null)[] = new Array(functions.length);
  const mapped: (MappedFunction | null)[] = new Array(functions.length);
  const embedded = new Map<string, string>();
  let any = false;
  for (let i = 0; i < functions.length; i++) {
    const map = functions.file[i] >= 0 && functions.line[i] > 0 ? maps.of(strings[functions.file[i]]) : null;
    const place = map && mapFunction(map, strings[functions.name[i]], functions.line[i], functions.column[i]);
    mapOf[i] = map;
    mapped[i] = place;
    any ||= place !== null;
    if (place && map?.hasText(place.file)) {
      embedded.set(place.file, strings[functions.file[i]]);
    }
  }
  const notes = maps.note();
  const meta = notes === null ? profile.meta : { ...profile.meta, notes: [...profile.meta.notes, notes] };
  if (!any) {
    return notes === null ? profile : { ...profile, meta };
  }

  const lines = new Map<number, number>();
  /** The original line of a compiled line (1-based) in function `func`; itself where the function is not mapped. */
  const lineOf = (func: number, line: number): number => {
    const place = mapped[func];
    if (!place || line <= 0) {
      return line;
    }
    const key = func * 0x400000 + line;
    let original = line < 0x400000 ? lines.get(key) : undefined;
    if (original === undefined) {
      original = mapLine(mapOf[func]!, place, line, functions.line[func], functions.column[func]);
      lines.set(key, original);
    }
    return original;
  };

  const texts = new Texts(strings);
  const newFunctions = new FunctionTableBuilder();
  const newFunc = new Int32Array(functions.length);
  for (let i = 0; i < functions.length; i++) {
    const place = mapped[i];
    newFunc[i] = place
      ? newFunctions.intern(texts.index(place.name), texts.index(place.file), place.line, place.column, -1)
      : newFunctions.intern(
          functions.name[i],
          functions.file[i],
          functions.line[i],
          functions.column[i],
          functions.module[i],
        );
  }

  const { frames, stacks } = profile;
  const line = new Int32Array(frames.length);
  for (let i = 0; i < frames.length; i++) {
    const func = frames.func[i];
    const place = mapped[func];
    const declared = frames.line[i] === functions.line[func];
    line[i] = place && declared && profile.meta.lines !== 'call' ? place.line : lineOf(func, frames.line[i]);
  }
  return {
    ...profile,
    meta,
    strings: texts.all,
    functions: newFunctions.finish(),
    ...(embedded.size > 0 ? { embeddedSources: embedded } : {}),
    // Frames that became equal stay apart: no two stacks may have the same prefix and frame.
    frames: { ...frames, func: frames.func.map((func) => newFunc[func]), line },
    leafLines:
      profile.leafLines &&
      mapLeafLines(profile.leafLines, (row, leaf) =>
        lineOf(frames.func[stacks.frame[leaf.stack[row]]], leaf.line[row]),
      ),
  };
}

/**
 * The text of an original source as the script's source map has it now.
 * @param script as recorded: what `embeddedSources` says of the file
 * @returns null where there is none any more: the script or its map was built anew, or went
 */
export function readEmbeddedSource(scripts: ScriptReader, script: string, file: string): string | null {
  const read = SCRIPT.test(script) ? readMapOf(scripts, withoutQuery(script)) : null;
  if (read === null || read.text === null) {
    return null;
  }
  try {
    return embeddedText(read.text, read.address, file);
  } catch {
    return null;
  }
}

/** A script's source map and where it is; `text` is null where it cannot be read, all is null without a map. */
function readMapOf(
  scripts: ScriptReader,
  url: string,
): { readonly text: string | null; readonly address: string; readonly inline: boolean } | null {
  const script = scripts.readScript(url);
  const mapUrl = script === null ? null : findSourceMapUrl(script);
  if (mapUrl === null) {
    return null;
  }
  const inline = /^data:/i.test(mapUrl);
  const address = inline ? resolveAddress(url, url) : resolveAddress(mapUrl, resolveAddress(url, url));
  return { text: inline ? decodeDataUrl(mapUrl) : scripts.readMap(url, address), address, inline };
}

/** The scripts' maps, each looked for once. */
class ScriptMaps {
  private readonly byUrl = new Map<string, ScriptMap | null>();
  private readonly byScript = new Map<string, ScriptMap | null>();
  private found = 0;
  private readonly failed: string[] = [];

  constructor(
    private readonly scripts: ScriptReader,
    private readonly checkpoint: () => void,
  ) {}

  of(recorded: string): ScriptMap | null {
    let map = this.byUrl.get(recorded);
    if (map === undefined) {
      map = SCRIPT.test(recorded) ? this.ofScript(withoutQuery(recorded)) : null;
      this.byUrl.set(recorded, map);
    }
    return map;
  }

  /** A script may be recorded under thousands of queries (`app.js?t=1`): it is read once. */
  private ofScript(url: string): ScriptMap | null {
    let map = this.byScript.get(url);
    if (map === undefined) {
      this.checkpoint();
      map = this.load(url);
      this.byScript.set(url, map);
    }
    return map;
  }

  private load(url: string): ScriptMap | null {
    const read = readMapOf(this.scripts, url);
    if (read === null) {
      return null;
    }
    const { text, address, inline } = read;
    let problem = inline ? 'damaged' : 'not found';
    if (text !== null) {
      try {
        const map = new ScriptMap(text, address);
        this.found++;
        return map;
      } catch {
        problem = 'not a source map';
      }
    }
    if (problem !== 'not found' || !/[\\/]node_modules[\\/]/.test(url)) {
      this.failed.push(`${baseName(inline ? url : address)} (${problem})`);
    }
    return null;
  }

  note(): string | null {
    const count = this.failed.length;
    if (count === 0) {
      return null;
    }
    const named =
      this.failed.slice(0, MAX_NAMED).join(', ') + (count > MAX_NAMED ? `, and ${count - MAX_NAMED} more` : '');
    return (
      `${count} of ${count + this.found} source maps could not be read: ${named}; ` +
      'their functions keep the positions in the compiled code.'
    );
  }
}

/** Of a URL only: in a plain path, `?` and `#` are parts of names. */
function withoutQuery(url: string): string {
  return /^[a-z][a-z\d+.-]+:/i.test(url) ? url.replace(/[?#].*$/s, '') : url;
}

function baseName(address: string): string {
  const name = address.slice(Math.max(address.lastIndexOf('/'), address.lastIndexOf('\\')) + 1);
  return name.length > 80 ? `${name.slice(0, 77)}…` : name;
}

/** The profile's texts and further ones, each once. */
class Texts {
  readonly all: string[];
  private readonly indices = new Map<string, number>();

  constructor(strings: readonly string[]) {
    this.all = [...strings];
    for (let i = 0; i < strings.length; i++) {
      this.indices.set(strings[i], i);
    }
  }

  index(text: string): number {
    let index = this.indices.get(text);
    if (index === undefined) {
      index = this.all.push(text) - 1;
      this.indices.set(text, index);
    }
    return index;
  }
}

/** Leaf lines with other lines: sorted by stack, then line, equal ones added up. */
function mapLeafLines(leaf: LeafLineTable, lineOf: (row: number, leaf: LeafLineTable) => number): LeafLineTable {
  const lines = new Int32Array(leaf.length);
  const keys = new Float64Array(leaf.length);
  for (let row = 0; row < leaf.length; row++) {
    lines[row] = lineOf(row, leaf);
    keys[row] = leaf.stack[row] * 0x100000000 + lines[row];
  }
  const order = stableOrder(keys);
  const stack = new Int32Array(leaf.length);
  const line = new Int32Array(leaf.length);
  const ticks = new Float64Array(leaf.length);
  let length = 0;
  for (let i = 0; i < leaf.length; i++) {
    const row = order === null ? i : order[i];
    if (length > 0 && stack[length - 1] === leaf.stack[row] && line[length - 1] === lines[row]) {
      ticks[length - 1] += leaf.ticks[row];
    } else {
      stack[length] = leaf.stack[row];
      line[length] = lines[row];
      ticks[length] = leaf.ticks[row];
      length++;
    }
  }
  return { length, stack: stack.slice(0, length), line: line.slice(0, length), ticks: ticks.slice(0, length) };
}
