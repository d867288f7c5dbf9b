import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import type { TlsOptions } from 'node:tls';
import { describe, expect, test } from 'vitest';
import { Certificates } from '../../test/support/certificates';
import { HttpServers } from '../../test/support/httpServers';
import type { TlsFiles } from './httpAccess';

/** Certificates of servers and clients, with real servers on this machine. */

const http = new HttpServers();

describe('certificates', () => {
  test('of an authority that is given are trusted, others are not, and it says who issued them', async () => {
    const address = await http.secure(http.certificates.read(http.certificates.issue('server')));
    expect(await http.text(address, { ca: [http.certificates.ca.cert] })).toBe('main;hot 3\n');
    const { message, wantsCredentials } = await http.failure(address);
    expect(message).toMatch(
      /^The certificate of localhost:\d+ was issued by “Ember Test Authority”, which is not trusted here: trust its authority by “ca”/,
    );
    expect(wantsCredentials).toBe(true);
    expect(http.asked).toHaveLength(1);
  });

  test('self-signed', async () => {
    const own = http.certificates.selfSigned('own', '/CN=localhost');
    const address = await http.secure(http.certificates.read(own));
    expect((await http.failure(address)).message).toMatch(/^The certificate of localhost:\d+ is self-signed/);
    expect(await http.text(address, { ca: [own.cert] })).toBe('main;hot 3\n');
  });

  test('expired', async () => {
    const address = await http.secure(http.certificates.read(http.certificates.issue('late', { days: -1 })));
    const day = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
    expect((await http.failure(address, { ca: [http.certificates.ca.cert] })).message).toMatch(
      new RegExp(`^The certificate of localhost:\\d+ expired on ${day}: have it renewed`),
    );
  });

  test('for another name', async () => {
    const other = http.certificates.issue('other', { names: 'DNS:a.example,DNS:*.b.example,IP:10.0.0.1' });
    const address = await http.secure(http.certificates.read(other));
    expect((await http.failure(address, { ca: [http.certificates.ca.cert] })).message).toMatch(
      /is for a\.example, \*\.b\.example, 10\.0\.0\.1, not for localhost: use a name that it has/,
    );
    expect(http.asked).toHaveLength(0);
  });
});

describe('client certificates', () => {
  const mutual = (): TlsOptions => ({
    ...http.certificates.read(http.certificates.issue('server')),
    ca: readFileSync(http.certificates.ca.cert),
    requestCert: true,
  });

  test('are shown: PEM, an encrypted key, PKCS #12', async () => {
    const ca = [http.certificates.ca.cert];
    const client = http.certificates.issue('client', { client: true });
    const p12 = http.certificates.pkcs12(client, 'open sesame');
    const encrypted = http.certificates.encrypted(client, 'open sesame');
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      const address = await http.secure({ ...mutual(), maxVersion: version }, (request, response) => {
        const { subject } = (
          request.socket as never as { getPeerCertificate(): { subject: { CN: string } } }
        ).getPeerCertificate();
        response.end(`${subject.CN} 1\n`);
      });
      for (const files of [
        client,
        { cert: client.cert, key: encrypted, passphrase: 'open sesame' },
        { cert: p12, passphrase: 'open sesame' },
      ]) {
        expect(await http.text(address, { ca, ...files })).toBe('client 1\n');
      }
    }
  });

  test('are wanted', async () => {
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      const address = await http.secure({ ...mutual(), maxVersion: version });
      const { message, wantsCredentials } = await http.failure(address, { ca: [http.certificates.ca.cert] });
      expect(message).toMatch(
        /^localhost:\d+ wants a client certificate: give one by “cert”|or it wants a client certificate/,
      );
      expect(wantsCredentials || version === 'TLSv1.2').toBe(true);
    }
  });

  test('are refused where another authority issued them', async () => {
    const others = new Certificates('Another Authority');
    try {
      const client = others.issue('stranger', { client: true });
      // Node's own server closes without a word, openssl's says why, as those of Go and nginx do.
      const address = await http.secure(mutual());
      expect((await http.failure(address, { ca: [http.certificates.ca.cert], ...client })).message).toMatch(
        /^localhost:\d+ closed the connection without an answer: it may have refused the client certificate/,
      );
      const server = http.certificates.issue('server');
      const files = ['-cert', server.cert, '-key', server.key, '-CAfile', http.certificates.ca.cert];
      const program = spawn('openssl', [
        's_server',
        '-accept',
        '0',
        '-www',
        '-Verify',
        '1',
        '-verify_return_error',
        ...files,
      ]);
      http.open.push({ close: () => program.kill() });
      let printed = '';
      const port = await new Promise<string>((resolve) => {
        program.stdout.on('data', (chunk) => {
          printed += chunk;
          const found = /ACCEPT \S*:(\d+)/.exec(printed)?.[1];
          if (found !== undefined) resolve(found);
        });
      });
      const ca = [http.certificates.ca.cert];
      expect((await http.failure(`https://localhost:${port}/`, { ca, ...client })).message).toMatch(
        /^localhost:\d+ refused the client certificate, because it does not know who issued it: give one/,
      );
      expect((await http.failure(`https://localhost:${port}/`, { ca })).message).toMatch(
        /wants a client certificate: give one/,
      );
    } finally {
      others.remove();
    }
  });

  test('that cannot be used say why', async () => {
    const address = await http.secure(mutual());
    const client = http.certificates.issue('client', { client: true });
    const encrypted = http.certificates.encrypted(client, 'open sesame');
    const p12 = http.certificates.pkcs12(client, 'open sesame');
    const said = async (files: TlsFiles): Promise<string> => (await http.failure(address, files)).message;
    expect(await said({ cert: client.cert, key: encrypted })).toMatch(/is encrypted: give its passphrase/);
    expect(await said({ cert: client.cert, key: encrypted, passphrase: 'no' })).toMatch(/passphrase does not open/);
    expect(await said({ cert: p12, passphrase: 'no' })).toMatch(/passphrase does not open the key in .*\.p12/);
    expect(await said({ cert: client.cert, key: http.certificates.ca.key })).toMatch(/is not that of the certificate/);
    expect(await said({ cert: client.cert })).toMatch(/holds no key beside its certificate/);
    expect(await said({ cert: '/nowhere/client.pem' })).toMatch(/there is no such file: correct its path/);
    expect(await said({ ca: [client.key] })).toMatch(/holds no certificate of an authority/);
  });

  test('and headers go to no other host, however it redirects', async () => {
    const ca = [http.certificates.ca.cert];
    const client = http.certificates.issue('client', { client: true });
    const seen: [string, boolean, string | undefined][] = [];
    const note =
      (name: string): RequestListener =>
      (request, response) => {
        const peer = (request.socket as never as { getPeerCertificate(): object }).getPeerCertificate();
        seen.push([name, Object.keys(peer).length > 0, request.headers.authorization]);
        if (name === 'first') response.writeHead(302, { location: second }).end();
        else response.end('main;hot 3\n');
      };
    const options = { ...mutual(), rejectUnauthorized: false };
    const second = await http.secure(options, note('second'));
    const first = await http.secure(options, note('first'));
    const { origin } = new URL(first);
    await http.get(first, null, {
      headersFor: (asking) => (asking === origin ? { authorization: 'Bearer 0123456789' } : {}),
      tlsFor: (asking) => (asking === origin ? { ca, ...client } : { ca }),
    });
    expect(seen).toEqual([
      ['first', true, 'Bearer 0123456789'],
      ['second', false, undefined],
    ]);
  });
});
