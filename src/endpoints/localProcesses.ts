import { execFile } from 'node:child_process';
import { open, readdir, readFile, readlink, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { promisify } from 'node:util';

export type ProcessLanguage = 'node' | 'python' | 'java' | 'go' | 'native' | 'unknown';

/** A process of this machine. */
export interface LocalProcess {
  readonly pid: number;
  readonly parentPid: number | null;
  /** The program's name, without its folder. */
  readonly name: string;
  /** All of the command line that could be read, separated by spaces. */
  readonly commandLine: string;
  readonly language: ProcessLanguage;
  /** `host:port` of V8's inspector, as its command line or environment says it; null where none does. */
  readonly inspector: string | null;
  /** Whether it is this user's: others can be sampled by root only. */
  readonly own: boolean;
}

const run = promisify(execFile);
/** A list of processes that takes longer is given up. */
const LIST_MS = 10_000;
const AT_ONCE = 32;

/**
 * The processes of this machine, without kernel threads and this process, the newest first.
 * @throws Error with a sentence where they cannot be listed
 */
export async function listLocalProcesses(platform: NodeJS.Platform = process.platform): Promise<LocalProcess[]> {
  const found = await (platform === 'linux' ? listLinux() : platform === 'win32' ? listWindows() : listByPs());
  return found.filter(({ pid }) => pid !== process.pid).sort((a, b) => b.pid - a.pid);
}

async function listLinux(): Promise<LocalProcess[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const found: LocalProcess[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    for (let i = next++; i < pids.length; i = next++) {
      const one = await describeLinux(pids[i]!);
      if (one !== null) found.push(one);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return found;
}

/** What is known of one process; null where it is none (any more), or a kernel thread. */
export async function describeProcessOf(pid: number): Promise<LocalProcess | null> {
  if (process.platform === 'linux') return describeLinux(pid);
  return (await listLocalProcesses()).find((each) => each.pid === pid) ?? null;
}

async function describeLinux(pid: number): Promise<LocalProcess | null> {
  try {
    const [args, text, status] = await Promise.all([
      readFile(`/proc/${pid}/cmdline`, 'utf8'),
      readFile(`/proc/${pid}/stat`, 'utf8'),
      readFile(`/proc/${pid}/status`, 'utf8'),
    ]);
    // Kernel threads and zombies have no command line.
    if (args === '') return null;
    const list = args.replace(/\0$/, '').split('\0');
    const program = await readlink(`/proc/${pid}/exe`).catch(() => null);
    const uid = Number(/^Uid:\s+(\d+)/m.exec(status)?.[1] ?? -1);
    const own = uid === process.getuid?.() || process.getuid?.() === 0;
    const name = basename((program ?? list[0]!).replace(/ \(deleted\)$/, ''));
    let language = languageOfName(name);
    if (language === 'unknown') language = await languageOfProgram(pid, program);
    const environment =
      language === 'node' && own ? await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '') : '';
    const nodeOptions = /(?:^|\0)NODE_OPTIONS=([^\0]*)/.exec(environment)?.[1]?.split(/\s+/) ?? [];
    return {
      pid,
      parentPid: Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[1]) || null,
      name,
      commandLine: list.join(' ').trim(),
      language,
      inspector: language === 'node' ? inspectorOf([...nodeOptions, ...list.slice(1)]) : null,
      own,
    };
  } catch {
    return null;
  }
}

/** By the name of the program that runs. */
export function languageOfName(name: string): ProcessLanguage {
  const bare = name.toLowerCase().replace(/\.exe$/, '');
  if (/^(node|nodejs)(-?\d[\d.]*)?$/.test(bare)) return 'node';
  if (/^(python|pypy)(\d[\d.]*)?w?t?$/.test(bare)) return 'python';
  if (/^javaw?$/.test(bare)) return 'java';
  return 'unknown';
}

/** Programs have their Python, JVM or Go inside: by their libraries, and by the note that Go's linker writes. */
async function languageOfProgram(pid: number, program: string | null): Promise<ProcessLanguage> {
  const maps = await readFile(`/proc/${pid}/maps`, 'utf8').catch(() => '');
  if (/\/libjvm\.so/.test(maps)) return 'java';
  if (/\/libpython[\d.]+\w*\.so/.test(maps)) return 'python';
  if (program === null) return 'unknown';
  return (await isGoProgram(`/proc/${pid}/exe`)) ? 'go' : 'native';
}

const goPrograms = new Map<string, boolean>();

/**
 * Whether an ELF file has the note of Go's build id (owner `Go`, type 4: cmd/internal/buildid), which lies behind the
 * program headers: the first page is read, no more.
 */
export async function isGoProgram(path: string): Promise<boolean> {
  const info = await stat(path).catch(() => null);
  if (info === null) return false;
  const key = `${info.dev}:${info.ino}:${info.mtimeMs}`;
  let known = goPrograms.get(key);
  if (known === undefined) {
    known = await hasGoNote(path).catch(() => false);
    if (goPrograms.size > 10_000) goPrograms.clear();
    goPrograms.set(key, known);
  }
  return known;
}

async function hasGoNote(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(8192), 0, 8192, 0);
    const head = buffer.subarray(0, bytesRead);
    if (head.readUInt32BE(0) !== 0x7f454c46) return false;
    // Type 4, then the owner: as words of either byte order.
    return head.includes('\x04\0\0\0Go\0\0', 0, 'latin1') || head.includes('\0\0\0\x04Go\0\0', 0, 'latin1');
  } finally {
    await file.close();
  }
}

/** Where an inspector listens by Node's options, null where there is none, or at a port that nobody knows (0). */
export function inspectorOf(args: readonly string[]): string | null {
  for (const arg of args) {
    const match = /^--inspect(?:-brk|-wait)?(?:=(.*))?$/.exec(arg);
    if (match === null) continue;
    const given = match[1] ?? '';
    const port = /(?:^|:)(\d+)$/.exec(given)?.[1] ?? '9229';
    if (port === '0') return null;
    const host = /^\d+$/.test(given) || given === '' ? '127.0.0.1' : given.replace(/:\d+$/, '');
    return `${host === '0.0.0.0' ? '127.0.0.1' : host}:${port}`;
  }
  return null;
}

async function listByPs(): Promise<LocalProcess[]> {
  const { stdout } = await run('ps', ['-axww', '-o', 'pid=,ppid=,uid=,args='], {
    timeout: LIST_MS,
    maxBuffer: 1 << 26,
  }).catch((error) => {
    throw new Error(`The processes of this machine cannot be listed: ps failed (${String(error.code ?? error)}).`);
  });
  return parsePs(stdout, process.getuid?.() ?? -1);
}

/** The answer of `ps -o pid=,ppid=,uid=,args=`. */
export function parsePs(text: string, uid: number): LocalProcess[] {
  return text.split('\n').flatMap((line) => {
    const match = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(.+)$/.exec(line);
    if (match === null) return [];
    const [, pid, parent, owner, commandLine] = match as unknown as [string, string, string, string, string];
    const args = commandLine.split(' ');
    const name = basename(args[0]!);
    const language = languageOfName(name);
    return [
      {
        pid: Number(pid),
        parentPid: Number(parent) || null,
        name,
        commandLine,
        language,
        inspector: language === 'node' ? inspectorOf(args.slice(1)) : null,
        own: uid === 0 || Number(owner) === uid,
      },
    ];
  });
}

async function listWindows(): Promise<LocalProcess[]> {
  const query = 'Get-CimInstance Win32_Process | Select-Object ProcessId,ParentProcessId,Name,CommandLine';
  const { stdout } = await run('powershell.exe', ['-NoProfile', '-Command', `${query} | ConvertTo-Json -Compress`], {
    timeout: LIST_MS,
    maxBuffer: 1 << 26,
  }).catch((error) => {
    throw new Error(`The processes of this machine cannot be listed: ${String(error.code ?? error)}.`);
  });
  const rows: unknown = JSON.parse(stdout);
  return (Array.isArray(rows) ? rows : [rows]).flatMap((row) => {
    const { ProcessId: pid, ParentProcessId: parent, Name: name, CommandLine: line } = row as Record<string, unknown>;
    if (typeof pid !== 'number' || typeof name !== 'string') return [];
    const commandLine = typeof line === 'string' ? line : name;
    const language = languageOfName(name);
    return [
      {
        pid,
        parentPid: typeof parent === 'number' ? parent : null,
        name,
        commandLine,
        language,
        inspector: language === 'node' ? inspectorOf(commandLine.split(' ').slice(1)) : null,
        // Windows hides the command line of processes that may not be looked into.
        own: typeof line === 'string',
      },
    ];
  });
}

/** The TCP ports at which a process of this machine listens (Linux; none elsewhere). */
export async function listeningPorts(pid: number): Promise<number[]> {
  const names = await readdir(`/proc/${pid}/fd`).catch((): string[] => []);
  const links = await Promise.all(names.map((name) => readlink(`/proc/${pid}/fd/${name}`).catch(() => '')));
  const sockets = new Set(
    links.map((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1]).filter((each) => each !== undefined),
  );
  const ports = new Set<number>();
  for (const table of ['tcp', 'tcp6']) {
    const text = await readFile(`/proc/${pid}/net/${table}`, 'utf8').catch(() => '');
    // proc(5): local address:port in hexadecimal, the state (0A: listening), the inode as the tenth column.
    for (const line of text.split('\n').slice(1)) {
      const columns = line.trim().split(/\s+/);
      if (columns[3] === '0A' && sockets.has(columns[9])) ports.add(Number.parseInt(columns[1]!.split(':')[1]!, 16));
    }
  }
  return [...ports].sort((a, b) => a - b);
}
