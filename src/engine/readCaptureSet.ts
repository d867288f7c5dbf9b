import { type CaptureSetMember, readCaptureSetHeader } from '../formats/captureSet/captureSetHeader';
import { DecodeError } from '../formats/decodeError';
import { ProfileMerger } from '../profile/mergeProfiles';
import type { Profile } from '../profile/profile';
import type { StoredSource } from './enginePlatform';

/** Windows that differ by less than this fraction count as equal: clocks and networks make some difference. */
const SAME_WINDOW = 0.05;

/**
 * Reads a capture set into one profile, one body after the other: only the merged profile and one body are in memory.
 * Samples get the label `instance`. What was sampled over shorter windows than the longest one is scaled to that, so that
 * instances compare by rate; states (no window) are left as they are. A body that cannot be read is told in a note.
 * @throws DecodeError where the header is damaged, or no body can be read
 */
export function readCaptureSet(source: StoredSource, decode: (body: StoredSource, name: string) => Profile): Profile {
  const { header, bodies } = readCaptureSetHeader((length) => source.head(length), source.size);
  const merger = new ProfileMerger();
  const windows = header.members.map(({ seconds }) => seconds).filter((seconds) => seconds !== null);
  const longest = windows.length === 0 ? null : Math.max(...windows);
  const notes = header.failures.map(({ instance, error }) => `No profile of ${instance}: ${error}`);
  let at = bodies;
  let read = 0;
  for (const member of header.members) {
    const body = source.part(member.name, at, member.bytes);
    at += member.bytes;
    try {
      const factor = scale(member, longest);
      if (factor !== 1) {
        notes.push(
          `${member.instance} was sampled for ${member.seconds} s of ${longest} s: its values are multiplied by ` +
            `${Number(factor.toPrecision(3))} to compare by rate.`,
        );
      }
      notes.push(...member.notes);
      merger.add({
        profile: decode(body, member.name),
        name: member.instance,
        labels: new Map([['instance', member.instance]]),
        factor,
      });
      read++;
    } catch (error) {
      if (!(error instanceof Error) || error.name === 'AbortError' || header.members.length === 1) throw error;
      notes.push(`No profile of ${member.instance}: ${error.message}`);
    }
  }
  if (read === 0) {
    throw new DecodeError(
      notes.length === 0 ? 'The capture set is empty' : `No instance of the capture set can be read: ${notes[0]}`,
    );
  }
  const profile = merger.finish();
  return {
    ...profile,
    meta: {
      ...profile.meta,
      // The instances were sampled at the same time, one capture after the other.
      durationMs: longest === null ? profile.meta.durationMs : longest * 1000 * (header.captures ?? 1),
      notes: [...notes, ...profile.meta.notes],
    },
  };
}

function scale({ seconds }: CaptureSetMember, longest: number | null): number {
  if (seconds === null || longest === null || longest - seconds < longest * SAME_WINDOW) return 1;
  return longest / seconds;
}
