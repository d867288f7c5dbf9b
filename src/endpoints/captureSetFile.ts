import { createReadStream, createWriteStream } from 'node:fs';
import { copyFile, rename, rm, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { type CaptureSetMember, captureSetEnding, writeCaptureSetHeader } from '../formats/captureSet/captureSetHeader';
import type { InstanceResult } from './endpoint';

/**
 * Writes what instances answered into one file: the only answer as it is, else a capture set.
 * @param path without an ending, which the content decides
 * @returns the file's path
 * @throws Error with a sentence where no instance answered, and of the file system
 */
export async function writeCapture(results: readonly InstanceResult[], path: string): Promise<string> {
  const answered = results.filter((result) => 'path' in result);
  const failures = results.filter((result) => 'error' in result);
  if (answered.length === 0) {
    const [first] = failures;
    const others = failures.length > 1 ? ` None of the ${failures.length} instances answered.` : '';
    throw new Error(`${first?.error ?? 'There was no instance to capture from.'}${others}`);
  }
  const [only] = answered;
  if (results.length === 1 && only !== undefined && only.notes.length === 0) {
    const target = path + endingOf(only.name);
    await copyFile(only.path, target);
    return target;
  }
  return writeCaptureSet([results], path);
}

/**
 * Writes captures of the same instances, one after the other, as one capture set. A reader sees the file before or after.
 * @param path without an ending
 * @returns the file's path
 * @throws Error of the file system
 */
export async function writeCaptureSet(captures: readonly (readonly InstanceResult[])[], path: string): Promise<string> {
  const target = path + captureSetEnding;
  const results = captures.flat();
  const answered = results.filter((result) => 'path' in result);
  const members: CaptureSetMember[] = [];
  for (const { instance, name, path, seconds, notes } of answered) {
    members.push({ instance, name, bytes: (await stat(path)).size, seconds, notes });
  }
  const failures = results.filter((result) => 'error' in result);
  const unfinished = `${target}.unfinished`;
  try {
    await pipeline(
      async function* () {
        yield writeCaptureSetHeader({ members, failures, captures: captures.length });
        for (const { path } of answered) yield* createReadStream(path);
      },
      createWriteStream(unfinished, { mode: 0o600 }),
    );
    await rename(unfinished, target);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
  return target;
}

/** A name's ending, with a compression's: `.pb.gz`. */
function endingOf(name: string): string {
  return /(\.[a-z0-9]{1,12}){1,2}$/i.exec(name.replace(/^.*[-/]/, ''))?.[0] ?? '';
}
