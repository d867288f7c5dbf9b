import { DecodeError } from '../decodeError';

/**
 * A capture set: what several instances answered, as they answered it, in one file. It begins with `MAGIC`, a line of
 * JSON (`CaptureSetHeader`) and a line break; the bodies follow one after the other.
 */
export interface CaptureSetHeader {
  readonly members: readonly CaptureSetMember[];
  readonly failures: readonly { readonly instance: string; readonly error: string }[];
  /** How many captures of the same instances follow one another; 1 where left out. */
  readonly captures?: number;
}

export interface CaptureSetMember {
  /** Becomes the label `instance` of its samples. */
  readonly instance: string;
  /** File name, for the format's detection. */
  readonly name: string;
  /** Length of the body. */
  readonly bytes: number;
  /** How long was sampled; null for a state, or where it is not known. */
  readonly seconds: number | null;
  readonly notes: readonly string[];
}

export const captureSetEnding = '.emberline';
const MAGIC = 'emberline capture set 1\n';
/** A header of a thousand instances has some hundred kilobytes. */
const LONGEST_HEADER = 8 << 20;
const MOST_MEMBERS = 10_000;

export function isCaptureSet(head: Uint8Array): boolean {
  return head.length >= MAGIC.length && [...MAGIC].every((letter, i) => head[i] === letter.charCodeAt(0));
}

/** The bytes before the bodies. */
export function writeCaptureSetHeader(header: CaptureSetHeader): Uint8Array {
  return new TextEncoder().encode(`${MAGIC}${JSON.stringify(header)}\n`);
}

/**
 * @param head the file's first bytes: as many as `read` gives
 * @returns the header and where the first body begins
 * @throws DecodeError
 */
export function readCaptureSetHeader(
  read: (length: number) => Uint8Array,
  size: number,
): { header: CaptureSetHeader; bodies: number } {
  let length = 1 << 16;
  let head = read(length);
  let end = head.indexOf(0x0a, MAGIC.length);
  while (end < 0 && head.length === length && length < LONGEST_HEADER) {
    length *= 4;
    head = read(length);
    end = head.indexOf(0x0a, MAGIC.length);
  }
  if (end < 0)
    throw new DecodeError(
      'The capture set ends in the middle of its header: it may be truncated',
      `byte ${head.length}`,
    );
  const header = parse(new TextDecoder().decode(head.subarray(MAGIC.length, end)));
  const bytes = header.members.reduce((sum, member) => sum + member.bytes, 0);
  if (end + 1 + bytes > size) {
    throw new DecodeError(`The capture set has ${size} bytes of ${end + 1 + bytes}: it is truncated`, `byte ${size}`);
  }
  return { header, bodies: end + 1 };
}

function parse(text: string): CaptureSetHeader {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new DecodeError('Expected a line of JSON as the header of a capture set', `byte ${MAGIC.length}`);
  }
  const { members, failures, captures } = asRecord(value);
  if (!Array.isArray(members) || members.length > MOST_MEMBERS) {
    throw new DecodeError(`Expected at most ${MOST_MEMBERS} "members" in the header of a capture set`);
  }
  return {
    captures: isLength(captures) && captures > 1 ? captures : 1,
    members: members.map((member) => {
      const { instance, name, bytes, seconds, notes } = asRecord(member);
      if (typeof instance !== 'string' || typeof name !== 'string' || !isLength(bytes)) {
        throw new DecodeError('Expected "instance", "name" and "bytes" of each member in the header of a capture set');
      }
      return {
        instance,
        name,
        bytes,
        seconds: typeof seconds === 'number' && seconds > 0 ? seconds : null,
        notes: Array.isArray(notes) ? notes.filter((note) => typeof note === 'string') : [],
      };
    }),
    failures: (Array.isArray(failures) ? failures : []).map((failure) => {
      const { instance, error } = asRecord(failure);
      return { instance: String(instance), error: String(error) };
    }),
  };
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function isLength(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
