import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join, resolve, sep } from 'node:path';

/** Programs of others that sample. */
export type ToolName = 'py-spy' | 'austin' | 'jcmd' | 'asprof' | 'perf';

/** Where they are, where they are not on PATH: the settings `emberline.tools.<name>`. */
export type ToolPaths = Readonly<Partial<Record<ToolName, string>>>;

/** How to get each, as the end of a sentence. */
const installation: Readonly<Record<ToolName, string>> = {
  'py-spy': 'install it with "pip install py-spy"',
  austin: 'install it with "pip install austin-dist" (Linux, macOS, Windows)',
  jcmd: 'install a JDK of version 11 or newer (a JRE has no jcmd)',
  asprof: 'unpack a release of async-profiler (https://github.com/async-profiler/async-profiler/releases)',
  perf: 'install it with "sudo apt install linux-perf" (Debian), "linux-tools-generic" (Ubuntu) or "dnf install perf"',
};

/**
 * The path of a program: as the setting says, else in `folders`, else on PATH.
 * @param folders looked at before PATH
 * @throws Error with a sentence that says how to install it
 */
export async function findTool(
  name: ToolName,
  tools: ToolPaths = {},
  folders: readonly string[] = [],
): Promise<string> {
  const given = tools[name]?.trim();
  if (given) {
    const found = await firstExecutable([given.includes(sep) || given.includes('/') ? resolve(given) : given]);
    if (found !== null) return found;
    throw new Error(
      `The setting emberline.tools.${name} names ${given}, which is no program that can be run: correct it or remove it.`,
    );
  }
  const found = await firstExecutable([...folders.map((folder) => join(folder, name)), name]);
  if (found !== null) return found;
  throw new Error(
    `${name} was not found on PATH: ${installation[name]}, or set emberline.tools.${name} to where it is.`,
  );
}

/** Whether a tool can be found. */
export async function hasTool(name: ToolName, tools?: ToolPaths): Promise<boolean> {
  return findTool(name, tools).then(
    () => true,
    () => false,
  );
}

/** The first of names and paths that can be run; names are looked for on PATH. */
export async function firstExecutable(candidates: readonly string[]): Promise<string | null> {
  const endings = process.platform === 'win32' ? ['', ...(process.env['PATHEXT'] ?? '.EXE;.CMD').split(';')] : [''];
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  for (const candidate of candidates) {
    const paths = isAbsolute(candidate) ? [candidate] : folders.map((folder) => join(folder, candidate));
    for (const path of paths.flatMap((each) => endings.map((ending) => each + ending))) {
      if (await isExecutable(path)) return path;
    }
  }
  return null;
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
