import type { Profile } from '../../profile/profile';
import { ProfileBuilder } from '../../profile/profileBuilder';
import { DecodeError } from '../decodeError';
import type { ByteSource, Confidence, DecodeContext, Format } from '../format';
import { encodePprof } from './pprofEncode';
import { PprofFrames } from './pprofFrames';
import { pprofNotes } from './pprofNotes';
import { PprofPruning } from './pprofPruning';
import { PprofReader } from './pprofReader';
import { PprofSamples } from './pprofSamples';
import { PprofTables } from './pprofTables';

/**
 * pprof's protocol buffers, as Go's runtime/pprof and many others write them
 * (https://github.com/google/pprof/blob/main/proto/profile.proto).
 */
export const pprof: Format = {
  name: 'pprof',
  title: 'pprof profile',
  extensions: ['.pb.gz', '.pprof', '.pb'],
  gzipped: true,
  detect: detectPprof,
  decode: decodePprof,
  encode: encodePprof,
};

/** Wire types of the fields 1 to 15 of `Profile`: V a number, B bytes. */
const wireTypes = ' BBBBBBVVVVBVBVV';

function detectPprof(head: Uint8Array): Confidence {
  const reader = new PprofReader(head);
  let sampleTypes = 0;
  let fields = 0;
  try {
    while (reader.pos < head.length) {
      const field = reader.nextField(head.length);
      // A repeated number may also stand packed (comment, field 13).
      const wire = field >= 1 && field <= 15 ? wireTypes[field] : ' ';
      if (wire === ' ' || (reader.type !== (wire === 'V' ? 0 : 2) && !(field === 13 && reader.type === 2))) {
        return 'no';
      }
      if (reader.type === 0) {
        reader.wide();
      } else {
        const length = reader.readVarint();
        const end = reader.pos + length;
        if (field === 1 && end <= head.length) {
          if (!isValueType(reader, end)) {
            return 'no';
          }
          sampleTypes++;
        }
        if (end > head.length) {
          // A cut head ends inside a field; a whole file does not.
          if (head.length < 65536) {
            return sampleTypes > 0 ? 'possible' : 'no';
          }
          break;
        }
        reader.pos = end;
      }
      fields++;
    }
  } catch {
    return sampleTypes > 0 ? 'possible' : 'no';
  }
  return sampleTypes > 0 ? 'certain' : fields > 2 ? 'possible' : 'no';
}

function isValueType(reader: PprofReader, end: number): boolean {
  for (let field = reader.nextField(end); field !== 0; field = reader.nextField(end)) {
    if ((field !== 1 && field !== 2) || reader.type !== 0) {
      return false;
    }
    reader.wide();
  }
  return reader.pos === end;
}

function decodePprof(source: ByteSource, context: DecodeContext): Profile {
  const bytes = source.bytes();
  if (bytes.length === 0) {
    throw new DecodeError('The file is empty: expected a pprof profile');
  }
  const reader = new PprofReader(bytes);
  try {
    const tables = new PprofTables();
    // Samples stand before what they refer to, so they are read in a second pass.
    tables.read(reader, () => context.checkpoint((reader.pos / bytes.length) * 0.1));
    reader.pos = 0;
    const profile = readTables(bytes, tables, reader, () =>
      context.checkpoint(0.1 + (reader.pos / bytes.length) * 0.9),
    );
    source.release?.();
    return profile;
  } catch (error) {
    // pbf's own: a number of more than ten bytes, an unknown wire type, a read beyond the end.
    if (
      error instanceof RangeError ||
      (error instanceof Error && /^(Expected varint|Unimplemented type)/.test(error.message))
    ) {
      throw new DecodeError(
        'Expected a pprof profile (protocol buffers), but a field cannot be read',
        `byte ${Math.min(reader.pos, bytes.length)}`,
      );
    }
    throw error;
  }
}

function readTables(bytes: Uint8Array, tables: PprofTables, reader: PprofReader, checkpoint: () => void): Profile {
  if (tables.sampleTypes.length === 0) {
    throw new DecodeError('Expected a pprof profile, but it names no sample type');
  }
  const builder = new ProfileBuilder();
  const frames = new PprofFrames(bytes, tables, builder);
  for (const { type, unit } of tables.sampleTypes) {
    builder.addSampleType(frames.text(type), frames.text(unit));
  }
  const notes: string[] = [];
  const pruning = PprofPruning.of(tables, frames, notes, checkpoint);
  frames.make(pruning === null ? null : pruning.trimmed);
  const samples = new PprofSamples(bytes, tables, frames, pruning, builder);
  samples.read(reader, checkpoint);
  const named = frames.string(Math.max(0, tables.defaultSampleType));
  const wanted = tables.sampleTypes.findIndex(({ type }) => named !== 0 && frames.string(type) === named);
  notes.push(...pprofNotes(tables, frames, samples));
  return builder.finish({
    formats: ['pprof'],
    durationMs: tables.durationNanos > 0 ? tables.durationNanos / 1e6 : null,
    startTimeMs: tables.timeNanos > 0 ? tables.timeNanos / 1e6 : null,
    // As `go tool pprof` has it: the last type where none is named.
    defaultSampleType: wanted < 0 ? tables.sampleTypes.length - 1 : wanted,
    lines: frames.hasLines ? 'call' : 'none',
    notes,
  });
}
