import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import type { CaptureRequest, EndpointSpec, InstanceResult } from '../../src/endpoints/endpoint';
import { detectFormat, headLength } from '../../src/formats/registry';
import type { Profile } from '../../src/profile/profile';
import { decode, naiveTotals } from './profiles';
import { removeFolder } from './removeFolder';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) removeFolder(folder);
});

/** A request with a folder of its own in the system's folder for temporary files. */
export function captureRequest(spec: Omit<EndpointSpec, 'name'>, more: Partial<CaptureRequest> = {}): CaptureRequest {
  const folder = mkdtempSync(join(tmpdir(), 'emberline-real-'));
  folders.push(folder);
  return {
    spec: { name: 'test', ...spec },
    seconds: 1,
    signal: new AbortController().signal,
    onProgress: () => {},
    log: () => {},
    headersFor: () => ({}),
    folder,
    ...more,
  };
}

/** For `CaptureRequest.onProgress`: acts once, so long after the sampling has begun. */
export function afterStart(ms: number, action: () => void): () => void {
  let begun = false;
  return () => {
    if (!begun) setTimeout(action, ms);
    begun = true;
  };
}

/** The profile that a capture gave. @throws Error with its sentence where it gave none */
export function capturedProfile(result: InstanceResult | undefined): Profile {
  if (result === undefined || 'error' in result) throw new Error(result?.error ?? 'no result');
  const bytes = readFileSync(result.path);
  const format = detectFormat(bytes.subarray(0, headLength), result.name);
  if (format === null) throw new Error(`${result.name} is of no known format`);
  return decode(format, bytes);
}

/** The total of the functions whose name has `part`, of the type `samples`. */
export function samplesOf(profile: Profile, part: string): number {
  const { functions, frames, strings } = profile;
  const type = Math.max(
    0,
    profile.sampleTypes.findIndex((each) => each.type === 'samples'),
  );
  const totals = naiveTotals(profile, type, (frame) =>
    String(strings[functions.name[frames.func[frame]!]!]).includes(part) ? part : '',
  );
  return totals.get(part)?.total ?? 0;
}

/** Processes whose command line has a text; this machine's /proc. */
export function processesWith(text: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((name) => {
      try {
        return readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ').includes(text);
      } catch {
        return false;
      }
    })
    .map(Number);
}

/** Where the first of the programs is, with what it takes to be found. */
export function pathOf(program: string): string {
  return execFileSync('sh', ['-c', `command -v ${program}`], { encoding: 'utf8' }).trim();
}
