/** What a profile says about where a function is, taken apart without touching any file. */
export interface RecordedPath {
  /** An absolute path on this kind of machine, null where the record is relative, a bundler's name, or remote. */
  readonly absolute: string | null;
  /** Path segments without scheme, drive, `.` and `..`: what is compared with workspace files. At least one. */
  readonly segments: readonly string[];
  /** Whether the record named a root (`/a/b.ts`, `C:\a\b.ts`, a URL): else it may be complete as it stands. */
  readonly rooted: boolean;
  /** The URL's scheme in lower case, such as `webpack`; null for plain paths. */
  readonly scheme: string | null;
  /** The drive's letter in lower case, null where there is none. */
  readonly drive: string | null;
}

const maxLength = 4096;
const schemePrefix = /^([a-z][a-z0-9+.-]+):(?:\/\/([^/?#]*))?/i;
const drivePrefix = /^\/?([a-zA-Z]):(?=[\\/])/;

/**
 * Takes a recorded file apart: plain paths of POSIX and Windows, `file:` URLs, and the names that bundlers and
 * development servers give (`webpack://app/./src/a.ts`, `webpack-internal:///(rsc)/./src/a.ts`,
 * `turbopack:///[project]/src/a.ts`, `http://localhost:5173/src/a.ts?t=1`, `/@fs/home/a.ts`).
 *
 * UNC paths (`\\host\share`, `file://host/share`) never become `absolute`: a mere look at one makes Windows log in to
 * the host that the profile names.
 *
 * @returns null where the text cannot name a file.
 */
export function parseRecordedPath(recorded: string, platform: NodeJS.Platform = 'linux'): RecordedPath | null {
  if (recorded === '' || recorded.length > maxLength || hasControlCharacter(recorded)) {
    return null;
  }
  let text = recorded;
  let mayBeAbsolute = true;
  let rooted = false;
  const found = drivePrefix.test(text) ? null : schemePrefix.exec(text);
  const scheme = found?.[1]?.toLowerCase() ?? null;
  if (found !== null && scheme !== null) {
    if (notFiles.has(scheme)) {
      return null;
    }
    text = decodePercent(text.slice(found[0].length).replace(/[?#].*$/s, ''));
    rooted = true;
    if (scheme === 'file') {
      mayBeAbsolute = (found[2] ?? '') === '' || found[2]!.toLowerCase() === 'localhost';
    } else {
      mayBeAbsolute = false;
      if (bundlers.test(scheme)) {
        text = bundledName(text);
        if (text.startsWith('/')) {
          // webpack:///./src/a.ts and webpack:////abs/a.ts: the fourth slash makes it absolute.
          text = text.slice(1);
          mayBeAbsolute = text.startsWith('/');
        }
      }
    }
  }
  if (text.startsWith('/@fs/')) {
    // Vite serves files outside its root under this prefix.
    text = text.slice('/@fs'.length);
    mayBeAbsolute = true;
  }
  if (/^(?:\\\\|\/\/)/.test(text)) {
    mayBeAbsolute = false;
    rooted = true;
  }
  const drive = drivePrefix.exec(text);
  const windows = drive !== null || (text.includes('\\') && !text.includes('/')) || text.startsWith('\\\\');
  const body = drive === null ? text : text.slice(drive[0].length);
  const segments = normalizeSegments(windows ? body.split(/[\\/]/) : body.split('/'));
  if (segments.length === 0 || /[\\/]$/.test(text)) {
    return null;
  }
  const letter = drive?.[1]?.toLowerCase() ?? null;
  const fromRoot = letter !== null || text.startsWith('/');
  let absolute: string | null = null;
  if (mayBeAbsolute && fromRoot && (letter !== null) === (platform === 'win32')) {
    absolute = letter === null ? `/${segments.join('/')}` : `${letter}:\\${segments.join('\\')}`;
  }
  return { absolute, segments, rooted: rooted || fromRoot, scheme, drive: letter };
}

/** Schemes that name code without a file of its own. */
const notFiles = new Set(['node', 'data', 'blob', 'javascript', 'command', 'vscode', 'about', 'wasm', 'evalmachine']);

/** Schemes whose paths are a bundler's names of modules. */
export const bundlers = /^(webpack|webpack-internal|webpack-generated|turbopack|rspack|rollup|vite|parcel|esbuild)$/;

/**
 * A module's name without what bundlers put around its path: the layer (`(rsc)/`), the project's mark (`[project]/`),
 * loaders (`babel-loader!./a.ts`), `a.ts + 3 modules` of concatenated modules, `~` for packages.
 */
function bundledName(text: string): string {
  return text
    .slice(text.lastIndexOf('!') + 1)
    .replace(/ \+ \d+ modules?$/, '')
    .replace(/^(\/*)\([\w-]+\)\//, '$1')
    .replace(/^(\/*)\[project\]\//, '$1')
    .replace(/\/~\//g, '/node_modules/');
}

function normalizeSegments(parts: readonly string[]): string[] {
  const segments: string[] = [];
  for (const part of parts) {
    if (part === '..') {
      segments.pop();
    } else if (part !== '' && part !== '.') {
      segments.push(part);
    }
  }
  return segments;
}

function decodePercent(text: string): string {
  try {
    const decoded = decodeURIComponent(text);
    return hasControlCharacter(decoded) ? text : decoded;
  } catch {
    return text; // A stray per cent sign: take it as it is written.
  }
}

function hasControlCharacter(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 32 || code === 127) {
      return true;
    }
  }
  return false;
}
