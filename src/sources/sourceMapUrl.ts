/**
 * The address in a script's last `//# sourceMappingURL=` comment (also `//@` and `/*#`), null where there is none.
 * As ECMA-426 (https://tc39.es/ecma426/) describes it, except that code may follow: bundlers append some.
 * Searches from the end, so that a script of megabytes costs next to nothing.
 */
export function findSourceMapUrl(script: string): string | null {
  const key = 'sourceMappingURL=';
  for (let at = script.lastIndexOf(key); at >= 0; at = at === 0 ? -1 : script.lastIndexOf(key, at - 1)) {
    if (/^\/[/*][#@][ \t]$/.test(script.slice(Math.max(0, at - 4), at))) {
      const rest = script.slice(at + key.length);
      const end = rest.search(/[\s'"`]|\*\//);
      const url = end < 0 ? rest : rest.slice(0, end);
      // A comment that ends with a quote stands in a string: code that writes such comments.
      if (url !== '' && (end < 0 || !/['"`]/.test(rest[end]))) {
        return url;
      }
    }
  }
  return null;
}

/** The text of a `data:` URL, base64 or percent-encoded; null where it is malformed. */
export function decodeDataUrl(url: string): string | null {
  const comma = url.indexOf(',');
  if (!/^data:/i.test(url) || comma < 0) {
    return null;
  }
  const body = url.slice(comma + 1);
  try {
    if (!/;base64$/i.test(url.slice(0, comma))) {
      return decodeURIComponent(body);
    }
    const binary = atob(body.includes('%') ? decodeURIComponent(body) : body);
    const bytes = new Uint8Array(binary.length);
    for (let i = 0; i < bytes.length; i++) {
      bytes[i] = binary.charCodeAt(i);
    }
    return new TextDecoder().decode(bytes);
  } catch {
    return null;
  }
}

/**
 * An address relative to another, as a plain path where it is a local file, as it is where it has another scheme.
 * `base` is a plain absolute path or an URL. Percent-encoding is undone in paths only.
 */
export function resolveAddress(address: string, base: string): string {
  const hasScheme = /^[a-z][a-z0-9+.-]+:/i.test(address) && !/^[a-z]:[\\/]/i.test(address);
  if (hasScheme && !/^file:/i.test(address)) {
    return address;
  }
  try {
    // In a relative path of a source map these are letters of a file's name, not the start of a query or fragment.
    const relative = hasScheme ? address : address.replace(/\\/g, '/').replace(/[?#]/g, encodeURIComponent);
    const withDrive = /^[a-z]:\//i.test(relative) ? `file:///${relative}` : relative;
    const resolved = new URL(withDrive, toFileUrl(base));
    if (resolved.protocol !== 'file:') {
      return resolved.href;
    }
    const path = decodeURIComponent(resolved.pathname);
    if (resolved.host !== '') {
      return `file://${resolved.host}${path}`;
    }
    return /^\/[a-z]:\//i.test(path) ? path.slice(1) : path;
  } catch {
    return address;
  }
}

function toFileUrl(address: string): string {
  if (/^[a-z][a-z0-9+.-]+:/i.test(address)) {
    return address;
  }
  const path = address.replace(/\\/g, '/');
  return `file://${path.startsWith('/') ? '' : '/'}${encodeURI(path).replace(/[?#]/g, encodeURIComponent)}`;
}
