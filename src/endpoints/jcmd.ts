import { readFile, readlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { findTool, type ToolPaths } from './findTool';
import { firstError, runTool } from './runTool';
import { isRunning, vanished } from './targetPid';

const ANSWER_MS = 30_000;

/** The JDK's jcmd for one process. */
export class Jcmd {
  private constructor(
    private readonly tool: string,
    private readonly pid: number,
    private readonly log: (line: string) => void,
  ) {}

  /** @throws Error with a sentence where there is no jcmd, or where the process is no JVM */
  static async open(pid: number, tools: ToolPaths | undefined, log: (line: string) => void): Promise<Jcmd> {
    const folders: string[] = [];
    const program = await readlink(`/proc/${pid}/exe`).catch(() => null);
    // The JDK that runs the program knows it best.
    if (program !== null && basename(program) === 'java') folders.push(dirname(program));
    const home = process.env['JAVA_HOME'];
    if (home) folders.push(join(home, 'bin'));
    const tool = await findTool('jcmd', tools, folders);
    const jcmd = new Jcmd(tool, pid, log);
    await jcmd.assertJvm();
    return jcmd;
  }

  /** Attaching sends SIGQUIT, which would end a process that is no JVM: never without having looked. */
  private async assertJvm(): Promise<void> {
    const { pid } = this;
    let jvm: boolean;
    if (process.platform === 'linux') {
      const maps = await readFile(`/proc/${pid}/maps`, 'utf8').catch((error: NodeJS.ErrnoException) => error);
      if (typeof maps !== 'string') {
        if (!isRunning(pid)) throw vanished(pid);
        throw new Error(`Process ${pid} is another user's: run VS Code (or emberline) as that user to attach to it.`);
      }
      jvm = /\/libjvm\.so/.test(maps);
    } else {
      const { stdout } = await runTool(this.tool, ['-l'], { signal: AbortSignal.timeout(ANSWER_MS) });
      jvm = stdout.split('\n').some((line) => line.startsWith(`${pid} `));
    }
    if (!jvm) throw new Error(`Process ${pid} is no Java virtual machine: choose another process.`);
  }

  /**
   * What the process answered to a command. It is not cancelled: nobody would know whether it was done.
   * @throws Error with a sentence
   */
  async run(...command: string[]): Promise<string> {
    const { pid } = this;
    const signal = AbortSignal.timeout(ANSWER_MS);
    let end: Awaited<ReturnType<typeof runTool>>;
    try {
      end = await runTool(this.tool, [String(pid), ...command], { signal, log: this.log });
    } catch (error) {
      if (signal.aborted) throw new Error(`Process ${pid} did not answer jcmd within ${ANSWER_MS / 1000} s.`);
      throw error;
    }
    const { code, stdout } = end;
    if (code === 0) return stdout;
    if (!isRunning(pid)) throw vanished(pid);
    if (/AttachNotSupported|well-known file|not owned|Permission/i.test(`${stdout}${end.stderr}`)) {
      throw new Error(
        `jcmd could not attach to process ${pid}: run it as the same user and in the same container as the process, which must not have -XX:+DisableAttachMechanism.`,
      );
    }
    throw new Error(`jcmd ${command[0]} failed for process ${pid}: ${firstError(end)}.`);
  }
}
