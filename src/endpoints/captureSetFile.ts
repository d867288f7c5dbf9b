import { copyFile, type FileHandle, open, rename, rm, stat } from 'node:fs/promises';
import { type CaptureSetMember, captureSetEnding, writeCaptureSetHeader } from '../formats/captureSet/captureSetHeader';
import type { InstanceResult } from './endpoint';

const CHUNK = 1 << 20;

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
    const output = await open(unfinished, 'w', 0o600);
    try {
      await output.writeFile(writeCaptureSetHeader({ members, failures, captures: captures.length }));
      const buffer = Buffer.allocUnsafeSlow(CHUNK);
      for (const [index, { path }] of answered.entries()) await append(path, members[index]!.bytes, output, buffer);
    } finally {
      await output.close();
    }
    await rename(unfinished, target);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
  return target;
}

/**
 * Copies a file's bytes to the end of another one: through one buffer, for a stream an answer would leave much to collect.
 * @throws Error where the file has fewer, and of the file system
 */
async function append(path: string, bytes: number, output: FileHandle, buffer: Buffer): Promise<void> {
  const input = await open(path);
  try {
    for (let at = 0; at < bytes; ) {
      const { bytesRead } = await input.read(buffer, 0, Math.min(CHUNK, bytes - at), at);
      if (bytesRead === 0) throw new Error(`${path} has become shorter while it was copied.`);
      for (let from = 0; from < bytesRead; ) {
        from += (await output.write(buffer, from, bytesRead - from)).bytesWritten;
      }
      at += bytesRead;
    }
  } finally {
    await input.close();
  }
}

/** A name's ending, with a compression's: `.pb.gz`. */
function endingOf(name: string): string {
  return /(\.[a-z0-9]{1,12}){1,2}$/i.exec(name.replace(/^.*[-/]/, ''))?.[0] ?? '';
}
