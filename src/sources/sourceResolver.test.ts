import { describe, expect, it } from 'vitest';
import { missingSourceSentence, noSourceSentence } from './noSource';
import { parseRecordedPath } from './recordedPath';
import { type SourceFiles, SourceResolver, type WorkspaceFile } from './sourceResolver';

function resolver(onDisk: string[], inWorkspace: string[], platform: NodeJS.Platform = 'linux') {
  const asked: string[] = [];
  const files: SourceFiles = {
    async fileAt(path) {
      asked.push(path);
      return onDisk.includes(path) ? `file://${path}` : null;
    },
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

async function found(recorded: string, inWorkspace: string[], onDisk: string[] = [], platform?: NodeJS.Platform) {
  const answer = await resolver(onDisk, inWorkspace, platform).resolver.resolve(recorded);
  return answer.kind === 'found' ? answer.uri : answer.kind;
}

describe('parseRecordedPath', () => {
  it('reads plain paths, file URLs and bundler names', () => {
    expect(parseRecordedPath('/a/./b/../c.ts')).toEqual({ absolute: '/a/c.ts', segments: ['a', 'c.ts'], rooted: true });
    expect(parseRecordedPath('file:///a%20b/c%C3%A4.ts')?.absolute).toBe('/a b/cä.ts');
    expect(parseRecordedPath('file:///a/100%.ts')?.absolute).toBe('/a/100%.ts');
    expect(parseRecordedPath('webpack://app/./src/a.ts')).toEqual({
      absolute: null,
      segments: ['src', 'a.ts'],
      rooted: true,
    });
    expect(parseRecordedPath('webpack:///./src/a.ts?1234')?.segments).toEqual(['src', 'a.ts']);
    expect(parseRecordedPath('webpack:////home/me/a.ts')?.absolute).toBe('/home/me/a.ts');
    expect(parseRecordedPath('http://localhost:5173/src/App.vue?t=17#x')?.segments).toEqual(['src', 'App.vue']);
    expect(parseRecordedPath('http://localhost:5173/@fs/home/me/a.ts')?.absolute).toBe('/home/me/a.ts');
    expect(parseRecordedPath('src/a.ts')).toEqual({ absolute: null, segments: ['src', 'a.ts'], rooted: false });
  });

  it('reads Windows paths on both kinds of machine', () => {
    expect(parseRecordedPath('C:\\work\\a.ts', 'win32')?.absolute).toBe('c:\\work\\a.ts');
    expect(parseRecordedPath('file:///C:/work/a%20b.ts', 'win32')?.absolute).toBe('c:\\work\\a b.ts');
    expect(parseRecordedPath('C:\\work\\a.ts', 'linux')).toEqual({
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
