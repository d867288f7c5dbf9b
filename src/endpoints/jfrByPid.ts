import { randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { CaptureMethods, CaptureRequest, InstanceResult } from './endpoint';
import { Jcmd } from './jcmd';
import { endedAfter, samplingProgress } from './samplingProgress';
import { isRunning, targetPid } from './targetPid';
import { whileRunning } from './whileRunning';

/** A virtual machine that ends writes its recording before it is gone. */
const LAST_WORDS_MS = 3000;

/**
 * A Java process by its own flight recorder (`jcmd PID JFR.start`: JDK 11 and later, 8u262 too). Options: `settings`
 * (`profile`, `default` or the path of a .jfc file). Other recordings of the process go on.
 */
export const jfrByPid = {
  capture: async (request) => [await capture(request)],
} satisfies CaptureMethods;

async function capture(request: CaptureRequest): Promise<InstanceResult> {
  const { spec, signal, folder } = request;
  signal.throwIfAborted();
  const pid = targetPid(spec);
  const jcmd = await Jcmd.open(pid, request.tools, (line) => request.log(line));
  const recording = `emberline-${randomBytes(4).toString('hex')}`;
  const path = join(folder, `jfr-${pid}.jfr`);
  const settings = typeof spec.options?.['settings'] === 'string' ? spec.options['settings'] : 'profile';
  const answer = await jcmd.run(
    'JFR.start',
    `name=${recording}`,
    `settings=${settings}`,
    'dumponexit=true',
    `filename=${path}`,
  );
  if (!/started recording/i.test(answer)) {
    throw new Error(`Process ${pid} did not start a flight recording: ${oneLine(answer)}`);
  }
  const progress = samplingProgress(request, `process ${pid}`);
  let stopped = false;
  const stop = async (): Promise<void> => {
    if (!stopped) await jcmd.run('JFR.stop', `name=${recording}`, `filename=${path}`);
    stopped = true;
  };
  try {
    // Where its chunks are, should it be killed.
    const repository = /^Repository path:\s*(.+)$/m.exec(await jcmd.run('JFR.configure').catch(() => ''))?.[1]?.trim();
    let how = await whileRunning(pid, request);
    progress.end();
    const seconds = progress.seconds();
    if (how !== 'ended') {
      await stop().catch((error) => {
        if (isRunning(pid)) throw error;
        how = 'ended';
      });
    }
    const notes: string[] = [];
    if (how === 'ended') {
      notes.push(endedAfter(pid, seconds));
      await lastWords(pid, path, repository);
    }
    if ((await sizeOf(path)) === 0) {
      throw new Error(
        how === 'ended'
          ? `Process ${pid} was killed before it wrote its flight recording.`
          : `Process ${pid} wrote no flight recording that can be seen at ${path}: does it run in another container?`,
      );
    }
    return { instance: `process ${pid}`, path, name: `process-${pid}.jfr`, seconds, notes };
  } finally {
    progress.end();
    if (isRunning(pid)) await stop().catch((error) => request.log(String(error)));
  }
}

/** Waits for what a process writes as it ends; of one that was killed, its repository has all but the last second. */
async function lastWords(pid: number, path: string, repository: string | undefined): Promise<void> {
  const deadline = performance.now() + LAST_WORDS_MS;
  let size = await sizeOf(path);
  while (performance.now() < deadline && (size === 0 || isRunning(pid))) {
    // A folder that the ending process has not removed is that of a killed one.
    if (!isRunning(pid) && repository !== undefined && (await salvage(repository, path))) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
    size = await sizeOf(path);
  }
}

async function salvage(repository: string, path: string): Promise<boolean> {
  return (await sizeOf(path)) === 0 && (await concatenateFiles(repository, '.jfr', path));
}

/** Writes the files of a folder and those below it, by their names, into one; false where there is none. */
export async function concatenateFiles(folder: string, ending: string, path: string): Promise<boolean> {
  const names = await readdir(folder, { recursive: true }).catch((): string[] => []);
  const parts = names.filter((name) => name.endsWith(ending)).sort();
  for (const part of parts) {
    await pipeline(createReadStream(join(folder, part)), createWriteStream(path, { flags: 'a' }));
  }
  return parts.length > 0;
}

async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => null))?.size ?? 0;
}

function oneLine(answer: string): string {
  const lines = answer.split('\n').map((line) => line.trim());
  const said = lines.filter((line) => line !== '' && !/^\d+:$/.test(line)).join(' ');
  return said.length > 240 ? `${said.slice(0, 239)}…` : said;
}
