const LONGEST = 120;
/** Longest ending that is kept when a name is shortened: `.speedscope.json.gz`. */
const LONGEST_ENDING = 24;

/**
 * The file name for a download: from Content-Disposition (RFC 6266), else the address's last part without the query,
 * else the host. Safe as a name on every system.
 */
export function downloadName(url: URL, disposition: string | null): string {
  const parts = url.pathname.split('/').filter((part) => part !== '');
  const named = disposition === null ? null : dispositionName(disposition);
  return (
    safeFileName(named ?? '') || safeFileName(decoded(parts.at(-1) ?? '')) || safeFileName(url.hostname) || 'profile'
  );
}

function dispositionName(header: string): string | null {
  const extended = /;\s*filename\*\s*=\s*([\w!#$%&+^`{}~-]*)'[^']*'([^;\s]+)/i.exec(header);
  if (extended !== null) {
    const [, charset, text] = extended;
    return charset.toLowerCase() === 'iso-8859-1'
      ? text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
      : decoded(text);
  }
  const plain = /;\s*filename\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s]+))/i.exec(header);
  return plain === null ? null : (plain[1]?.replace(/\\(.)/g, '$1') ?? plain[2] ?? null);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The last part of a path as a file name that is good on every system; '' where nothing is left of it. */
export function safeFileName(text: string): string {
  const last = text.slice(Math.max(text.lastIndexOf('/'), text.lastIndexOf('\\')) + 1);
  const safe = last
    .replace(/[^\p{L}\p{N} ._+@()[\]=,~-]+/gu, '_')
    .replace(/^[ .]+|[ .]+$/g, '')
    // Names that Windows keeps for devices.
    .replace(/^(?:con|prn|aux|nul|com\d|lpt\d)(?=\.|$)/i, '_$&');
  if (safe.length <= LONGEST) return safe;
  const dot = safe.indexOf('.', safe.length - LONGEST_ENDING);
  const ending = dot < 0 ? '' : safe.slice(dot);
  return safe.slice(0, LONGEST - ending.length) + ending;
}
