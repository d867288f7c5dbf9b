import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { splitCommand } from './splitCommand';
import { testCommand } from './testCommand';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'emberline-tests-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function files(content: Record<string, string>): void {
  for (const [path, text] of Object.entries(content)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

async function commandOf(path: string, labels: string[], id = ''): Promise<[string[], string] | null> {
  const found = await testCommand({ path: join(folder, path), id, labels, folder });
  return found && [[...splitCommand(found.command).args], found.cwd.slice(folder.length + 1)];
}

it.each([
  [['TestSort'], ['-run=^TestSort$', '-count=1']],
  [
    ['TestSort', 'TestSort/two words'],
    ['-run=^TestSort$/^two_words$', '-count=1'],
  ],
  [
    ['TestSort', 'a.b', 'c'],
    ['-run=^TestSort$/^a\\.b$/^c$', '-count=1'],
  ],
  [['BenchmarkSort'], ['-run=^$', '-bench=^BenchmarkSort$']],
  [[], []],
])('runs %j by go test, in the folder of its package', async (labels, options) => {
  expect(await commandOf('a/sort_test.go', labels)).toEqual([['go', 'test', ...options, '.'], 'a']);
});

it("runs a Python test by pytest's name of it, with the workspace's environment", async () => {
  const id = join(folder, 'tests/test_a.py::TestA::test_b[x-1]');
  expect(await commandOf('tests/test_a.py', ['TestA', 'test_b', '[x-1]'], id)).toEqual([
    ['python3', '-m', 'pytest', 'tests/test_a.py::TestA::test_b[x-1]'],
    '',
  ]);
  files({ '.venv/bin/python': '' });
  const [args] = (await commandOf('tests/test_a.py', ['TestA', 'test_b']))!;
  expect(args).toEqual(['./.venv/bin/python', '-m', 'pytest', 'tests/test_a.py::TestA::test_b']);
});

it.each([
  ['vitest', ['npx', 'vitest', 'run', 'src/a.test.ts', '-t', '^sums adds \\(two\\)$']],
  ['jest', ['npx', 'jest', '--runInBand', 'src/a.test.ts', '-t', '^sums adds \\(two\\)$']],
  ['mocha', ['npx', 'mocha', 'src/a.test.ts', '-g', '^sums adds \\(two\\)$']],
  ['left-pad', ['node', '--test', '--test-name-pattern=^adds \\(two\\)$', 'src/a.test.ts']],
])('runs a test of JavaScript where its package depends on %s', async (name, args) => {
  files({ 'pkg/package.json': JSON.stringify({ devDependencies: { [name]: '1' } }) });
  expect(await commandOf('pkg/src/a.test.ts', ['sums', 'adds (two)'])).toEqual([args, 'pkg']);
});

it('runs a test of Java by its build', async () => {
  files({ 'm/pom.xml': '', 'g/build.gradle': '', gradlew: '' });
  files({ 'g/src/ATest.java': '// x\npackage org.example;\nclass ATest {}\n' });
  expect(await commandOf('m/src/ATest.java', ['org.example', 'ATest', 'adds(int)'])).toEqual([
    ['mvn', 'test', '-Dtest=ATest#adds'],
    'm',
  ]);
  expect(await commandOf('g/src/ATest.java', ['ATest'])).toEqual([
    ['../gradlew', 'cleanTest', 'test', '--tests', 'org.example.ATest'],
    'g',
  ]);
});

it('runs a test of Rust by cargo, and knows no command for other files', async () => {
  files({ 'c/Cargo.toml': '' });
  expect(await commandOf('c/src/lib.rs', ['tests::adds'])).toEqual([['cargo', 'test', '--release', 'adds'], 'c']);
  expect(await commandOf('a.rb', ['adds'])).toBeNull();
});
