import { FrameRegExp } from './frameRegExp';
import type { PprofFrames } from './pprofFrames';
import type { PprofTables } from './pprofTables';

/** What a location means for the frames that it called. */
const KEPT = 0;
/** It and what it called are left out. */
const LEFT_OUT = 1;
/** Some of its inlined frames, and what it called, are left out. */
const TRIMMED = 2;

/**
 * Leaves out what a profile's `drop_frames` name (but for `keep_frames`): the profiler's own frames and those of the
 * allocator, with all that they called, as `go tool pprof` does before it shows anything
 * (https://github.com/google/pprof/blob/main/proto/profile.proto, `Profile.drop_frames`).
 */
export class PprofPruning {
  /** Lines to leave out of each location, from the innermost on. */
  readonly trimmed: Int32Array;
  private readonly state: Uint8Array;

  private constructor(locations: number) {
    this.trimmed = new Int32Array(locations);
    this.state = new Uint8Array(locations);
  }

  /**
   * What is to be left out; null where nothing is.
   * @param notes gets a sentence where frames are named in a way that cannot be followed
   */
  static of(tables: PprofTables, frames: PprofFrames, notes: string[], checkpoint: () => void): PprofPruning | null {
    if (tables.dropFrames === 0) {
      return null;
    }
    const drop = frames.text(tables.dropFrames);
    const keep = frames.text(tables.keepFrames);
    try {
      const names = dropped(
        tables,
        frames,
        new FrameRegExp(drop),
        keep === '' ? null : new FrameRegExp(keep),
        checkpoint,
      );
      return names === null ? null : PprofPruning.mark(tables, names);
    } catch (error) {
      if (!(error instanceof SyntaxError)) {
        throw error;
      }
      notes.push('The frames that the profiler asks to leave out are shown: its drop_frames cannot be read.');
      return null;
    }
  }

  private static mark(tables: PprofTables, dropped: Uint8Array): PprofPruning {
    const pruning = new PprofPruning(tables.locations);
    for (let row = 0; row < tables.locations; row++) {
      const first = tables.locationLines[row];
      const last = tables.locationLines[row + 1] - 1;
      for (let at = last; at >= first; at--) {
        const func = tables.functionIds.row(tables.lineFunctionLow[at], tables.lineFunctionHigh[at]);
        if (func < 0 || dropped[func] === 0) {
          continue;
        }
        pruning.state[row] = at === last ? LEFT_OUT : TRIMMED;
        pruning.trimmed[row] = at === last ? 0 : at - first + 1;
        break;
      }
    }
    return pruning;
  }

  /**
   * Index of the innermost location to keep: beyond the end where none is.
   * @param locations rows of a sample's locations, innermost first, -1 for unknown ones
   */
  innermost(locations: Int32Array, depth: number): number {
    const { state } = this;
    let found = false;
    for (let i = depth - 1; i >= 0; i--) {
      const kind = locations[i] < 0 ? KEPT : state[locations[i]];
      if (kind === KEPT) {
        found = true;
      } else if (found) {
        // Before the first frame of the program itself nothing is left out: all might be.
        return kind === LEFT_OUT ? i + 1 : i;
      }
    }
    return 0;
  }
}

/** Marks the functions to leave out; null where there is none. @throws SyntaxError where that is too much work */
function dropped(
  tables: PprofTables,
  frames: PprofFrames,
  drop: FrameRegExp,
  keep: FrameRegExp | null,
  checkpoint: () => void,
): Uint8Array | null {
  const marks = new Uint8Array(tables.functions);
  // Many functions may have one long name.
  const known = new Int8Array(tables.strings).fill(-1);
  let any = false;
  for (let row = 0; row < tables.functions; row++) {
    if ((row & 0xfff) === 0) {
      checkpoint();
    }
    const text = tables.functionName[row];
    if (text <= 0 || text >= tables.strings) {
      continue;
    }
    if (known[text] < 0) {
      const name = withoutArguments(frames.text(text));
      known[text] = name !== '' && drop.matches(name) && keep?.matches(name) !== true ? 1 : 0;
    }
    marks[row] = known[text];
    any ||= known[text] === 1;
  }
  return any ? marks : null;
}

/** A name without the arguments that some symbolizers leave in it, nor the dot that PowerPC's have in front. */
function withoutArguments(name: string): string {
  const plain = name.startsWith('.') ? name.slice(1) : name;
  for (const { 0: found, index } of plain.matchAll(/\(anonymous namespace\)|operator\(\)|\(/g)) {
    if (found === '(') {
      return plain.slice(0, index);
    }
  }
  return plain;
}
