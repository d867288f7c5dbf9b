import {
  type CaptureSetHeader,
  type CaptureSetMember,
  readCaptureSetHeader,
} from '../formats/captureSet/captureSetHeader';
import { DecodeError } from '../formats/decodeError';
import { ProfileMerger } from '../profile/mergeProfiles';
import type { Profile } from '../profile/profile';
import type { StoredSource } from './enginePlatform';

/** Windows that differ by less than this fraction count as equal: clocks and networks make some difference. */
const SAME_WINDOW = 0.05;
/** pprof counts the time in which it writes the profile, in seconds: so much more than was asked is no longer window. */
const WRITING = 0.25;

/**
 * Reads a capture set into one profile, one body after the other: only the merged profile and one body are in memory.
 * Samples get the label `instance`. What was sampled over shorter windows than the longest one is scaled to that, so that
 * instances compare by rate; states (no window) are left as they are. A window is what the body itself says where that is
 * another one than was asked for: a server may have a limit of its own. A body that cannot be read is told in a note.
 * @throws DecodeError where the header is damaged, or no body can be read
 */
export function readCaptureSet(source: StoredSource, decode: (body: StoredSource, name: string) => Profile): Profile {
  const { header, bodies } = readCaptureSetHeader((length) => source.head(length), source.size);
  const asked = header.members.map(({ seconds }) => seconds);
  const first = mergeMembers(source, header, bodies, asked, decode);
  const factors = scales(first.windows);
  // Rarely another one: then what was known too late is taken into account in a second reading.
  if (scales(asked).every((factor, member) => factor === factors[member])) return first.profile();
  return mergeMembers(source, header, bodies, first.windows, decode).profile();
}

interface MergedMembers {
  /** Seconds of each member, as its body says where that is another window. */
  readonly windows: readonly (number | null)[];
  profile(): Profile;
}

/** @param windows seconds of each member */
function mergeMembers(
  source: StoredSource,
  header: CaptureSetHeader,
  bodies: number,
  windows: readonly (number | null)[],
  decode: (body: StoredSource, name: string) => Profile,
): MergedMembers {
  const merger = new ProfileMerger();
  const factors = scales(windows);
  const found = [...windows];
  const notes = header.failures.map(({ instance, error }) => `No profile of ${instance}: ${error}`);
  let at = bodies;
  let read = 0;
  for (const [index, member] of header.members.entries()) {
    const body = source.part(member.name, at, member.bytes);
    at += member.bytes;
    try {
      const factor = factors[index]!;
      if (factor !== 1) {
        notes.push(
          `${member.instance} was sampled for ${rounded(windows[index]!)} s of ${rounded(longestOf(windows)!)} s: its ` +
            `values are multiplied by ${Number(factor.toPrecision(3))} to compare by rate.`,
        );
      }
      notes.push(...member.notes);
      const profile = decode(body, member.name);
      found[index] = windowOf(member, profile);
      merger.add({
        profile,
        name: member.instance,
        labels: new Map([['instance', member.instance]]),
        factor,
      });
      read++;
    } catch (error) {
      if (!(error instanceof Error) || error.name === 'AbortError' || header.members.length === 1) throw error;
      // What was not read has no part in the comparison.
      found[index] = null;
      notes.push(`No profile of ${member.instance}: ${error.message}`);
    }
  }
  if (read === 0) {
    throw new DecodeError(
      notes.length === 0 ? 'The capture set is empty' : `No instance of the capture set can be read: ${notes[0]}`,
    );
  }
  return {
    windows: found,
    profile: () => {
      const profile = merger.finish();
      const longest = longestOf(found);
      return {
        ...profile,
        meta: {
          ...profile.meta,
          // The instances were sampled at the same time, one capture after the other.
          durationMs: longest === null ? profile.meta.durationMs : longest * 1000 * (header.captures ?? 1),
          notes: [...notes, ...profile.meta.notes],
        },
      };
    },
  };
}

/** Seconds that a member was sampled for. pprof records them; other formats have their last sample's time at most. */
function windowOf({ seconds }: CaptureSetMember, { meta }: Profile): number | null {
  if (seconds === null || meta.durationMs === null || !meta.formats.includes('pprof')) return seconds;
  const recorded = meta.durationMs / 1000;
  return Math.abs(recorded - seconds) <= Math.max(seconds * SAME_WINDOW, WRITING) ? seconds : recorded;
}

function longestOf(windows: readonly (number | null)[]): number | null {
  const known = windows.filter((seconds) => seconds !== null);
  return known.length === 0 ? null : Math.max(...known);
}

/** What the values of each are multiplied by. */
function scales(windows: readonly (number | null)[]): number[] {
  const longest = longestOf(windows);
  return windows.map((seconds) =>
    seconds === null || longest === null || longest - seconds < longest * SAME_WINDOW ? 1 : longest / seconds,
  );
}

function rounded(seconds: number): number {
  return Number(seconds.toFixed(2));
}
