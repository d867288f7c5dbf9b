import { firstError, runTool } from './runTool';

const LONGEST_MS = 15_000;

/**
 * What a command prints, one instance a line; empty lines and those that begin with `#` are left out. It runs in a shell,
 * so only where the user trusts who wrote it.
 * @throws Error with a sentence where it fails or names none, or the signal's reason
 */
export async function listedInstances(command: string, name: string, signal: AbortSignal): Promise<string[]> {
  const what = `The command that lists the instances of ${name} (${short(command)})`;
  const late = AbortSignal.timeout(LONGEST_MS);
  const [shell, args] =
    process.platform === 'win32'
      ? [process.env['ComSpec'] ?? 'cmd.exe', ['/d', '/s', '/c', command]]
      : ['/bin/sh', ['-c', command]];
  let printed: string;
  try {
    const end = await runTool(shell, args, { signal: AbortSignal.any([signal, late]) });
    if (end.code !== 0) {
      const said = short(firstError(end));
      throw new Error(
        `${what} failed with ${end.code ?? end.signal}${said === '' ? '' : ` (“${said}”)`}: run it in a terminal.`,
      );
    }
    printed = end.stdout;
  } catch (error) {
    signal.throwIfAborted();
    if (late.aborted) throw new Error(`${what} did not end within ${LONGEST_MS / 1000} s: run it in a terminal.`);
    throw error;
  }
  const lines = printed.split(/\r?\n/).map((line) => line.trim());
  const instances = lines.filter((line) => line !== '' && !line.startsWith('#'));
  if (instances.length === 0) throw new Error(`${what} printed none.`);
  return instances;
}

function short(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= 80 ? line : `${line.slice(0, 79)}…`;
}
