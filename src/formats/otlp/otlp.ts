import type { Profile } from '../../profile/profile';
import { StringTable } from '../../profile/stringTable';
import { DecodeError } from '../decodeError';
import type { ByteSource, Confidence, DecodeContext, Format } from '../format';
import { type JsonColumns, readJsonColumns } from '../json/jsonColumns';
import { JsonScanner } from '../json/jsonScanner';
import { scanCheckpoint } from '../json/scanCheckpoint';
import { OtlpAssembler } from './otlpAssembler';
import { OtlpJson } from './otlpJson';
import { OtlpProtobuf } from './otlpProtobuf';
import { BYTES, OtlpReader } from './otlpReader';

/**
 * OpenTelemetry's profiles (`v1development`), whose shape changed with releases: see `otlpProtobuf.ts` for those that are
 * told apart. Binary, in JSON, and as the Collector's file exporter writes them: JSON lines, and messages behind their
 * lengths.
 */
export const otlp: Format = {
  name: 'otlp',
  title: 'OpenTelemetry profiles',
  extensions: ['.otlp', '.otlp.json'],
  detect: detectOtlp,
  decode: decodeOtlp,
};

function detectOtlp(head: Uint8Array): Confidence {
  const first = head.find((byte) => byte > 0x20);
  if (first === 0x7b) {
    const text = new TextDecoder('latin1').decode(head);
    return /"(resourceProfiles|scopeProfiles)"\s*:/.test(text)
      ? 'certain'
      : /"(mappingTable|stringTable|functionTable)"\s*:/.test(text)
        ? 'possible'
        : 'no';
  }
  return isProfilesData(head, 0) || isProfilesData(head, 4) ? 'certain' : 'no';
}

/** Whether messages nest as in `ProfilesData`: resources with scopes with profiles, or a dictionary of tables. */
function isProfilesData(head: Uint8Array, from: number): boolean {
  const reader = new OtlpReader(head);
  reader.pos = from;
  // Profiles' own fields: a type, a sample; in the dictionary: tables only.
  const shape: readonly (readonly number[])[] = [[1], [2], [2], [1, 2]];
  try {
    let field = reader.nextField(head.length);
    if (field === 2 && reader.type === BYTES) return isDictionary(reader, head);
    for (const wanted of shape) {
      // What comes before the wanted message (a resource, a scope, a schema's URL) is left out.
      while (!wanted.includes(field)) {
        if ((field !== 1 && field !== 3) || reader.type !== BYTES) return false;
        reader.skipField(head.length);
        field = reader.nextField(head.length);
      }
      if (reader.type !== BYTES) return false;
      reader.readVarint();
      if (wanted === shape.at(-1)) return reader.pos < head.length;
      field = reader.nextField(head.length);
    }
  } catch {
    return false;
  }
  return false;
}

function isDictionary(reader: OtlpReader, head: Uint8Array): boolean {
  const end = reader.readVarint() + reader.pos;
  let rows = 0;
  for (let field = reader.nextField(end); field !== 0 && reader.pos < head.length; field = reader.nextField(end)) {
    if (field > 7 || reader.type !== BYTES) return false;
    const length = reader.readVarint();
    if (reader.pos + length > end) return false;
    reader.pos += length;
    rows++;
  }
  return rows > 0;
}

function decodeOtlp(source: ByteSource, context: DecodeContext): Profile {
  const bytes = source.bytes();
  if (bytes.length === 0) throw new DecodeError('The file is empty: expected OpenTelemetry profiles');
  const first = bytes.find((byte) => byte > 0x20);
  return first === 0x7b ? decodeJson(bytes, context) : decodeProtobuf(bytes, context);
}

function decodeJson(bytes: Uint8Array, context: DecodeContext): Profile {
  const scanner = new JsonScanner(bytes, 'an OTLP profile');
  const checkpoint = scanCheckpoint(scanner, context);
  const strings = new StringTable();
  const found: JsonColumns[] = [];
  while (scanner.peek() >= 0) {
    found.push(readJsonColumns(scanner, { skip: NONE, tables: NONE, strings, checkpoint }));
  }
  const json = new OtlpJson(strings.toArray(), () => context.checkpoint(1));
  for (const data of found) json.take(data);
  const assembler = new OtlpAssembler(bytes.length);
  return assembler.finish(json.assemble(assembler), []);
}

const NONE: ReadonlySet<string> = new Set();

function decodeProtobuf(bytes: Uint8Array, context: DecodeContext): Profile {
  const reader = new OtlpReader(bytes);
  const messages = new OtlpProtobuf(reader, () => context.checkpoint(Math.min(1, reader.pos / bytes.length)));
  const notes: string[] = [];
  try {
    if (isProfilesData(bytes.subarray(0, 65536), 0)) messages.take(bytes.length);
    else takePrefixed(reader, messages, notes);
    const assembler = new OtlpAssembler(bytes.length);
    return assembler.finish(messages.assemble(assembler), notes);
  } catch (error) {
    // pbf's own: a number of more than ten bytes, an unknown wire type.
    if (error instanceof Error && /^(Expected varint|Unimplemented type)/.test(error.message)) {
      throw new DecodeError('Expected OpenTelemetry profiles, but a field cannot be read', `byte ${reader.pos}`);
    }
    throw error;
  }
}

/** Messages behind four bytes of length each, the highest first. */
function takePrefixed(reader: OtlpReader, messages: OtlpProtobuf, notes: string[]): void {
  const { buf } = reader;
  const view = new DataView(buf.buffer, buf.byteOffset, buf.length);
  let taken = 0;
  for (let at = 0; at < buf.length; taken++) {
    const end = at + 4 <= buf.length ? at + 4 + view.getUint32(at) : Number.POSITIVE_INFINITY;
    if (end > buf.length) {
      if (taken === 0) {
        throw new DecodeError(
          'Expected OpenTelemetry profiles (protocol buffers or JSON): the file is of another kind',
        );
      }
      notes.push(`The file ends in the middle of a message, at byte ${buf.length}: the ${taken} whole ones were read.`);
      return;
    }
    reader.pos = at + 4;
    messages.take(end);
    at = end;
  }
}
