import { X509Certificate } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import * as tls from 'node:tls';
import type { TlsFiles } from './httpAccess';

/** What is wrong with a file of a certificate or key: one sentence. */
export class TlsFileError extends Error {
  override readonly name = 'TlsFileError';
}

interface Kept {
  readonly stamp: string;
  readonly context: Promise<tls.SecureContext>;
}

const MOST_KEPT = 20;
/** Reading the system's certificates and building a context costs tens of ms: once for equal files, not for each request. */
const kept = new Map<string, Kept>();
let usualAuthorities: string[] | null = null;
let systemAuthorities: string[] | null = null;

/**
 * What TLS is spoken with: authorities, and who we are. Files are read again when they have changed.
 * @throws TlsFileError
 */
export async function secureContextFor(files: TlsFiles): Promise<{ context: tls.SecureContext; id: string }> {
  const id = JSON.stringify(files);
  const paths = [...(files.ca ?? []), files.cert ?? [], files.key ?? []].flat();
  const stamps = await Promise.all(paths.map((path) => stampOf(path)));
  const stamp = stamps.join();
  const known = kept.get(id);
  if (known?.stamp === stamp) return { context: await known.context, id };
  const context = build(files);
  kept.delete(id);
  kept.set(id, { stamp, context });
  if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value!);
  try {
    return { context: await context, id };
  } catch (error) {
    kept.delete(id);
    throw error;
  }
}

async function stampOf(path: string): Promise<string> {
  try {
    const { mtimeMs, size } = await stat(path);
    return `${mtimeMs} ${size}`;
  } catch (error) {
    throw unreadable(path, error);
  }
}

async function build(files: TlsFiles): Promise<tls.SecureContext> {
  const { passphrase } = files;
  const ca: string[] = [];
  for (const path of files.ca ?? []) ca.push(...authorities(path, await read(path)));
  const identity: tls.SecureContextOptions = passphrase === undefined ? {} : { passphrase };
  if (files.cert !== undefined) {
    const cert = await read(files.cert);
    if (isPem(cert)) {
      identity.cert = cert;
      identity.key = files.key === undefined ? cert : await read(files.key);
      if (!identity.key.includes('PRIVATE KEY-----')) {
        throw new TlsFileError(
          files.key === undefined
            ? `${files.cert} holds no key beside its certificate: name the key's file too.`
            : `${files.key} holds no key (PEM, “BEGIN … PRIVATE KEY”): choose the key of ${files.cert}.`,
        );
      }
    } else {
      identity.pfx = cert;
    }
  }
  // Node's own authorities are all that a context has of itself: with none to add, nothing needs to be parsed.
  const added = [...(files.systemCertificates === false ? [] : system()), ...ca];
  try {
    return tls.createSecureContext({
      ...identity,
      ...(added.length === 0 ? {} : { ca: [...new Set([...usual(), ...added])] }),
    });
  } catch (error) {
    throw identityError(files, error);
  }
}

function usual(): string[] {
  usualAuthorities ??= [...(tls.getCACertificates?.('default') ?? tls.rootCertificates)];
  return usualAuthorities;
}

/** The system's authorities, from Node 22.15 on. */
function system(): string[] {
  if (systemAuthorities === null) {
    try {
      systemAuthorities = tls.getCACertificates?.('system') ?? [];
    } catch {
      systemAuthorities = [];
    }
  }
  return systemAuthorities;
}

function isPem(bytes: Buffer): boolean {
  return bytes.includes('-----BEGIN ');
}

/** The certificates of a PEM file, or the one of a DER file. */
function authorities(path: string, bytes: Buffer): string[] {
  const found = isPem(bytes)
    ? (bytes.toString('latin1').match(/-----BEGIN (?:TRUSTED )?CERTIFICATE-----[^-]+-----END [A-Z ]+-----/g) ?? [])
    : [bytes];
  try {
    if (found.length > 0) return found.map((each) => new X509Certificate(each).toString());
  } catch {
    // Said below.
  }
  throw new TlsFileError(`${path} holds no certificate of an authority: give a file of PEM certificates.`);
}

async function read(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw unreadable(path, error);
  }
}

function unreadable(path: string, error: unknown): TlsFileError {
  const code = error instanceof Error && 'code' in error ? error.code : '';
  const why =
    code === 'ENOENT' ? 'there is no such file' : code === 'EACCES' ? 'you may not read it' : `it cannot be read`;
  return new TlsFileError(`The certificate file ${path} cannot be used, because ${why}: correct its path.`);
}

/** OpenSSL and BoringSSL (VS Code's) name the same things differently. */
function identityError({ cert = '', key, passphrase }: TlsFiles, error: unknown): TlsFileError {
  const { message = '', code = '' } = error as { message?: string; code?: string };
  const said = `${code} ${message}`;
  const secret = key ?? cert;
  if (/MAC.VERIFY|BAD.DECRYPT|INCORRECT.PASSWORD|BAD.PASSWORD|INTERRUPTED.OR.CANCELLED|PASSWORD/i.test(said)) {
    return new TlsFileError(
      passphrase === undefined
        ? `The key in ${secret} is encrypted: give its passphrase.`
        : `The passphrase does not open the key in ${secret}: give the right one.`,
    );
  }
  if (/VALUES?.MISMATCH|TYPE.MISMATCH/i.test(said)) {
    return new TlsFileError(
      `The key in ${secret} is not that of the certificate in ${cert}: choose the two that belong together.`,
    );
  }
  if (/UNSUPPORTED/i.test(said)) {
    return new TlsFileError(
      `${secret} is encrypted in a way that is no longer supported: write it anew with a current openssl (openssl pkcs12 -export).`,
    );
  }
  return new TlsFileError(
    `The client certificate ${cert} cannot be used (${message.replace(/\s+/g, ' ').slice(0, 100)}): give a PEM certificate and its PEM key, or a PKCS #12 file.`,
  );
}
