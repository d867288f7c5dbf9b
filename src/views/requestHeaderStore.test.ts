import { expect, test } from 'vitest';
import { RequestHeaderStore, type Secrets } from './requestHeaderStore';

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
  const store = new RequestHeaderStore(secrets);
  expect(await store.get('https://a')).toEqual({});
  await store.set('https://b', { Authorization: 'Bearer x' });
  await store.set('https://a', { Cookie: 'y' });
  expect(await store.origins()).toEqual(['https://a', 'https://b']);
  expect(await new RequestHeaderStore(secrets).get('https://b')).toEqual({ Authorization: 'Bearer x' });
  await store.set('https://a', {});
  expect(await store.origins()).toEqual(['https://b']);
  await store.set('https://b', {});
  expect(secrets.values.size).toBe(0);
});

test('what is damaged counts as nothing', async () => {
  const secrets = memory();
  for (const bad of ['{', '[]', '{"https://a":{"x":1}}', 'null']) {
    secrets.values.set('emberline.requestHeaders', bad);
    expect(await new RequestHeaderStore(secrets).origins()).toEqual([]);
  }
});
