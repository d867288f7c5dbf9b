import { mkdtemp, readFile, realpath, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AgentHost, AgentOptions, AgentProfile, CaptureTarget, SourceLine } from '../agents/agentHost';
import { writeCapture } from '../endpoints/captureSetFile';
import { endpointKind } from '../endpoints/endpointKinds';
import type { EngineApi, ProfileSummary } from '../engine/engineApi';
import { clockMs } from '../sources/fileStamps';
import type { McpOptions } from './mcpServer';
import { readAccess } from './profileInputs';
import { toolPaths } from './toolPaths';

/** Profiles kept open: the ones compared, and some before. */
const MOST_OPEN = 4;
const MOST_TEXTS = 30;
const LARGEST_SOURCE = 512 * 1024;

interface Opened {
  readonly path: string;
  /** The file's size and time: it may be written anew. */
  readonly state: string;
  /** When the file was written, in ms since the epoch. */
  readonly written: number;
  readonly summary: Promise<ProfileSummary>;
  users: number;
}

/** An agent may have named any file: what one begins with, which tells people what it is, is not told. */
function unquoted(error: unknown): Error {
  return new Error((error instanceof Error ? error.message : String(error)).replace(/“[^”]*”/gu, '“…”'));
}

/** What the tools need, from files of this machine. */
export class McpHost implements AgentHost {
  /** Those used last at the end. */
  private readonly opened: Opened[] = [];
  private readonly texts = new Map<
    string,
    { readonly stamp: string; readonly lines: Promise<readonly string[] | null> }
  >();
  /** Paths of profiles that have names: given on the command line, or captured. */
  private readonly named: string[];
  private folder: Promise<string> | null = null;
  private captures = 0;

  constructor(
    readonly engine: EngineApi,
    private readonly options: McpOptions,
  ) {
    this.named = [...options.profiles];
  }

  async open(name: string | null, options: AgentOptions): Promise<AgentProfile> {
    const path = this.pathOf(name);
    const { size, mtimeMs } = await stat(path).catch(() => {
      throw new Error(`The profile ${path} was not found: give the path of a file.`);
    });
    const state = `${size} ${mtimeMs}`;
    let found = this.opened.find((each) => each.path === path && each.state === state);
    if (found === undefined) {
      const summary = this.engine.request('open', { source: { kind: 'file', path }, name: basename(path) }, options);
      found = { path, state, written: mtimeMs, summary, users: 0 };
      const failed = found;
      summary.catch(() => this.opened.splice(this.opened.indexOf(failed), 1));
    } else {
      this.opened.splice(this.opened.indexOf(found), 1);
    }
    this.opened.push(found);
    return this.use(found);
  }

  async openBaseline(options: AgentOptions): Promise<AgentProfile> {
    if (this.options.base === null)
      throw new Error('There is no baseline: name the profile to compare with as "base".');
    return this.open(this.options.base, options);
  }

  /** @param recordedMs when the profile was recorded, at the latest */
  private async sourceLine(path: string, line: number, recordedMs: number): Promise<SourceLine | null> {
    let shorter: SourceLine | null = null;
    for (const candidate of candidates(path, this.options.roots)) {
      const file = await fileBelow(candidate, this.options.roots);
      if (file === null) continue;
      const text = (await this.linesOf(file))?.[line - 1];
      const newer = file.mtimeMs > recordedMs + clockMs;
      const root = this.options.roots.find((each) => isBelow(candidate, each))!;
      const found = { path: relative(root, candidate).split(sep).join('/'), line, changed: false, newer };
      if (text !== undefined) return { ...found, text: newer ? null : text.trim().replace(/\s+/g, ' ') };
      // It may have had the line when it was recorded, if no other file has it.
      if (newer) shorter ??= { ...found, text: null };
    }
    return shorter;
  }

  async capture(target: CaptureTarget, options: AgentOptions): Promise<AgentProfile> {
    if (!this.options.allowCapture) {
      throw new Error(
        'This server only reads profiles: its user can start it with "emberline mcp --allow-capture" to let it profile programs.',
      );
    }
    if (target.debugSession) throw new Error('There are no debug sessions here: name a pid, an address or a command.');
    const spec = await target.spec();
    const kind = endpointKind(spec.kind);
    this.folder ??= mkdtemp(join(tmpdir(), 'emberline-mcp-'));
    const folder = await this.folder;
    const name = `capture-${++this.captures}`;
    const own = join(folder, `${name}-parts`);
    try {
      const results = await kind.capture({
        spec,
        seconds: target.seconds,
        signal: options.signal,
        tools: toolPaths(process.env),
        onProgress: options.onProgress,
        log: () => {},
        // Agents choose these addresses: nobody's credentials go there.
        ...readAccess({}, new Set()),
        folder: own,
      });
      const path = await writeCapture(results, join(folder, name));
      this.named.push(path);
      return await this.open(path, options);
    } finally {
      await rm(own, { recursive: true, force: true });
    }
  }

  /** Removes what was captured. */
  async dispose(): Promise<void> {
    if (this.folder !== null) await rm(await this.folder, { recursive: true, force: true });
  }

  private pathOf(name: string | null): string {
    if (name === null) {
      const latest = this.captures > 0 ? this.named.at(-1) : this.named[0];
      if (latest === undefined) throw new Error('Name a profile: the path of a file, as "profile" or "new".');
      return latest;
    }
    if (/^[a-z][a-z\d+.-]+:\/\//i.test(name) && !/^file:/i.test(name)) {
      throw new Error('Profiles are read from files here: download it first.');
    }
    const path = /^file:\/\//i.test(name) ? fileURLToPath(name) : name;
    return this.named.find((each) => each === path || basename(each) === path) ?? resolve(path);
  }

  private async use(found: Opened): Promise<AgentProfile> {
    found.users++;
    let used = true;
    const release = (): void => {
      if (used) found.users--;
      used = false;
      this.closeOld();
    };
    try {
      const summary = await found.summary;
      const view = { sampleType: summary.defaultSampleType, thread: null };
      const { startTimeMs, durationMs } = summary;
      // As the editor takes it: a file that does not say when it was recorded was written right after.
      const recordedMs = startTimeMs === null ? found.written : startTimeMs + (durationMs ?? 0);
      const sourceLine: AgentProfile['sourceLine'] = (path, line) => this.sourceLine(path, line, recordedMs);
      return { name: basename(found.path), summary, view, sourceLine, release };
    } catch (error) {
      release();
      throw unquoted(error);
    }
  }

  private closeOld(): void {
    while (this.opened.length > MOST_OPEN) {
      const oldest = this.opened.findIndex(({ users }) => users === 0);
      if (oldest < 0) return;
      const [closed] = this.opened.splice(oldest, 1);
      void closed!.summary
        .then(({ profile }) => this.engine.request('close', { profile }))
        // It was never open.
        .catch(() => {});
    }
  }

  /** Null for what is large or cannot be read. */
  private linesOf({ path, size, mtimeMs }: SourceFile): Promise<readonly string[] | null> {
    if (size > LARGEST_SOURCE) return Promise.resolve(null);
    const stamp = `${size} ${mtimeMs}`;
    const before = this.texts.get(path);
    const known = before?.stamp === stamp ? before : { stamp, lines: readLines(path) };
    this.texts.delete(path);
    this.texts.set(path, known);
    if (this.texts.size > MOST_TEXTS) this.texts.delete(this.texts.keys().next().value!);
    return known.lines;
  }
}

/** Where a recorded file may be below the roots: as it is, or by the end of its path, of two parts at least. */
function candidates(recorded: string, roots: readonly string[]): string[] {
  let path = recorded;
  try {
    if (/^file:\/\//i.test(path)) path = fileURLToPath(path);
  } catch {
    return [];
  }
  if (path.includes('\0') || path.length > 4096 || /^[a-z][a-z\d+.-]+:\/\//i.test(path)) return [];
  const parts = path.split(/[\\/]+/).filter((part) => part !== '' && part !== '.');
  const ends = parts.slice(-10).map((_, i, last) => last.slice(i).join(sep));
  const found = [
    ...(isAbsolute(path) ? [path] : []),
    ...roots.flatMap((root) => [
      ...(isAbsolute(path) ? [] : [resolve(root, path)]),
      ...ends.filter((end) => end.includes(sep)).map((end) => resolve(root, end)),
    ]),
  ];
  return [...new Set(found)].filter((candidate) => roots.some((root) => isBelow(candidate, root)));
}

function isBelow(path: string, root: string): boolean {
  const inside = relative(root, path);
  return inside !== '' && !isAbsolute(inside) && inside.split(sep)[0] !== '..';
}

interface SourceFile {
  /** Without links. */
  readonly path: string;
  readonly size: number;
  readonly mtimeMs: number;
}

/** Null for what is no file below a root, also by a link. */
async function fileBelow(path: string, roots: readonly string[]): Promise<SourceFile | null> {
  try {
    const real = await realpath(path);
    const allowed = await Promise.all(roots.map((root) => realpath(root)));
    const found = await stat(real);
    if (!allowed.some((root) => isBelow(real, root)) || !found.isFile()) return null;
    return { path: real, size: found.size, mtimeMs: found.mtimeMs };
  } catch {
    return null;
  }
}

async function readLines(path: string): Promise<readonly string[] | null> {
  try {
    return (await readFile(path, 'utf8')).split(/\r\n|\r|\n/);
  } catch {
    return null;
  }
}
