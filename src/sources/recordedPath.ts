/** What a profile says about where a function is, taken apart without touching any file. */
export interface RecordedPath {
  /** An absolute path on this kind of machine, null where the record is relative, a bundler's name, or remote. */
  readonly absolute: string | null;
  /** Path segments without scheme, drive, `.` and `..`: what is compared with workspace files. At least one. */
  readonly segments: readonly string[];
  /** Whether the record named a root (`/a/b.ts`, `C:\a\b.ts`, a URL): else it may be complete as it stands. */
  readonly rooted: boolean;
}

const maxLength = 4096;
const schemePrefix = /^([a-z][a-z0-9+.-]+):(?:\/\/([^/?#]*))?/i;
const drivePrefix = /^\/?([a-zA-Z]):(?=[\\/])/;

/**
 * Takes a recorded file apart: plain paths of POSIX and Windows, `file:` URLs, and the names that bundlers and
 * development servers give (`webpack://app/./src/a.ts`, `http://localhost:5173/src/a.ts?t=1`, `/@fs/home/a.ts`).
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
  const scheme = drivePrefix.test(text) ? null : schemePrefix.exec(text);
  if (scheme !== null) {
    const name = scheme[1]!.toLowerCase();
    if (notFiles.has(name)) {
      return null;
    }
    text = text.slice(scheme[0].length);
    rooted = true;
    if (name === 'file') {
      mayBeAbsolute = (scheme[2] ?? '') === '' || scheme[2]!.toLowerCase() === 'localhost';
      text = decodePercent(text.replace(/[?#].*$/s, ''));
    } else {
      mayBeAbsolute = false;
      text = decodePercent(text.replace(/[?#].*$/s, ''));
      if (name.startsWith('webpack') && text.startsWith('/')) {
        // webpack:///./src/a.ts and webpack:////abs/a.ts: the fourth slash makes it absolute.
        text = text.slice(1);
        mayBeAbsolute = text.startsWith('/');
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
  const fromRoot = drive !== null || text.startsWith('/');
  let absolute: string | null = null;
  if (mayBeAbsolute && fromRoot && (drive !== null) === (platform === 'win32')) {
    absolute = drive === null ? `/${segments.join('/')}` : `${drive[1]!.toLowerCase()}:\\${segments.join('\\')}`;
  }
  return { absolute, segments, rooted: rooted || fromRoot };
}

/** Schemes that name code without a file of its own. */
const notFiles = new Set(['node', 'data', 'blob', 'javascript', 'command', 'vscode', 'about', 'wasm', 'evalmachine']);

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
