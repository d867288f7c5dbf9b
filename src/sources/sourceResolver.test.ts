// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of the setting.
import { describe, expect, it } from 'vitest';
import { missingSourceSentence, noSourceSentence } from './noSource';
import { expandMapping, type MappingVariables, type PathMapping } from './pathMappings';
import { parseRecordedPath } from './recordedPath';
import type { RootKind } from './rules/rule';
import { type SourceFiles, SourceResolver, type WorkspaceFile } from './sourceResolver';

type Roots = Partial<Record<RootKind, { uri: string; prefix?: string }[]>>;
const variables: MappingVariables = {
  folders: [{ name: 'ws', uri: 'file:///ws', path: '/ws' }],
  env: { APP: '/srv/env' },
  home: '/home/me',
};

function resolver(
  onDisk: string[],
  inWorkspace: string[],
  platform: NodeJS.Platform = 'linux',
  roots: Roots = { workspace: [{ uri: 'file:///ws' }] },
  mappings: PathMapping[] = [],
  embedded: string[] = [],
) {
  const asked: string[] = [];
  const files: SourceFiles = {
    async fileAt(path, folder) {
      const at = folder === undefined ? path : `${folder.slice('file://'.length)}/${path}`;
      asked.push(at);
      const inFolder = at.startsWith('/ws/') && inWorkspace.includes(at.slice('/ws/'.length));
      return onDisk.includes(at) || inFolder ? `file://${at}` : null;
    },
    async roots(kind) {
      return (roots[kind] ?? []).map((root) => ({ label: root.uri.slice('file://'.length), ...root }));
    },
    mappings: () => mappings.map((mapping) => expandMapping(mapping, variables)),
    documentOf: () => null,
    embedded: async (recorded) => (embedded.includes(recorded) ? `emberline-source:${recorded}` : null),
    async workspaceFilesNamed(name, inPackages) {
      return inWorkspace
        .filter((path) => path.split('/').at(-1)!.toLowerCase() === name.toLowerCase())
        .filter((path) => inPackages || !path.includes('node_modules/'))
        .map((relativePath): WorkspaceFile => ({ uri: `file:///ws/${relativePath}`, relativePath, folder: 'ws' }));
    },
  };
  const choices = new Map<string, string>();
  return { asked, choices, resolver: new SourceResolver(files, choices, platform) };
}

/** A workspace of several folders, beside each other in /ws. */
function severalFolders(folders: Record<string, string[]>) {
  const all = Object.entries(folders).flatMap(([folder, paths]) =>
    paths.map((relativePath): WorkspaceFile => ({ uri: `file:///ws/${folder}/${relativePath}`, relativePath, folder })),
  );
  const files: SourceFiles = {
    fileAt: async (path, folder) => {
      const uri = `${folder ?? 'file://'}/${path}`.replace('file:////', 'file:///');
      return all.some((file) => file.uri === uri) ? uri : null;
    },
    roots: async (kind) =>
      kind === 'workspace' ? Object.keys(folders).map((name) => ({ uri: `file:///ws/${name}`, label: name })) : [],
    mappings: () => [],
    documentOf: () => null,
    embedded: async () => null,
    workspaceFilesNamed: async (name) =>
      all.filter(({ relativePath }) => relativePath.split('/').at(-1)!.toLowerCase() === name.toLowerCase()),
  };
  const choices = new Map<string, string>();
  return { choices, resolver: new SourceResolver(files, choices, 'linux') };
}

async function found(recorded: string, inWorkspace: string[], onDisk: string[] = [], platform?: NodeJS.Platform) {
  const answer = await resolver(onDisk, inWorkspace, platform).resolver.resolve(recorded);
  return answer.kind === 'found' ? answer.uri : answer.kind;
}

describe('parseRecordedPath', () => {
  it('reads plain paths, file URLs and bundler names', () => {
    expect(parseRecordedPath('/a/./b/../c.ts')).toMatchObject({
      absolute: '/a/c.ts',
      segments: ['a', 'c.ts'],
      rooted: true,
    });
    expect(parseRecordedPath('file:///a%20b/c%C3%A4.ts')?.absolute).toBe('/a b/cä.ts');
    expect(parseRecordedPath('file:///a/100%.ts')?.absolute).toBe('/a/100%.ts');
    expect(parseRecordedPath('webpack://app/./src/a.ts')).toMatchObject({
      absolute: null,
      segments: ['src', 'a.ts'],
      rooted: true,
    });
    expect(parseRecordedPath('webpack:///./src/a.ts?1234')?.segments).toEqual(['src', 'a.ts']);
    expect(parseRecordedPath('webpack:////home/me/a.ts')?.absolute).toBe('/home/me/a.ts');
    expect(parseRecordedPath('http://localhost:5173/src/App.vue?t=17#x')?.segments).toEqual(['src', 'App.vue']);
    expect(parseRecordedPath('http://localhost:5173/@fs/home/me/a.ts')?.absolute).toBe('/home/me/a.ts');
    expect(parseRecordedPath('src/a.ts')).toMatchObject({ absolute: null, segments: ['src', 'a.ts'], rooted: false });
  });

  it('reads Windows paths on both kinds of machine', () => {
    expect(parseRecordedPath('C:\\work\\a.ts', 'win32')?.absolute).toBe('c:\\work\\a.ts');
    expect(parseRecordedPath('file:///C:/work/a%20b.ts', 'win32')?.absolute).toBe('c:\\work\\a b.ts');
    expect(parseRecordedPath('C:\\work\\a.ts', 'linux')).toMatchObject({
      absolute: null,
      segments: ['work', 'a.ts'],
      rooted: true,
    });
    expect(parseRecordedPath('/work/a.ts', 'win32')?.absolute).toBeNull();
  });

  it('never makes a path of another host, nor of what is no file', () => {
    for (const evil of ['\\\\evil\\share\\a.ts', 'file://evil/share/a.ts', '//evil/share/a.ts']) {
      expect(parseRecordedPath(evil, 'win32')?.absolute ?? null).toBeNull();
      expect(parseRecordedPath(evil, 'linux')?.absolute ?? null).toBeNull();
    }
    for (const text of [
      '',
      '/',
      'a/',
      'command:workbench.action.quit',
      'node:fs',
      'data:text/plain,x',
      '/a\0b',
      '..',
    ]) {
      expect(parseRecordedPath(text)).toBeNull();
    }
    expect(parseRecordedPath('x'.repeat(10_000_000))).toBeNull();
  });
});

describe('SourceResolver', () => {
  it('takes the exact path before anything else', async () => {
    expect(await found('/srv/src/a.ts', ['src/a.ts'], ['/srv/src/a.ts'])).toBe('file:///srv/src/a.ts');
    expect(await found('file:///srv/src/a.ts', ['src/a.ts'], ['/srv/src/a.ts'])).toBe('file:///srv/src/a.ts');
  });

  it('re-roots by the longest matching suffix', async () => {
    const files = ['src/a.ts', 'packages/core/src/a.ts', 'packages/ui/src/a.ts'];
    expect(await found('/build/agent/packages/ui/src/a.ts', files)).toBe('file:///ws/packages/ui/src/a.ts');
    expect(await found('C:\\Build\\Packages\\Core\\src\\a.ts', files)).toBe('file:///ws/packages/core/src/a.ts');
    expect(await found('webpack://shop/./src/b.ts', ['src/b.ts'])).toBe('file:///ws/src/b.ts');
    expect(await found('example.com/shop@v1.2.3/tax/rate.go', ['tax/rate.go', 'rate.go'])).toBe(
      'file:///ws/tax/rate.go',
    );
  });

  it('takes a file at the top of the workspace, and a record that is no more than a name', async () => {
    expect(await found('/somewhere/main.go', ['main.go'])).toBe('file:///ws/main.go');
    expect(await found('worker.py', ['jobs/worker.py'])).toBe('file:///ws/jobs/worker.py');
  });

  it('asks where only the name agrees, or several agree alike', async () => {
    expect(await found('/usr/lib/go/src/fmt/print.go', ['pkg/print.go'])).toBe('ambiguous');
    expect(await found('index.ts', ['a/index.ts', 'b/index.ts'])).toBe('ambiguous');
    expect(await found('/x/src/index.ts', ['a/src/index.ts', 'b/src/index.ts'])).toBe('ambiguous');
    expect(await found('Index.ts', ['a/Index.ts', 'b/index.ts'])).toBe('file:///ws/a/Index.ts');
  });

  it('looks into packages only for records from packages', async () => {
    const files = ['node_modules/lib/src/a.js'];
    expect(await found('/x/lib/src/a.js', files)).toBe('missing');
    expect(await found('/x/node_modules/lib/src/a.js', files)).toBe('file:///ws/node_modules/lib/src/a.js');
  });

  it('remembers what was chosen, and can forget', async () => {
    const { resolver: sources, choices } = resolver([], ['a/index.ts', 'b/index.ts']);
    expect((await sources.resolve('index.ts')).kind).toBe('ambiguous');
    sources.choose('index.ts', 'file:///ws/b/index.ts');
    expect(await sources.resolve('index.ts')).toEqual({
      kind: 'found',
      uri: 'file:///ws/b/index.ts',
      how: 'remembered',
      match: null,
    });
    choices.clear();
    sources.forget();
    expect((await sources.resolve('index.ts')).kind).toBe('ambiguous');
  });

  it('asks the disk once for one record', async () => {
    const { resolver: sources, asked } = resolver(['/a.ts'], []);
    await Promise.all([sources.resolve('/a.ts'), sources.resolve('/a.ts'), sources.resolve('/a.ts')]);
    expect(asked).toEqual(['/a.ts']);
  });
});

const mapTo = (from: string, to: string): PathMapping => ({ from, to });

describe('the order of rules', () => {
  it('takes the first mapping of the prefix before suffixes, and goes on where its file is not there', async () => {
    const files = ['src/a.ts', 'copy/src/a.ts', 'src/b.ts'];
    const mappings = [mapTo('/srv/app', '${workspaceFolder}/copy'), mapTo('/srv', '/elsewhere')];
    const { resolver: sources } = resolver([], files, 'linux', {}, mappings);
    expect(await sources.resolve('/srv/app/src/a.ts')).toMatchObject({
      how: 'mapping',
      uri: 'file:///ws/copy/src/a.ts',
    });
    const other = await sources.explain('/srv/app/src/b.ts');
    expect(other.resolution).toMatchObject({ how: 'suffix', uri: 'file:///ws/src/b.ts' });
    expect(other.attempts[0]).toEqual({
      rule: 'Path mapping',
      led: '/srv/app → ${workspaceFolder}/copy: copy/src/b.ts',
      found: false,
    });
    expect(other.attempts.map(({ rule }) => rule)).toEqual([
      'Path mapping',
      'Exact path',
      'Workspace file with the same end',
    ]);
  });

  it('sees through containers, for mappings and workspace files', async () => {
    const inside = '/var/lib/docker/overlay2/0a1b/merged/app/lib/main.py';
    const { resolver: mapped } = resolver(['/home/me/shop/lib/main.py'], [], 'linux', {}, [mapTo('/app', '~/shop')]);
    expect(await mapped.resolve(inside)).toMatchObject({ how: 'mapping', uri: 'file:///home/me/shop/lib/main.py' });
    expect(await found(inside, ['lib/main.py'])).toBe('file:///ws/lib/main.py');
    expect(await found('/proc/812/root/app/lib/main.py', [], ['/app/lib/main.py'])).toBe('file:///app/lib/main.py');
  });

  it('finds Go files by module, cache and GOROOT', async () => {
    const roots: Roots = {
      goModule: [
        { uri: 'file:///ws/api', prefix: 'example.com/shop/api' },
        { uri: 'file:///ws', prefix: 'example.com/shop' },
      ],
      goRoot: [{ uri: 'file:///go' }],
      goModuleCache: [{ uri: 'file:///mod' }],
    };
    const disk = ['/go/src/runtime/proc.go', '/mod/github.com/!burnt!sushi/toml@v1.2.0/lex.go'];
    const { resolver: sources } = resolver(disk, ['tax/rate.go', 'api/rate.go', 'proc.go'], 'linux', roots);
    const uri = async (recorded: string): Promise<string> => {
      const answer = await sources.resolve(recorded);
      return answer.kind === 'found' ? answer.uri : answer.kind;
    };
    expect(await uri('example.com/shop/tax/rate.go')).toBe('file:///ws/tax/rate.go');
    expect(await uri('example.com/shop/api/rate.go')).toBe('file:///ws/api/rate.go');
    expect(await uri('example.com/shop@v1.2.3/tax/rate.go')).toBe('file:///ws/tax/rate.go');
    expect(await uri('runtime/proc.go')).toBe('file:///go/src/runtime/proc.go');
    expect(await uri('/opt/hostedtoolcache/go/1.22.1/x64/src/runtime/proc.go')).toBe('file:///go/src/runtime/proc.go');
    const toml = 'file:///mod/github.com/!burnt!sushi/toml@v1.2.0/lex.go';
    expect(await uri('github.com/BurntSushi/toml@v1.2.0/lex.go')).toBe(toml);
    expect(await uri('/root/go/pkg/mod/github.com/!burnt!sushi/toml@v1.2.0/lex.go')).toBe(toml);
    expect(await uri('github.com/x/y@v1.0.0/none.go')).toBe('missing');
  });

  it('finds Python packages and modules in the workspace’s environment, never a namesake in the workspace', async () => {
    const roots: Roots = { sitePackages: [{ uri: 'file:///venv/site' }], pythonLibrary: [{ uri: 'file:///py' }] };
    const disk = ['/venv/site/yaml/loader.py', '/py/json/decoder.py'];
    const { resolver: sources } = resolver(disk, ['decoder.py', 'loader.py', 'scanner.py'], 'linux', roots);
    const uri = async (recorded: string): Promise<string> => {
      const answer = await sources.resolve(recorded);
      return answer.kind === 'found' ? answer.uri : answer.kind;
    };
    expect(await uri('/usr/lib/python3/dist-packages/yaml/loader.py')).toBe('file:///venv/site/yaml/loader.py');
    expect(await uri('/usr/lib/python3.11/json/decoder.py')).toBe('file:///py/json/decoder.py');
    expect(await uri('json/decoder.py')).toBe('file:///py/json/decoder.py');
    expect(await uri('/usr/lib/python3.11/json/scanner.py')).toBe('ambiguous');
  });

  it('finds JVM sources by package, whatever the language', async () => {
    expect(await found('com/foo/Bar.java', ['app/src/main/java/com/foo/Bar.java'])).toContain('com/foo/Bar.java');
    expect(await found('com/foo/UtilKt.java', ['src/main/kotlin/com/foo/Util.kt'])).toContain('Util.kt');
    expect(await found('com/foo/Util.kt', ['src/main/kotlin/Util.kt'])).toContain('kotlin/Util.kt');
    expect(await found('com/foo/Bar.java', ['src/com/foo/Bar.java', 'build/gen/com/foo/Bar.java'])).toBe(
      'file:///ws/src/com/foo/Bar.java',
    );
    expect(await found('java/util/Other.java', ['src/main/java/com/Other.java'])).toBe('ambiguous');
  });

  it('finds what bundlers and Bazel name below the workspace folder', async () => {
    const files = ['src/x.ts', 'pkg/src/x.ts'];
    for (const recorded of [
      'webpack:///./src/x.ts',
      'webpack://shop/./src/x.ts?a1b2',
      'webpack-internal:///(app-pages-browser)/./src/x.ts',
      'webpack:///./node_modules/ts-loader/index.js!./src/x.ts',
      'webpack:///src/x.ts + 3 modules',
      'turbopack:///[project]/src/x.ts',
      'http://localhost:5173/src/x.ts?t=1',
      '/home/u/.cache/bazel/_bazel_u/0a1b/execroot/_main/src/x.ts',
      '/proc/self/cwd/src/x.ts',
    ]) {
      expect(await found(recorded, files), recorded).toBe('file:///ws/src/x.ts');
    }
  });

  it('crosses between Windows and WSL', async () => {
    expect(await found('C:\\Work\\a.ts', [], ['/mnt/c/Work/a.ts'])).toBe('file:///mnt/c/Work/a.ts');
    const { asked, resolver: sources } = resolver([], [], 'win32');
    await sources.resolve('/mnt/c/work/a.ts');
    expect(asked).toEqual(['c:\\work\\a.ts']);
  });

  it('prefers the workspace folder that the record names', async () => {
    const { resolver: sources } = resolver([], []);
    expect((await sources.resolve('/x/ws/a.ts')).kind).toBe('missing');
    expect(await found('/x/ws/src/a.ts', ['src/a.ts', 'lib/src/a.ts'])).toBe('file:///ws/src/a.ts');
  });

  it('tells the folders of a workspace apart, and asks where the record does not', async () => {
    const { resolver: sources, choices } = severalFolders({
      shop: ['src/cart.ts', 'src/main.ts', 'only.py'],
      billing: ['src/main.ts', 'src/pay/main.ts'],
    });
    const uriOf = async (recorded: string): Promise<string> => {
      const answer = await sources.resolve(recorded);
      return answer.kind === 'found' ? answer.uri : answer.kind;
    };
    expect(await uriOf('/home/ci/build/src/cart.ts')).toBe('file:///ws/shop/src/cart.ts');
    expect(await uriOf('/home/ci/shop/src/main.ts')).toBe('file:///ws/shop/src/main.ts');
    expect(await uriOf('/home/ci/billing/src/main.ts')).toBe('file:///ws/billing/src/main.ts');
    expect(await uriOf('/srv/src/pay/main.ts')).toBe('file:///ws/billing/src/pay/main.ts');
    expect(await uriOf('C:\\agent\\Billing\\src\\main.ts')).toBe('file:///ws/billing/src/main.ts');
    expect(await uriOf('only.py')).toBe('file:///ws/shop/only.py');
    const asked = await sources.resolve('/srv/app/src/main.ts');
    expect(asked.kind === 'ambiguous' && asked.candidates.map(({ folder }) => folder)).toEqual(['shop', 'billing']);
    // Asked once.
    sources.choose('/srv/app/src/main.ts', 'file:///ws/billing/src/main.ts');
    expect(await uriOf('/srv/app/src/main.ts')).toBe('file:///ws/billing/src/main.ts');
    expect(choices.size).toBe(1);
  });

  it('takes the text in a source map only where no file may be meant', async () => {
    const { resolver: sources } = resolver(
      ['/there/a.ts'],
      ['src/b.ts', 'lib/c.ts'],
      'linux',
      {},
      [],
      ['/there/a.ts', '/gone/src/b.ts', '/gone/c.ts', '/gone/d.ts'],
    );
    expect(await sources.resolve('/there/a.ts')).toMatchObject({ kind: 'found', how: 'exact' });
    expect(await sources.resolve('/gone/src/b.ts')).toMatchObject({ kind: 'found', how: 'suffix' });
    expect((await sources.resolve('/gone/c.ts')).kind).toBe('ambiguous');
    const { resolution, attempts } = await sources.explain('/gone/d.ts');
    expect(resolution).toEqual({ kind: 'found', uri: 'emberline-source:/gone/d.ts', how: 'embedded', match: null });
    expect(attempts.at(-1)).toEqual({ rule: 'Text in the source map', led: '/gone/d.ts', found: true });
    expect((await sources.resolve('/gone/e.ts')).kind).toBe('missing');
  });
});

describe('noSourceSentence', () => {
  it('says why', () => {
    expect(noSourceSentence('(garbage collector)', null)).toBe('(garbage collector) has no source file.');
    expect(noSourceSentence('readFileSync', 'node:fs')).toBe('readFileSync is in node:fs, which is built into Node.');
    expect(noSourceSentence('find', '<frozen importlib._bootstrap>')).toContain('built into Python');
    expect(noSourceSentence('', 'evalmachine.<anonymous>')).toContain('made at run time');
    expect(noSourceSentence('x', 'command:workbench.action.quit')).toContain('not a source file');
    expect(noSourceSentence('x', '/src/a.ts')).toBeNull();
    expect(noSourceSentence('x', 'C:\\src\\a.ts')).toBeNull();
  });

  it('stays one short line for any text', () => {
    const sentence = noSourceSentence('`a\n\u0000'.repeat(1_000_000), null)!;
    expect(sentence.length).toBeLessThan(150);
    expect(sentence).not.toMatch(/[\n\0]/);
    expect(missingSourceSentence('/a'.repeat(10_000)).length).toBeLessThan(160);
  });
});
