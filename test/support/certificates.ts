import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Pair {
  readonly cert: string;
  readonly key: string;
}

/**
 * An authority of one's own, by openssl, in a temporary folder: what servers and clients of a test have as certificates.
 * Paths, since that is what users give.
 */
export class Certificates {
  readonly folder = mkdtempSync(join(tmpdir(), 'emberline-certificates-'));
  readonly ca: Pair;

  constructor(name = 'Ember Test Authority') {
    this.ca = this.selfSigned('ca', `/CN=${name}`, [
      'basicConstraints=critical,CA:TRUE',
      'keyUsage=critical,keyCertSign,digitalSignature',
    ]);
  }

  read({ cert, key }: Pair): { cert: Buffer; key: Buffer } {
    return { cert: readFileSync(cert), key: readFileSync(key) };
  }

  /** Its own authority. */
  selfSigned(
    name: string,
    subject: string,
    extensions: readonly string[] = ['subjectAltName=DNS:localhost,IP:127.0.0.1'],
  ): Pair {
    const pair = this.paths(name);
    const added = extensions.flatMap((each) => ['-addext', each]);
    this.openssl([
      'req',
      '-x509',
      ...KEY,
      '-keyout',
      pair.key,
      '-out',
      pair.cert,
      '-subj',
      subject,
      '-days',
      '30',
      ...added,
    ]);
    return pair;
  }

  /** @param days until it ends; negative where it has */
  issue(name: string, { names = 'DNS:localhost,IP:127.0.0.1', days = 30, client = false } = {}): Pair {
    const pair = this.paths(name);
    const request = join(this.folder, `${name}.csr`);
    const extensions = join(this.folder, `${name}.ext`);
    const usage = client ? 'clientAuth' : 'serverAuth';
    writeFileSync(extensions, `subjectAltName=${names}\nextendedKeyUsage=${usage}\nbasicConstraints=CA:FALSE\n`);
    this.openssl(['req', '-new', ...KEY, '-keyout', pair.key, '-out', request, '-subj', `/CN=${name}`]);
    const common = ['x509', '-req', '-in', request, '-CA', this.ca.cert, '-CAkey', this.ca.key, '-CAcreateserial'];
    this.openssl([...common, '-out', pair.cert, '-days', String(days), '-extfile', extensions]);
    return pair;
  }

  /** The pair as one PKCS #12 file. */
  pkcs12({ cert, key }: Pair, passphrase: string): string {
    const path = cert.replace(/\.pem$/, '.p12');
    this.openssl(['pkcs12', '-export', '-in', cert, '-inkey', key, '-out', path, '-passout', `pass:${passphrase}`]);
    return path;
  }

  /** The key, encrypted. */
  encrypted({ key }: Pair, passphrase: string): string {
    const path = key.replace(/\.pem$/, '-encrypted.pem');
    this.openssl(['pkcs8', '-topk8', '-in', key, '-out', path, '-passout', `pass:${passphrase}`]);
    return path;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private paths(name: string): Pair {
    return { cert: join(this.folder, `${name}.pem`), key: join(this.folder, `${name}-key.pem`) };
  }

  private openssl(args: readonly string[]): void {
    execFileSync('openssl', args, { stdio: 'pipe' });
  }
}

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'] as const;
