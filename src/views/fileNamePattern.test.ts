import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { formats } from '../formats/registry';
import { matchesFileName } from './fileNamePattern';

/** package.json and the registry must agree on which files are profiles. */

interface Package {
  contributes: {
    customEditors: { viewType: string; priority: string; selector: { filenamePattern: string }[] }[];
    menus: Record<string, { command: string; when: string }[]>;
  };
}
const { contributes } = JSON.parse(readFileSync('package.json', 'utf8')) as Package;
const patternsOf = (priority: string): string[] =>
  contributes.customEditors
    .filter((editor) => editor.priority === priority)
    .flatMap(({ selector }) => selector.map(({ filenamePattern }) => filenamePattern));
const fits = (priority: string, name: string): boolean =>
  patternsOf(priority).some((pattern) => matchesFileName(pattern, name));

/** Files that others own or that are mostly something else: Emberline is offered, and does not take them. */
const SHARED = /^\.(?:cpuprofile|heapprofile|json|txt|out|gz|zst|xml|log|html?)$/;
const endings = formats.flatMap(({ name, extensions }) => extensions.map((ending) => [ending, name] as const));

test('patterns are those of VS Code', () => {
  expect(matchesFileName('*.pb.gz', 'A.PB.GZ')).toBe(true);
  expect(matchesFileName('*.pb.gz', 'apb.gz')).toBe(false);
  expect(matchesFileName('callgrind.out.*', 'callgrind.out.12')).toBe(true);
  expect(matchesFileName('callgrind.out.*', 'callgrind.out')).toBe(false);
  expect(matchesFileName('*.{a,b+}.{gz,zst}', 'x.b+.zst')).toBe(true);
  expect(matchesFileName('*.{a,b}.{gz,zst}', 'x.c.zst')).toBe(false);
});

describe.each(endings)('%s (%s)', (ending) => {
  const name = `profile${ending}`;

  test('opens in Emberline, by default where nobody else owns it', () => {
    const shared = SHARED.test(ending);
    expect(fits('default', name)).toBe(!shared);
    if (shared) expect(fits('option', name)).toBe(true);
  });

  test('is offered when it is packed', () => {
    for (const packed of [`${name}.gz`, `${name}.zst`]) {
      expect([packed, fits('default', packed) || fits('option', packed)]).toEqual([packed, true]);
    }
  });

  test('has "Open With Emberline" in the Explorer and at its tab', () => {
    for (const menu of ['explorer/context', 'editor/title/context']) {
      const when = contributes.menus[menu].find(({ command }) => command === 'emberline.openWithEmberline')!.when;
      const pattern = /resourceFilename =~ \/(.+)\/i/.exec(when)![1];
      expect([menu, new RegExp(pattern, 'i').test(name)]).toEqual([menu, true]);
    }
  });
});

test.each([
  'callgrind.out.1234',
  'cachegrind.out.77',
  'main.speedscope.json',
  'a.folded.gz',
  'a.jfr.zst',
  'x.gecko.json.gz',
])('%s opens in Emberline by default', (name) => {
  expect(fits('default', name)).toBe(true);
});

test.each(['package.json', 'notes.txt', 'a.out', 'archive.tar.gz', 'x.cpuprofile', 'x.heapprofile'])(
  '%s stays with whoever has it',
  (name) => {
    expect([fits('default', name), fits('option', name)]).toEqual([false, true]);
  },
);
