import { END, FIRST, type JsonScanner, memberNames } from '../json/jsonScanner';

/**
 * Our own member `$emberline` of a `.cpuprofile` object: where a captured profile came from. Captures of several
 * threads or in several segments are written as an array of such objects (`.cpuprofiles`).
 */
export interface CpuprofileExtension {
  /** The process, debug session or instance, as shown to the user. */
  process: string | null;
  /** The thread within it. */
  thread: string | null;
  pid: number | null;
  /** Start in milliseconds since the epoch. */
  startTimeMs: number | null;
  /** What is missing or was repaired, a sentence each. */
  notes: string[];
  /** Whether samples of `(root)` stand for time that nothing was recorded in; 1 in the file, or absent. */
  gaps?: boolean;
}

const members = memberNames('process', 'thread', 'pid', 'startTimeMs', 'notes', 'gaps');

/** Reads the member's value; members of another type than they should be count as null. */
export function readCpuprofileExtension(scanner: JsonScanner): CpuprofileExtension {
  const extension: CpuprofileExtension = { process: null, thread: null, pid: null, startTimeMs: null, notes: [] };
  if (scanner.peek() !== 0x7b) {
    scanner.skip();
    return extension;
  }
  scanner.enterObject('an object');
  for (let m = scanner.member(FIRST, members); m !== END; m = scanner.member(m, members)) {
    if (m === 0) {
      extension.process = scanner.textOrNull();
    } else if (m === 1) {
      extension.thread = scanner.textOrNull();
    } else if (m === 2) {
      extension.pid = scanner.numberOrNull();
    } else if (m === 3) {
      extension.startTimeMs = scanner.numberOrNull();
    } else if (m === 4 && scanner.peek() === 0x5b) {
      scanner.enterArray('an array');
      for (let first = true; scanner.element(first); first = false) {
        const note = scanner.textOrNull();
        if (note !== null && extension.notes.length < 100) {
          extension.notes.push(note);
        }
      }
    } else if (m === 5) {
      extension.gaps = scanner.numberOrNull() === 1;
    } else {
      scanner.skip();
    }
  }
  return extension;
}
