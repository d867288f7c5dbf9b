import { join } from 'node:path';
import { expect, test } from 'vitest';
import { certificateFiles } from './certificateFiles';

const places = { home: '/home/me', folder: '/work/app' };

test('finds the files of a host, with a port or by a pattern', () => {
  const setting = {
    'api.example': { cert: '/a.pem', key: '~/a-key.pem' },
    'api.example:8443': { cert: 'certs/b.p12' },
    // biome-ignore lint/suspicious/noTemplateCurlyInString: VS Code's settings name variables so.
    '*.inside.example': { ca: ['${workspaceFolder}/ca.pem', '/other.pem'] },
    'unix:/run/a.sock': { ca: '/c.pem' },
  };
  const of = (origin: string): unknown => certificateFiles(setting, origin, places);
  expect(of('https://api.example')).toEqual({
    name: 'api.example',
    files: { cert: '/a.pem', key: join('/home/me', 'a-key.pem') },
  });
  expect(of('https://api.example:8443')).toEqual({
    name: 'api.example:8443',
    files: { cert: join('/work/app', 'certs/b.p12') },
  });
  expect(of('https://x.inside.example:1')).toMatchObject({ files: { ca: ['/work/app/ca.pem', '/other.pem'] } });
  expect(of('https://unix:/run/a.sock')).toMatchObject({ name: 'unix:/run/a.sock' });
  expect(of('https://x.y.inside.example')).toBe(null);
  expect(of('https://notapi.example')).toBe(null);
  expect(of('https://apixexample')).toBe(null);
  expect(certificateFiles(null, 'https://a', places)).toBe(null);
});

test('says what is wrong with an entry', () => {
  expect(() => certificateFiles({ a: { cert: 1 } }, 'https://a', places)).toThrow(
    /emberline\.certificates is not right for a \(cert: .*\): it takes the paths/,
  );
  expect(() => certificateFiles({ a: { passphrase: 'x' } }, 'https://a', places)).toThrow(/not right for a/);
  // Others are not touched by it.
  expect(certificateFiles({ a: 1 }, 'https://b', places)).toBe(null);
});
