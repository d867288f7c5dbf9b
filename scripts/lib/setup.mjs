// Makes a fresh clone ready: installs the dependencies and goes on with the Node the project is developed with.
// Imports only Node's own modules, so that it runs on Node 20 with nothing installed.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, lstatSync, readFileSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const windows = process.platform === 'win32';

/**
 * Installs the dependencies where they are missing or not those of package-lock.json, and re-executes the calling
 * script with the `node` of the devDependencies. Returns only in that Node; the first process ends with its exit code.
 * Call it before anything that needs a package is imported.
 */
export async function setUp() {
  const shared = sharedFolder(join(root, 'node_modules'));
  if (dependenciesAreCurrent()) {
    // Nothing is to be done.
  } else if (shared !== null) {
    console.log(
      `node_modules is a link to ${shared} and does not hold what package-lock.json names: it is used as it is, since npm ci would empty it for all who share it.`,
    );
  } else {
    console.log('Installing the dependencies (npm ci) …');
    const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
    const options = { cwd: root, stdio: 'inherit' };
    let done = runNpm(['ci', ...quiet], options);
    if (done.status !== 0) {
      // A registry that lacks the programs of other platforms makes npm ci refuse where npm install does not.
      console.log('npm ci failed: trying npm install, without a change to package-lock.json …');
      done = runNpm(['install', '--no-save', ...quiet], options);
    }
    if (done.status !== 0)
      fail(`The dependencies could not be installed in ${root} (see above): is npm's registry reached?`);
  }
  const wanted = developmentNode();
  if (wanted === null) {
    const [major, minor] = process.versions.node.split('.').map(Number);
    if (major > 22 || (major === 22 && minor >= 15)) return;
    fail(
      `The package "node" has no program for ${process.platform}-${process.arch}: start this with Node 22.15 or newer.`,
    );
  }
  process.env.PATH = `${join(root, 'node_modules', '.bin')}${delimiter}${process.env.PATH ?? ''}`;
  if (realpathSync(process.execPath) === realpathSync(wanted)) {
    // An ordinary exit, so that whatever was started is ended by its 'exit' listener.
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(130));
    return;
  }
  const child = spawn(wanted, [...process.execArgv, ...process.argv.slice(1)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (status, signal) => resolve(status ?? (signal === 'SIGINT' ? 130 : 1)));
  });
  process.exit(code);
}

/** Runs the machine's npm with this very Node. Takes and returns what `spawnSync` does. */
export function runNpm(args, options = {}) {
  const script = npmScript();
  const merged = { encoding: 'utf8', maxBuffer: 1 << 26, ...options };
  return script === null
    ? spawnSync(windows ? 'npm.cmd' : 'npm', args, { ...merged, shell: windows })
    : spawnSync(process.execPath, [script, ...args], merged);
}

/** npm's own file where npm started us: its shell wrapper may name another Node, and on Windows needs a shell. */
function npmScript() {
  const path = process.env.npm_execpath;
  return path?.endsWith('npm-cli.js') && existsSync(path) ? path : null;
}

/**
 * Whether node_modules holds what package-lock.json names. The contents are compared, not the files' times: a clone or
 * a checkout sets those anew.
 */
function dependenciesAreCurrent() {
  const installed = readLock(join(root, 'node_modules', '.package-lock.json'));
  const wanted = readLock(join(root, 'package-lock.json'));
  if (wanted === null) fail(`package-lock.json is missing or damaged in ${root}: restore it with git.`);
  return installed !== null && lockIsSatisfied(wanted, installed);
}

/**
 * Compares two parsed npm lock files (version 3: `packages` by folder). True where every package of `wanted` that is
 * not optional is in `installed` in the same version.
 */
export function lockIsSatisfied(wanted, installed) {
  const here = installed.packages ?? {};
  for (const [folder, entry] of Object.entries(wanted.packages ?? {})) {
    if (folder === '' || entry.link) continue;
    const found = here[folder];
    if (found === undefined ? !entry.optional && !entry.devOptional && !entry.peer : found.version !== entry.version) {
      return false;
    }
  }
  return true;
}

function readLock(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return null;
  }
}

/** Where a folder really is that is a symbolic link (also a broken one); null where it is none, or missing. */
export function sharedFolder(path) {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() !== true) return null;
  try {
    return realpathSync(path);
  } catch {
    return 'a folder that is missing';
  }
}

function developmentNode() {
  const bin = join(root, 'node_modules', 'node', 'bin');
  return [join(bin, 'node.exe'), join(bin, 'node')].find((path) => existsSync(path)) ?? null;
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
