import { open } from 'node:fs/promises';
import type { CpuprofileExtension } from '../formats/cpuprofile/cpuprofileExtension';

/** A V8 CPU profile, and whose it is. */
export interface LabelledProfile {
  readonly path: string;
  readonly label: CpuprofileExtension;
}

const CHUNK = 1 << 20;

/**
 * Writes V8 CPU profiles as one array (`.cpuprofiles`), each with the member `$emberline` before its closing brace.
 * Nothing is parsed: the bytes are copied.
 * @throws Error with a sentence where a file is no JSON object, and of the file system
 */
export async function joinProfiles(profiles: readonly LabelledProfile[], path: string): Promise<void> {
  const output = await open(path, 'w');
  try {
    await output.writeFile('[\n');
    let first = true;
    for (const profile of profiles) {
      const input = await open(profile.path);
      try {
        const { size } = await input.stat();
        const tailStart = Math.max(0, size - 4096);
        const tail = Buffer.alloc(size - tailStart);
        await input.read(tail, 0, tail.length, tailStart);
        const brace = tail.lastIndexOf('}');
        if (brace < 0) throw new Error(`${profile.path} is no V8 profile: it does not end as a JSON object.`);
        if (!first) await output.writeFile(',\n');
        first = false;
        const chunk = Buffer.alloc(CHUNK);
        for (let at = 0; at < tailStart + brace; ) {
          const { bytesRead } = await input.read(chunk, 0, Math.min(CHUNK, tailStart + brace - at), at);
          if (bytesRead === 0) break;
          await output.writeFile(chunk.subarray(0, bytesRead));
          at += bytesRead;
        }
        await output.writeFile(`,"$emberline":${JSON.stringify(profile.label)}}`);
      } finally {
        await input.close();
      }
    }
    await output.writeFile('\n]\n');
  } finally {
    await output.close();
  }
}
