import { setTimeout as sleep } from 'node:timers/promises';
import { CdpConnection } from './cdpConnection';
import { listInspectorTargets, parseInspectorAddress } from './inspectorAddress';
import { listeningPorts } from './localProcesses';

const INSPECTOR_MS = 5000;
/** Where Node starts an inspector on a signal, unless its options say otherwise. */
const USUAL_PORT = 9229;

/** An inspector of a process of this machine. */
export interface ProcessInspector {
  /** `host:port`. */
  readonly url: string;
  /** Whether it was started for us: it is to be closed afterwards. */
  readonly started: boolean;
}

/**
 * The inspector of a Node process whose command line names none: one that was started in it before, or one that is
 * started now, by Node's own signal (https://nodejs.org/api/process.html#signal-events).
 * @throws Error with a sentence
 */
export async function inspectorOfProcess(pid: number): Promise<ProcessInspector> {
  const before = new Set(await listeningPorts(pid));
  const usual = `127.0.0.1:${USUAL_PORT}`;
  if (before.has(USUAL_PORT) && (await answers(usual))) return { url: usual, started: false };
  try {
    // On Windows it is no signal.
    (process as unknown as { _debugProcess(pid: number): void })._debugProcess(pid);
  } catch (error) {
    throw new Error(
      `The inspector of process ${pid} cannot be started: ${error instanceof Error ? error.message : String(error)}.`,
    );
  }
  for (const deadline = Date.now() + INSPECTOR_MS; Date.now() < deadline; await sleep(100)) {
    const port = (await listeningPorts(pid)).find((each) => !before.has(each));
    if (port !== undefined) return { url: `127.0.0.1:${port}`, started: true };
    if (process.platform !== 'linux') return { url: usual, started: true };
  }
  throw new Error(
    `The inspector of process ${pid} did not start within ${INSPECTOR_MS / 1000} s: port ${USUAL_PORT} may be taken, or the program handles SIGUSR1 itself. Start it with --inspect=0.`,
  );
}

async function answers(url: string): Promise<boolean> {
  const signal = AbortSignal.timeout(1500);
  return listInspectorTargets(parseInspectorAddress(url), { headersFor: () => ({}), signal }).then(
    (targets) => targets.length > 0,
    () => false,
  );
}

/** Closes the inspector that `inspectorOfProcess` started. Never rejects: the process may have ended. */
export async function closeInspector(url: string): Promise<void> {
  try {
    const access = { headersFor: () => ({}), signal: AbortSignal.timeout(2000) };
    const [target] = await listInspectorTargets(parseInspectorAddress(url), access);
    if (target === undefined) return;
    const connection = await CdpConnection.connect(target.webSocketUrl, access);
    // It waits for its last connection to end, and the program with it: so a moment later.
    const expression = "setTimeout(() => require('node:inspector').close(), 50).unref(); 0";
    await connection.send('Runtime.evaluate', { expression, includeCommandLineAPI: true }, 2000);
    await connection.close();
  } catch {
    // Nothing is left to be closed.
  }
}
