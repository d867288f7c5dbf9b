import type { Profile } from '../../profile/profile';
import { ProfileBuilder } from '../../profile/profileBuilder';
import { StringTable } from '../../profile/stringTable';
import { DecodeError } from '../decodeError';
import type { ByteSource, Confidence, DecodeContext, Format } from '../format';
import { type JsonColumns, JsonRecord, readJsonColumns } from '../json/jsonColumns';
import { JsonScanner } from '../json/jsonScanner';
import { scanCheckpoint } from '../json/scanCheckpoint';
import { addSentryProfile, isSentryProfile, sentryStartMs } from './sentryProfile';

/**
 * Sentry's sample format, version 1 (a transaction's profile) and 2 (chunks of a continuous one), as SDKs send them: by
 * itself, several in an array, or in an envelope (https://develop.sentry.dev/sdk/telemetry/profiles/).
 */
export const sentry: Format = {
  name: 'sentry',
  title: 'Sentry profile',
  extensions: ['.sentry.json', '.envelope'],
  detect: detectSentry,
  decode: decodeSentry,
};

const SKIPPED = new Set(['measurements', 'debug_meta', 'breadcrumbs', 'exception', 'spans', 'contexts', 'modules']);
const TABLES = new Set(['samples', 'frames']);

function detectSentry(head: Uint8Array): Confidence {
  const text = new TextDecoder('latin1').decode(head);
  if (!/^(ï»¿)?\s*[{[]/.test(text)) return 'no';
  const sampled = /"(stack_id|elapsed_since_start_ns)"\s*:/.test(text) || /"stacks"\s*:\s*\[\s*\[/.test(text);
  if (sampled && /"(thread_id|thread_metadata|in_app|chunk_id|event_id|platform)"\s*:/.test(text)) return 'certain';
  return /"type"\s*:\s*"profile(_chunk)?"|"(chunk_id|profiler_id)"\s*:/.test(text) ? 'possible' : 'no';
}

function decodeSentry(source: ByteSource, context: DecodeContext): Profile {
  const bytes = source.bytes();
  const scanner = new JsonScanner(bytes, 'a Sentry profile');
  const checkpoint = scanCheckpoint(scanner, context);
  const strings = new StringTable();
  const found: JsonRecord[] = [];
  const notes: string[] = [];
  // An envelope is JSON texts one after the other: headers and items.
  while (scanner.peek() >= 0) {
    try {
      collect(readJsonColumns(scanner, { skip: SKIPPED, tables: TABLES, strings, checkpoint }), found);
    } catch (error) {
      if (!(error instanceof DecodeError) || found.length === 0) throw error;
      notes.push(`What comes after byte ${scanner.pos} of the envelope is not JSON, and was not read.`);
      break;
    }
  }
  if (found.length === 0) {
    throw new DecodeError(
      'Expected a Sentry profile: an object with "profile": {"frames", "stacks", "samples"} of the sample format 1 or 2',
    );
  }
  return assemble(found, strings.toArray(), notes);
}

function collect(value: JsonColumns, found: JsonRecord[]): void {
  const records = value instanceof JsonRecord ? [value] : Array.isArray(value) ? value : [];
  found.push(...records.filter(isSentryProfile));
}

function assemble(found: readonly JsonRecord[], strings: readonly string[], notes: string[]): Profile {
  const builder = new ProfileBuilder();
  builder.addSampleType('samples', 'count');
  builder.addSampleType('time', 'nanoseconds');
  const starts = found.map((record) => sentryStartMs(record));
  const known = starts.filter((start) => start !== null);
  const origin = known.length === found.length ? Math.min(...known) : null;
  const threads = new Map<string, number>();
  let endNs = 0;
  for (const [i, record] of found.entries()) {
    const shift = origin === null ? 0 : (starts[i]! - origin) * 1e6;
    const end = addSentryProfile(builder, record, strings, threads, shift, found.length > 1 && origin === null);
    endNs = Math.max(endNs, end);
  }
  if (found.length > 1 && origin === null)
    notes.push('The profiles have no common clock: their samples have no times.');
  return builder.finish({
    formats: ['sentry'],
    durationMs: endNs > 0 ? endNs / 1e6 : null,
    startTimeMs: origin,
    defaultSampleType: 0,
    lines: 'call',
    notes,
  });
}
