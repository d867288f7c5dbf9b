import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { ByteSource, DecodeContext, Format } from '../../src/formats/format';
import type { Profile } from '../../src/profile/profile';

export const fixtures = join(__dirname, '../fixtures');

/** Names of all profiles in the fixtures, with the format each is in. */
export const fixtureFormats: Readonly<Record<string, string>> = {
  'node.cpuprofile': 'cpuprofile',
  'threads.cpuprofiles': 'cpuprofile',
  'typescript.cpuprofile': 'cpuprofile',
  'vscode.cpuprofile': 'cpuprofile',
  'heapprofile/node.heapprofile': 'heapprofile',
  'heapprofile/inspector.heapprofile': 'heapprofile',
  'firefox/page.firefox.json.gz': 'firefox',
  'firefox/page.gecko.json.gz': 'firefox',
  'chromeTrace/chrome.json.gz': 'chrometrace',
  'chromeTrace/node.json.gz': 'chrometrace',
  'chromeTrace/node-spans.json': 'chrometrace',
  'chromeTrace/py-spy.json.gz': 'chrometrace',
  'go-cpu.pb.gz': 'pprof',
  'go-heap.pb.gz': 'pprof',
  'otlp/alpha.otlp': 'otlp',
  'otlp/alpha.otlp.json': 'otlp',
  'otlp/dictionary.otlp': 'otlp',
  'otlp/stacks.otlp': 'otlp',
  'pprof/block.pb.gz': 'pprof',
  'pprof/cpu.pb.gz': 'pprof',
  'diff/before.pb.gz': 'pprof',
  'diff/after.pb.gz': 'pprof',
  'pprof/goroutine.pb.gz': 'pprof',
  'pprof/heap.pb.gz': 'pprof',
  'pprof/heap-base.pb.gz': 'pprof',
  'pprof/heap-diff.pb.gz': 'pprof',
  'pprof/heap-seconds.pb.gz': 'pprof',
  'pprof/mutex.pb.gz': 'pprof',
  'pprof/native-addresses.pb.gz': 'pprof',
  'pprof/native-cpu.pb.gz': 'pprof',
  'pprof/native-heap.pb.gz': 'pprof',
  'pprof/pruned.pb.gz': 'pprof',
  'pprof/threadcreate.pb.gz': 'pprof',
  'py-spy.folded': 'folded',
  'folded/async-full.collapsed': 'folded',
  'folded/async-plain.collapsed': 'folded',
  'folded/bcc-profile.folded': 'folded',
  'folded/difffolded.folded': 'folded',
  'folded/nylas.txt': 'folded',
  'folded/offcputime.folded': 'folded',
  'folded/py-spy-threads.folded': 'folded',
  'notebook/cell.folded': 'folded',
  'folded/stackcollapse-perf.folded': 'folded',
  'speedscope/py-spy.speedscope.json': 'speedscope',
  'pstats/calls.prof': 'pstats',
  'pstats/profile.prof': 'pstats',
  'pstats/python2.prof': 'pstats',
  'pstats/module.prof': 'pstats',
  'pstats/module2.prof': 'pstats',
  'pstats/added.pstats': 'pstats',
  'pstats/sampled.pstats': 'pstats',
  'vmprof/plain.vmprof': 'vmprof',
  'vmprof/lines.vmprof': 'vmprof',
  'vmprof/native.vmprof': 'vmprof',
  'vmprof/real.vmprof': 'vmprof',
  'vmprof/old.vmprof': 'vmprof',
  'callgrind/native.callgrind': 'callgrind',
  'callgrind/instructions.callgrind': 'callgrind',
  'callgrind/cycles.callgrind': 'callgrind',
  'callgrind/threads.callgrind': 'callgrind',
  'callgrind/xdebug.cachegrind': 'callgrind',
  'callgrind/go.callgrind': 'callgrind',
  'perfScript/pointers.perf': 'perf',
  'perfScript/lines.perf': 'perf',
  'perfScript/node.perf': 'perf',
  'perfScript/flat.perf': 'perf',
  'memleak/stacks.memleak': 'memleak',
  'memleak/blocks.memleak': 'memleak',
  'austin/wall.mojo': 'austin',
  'austin/full.mojo': 'austin',
  'austin/cpu.mojo': 'austin',
  'austin/binary.mojo': 'austin',
  'austin/native.mojo': 'austin',
  'austin/wall.austin': 'austin',
  'austin/full.austin': 'austin',
  'austin/memory.austin': 'austin',
  'sentry/continuous.envelope': 'sentry',
  'sentry/transaction.envelope': 'sentry',
  'jfr/jdk17.jfr.gz': 'jfr',
  'jfr/async-cpu.jfr': 'jfr',
  'jfr/async-wall.jfr': 'jfr',
  'jfr/async-malloc.jfr': 'jfr',
  'jfr/async-trace.jfr': 'jfr',
};

/** A fixture's bytes, decompressed. */
export function readFixture(name: string): Uint8Array {
  const bytes = readFileSync(join(fixtures, name));
  return new Uint8Array(name.endsWith('.gz') ? gunzipSync(bytes) : bytes);
}

/** A source of bytes in memory. Chunks share one buffer, as a decoder must expect. */
export function sourceOf(bytes: Uint8Array | string, name = 'unknown', chunkSize = 1 << 16): ByteSource {
  const all = typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes;
  return {
    name,
    size: all.length,
    head: (length) => all.subarray(0, length),
    *chunks() {
      const buffer = new Uint8Array(chunkSize);
      for (let at = 0; at < all.length; at += chunkSize) {
        const part = all.subarray(at, at + chunkSize);
        buffer.set(part);
        yield buffer.subarray(0, part.length);
      }
    },
    bytes: () => all,
  };
}

export const noContext: DecodeContext = { checkpoint: () => {} };

export function decode(format: Format, bytes: Uint8Array | string, chunkSize?: number): Profile {
  return format.decode(sourceOf(bytes, 'unknown', chunkSize), noContext);
}

export interface SelfTotal {
  self: number;
  total: number;
}

/** Self and total by any key of a frame, by walking every sample's stack: slow, and plainly right. */
export function naiveTotals(
  profile: Profile,
  sampleType: number,
  keyOf: (frame: number) => string,
): Map<string, SelfTotal> {
  const result = new Map<string, SelfTotal>();
  const { samples, stacks } = profile;
  for (let row = 0; row < samples.length; row++) {
    const value = samples.values[sampleType][row];
    const seen = new Set<string>();
    for (let stack = samples.stack[row]; stack >= 0; stack = stacks.prefix[stack]) {
      const key = keyOf(stacks.frame[stack]);
      let entry = result.get(key);
      if (entry === undefined) {
        entry = { self: 0, total: 0 };
        result.set(key, entry);
      }
      if (seen.size === 0) {
        entry.self += value;
      }
      if (!seen.has(key)) {
        entry.total += value;
        seen.add(key);
      }
    }
  }
  return result;
}

/** Function name of a frame. */
export function frameName(profile: Profile, frame: number): string {
  return profile.strings[profile.functions.name[profile.frames.func[frame]]];
}

/** File of a frame's function, '' where unknown. */
export function frameFile(profile: Profile, frame: number): string {
  const file = profile.functions.file[profile.frames.func[frame]];
  return file < 0 ? '' : profile.strings[file];
}

/** Names from the root to the leaf. */
export function stackNames(profile: Profile, stack: number): string[] {
  const names: string[] = [];
  for (let at = stack; at >= 0; at = profile.stacks.prefix[at]) {
    names.unshift(frameName(profile, profile.stacks.frame[at]));
  }
  return names;
}

/** Sum of a sample type. */
export function sum(values: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) {
    total += values[i];
  }
  return total;
}

/** A seeded generator of numbers from 0 to 1 (mulberry32, public domain). */
export function seeded(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
