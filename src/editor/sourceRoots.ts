import { execFile } from 'node:child_process';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import type { RootKind } from '../sources/rules/rule';
import type { SourceRoot } from '../sources/sourceResolver';
import { bytesOf, statOf } from './localFiles';

const mostModules = 500;
const mostEnvironments = 20;
const toolLimitMs = 5000;
const notSources = '**/{node_modules,.git,.hg,.svn,bower_components}/**';

/**
 * The folders that library code is found in, each kind looked for when it is first wanted. Programs (`go env`, `rustc`)
 * are asked only in a trusted workspace; elsewhere the places where they usually are have to do.
 */
export class SourceRoots {
  private readonly known = new Map<RootKind, Promise<readonly SourceRoot[]>>();
  private goEnvironment: Promise<Readonly<Record<string, string>>> | null = null;

  roots(kind: RootKind): Promise<readonly SourceRoot[]> {
    let found = this.known.get(kind);
    if (found === undefined) {
      found = this.find(kind).catch(() => []);
      this.known.set(kind, found);
    }
    return found;
  }

  /** Files or folders came or went. */
  forget(): void {
    this.known.clear();
  }

  private async find(kind: RootKind): Promise<readonly SourceRoot[]> {
    switch (kind) {
      case 'disk':
        return [];
      case 'workspace':
        return (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => rootOf(uri));
      case 'goModule':
        return goModules();
      case 'goRoot': {
        const { GOROOT } = await this.goEnv();
        return folders([
          GOROOT,
          '/usr/local/go',
          '/usr/lib/go',
          '/opt/homebrew/opt/go/libexec',
          'C:\\Program Files\\Go',
        ]);
      }
      case 'goModuleCache': {
        const { GOMODCACHE, GOPATH } = await this.goEnv();
        const path = (GOPATH || join(homedir(), 'go')).split(process.platform === 'win32' ? ';' : ':')[0]!;
        return folders([GOMODCACHE, join(path, 'pkg', 'mod')]);
      }
      case 'sitePackages':
        return (await pythonEnvironments()).packages;
      case 'pythonLibrary':
        return (await pythonEnvironments()).library;
      case 'bazelOutput': {
        const open = vscode.workspace.workspaceFolders ?? [];
        return existing(open.map(({ uri, name }) => vscode.Uri.joinPath(uri, `bazel-${name}`)));
      }
      case 'rustLibrary': {
        const sysroot = (await run('rustc', ['--print', 'sysroot']))?.trim();
        return sysroot ? folders([join(sysroot, 'lib', 'rustlib', 'src', 'rust')]) : [];
      }
      case 'cargoCrates': {
        const home = process.env['CARGO_HOME'] || join(homedir(), '.cargo');
        return children(vscode.Uri.file(join(home, 'registry', 'src')), /./);
      }
    }
  }

  private goEnv(): Promise<Readonly<Record<string, string>>> {
    this.goEnvironment ??= run('go', ['env', '-json', 'GOROOT', 'GOMODCACHE', 'GOPATH']).then((text) => {
      const { GOROOT = '', GOMODCACHE = '', GOPATH = '' } = process.env;
      return { GOROOT, GOMODCACHE, GOPATH, ...parseTexts(text) };
    });
    return this.goEnvironment;
  }
}

function parseTexts(json: string | null): Record<string, string> {
  try {
    const found: unknown = JSON.parse(json ?? '{}');
    return typeof found === 'object' && found !== null
      ? Object.fromEntries(Object.entries(found).filter(([, value]) => typeof value === 'string' && value !== ''))
      : {};
  } catch {
    return {};
  }
}

/** What a program of the user's prints; null where it is not installed, fails, or the workspace is not trusted. */
function run(command: string, args: readonly string[]): Promise<string | null> {
  if (!vscode.workspace.isTrusted) {
    return Promise.resolve(null);
  }
  return new Promise((resolve) => {
    // At home, so that nothing in the workspace says what runs; a toolchain is never downloaded for a question.
    const env = { ...process.env, GOTOOLCHAIN: 'local' };
    execFile(command, [...args], { cwd: homedir(), env, timeout: toolLimitMs, windowsHide: true }, (error, stdout) =>
      resolve(error === null ? stdout : null),
    );
  });
}

async function goModules(): Promise<readonly SourceRoot[]> {
  const files = await vscode.workspace.findFiles('**/go.mod', '**/{node_modules,vendor,.git}/**', mostModules);
  const modules: Required<SourceRoot>[] = [];
  for (const uri of files) {
    const text = await readText(uri);
    const prefix = /^[ \t]*module[ \t]+["`]?([^\s"`]+)/m.exec(text)?.[1];
    if (prefix !== undefined) {
      modules.push({ ...rootOf(vscode.Uri.joinPath(uri, '..')), prefix });
    }
  }
  // A module inside another has the longer name.
  return modules.sort((a, b) => b.prefix.length - a.prefix.length);
}

/** Packages and library of the workspace's environments, then of the environment VS Code runs in, then the system's. */
async function pythonEnvironments(): Promise<{ packages: SourceRoot[]; library: SourceRoot[] }> {
  const found = await vscode.workspace.findFiles('**/pyvenv.cfg', notSources, mostEnvironments);
  const active = process.env['VIRTUAL_ENV'];
  const configs = active ? [...found, vscode.Uri.file(join(active, 'pyvenv.cfg'))] : found;
  const packages: SourceRoot[] = [];
  const library: SourceRoot[] = [];
  for (const config of configs) {
    const environment = vscode.Uri.joinPath(config, '..');
    for (const lib of await libraries(environment)) {
      packages.push(...(await existing([vscode.Uri.joinPath(lib, 'site-packages')])));
    }
    const home = /^home\s*=\s*(.+?)\s*$/m.exec(await readText(config))?.[1];
    if (home !== undefined) {
      library.push(
        ...(await libraries(vscode.Uri.file(process.platform === 'win32' ? home : dirname(home)))).map(rootOf),
      );
    }
  }
  for (const prefix of [process.env['CONDA_PREFIX'], '/usr/local', '/usr'].filter((path) => !!path)) {
    for (const lib of await libraries(vscode.Uri.file(prefix!))) {
      library.push(rootOf(lib));
      packages.push(
        ...(await existing(['site-packages', 'dist-packages'].map((name) => vscode.Uri.joinPath(lib, name)))),
      );
    }
  }
  return { packages, library };
}

/** `lib/python3.11` and the like of a Python, `Lib` on Windows; the newest first. */
async function libraries(prefix: vscode.Uri): Promise<vscode.Uri[]> {
  if (process.platform === 'win32') {
    return (await existing([vscode.Uri.joinPath(prefix, 'Lib')])).map(({ uri }) => vscode.Uri.parse(uri));
  }
  const found = await children(vscode.Uri.joinPath(prefix, 'lib'), /^python3/);
  return found.reverse().map(({ uri }) => vscode.Uri.parse(uri, true));
}

function rootOf(uri: vscode.Uri): SourceRoot {
  return { uri: uri.toString(), label: uri.fsPath };
}

/** Of paths on this machine those that are folders, each once. */
function folders(paths: readonly (string | undefined)[]): Promise<SourceRoot[]> {
  const given = new Set(paths.filter((path) => path !== undefined && path !== ''));
  return existing([...given].map((path) => vscode.Uri.file(path!)));
}

async function existing(uris: readonly vscode.Uri[]): Promise<SourceRoot[]> {
  const roots: SourceRoot[] = [];
  for (const uri of uris) {
    try {
      if (((await statOf(uri)).type & vscode.FileType.Directory) !== 0) {
        roots.push(rootOf(uri));
      }
    } catch {
      // Not here.
    }
  }
  return roots;
}

/** The folders in a folder whose name matches, by name. */
async function children(folder: vscode.Uri, name: RegExp): Promise<SourceRoot[]> {
  try {
    return (await vscode.workspace.fs.readDirectory(folder))
      .filter(([entry, type]) => (type & vscode.FileType.Directory) !== 0 && name.test(entry))
      .map(([entry]) => entry)
      .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
      .map((entry) => rootOf(vscode.Uri.joinPath(folder, entry)));
  } catch {
    return [];
  }
}

async function readText(uri: vscode.Uri): Promise<string> {
  try {
    return new TextDecoder().decode((await bytesOf(uri)).subarray(0, 65536));
  } catch {
    return '';
  }
}
