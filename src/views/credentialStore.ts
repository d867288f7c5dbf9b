import * as v from 'valibot';
import type { HttpAccess, TlsFiles } from '../endpoints/httpAccess';
import type { RequestHeaders } from '../endpoints/requestHeaders';

/** The part of `vscode.SecretStorage` that is used. */
export interface Secrets {
  get(key: string): PromiseLike<string | undefined>;
  store(key: string, value: string): PromiseLike<void>;
  delete(key: string): PromiseLike<void>;
}

/** The files that the settings name for an origin, null where they name none. @throws TlsFileError */
export type CertificateLookup = (origin: string) => { readonly name: string; readonly files: TlsFiles } | null;

const headersKey = 'emberline.requestHeaders';
const passphrasesKey = 'emberline.passphrases';
const headersSchema = v.record(v.string(), v.record(v.string(), v.string()));
const passphrasesSchema = v.record(v.string(), v.string());

/**
 * Who we are to hosts: request headers by origin (`https://host:port`, `unix:/path`), and passphrases of keys by their
 * paths, in the system's store of secrets. Paths of certificates are in the settings.
 */
export class CredentialStore {
  /** What requests are made with. */
  readonly access: HttpAccess;
  private readonly listeners = new Set<() => void>();
  private names: ReadonlyMap<string, readonly string[]> = new Map();

  constructor(
    private readonly secrets: Secrets,
    private readonly certificates: CertificateLookup = () => null,
    private readonly systemCertificates: () => boolean = () => true,
  ) {
    this.access = { headersFor: (origin) => this.get(origin), tlsFor: (origin) => this.tlsFor(origin) };
  }

  async get(origin: string): Promise<RequestHeaders> {
    return (await this.read(headersKey, headersSchema))[origin] ?? {};
  }

  /** Origins that have headers, sorted. */
  async origins(): Promise<string[]> {
    return Object.keys(await this.read(headersKey, headersSchema)).sort();
  }

  /** Replaces an origin's headers; none remove it. */
  async set(origin: string, headers: RequestHeaders): Promise<void> {
    const all = { ...(await this.read(headersKey, headersSchema)) };
    if (Object.keys(headers).length === 0) delete all[origin];
    else all[origin] = headers;
    await this.write(headersKey, all);
  }

  /** @param path of the key or PKCS #12 file; `passphrase` null forgets it */
  async setPassphrase(path: string, passphrase: string | null): Promise<void> {
    const all = { ...(await this.read(passphrasesKey, passphrasesSchema)) };
    if (passphrase === null) delete all[path];
    else all[path] = passphrase;
    await this.write(passphrasesKey, all);
  }

  async forget(): Promise<void> {
    await this.write(headersKey, {});
    await this.write(passphrasesKey, {});
  }

  /** What an origin has, by names, never values; from memory, so only once `load` has answered. */
  kindsOf(origin: string): string[] {
    const kinds = (this.names.get(origin) ?? []).map((name) => `header ${name}`);
    try {
      const files = /^https:/.test(origin) ? (this.certificates(origin)?.files ?? {}) : {};
      if (files.cert !== undefined) kinds.push('client certificate');
      if (files.ca !== undefined) kinds.push('authority of its own');
    } catch {
      // Said where the host is asked.
    }
    return kinds;
  }

  /** Reads the names of what is kept; called again when another window has changed it. */
  async load(): Promise<void> {
    const all = await this.read(headersKey, headersSchema);
    this.names = new Map(Object.entries(all).map(([origin, headers]) => [origin, Object.keys(headers)]));
    for (const listener of this.listeners) listener();
  }

  onDidChange(listener: () => void): { dispose(): void } {
    this.listeners.add(listener);
    return { dispose: () => this.listeners.delete(listener) };
  }

  private async tlsFor(origin: string): Promise<TlsFiles | null> {
    const found = this.certificates(origin);
    if (found === null) return null;
    const { files } = found;
    const secret = files.key ?? files.cert;
    const passphrase = secret === undefined ? undefined : (await this.read(passphrasesKey, passphrasesSchema))[secret];
    const systemCertificates = this.systemCertificates();
    return { ...files, systemCertificates, ...(passphrase === undefined ? {} : { passphrase }) };
  }

  private async write(key: string, all: Readonly<Record<string, unknown>>): Promise<void> {
    if (Object.keys(all).length === 0) await this.secrets.delete(key);
    else await this.secrets.store(key, JSON.stringify(all));
    await this.load();
  }

  private async read<T>(key: string, schema: v.GenericSchema<unknown, Record<string, T>>): Promise<Record<string, T>> {
    const text = await this.secrets.get(key);
    if (text === undefined) return {};
    try {
      const result = v.safeParse(schema, JSON.parse(text));
      return result.success ? result.output : {};
    } catch {
      return {};
    }
  }
}
