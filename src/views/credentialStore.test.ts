import { expect, test } from 'vitest';
import { CredentialStore, type Secrets } from './credentialStore';

function memory(): Secrets & { values: Map<string, string> } {
  const values = new Map<string, string>();
  return {
    values,
    get: async (key) => values.get(key),
    store: async (key, value) => void values.set(key, value),
    delete: async (key) => void values.delete(key),
  };
}

test('keeps headers by origin, and nothing where there are none', async () => {
  const secrets = memory();
  const store = new CredentialStore(secrets);
  expect(await store.get('https://a')).toEqual({});
  await store.set('https://b', { Authorization: 'Bearer x' });
  await store.set('https://a', { Cookie: 'y' });
  expect(await store.origins()).toEqual(['https://a', 'https://b']);
  expect(await new CredentialStore(secrets).get('https://b')).toEqual({ Authorization: 'Bearer x' });
  await store.set('https://a', {});
  expect(await store.origins()).toEqual(['https://b']);
  await store.set('https://b', {});
  expect(secrets.values.size).toBe(0);
});

test('what is damaged counts as nothing', async () => {
  const secrets = memory();
  for (const bad of ['{', '[]', '{"https://a":{"x":1}}', 'null']) {
    secrets.values.set('emberline.requestHeaders', bad);
    expect(await new CredentialStore(secrets).origins()).toEqual([]);
  }
});

test('gives a host its files with the passphrase of their key, and names what it has', async () => {
  const secrets = memory();
  const files = { cert: '/c.p12' };
  const store = new CredentialStore(
    secrets,
    (origin) => (origin === 'https://a' ? { name: 'a', files } : null),
    () => false,
  );
  let changes = 0;
  store.onDidChange(() => changes++);
  expect(await store.access.tlsFor!('https://b')).toBe(null);
  expect(await store.access.tlsFor!('https://a')).toEqual({ cert: '/c.p12', systemCertificates: false });
  await store.setPassphrase('/c.p12', 'open sesame');
  await store.set('https://a', { Authorization: 'Bearer x' });
  expect(await store.access.tlsFor!('https://a')).toMatchObject({ passphrase: 'open sesame' });
  expect(await store.access.headersFor('https://a')).toEqual({ Authorization: 'Bearer x' });
  expect(store.kindsOf('https://a')).toEqual(['header Authorization', 'client certificate']);
  expect(changes).toBe(2);
  await store.forget();
  expect(secrets.values.size).toBe(0);
  expect(store.kindsOf('https://a')).toEqual(['client certificate']);
});
