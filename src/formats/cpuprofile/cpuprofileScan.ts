import type { StringTable } from '../../profile/stringTable';
import { END, FIRST, type JsonScanner, memberNames } from '../json/jsonScanner';
import { CallFrames } from './callFrames';
import { CpuprofileColumns } from './cpuprofileColumns';
import { readCpuprofileExtension } from './cpuprofileExtension';
import { CpuprofileLocations } from './cpuprofileLocations';
import { CpuprofileNodes } from './cpuprofileNodes';
import { readIds, readSummedDeltas } from './cpuprofileNumbers';
import type { CpuprofileScanner } from './wasm/cpuprofileScanner';

const members = memberNames('nodes', 'startTime', 'endTime', 'samples', 'timeDeltas', '$vscode', '$emberline');

/** Bytes of input for each node that room is made for in advance. */
const BYTES_A_NODE = 300;

/** Reads one profile object. @throws DecodeError where it is none */
export function scanCpuprofile(
  scanner: JsonScanner,
  fast: CpuprofileScanner | null,
  strings: StringTable,
  checkpoint: () => void,
): CpuprofileColumns {
  const expectedNodes = Math.floor((scanner.bytes.length - scanner.pos) / BYTES_A_NODE);
  const columns = new CpuprofileColumns(new CallFrames(scanner, strings), expectedNodes);
  fast?.begin();
  let hasNodes = false;
  const begin = scanner.pos;
  scanner.enterObject('an object with "nodes" and "samples"');
  for (let m = scanner.member(FIRST, members); m !== END; m = scanner.member(m, members)) {
    if (m === 0 && !hasNodes) {
      hasNodes = true;
      new CpuprofileNodes(scanner, columns, checkpoint, fast, strings).read();
    } else if (m === 1) {
      columns.startTime = readTime(scanner);
    } else if (m === 2) {
      columns.endTime = readTime(scanner);
    } else if (m === 3 && scanner.peek() === 0x5b) {
      // V8 counts each sample as a hit of its node.
      fast?.startIds();
      columns.samples = readIds(scanner, fast, columns.elapsed?.time.length ?? columns.totalHits, checkpoint);
      if (columns.plain !== null && fast !== null) {
        columns.plain.unknownSamples = fast.unknownIds;
      }
    } else if (m === 4 && scanner.peek() === 0x5b) {
      columns.elapsed = readSummedDeltas(scanner, fast, columns.samples?.length ?? columns.totalHits, checkpoint);
    } else if (m === 5) {
      columns.locations = CpuprofileLocations.read(scanner, strings);
    } else if (m === 6) {
      columns.extension = readCpuprofileExtension(scanner);
    } else {
      scanner.skip();
    }
  }
  if (!hasNodes) {
    scanner.pos = begin;
    scanner.fail('an object with the member "nodes"');
  }
  if (columns.plain !== null && (columns.samples === null || columns.samples.length === 0)) {
    fast?.takeHits(columns, columns.plain);
  }
  return columns;
}

/** A time of the target's clock in microseconds; null for what is no time. */
function readTime(scanner: JsonScanner): number | null {
  const time = scanner.numberOrNull();
  return time !== null && Math.abs(time) < 2 ** 53 ? time : null;
}
