import { isAbsolute, join } from 'node:path';
import * as v from 'valibot';
import type { TlsFiles } from './httpAccess';
import { TlsFileError } from './tlsContext';

const path = v.pipe(v.string(), v.minLength(1));
const entrySchema = v.strictObject({
  ca: v.optional(v.union([path, v.array(path)])),
  cert: v.optional(path),
  key: v.optional(path),
});

/** An entry of the setting `emberline.certificates`. */
export type CertificateEntry = v.InferOutput<typeof entrySchema>;

/**
 * The files that a setting names for an origin. Its keys are hosts (`api.example`, `*.example`), with a port where only
 * that is meant, or Unix sockets (`unix:/path`); of several that fit, the longest counts.
 * @param setting host → `{ca, cert, key}`, unchecked
 * @param places what `~/`, `${workspaceFolder}` and relative paths begin with
 * @returns the entry's key with its files, null where none fits
 * @throws TlsFileError for an entry that is not right
 */
export function certificateFiles(
  setting: unknown,
  origin: string,
  places: { readonly home: string; readonly folder: string | null },
): { readonly name: string; readonly files: TlsFiles } | null {
  const entries = typeof setting === 'object' && setting !== null ? Object.entries(setting) : [];
  const fitting = entries.filter(([name]) => fits(name, origin)).sort(([a], [b]) => b.length - a.length);
  const [first] = fitting;
  if (first === undefined) return null;
  const [name, value] = first;
  const parsed = v.safeParse(entrySchema, value);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    throw new TlsFileError(
      `The setting emberline.certificates is not right for ${name} (${v.getDotPath(issue) ?? 'entry'}: ${issue.message}): it takes the paths "ca", "cert" and "key".`,
    );
  }
  const { ca, cert, key } = parsed.output;
  const resolve = (written: string): string => absolute(written, places);
  return {
    name,
    files: {
      ...(ca === undefined ? {} : { ca: [ca].flat().map(resolve) }),
      ...(cert === undefined ? {} : { cert: resolve(cert) }),
      ...(key === undefined ? {} : { key: resolve(key) }),
    },
  };
}

function fits(name: string, origin: string): boolean {
  const wanted = name
    .trim()
    .toLowerCase()
    .replace(/^https:\/\//, '')
    .replace(/\/$/, '');
  const asked = origin.replace(/^https?:\/\//, '');
  if (wanted.startsWith('unix:')) return name.trim() === asked;
  if (asked.startsWith('unix:')) return false;
  const { hostname, port } = new URL(`https://${asked}`);
  const [, host, onlyPort] = /^(.*?)(?::(\d+))?$/.exec(wanted)!;
  if (onlyPort !== undefined && onlyPort !== (port || '443')) return false;
  const pattern = host!
    .split('*')
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
    .join('[^.]*');
  return new RegExp(`^${pattern}$`).test(hostname);
}

function absolute(
  written: string,
  { home, folder }: { readonly home: string; readonly folder: string | null },
): string {
  const path = written
    .replace(/^~(?=[/\\])/, () => home)
    .replaceAll(variable('userHome'), () => home)
    .replaceAll(variable('workspaceFolder'), (whole) => folder ?? whole);
  return isAbsolute(path) || folder === null ? path : join(folder, path);
}

/** As VS Code's settings name variables. */
function variable(name: string): string {
  return `\${${name}}`;
}
