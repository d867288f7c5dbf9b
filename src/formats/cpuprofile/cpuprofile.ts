import type { Profile } from '../../profile/profile';
import { ProfileBuilder } from '../../profile/profileBuilder';
import { type WasmUse, worthWasm } from '../../profile/wasmModule';
import { DecodeError } from '../decodeError';
import type { ByteSource, Confidence, DecodeContext, Format } from '../format';
import { JsonScanner } from '../json/jsonScanner';
import { assembleCpuprofile } from './cpuprofileAssemble';
import type { CpuprofileColumns } from './cpuprofileColumns';
import { cpuprofileUnfit, encodeCpuprofile } from './cpuprofileEncode';
import { scanCpuprofile } from './cpuprofileScan';
import { CpuprofileScanner } from './wasm/cpuprofileScanner';

/**
 * V8's CPU profiles, as `node --cpu-prof`, Chrome and VS Code write them
 * (https://chromedevtools.github.io/devtools-protocol/tot/Profiler/#type-Profile), and arrays of them, as Emberline
 * writes captures of several threads or segments (see `cpuprofileExtension.ts`).
 */
export const cpuprofile: Format = {
  name: 'cpuprofile',
  title: 'V8 CPU profile',
  extensions: ['.cpuprofile', '.cpuprofiles'],
  detect: detectCpuprofile,
  decode: (source, context) => decodeCpuprofile(source, context),
  encode: encodeCpuprofile,
  unfit: cpuprofileUnfit,
};

function detectCpuprofile(head: Uint8Array, name: string): Confidence {
  const text = new TextDecoder('latin1').decode(head).replace(/^(ï»¿)?\s+/, '');
  const named = /\.cpuprofiles?$/i.test(name);
  const bracket = /^(ï»¿)?\s*[[{]/.test(text);
  if (!bracket || text.includes('"traceEvents"')) {
    return 'no';
  }
  // An array of trace events with nodes in them.
  if (/^(ï»¿)?\[/.test(text) && /"ph"\s*:\s*"[A-Za-z]"/.test(text) && /"(pid|ts)"\s*:/.test(text)) {
    return 'no';
  }
  if (text.includes('"nodes"') && text.includes('"callFrame"')) {
    return 'certain';
  }
  // Members come in any order: a long list of samples may fill the head.
  return named || /"(timeDeltas|samples|nodes|startTime|\$emberline|\$vscode)"\s*:/.test(text) ? 'possible' : 'no';
}

/** No capture has more; a small file could otherwise name millions. */
const MOST_SEGMENTS = 10_000;

/** Bytes from which on WebAssembly is worth its start. */
const WORTH_WASM = 1 << 16;

/**
 * `Format.decode`.
 * @param wasm whether plain parts are read by WebAssembly: both ways read the same
 */
export function decodeCpuprofile(source: ByteSource, context: DecodeContext, wasm: WasmUse = 'auto'): Profile {
  const bytes = source.bytes();
  const scanner = new JsonScanner(bytes, 'a V8 CPU profile');
  const fast = worthWasm(wasm, bytes.length, WORTH_WASM) ? CpuprofileScanner.create(scanner) : null;
  const builder = new ProfileBuilder();
  // First, whatever the file has: WebAssembly has them first, too.
  builder.string('(root)');
  builder.string('(anonymous)');
  let segments: CpuprofileColumns[];
  try {
    segments = scanSegments(scanner, fast, builder, () => context.checkpoint(scanner.pos / bytes.length));
  } finally {
    fast?.end();
  }
  return assembleCpuprofile(builder, segments, wasm);
}

/** Reads the profile objects of a file: one, or an array of them. */
function scanSegments(
  scanner: JsonScanner,
  fast: CpuprofileScanner | null,
  builder: ProfileBuilder,
  checkpoint: () => void,
): CpuprofileColumns[] {
  const segments: CpuprofileColumns[] = [];
  const first = scanner.peek();
  if (first < 0) {
    throw new DecodeError('The file is empty: expected a V8 CPU profile');
  }
  if (first === 0x5b) {
    scanner.enterArray('an array of profiles');
    while (scanner.element(segments.length === 0)) {
      segments.push(scanCpuprofile(scanner, fast, builder.strings, checkpoint));
      if (segments.length > MOST_SEGMENTS) {
        scanner.fail(`at most ${MOST_SEGMENTS} profiles in the array before this`);
      }
    }
    if (segments.length === 0) {
      throw new DecodeError('Expected at least one V8 CPU profile in the array');
    }
  } else {
    segments.push(scanCpuprofile(scanner, fast, builder.strings, checkpoint));
  }
  if (scanner.peek() >= 0) {
    scanner.fail('the end of the file');
  }
  return segments;
}
