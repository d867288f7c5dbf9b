import { FunctionTableBuilder } from '../profile/functionTableBuilder';
import type { LeafLineTable, Profile } from '../profile/profile';
import { sortLeafLines } from '../profile/sortLeafLines';
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
 * functions, frames and leaf lines. A leaf line goes to where it is mapped, in whatever source that is; so does a frame
 * that records where its function called. Functions that become equal are merged; samples and stacks stay as they are.
 * The same profile is answered where no script has a map. Maps that could not be read are told in `meta.notes`
 * (those of packages in node_modules are left out: they are often published without).
 * Costs a look-up a function and a line of it, never one a sample.
 * @param checkpoint called before each script is read; may throw to stop
 */
export function applySourceMaps(profile: Profile, scripts: ScriptReader, checkpoint: () => void = () => {}): Profile {
  const maps = new ScriptMaps(scripts, checkpoint);
  const { functions, strings } = profile;
  const mapOf: (ScriptMap | null)[] = new Array(functions.length);
  for (let i = 0; i < functions.length; i++) {
    mapOf[i] = functions.file[i] >= 0 && functions.line[i] > 0 ? maps.of(strings[functions.file[i]]) : null;
  }
  const notes = maps.note();
  const meta = notes === null ? profile.meta : { ...profile.meta, notes: [...profile.meta.notes, notes] };
  const found = mapOf.some((map) => map !== null) ? mapProfile(profile, mapOf) : null;
  return found === null && notes === null ? profile : { ...profile, ...found, meta };
}

/** Line and string index of the file, -1 where unknown. */
interface Line {
  readonly line: number;
  readonly file: number;
}

/** What source maps change of a profile; null for nothing. @param mapOf the map of each function's script */
function mapProfile(profile: Profile, mapOf: readonly (ScriptMap | null)[]): Partial<Profile> | null {
  const { functions, frames, stacks, strings } = profile;
  const texts = new Texts(strings);
  const embedded = new Map<string, string>();
  const fileIndex = (func: number, file: string): number => {
    if (mapOf[func]?.hasText(file)) {
      embedded.set(file, strings[functions.file[func]]);
    }
    return texts.index(file);
  };
  const newFunctions = new FunctionTableBuilder();
  const newFunc = new Int32Array(functions.length);
  const mapped: (MappedFunction | null)[] = new Array(functions.length);
  let any = false;
  for (let i = 0; i < functions.length; i++) {
    const { name, file, line, column, module } = functions;
    const place = mapOf[i] && mapFunction(mapOf[i]!, strings[name[i]], line[i], column[i]);
    mapped[i] = place;
    any ||= place !== null;
    newFunc[i] = place
      ? newFunctions.intern(texts.index(place.name), fileIndex(i, place.file), place.line, place.column, -1)
      : newFunctions.intern(name[i], file[i], line[i], column[i], module[i]);
  }

  const ownFile = (func: number): number => (mapped[func] ? texts.index(mapped[func].file) : functions.file[func]);
  const known = new Map<number, Line>();
  /** Where a compiled line (1-based) of function `func` is; itself where nothing is mapped. */
  const lineOf = (func: number, line: number): Line => {
    const map = mapOf[func];
    if (map === null || line <= 0) {
      return { line, file: ownFile(func) };
    }
    const key = func * 0x400000 + line;
    let found = line < 0x400000 ? known.get(key) : undefined;
    if (found === undefined) {
      const place = mapLine(map, mapped[func], line, functions.line[func], functions.column[func]);
      found = place === null ? { line, file: ownFile(func) } : { line: place.line, file: fileIndex(func, place.file) };
      any ||= place !== null;
      known.set(key, found);
    }
    return found;
  };

  const line = new Int32Array(frames.length);
  const func = new Int32Array(frames.length);
  for (let i = 0; i < frames.length; i++) {
    const of = frames.func[i];
    const place = mapped[of];
    func[i] = newFunc[of];
    line[i] = place?.line ?? frames.line[i];
    if (profile.meta.lines !== 'call' && (place === null || frames.line[i] === functions.line[of])) {
      continue;
    }
    const found = lineOf(of, frames.line[i]);
    if (found.file === ownFile(of)) {
      line[i] = found.line;
    } else if (profile.meta.lines === 'call') {
      // Of another source than the function: where in that it begins is not known.
      line[i] = found.line;
      func[i] = newFunctions.intern(texts.index(place?.name ?? strings[functions.name[of]]), found.file, 0, 0, -1);
    }
  }
  const table = newFunctions.finish();
  const leafLines =
    profile.leafLines &&
    mapLeafLines(profile.leafLines, (leaf, row) => {
      const frame = stacks.frame[leaf.stack[row]];
      // What has a file of its own was mapped by the debugger that recorded it.
      const found =
        leaf.file !== null && leaf.file[row] >= 0
          ? { line: leaf.line[row], file: leaf.file[row] }
          : lineOf(frames.func[frame], leaf.line[row]);
      return found.file === table.file[func[frame]] ? { line: found.line, file: -1 } : found;
    });
  if (!any) {
    return null;
  }
  return {
    strings: texts.all,
    functions: table,
    ...(embedded.size > 0 ? { embeddedSources: embedded } : {}),
    // Frames that became equal stay apart: no two stacks may have the same prefix and frame.
    frames: { ...frames, func, line },
    leafLines,
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

function mapLeafLines(leaf: LeafLineTable, lineOf: (leaf: LeafLineTable, row: number) => Line): LeafLineTable {
  const line = new Int32Array(leaf.length);
  const file = new Int32Array(leaf.length);
  for (let row = 0; row < leaf.length; row++) {
    const found = lineOf(leaf, row);
    line[row] = found.line;
    file[row] = found.file;
  }
  return sortLeafLines(leaf.length, leaf.stack, line, file, leaf.ticks);
}
