// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of the setting.
import { describe, expect, it } from 'vitest';
import { applyMapping, expandMapping, type MappingVariables, prefixesOf, suggestMappings } from './pathMappings';
import { parseRecordedPath } from './recordedPath';

const variables: MappingVariables = {
  folders: [
    { name: 'shop', uri: 'vscode-remote://ssh/work/shop', path: '/work/shop' },
    { name: 'lib', uri: 'file:///work/lib', path: '/work/lib' },
  ],
  env: { BUILD: '/ci/build' },
  home: '/home/me',
};

function apply(from: string, to: string, recorded: string): readonly string[] | string | null {
  const expanded = expandMapping({ from, to }, variables);
  if (expanded.problem !== null) {
    return expanded.problem;
  }
  const path = parseRecordedPath(recorded);
  const targets = applyMapping(expanded, recorded, path === null ? [] : [path]);
  return targets?.map(({ folder, path: below }) => (folder === null ? below : `${folder}|${below}`)) ?? null;
}

describe('a mapping', () => {
  it('replaces variables in both columns', () => {
    expect(apply('/srv/app', '${workspaceFolder:lib}/src', '/srv/app/a/b.ts')).toEqual(['file:///work/lib|src/a/b.ts']);
    expect(apply('/srv/app/', '${workspaceFolder}', '/srv/app/b.ts')).toEqual([
      'vscode-remote://ssh/work/shop|b.ts',
      'file:///work/lib|b.ts',
    ]);
    expect(apply('${env:BUILD}', '~/src', '/ci/build/b.ts')).toEqual(['/home/me/src/b.ts']);
    expect(apply('/x', '${userHome}/${env:NONE}', '/x/b.ts')).toBe('${env:NONE} stands for nothing here');
    expect(apply('/x', '${workspaceFolder:none}', '/x/b.ts')).toBe('no workspace folder is named none');
    expect(apply('/x', 'src', '/x/b.ts')).toEqual([
      'vscode-remote://ssh/work/shop|src/b.ts',
      'file:///work/lib|src/b.ts',
    ]);
  });

  it('takes whole segments, drives in any case, URLs and relative records', () => {
    expect(apply('/srv/app', '/w', '/srv/application/a.ts')).toBeNull();
    expect(apply('/srv/app/a.ts', '/w/b.ts', '/srv/app/a.ts')).toEqual(['/w/b.ts']);
    expect(apply('C:\\Srv', '/w', 'c:\\srv\\lib\\a.ts')).toEqual(['/w/lib/a.ts']);
    expect(apply('webpack:///./', '/w', 'webpack:///./src/a.ts?x=1')).toEqual(['/w/src/a.ts']);
    expect(apply('http://localhost:5173', '/w', 'http://localhost:5173/src/a.ts?t=1')).toEqual(['/w/src/a.ts']);
    expect(apply('/srv', '/w', 'file:///srv/a%20b.ts')).toEqual(['/w/a b.ts']);
    expect(apply('example.com/shop', '/w', 'example.com/shop/a.go')).toEqual(['/w/a.go']);
    expect(apply('/', '/mnt/root', '/srv/a.ts')).toEqual(['/mnt/root/srv/a.ts']);
  });

  it('never leads out of its target', () => {
    expect(apply('/srv/app', '/w', '/srv/app/../../etc/passwd')).toBeNull();
    expect(apply('webpack://app', '/w', 'webpack://app/../../etc/passwd')).toEqual(['/w/etc/passwd']);
  });
});

describe('suggestMappings', () => {
  const match = (recorded: string, relativePath: string, folder = 'shop') => ({ recorded, relativePath, folder });

  it('learns the prefix that two files share', () => {
    const matches = [
      match('/srv/app/src/a.ts', 'src/a.ts'),
      match('/srv/app/src/deep/b.ts', 'src/deep/b.ts'),
      match('/other/src/c.ts', 'src/c.ts'),
    ];
    expect(suggestMappings(matches, false)).toEqual([{ from: '/srv/app', to: '${workspaceFolder}', files: 2 }]);
    expect(suggestMappings(matches, true)[0]!.to).toBe('${workspaceFolder:shop}');
  });

  it('learns folders inside the workspace, drives and URLs', () => {
    const of = (prefix: string, below: string) =>
      suggestMappings(
        ['a.ts', 'x/b.ts'].map((name) => match(prefix + name, below + name)),
        false,
      );
    expect(of('/srv/', 'packages/ui/')).toEqual([{ from: '/srv', to: '${workspaceFolder}/packages/ui', files: 2 }]);
    expect(of('webpack://shop/./src/', 'src/')).toEqual([
      { from: 'webpack://shop', to: '${workspaceFolder}', files: 2 },
    ]);
    expect(
      suggestMappings([match('C:\\w\\src\\a.ts', 'src/a.ts'), match('C:\\w\\src\\b.ts', 'src/b.ts')], false),
    ).toEqual([{ from: 'C:\\w', to: '${workspaceFolder}', files: 2 }]);
    expect(of('', '')).toEqual([]);
  });
});

describe('prefixesOf', () => {
  it('names the folders of a record, outermost first', () => {
    expect(prefixesOf('/srv/app/a.ts')).toEqual([
      { from: '/srv', below: 'app/a.ts' },
      { from: '/srv/app', below: 'a.ts' },
    ]);
    expect(prefixesOf('webpack://shop/./src/a.ts?x')).toEqual([
      { from: 'webpack://shop', below: 'src/a.ts' },
      { from: 'webpack://shop/./src', below: 'a.ts' },
    ]);
    expect(prefixesOf('C:\\w\\a.ts')).toEqual([{ from: 'C:\\w', below: 'a.ts' }]);
    expect(prefixesOf('a.ts')).toEqual([]);
  });
});
