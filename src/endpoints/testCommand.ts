import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, extname, join, relative, resolve, sep } from 'node:path';
import { joinCommand } from './splitCommand';

/** A test of VS Code's Testing view, as its controller describes it. */
export interface TestToProfile {
  /** The file that it is in. */
  readonly path: string;
  readonly id: string;
  /** Of what it is in, within the file, and its own as the last; none for the file itself. */
  readonly labels: readonly string[];
  /** The workspace folder: nothing outside of it is looked at. */
  readonly folder: string;
}

/** A command line that runs one test, to be edited by the user. */
export interface TestCommand {
  readonly command: string;
  readonly cwd: string;
}

/** The command that runs a test by the runner of its language; null where none is known for such files. */
export async function testCommand(test: TestToProfile): Promise<TestCommand | null> {
  switch (extname(test.path).toLowerCase()) {
    case '.go':
      return goTest(test);
    case '.py':
      return pythonTest(test);
    case '.js':
    case '.cjs':
    case '.mjs':
    case '.jsx':
    case '.ts':
    case '.cts':
    case '.mts':
    case '.tsx':
      return javascriptTest(test);
    case '.java':
    case '.kt':
    case '.groovy':
    case '.scala':
      return jvmTest(test);
    case '.rs':
      return rustTest(test);
    default:
      return null;
  }
}

/** `-run` and `-bench` take a regular expression for each level; spaces of a subtest's name are underscores. */
function goTest({ path, labels }: TestToProfile): TestCommand {
  const cwd = dirname(path);
  const first = labels.findIndex((label) => /^(Test|Benchmark|Example|Fuzz)/.test(label));
  if (first < 0) return { command: joinCommand(['go', 'test', '.']), cwd };
  // A subtest's label may have its parent's before it.
  const names = labels.slice(first).flatMap((label, i, all) => {
    const parent = all[i - 1];
    return (parent !== undefined && label.startsWith(`${parent}/`) ? label.slice(parent.length + 1) : label).split('/');
  });
  const pattern = names.map((name) => `^${escapeRegExp(name.replace(/\s/g, '_'))}$`).join('/');
  const args = /^Benchmark/.test(names[0]!) ? ['-run=^$', `-bench=${pattern}`] : [`-run=${pattern}`, '-count=1'];
  return { command: joinCommand(['go', 'test', ...args, '.']), cwd };
}

async function pythonTest({ path, id, labels, folder }: TestToProfile): Promise<TestCommand> {
  const environments = ['.venv', 'venv', 'env'].map((name) => join(folder, name));
  const names = process.platform === 'win32' ? ['Scripts/python.exe'] : ['bin/python'];
  const found = await firstFile(environments.flatMap((each) => names.map((name) => join(each, name))));
  const python = found === null ? 'python3' : relative(folder, found);
  const file = relative(folder, path);
  // pytest's own name of a test follows its file in the controller's id.
  const node = /\.py(::.+)$/s.exec(id)?.[1] ?? labels.map((label) => `::${label}`).join('');
  const args = [python.includes(sep) ? `.${sep}${python}` : python, '-m', 'pytest', `${file}${node}`];
  return { command: joinCommand(args), cwd: folder };
}

/** The runner that the nearest package.json depends on, else Node's own. */
async function javascriptTest({ path, labels, folder }: TestToProfile): Promise<TestCommand> {
  const manifest = await nearest(dirname(path), folder, ['package.json']);
  const cwd = manifest === null ? folder : dirname(manifest);
  const file = relative(cwd, path);
  const dependencies = manifest === null ? new Set<string>() : await dependenciesOf(manifest);
  const name = labels.join(' ');
  const pattern = escapeRegExp(name);
  const named = (option: string, value: string): string[] => (name === '' ? [] : [option, value]);
  let args: string[];
  if (dependencies.has('vitest')) args = ['npx', 'vitest', 'run', file, ...named('-t', `^${pattern}$`)];
  else if (dependencies.has('jest')) args = ['npx', 'jest', '--runInBand', file, ...named('-t', `^${pattern}$`)];
  else if (dependencies.has('mocha')) args = ['npx', 'mocha', file, ...named('-g', `^${pattern}$`)];
  else {
    // It runs each file in a process of its own, and matches each level's name by itself.
    const own = labels.map((label) => `--test-name-pattern=^${escapeRegExp(label)}$`).slice(-1);
    args = ['node', '--test', ...own, file];
  }
  return { command: joinCommand(args), cwd };
}

async function dependenciesOf(manifest: string): Promise<Set<string>> {
  try {
    const read = JSON.parse(await readFile(manifest, 'utf8')) as Record<string, unknown>;
    return new Set([read['dependencies'], read['devDependencies']].flatMap((each) => Object.keys(each ?? {})));
  } catch {
    return new Set();
  }
}

async function jvmTest({ path, labels, folder }: TestToProfile): Promise<TestCommand> {
  const build = await nearest(dirname(path), folder, [
    'pom.xml',
    'build.gradle',
    'build.gradle.kts',
    'settings.gradle',
    'settings.gradle.kts',
  ]);
  const cwd = build === null ? folder : dirname(build);
  const className = basename(path, extname(path));
  // Labels are of packages and classes, too, and have parameters: a method is what does not begin as those do.
  const method = labels
    .at(-1)
    ?.replace(/[([{].*$/s, '')
    .trim();
  const isMethod = method !== undefined && method !== className && !method.endsWith(`.${className}`);
  if (build !== null && basename(build) === 'pom.xml') {
    const program = await launcher(cwd, folder, 'mvnw', 'mvn');
    return { command: joinCommand([program, 'test', `-Dtest=${className}${isMethod ? `#${method}` : ''}`]), cwd };
  }
  const source = await readFile(path, 'utf8').catch(() => '');
  const packageName = /^\s*package\s+([\w.]+)/m.exec(source)?.[1];
  const qualified = [packageName, className, isMethod ? method : undefined].filter((each) => each).join('.');
  const program = await launcher(cwd, folder, 'gradlew', 'gradle');
  return { command: joinCommand([program, 'cleanTest', 'test', '--tests', qualified]), cwd };
}

/** The wrapper of a build where there is one, from its folder. */
async function launcher(cwd: string, folder: string, wrapper: string, otherwise: string): Promise<string> {
  const found = await nearest(cwd, folder, [wrapper]);
  if (found === null) return otherwise;
  const path = relative(cwd, found);
  return path.startsWith('..') ? path : `.${sep}${path}`;
}

async function rustTest({ path, labels, folder }: TestToProfile): Promise<TestCommand> {
  const manifest = await nearest(dirname(path), folder, ['Cargo.toml']);
  const name = labels.at(-1)?.split('::').at(-1);
  return {
    command: joinCommand(['cargo', 'test', '--release', ...(name === undefined ? [] : [name])]),
    cwd: manifest === null ? folder : dirname(manifest),
  };
}

/** The first of the names that is in a folder or in those around it, up to the workspace's. */
async function nearest(from: string, folder: string, names: readonly string[]): Promise<string | null> {
  for (let at = resolve(from); ; at = dirname(at)) {
    const found = await firstFile(names.map((name) => join(at, name)));
    if (found !== null) return found;
    if (at === resolve(folder) || at === dirname(at)) return null;
  }
}

async function firstFile(paths: readonly string[]): Promise<string | null> {
  for (const path of paths) {
    const found = await stat(path).catch(() => null);
    if (found?.isFile()) return path;
  }
  return null;
}

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
