import { execFileSync } from 'node:child_process';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** How long the recorded program runs, in milliseconds. */
const RUN = 8000;

/**
 * Writes a recording of about `size` bytes: a real one of test/fixtures/programs/java, with events as dense as the JDK
 * records them, and its chunks again and again behind each other.
 * @param programs test/fixtures/programs
 * @returns bytes written
 * @throws Error where there is no JDK
 */
export function generateJfr(file: string, size: number, programs: string, folder: string): number {
  const java = join(programs, 'java');
  execFileSync('javac', ['-d', folder, join(java, 'Busy.java')]);
  const settings = readFileSync(join(java, 'events.jfc'), 'utf8')
    .replace('100/s', '5000/s')
    .replace('20 ms', '10 ms')
    .replace('50 ms', '20 ms');
  const dense = join(folder, 'dense.jfc');
  const recording = join(folder, 'recording.jfr');
  writeFileSync(dense, settings);
  execFileSync(
    'java',
    [`-XX:StartFlightRecording=settings=${dense},filename=${recording}`, '-cp', folder, 'Busy', String(RUN)],
    {
      stdio: 'ignore',
    },
  );
  const chunks = readFileSync(recording);
  const times = Math.max(1, Math.round(size / chunks.length));
  writeFileSync(file, chunks);
  for (let i = 1; i < times; i++) {
    appendFileSync(file, chunks);
  }
  return times * chunks.length;
}
