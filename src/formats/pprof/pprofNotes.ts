import type { PprofFrames } from './pprofFrames';
import type { PprofSamples } from './pprofSamples';
import type { PprofTables } from './pprofTables';

const MOST_MODULES = 3;
const LONGEST_COMMENT = 200;

/** What is to be said of a pprof profile: what is missing in it, what was left out, and what its comments are. */
export function pprofNotes(tables: PprofTables, frames: PprofFrames, samples: PprofSamples): string[] {
  const notes: string[] = [];
  if (samples.unknownLocations > 0) {
    notes.push('Samples name locations that are not in the file: they are shown as "(unknown)".');
  }
  if (frames.unknownFunctions > 0) {
    notes.push('Locations name functions that are not in the file: they are shown by address.');
  }
  if (frames.bare.size > 0) {
    notes.push(`Code without symbols is shown by address: ${describe(frames.bare)}.`);
  }
  if (samples.pruned > 0) {
    notes.push("Frames that the file's drop_frames name are left out, as go tool pprof does.");
  }
  for (const comment of tables.comments) {
    const text = printable(frames.text(comment));
    if (text !== '') {
      notes.push(`Comment in the file: ${text}`);
    }
  }
  const documentation = tables.documentation === 0 ? '' : printable(frames.text(tables.documentation));
  if (documentation !== '') {
    notes.push(`Documentation of this profile: ${documentation}`);
  }
  return notes;
}

/** Modules with the most such locations first. */
function describe(bare: ReadonlyMap<string, number>): string {
  const modules = [...bare].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  const shown = modules.slice(0, MOST_MODULES).map(([module, count]) => {
    const places = count === 1 ? '1 place' : `${count} places`;
    return `${places} in ${module === '' ? 'no known file' : printable(module)}`;
  });
  const more = modules.length - shown.length;
  return shown.join(', ') + (more > 0 ? ` and in ${more} more files` : '');
}

/** A text on one line, of bounded length. */
function printable(text: string): string {
  const line = text
    .slice(0, LONGEST_COMMENT * 2)
    .replace(/\p{Cc}+/gu, ' ')
    .trim();
  return line.length > LONGEST_COMMENT ? `${line.slice(0, LONGEST_COMMENT)}…` : line;
}
