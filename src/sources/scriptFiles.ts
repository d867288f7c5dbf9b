import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ScriptReader } from './sourceMaps';

/** Larger scripts and maps are left unread: a profile must not make us read without bound. */
const MAX_SCRIPT_BYTES = 64 * 1024 * 1024;
const MAX_MAP_BYTES = 128 * 1024 * 1024;

const COMMENT = Buffer.from('sourceMappingURL=');

/**
 * Reads scripts and their source maps from this machine's disk: only what a `file:` URL without a host, or an absolute
 * path, names, and only regular files. Remote addresses and Windows shares (which would send credentials to a host that
 * a profile chose) are never touched.
 */
export function createScriptFiles(): ScriptReader {
  return {
    readScript(url) {
      const bytes = readBounded(url, MAX_SCRIPT_BYTES);
      if (bytes === null) {
        return null;
      }
      // Only the comment is asked for, and a search in bytes is quicker than decoding megabytes of code.
      const at = bytes.lastIndexOf(COMMENT);
      if (at < 0) {
        return '';
      }
      const lineStart = Math.max(bytes.lastIndexOf(0x0a, at), bytes.lastIndexOf(0x0d, at)) + 1;
      return bytes.toString('utf8', lineStart);
    },
    readMap(_scriptUrl, mapUrl) {
      return readBounded(mapUrl, MAX_MAP_BYTES)?.toString('utf8') ?? null;
    },
  };
}

/** The path on this machine that an address names, null for every other address. */
export function localPathOf(url: string): string | null {
  if (/^file:/i.test(url)) {
    try {
      const parsed = new URL(url);
      if (parsed.host !== '') {
        return null;
      }
      return refuseShare(fileURLToPath(parsed));
    } catch {
      return null;
    }
  }
  if (/^[a-z]:[\\/]/i.test(url)) {
    return process.platform === 'win32' ? url : null;
  }
  return url.startsWith('/') ? refuseShare(url) : null;
}

function refuseShare(path: string): string | null {
  return /^[\\/]{2}/.test(path) || path.includes('\0') ? null : path;
}

function readBounded(url: string, maxBytes: number): Buffer | null {
  const path = localPathOf(url);
  if (path === null) {
    return null;
  }
  let file: number | null = null;
  try {
    // Without waiting: opening a named pipe must not hang.
    file = openSync(path, process.platform === 'win32' ? 'r' : 0o4000);
    const stat = fstatSync(file);
    return stat.isFile() && stat.size <= maxBytes ? readFileSync(file) : null;
  } catch {
    return null;
  } finally {
    if (file !== null) {
      closeSync(file);
    }
  }
}
