import type { Profile } from '../../profile/profile';
import { StringTable } from '../../profile/stringTable';
import { DecodeError } from '../decodeError';
import type { ByteSource, Confidence, DecodeContext, Format } from '../format';
import { JsonRecord, readJsonColumns } from '../json/jsonColumns';
import { JsonScanner } from '../json/jsonScanner';
import { scanCheckpoint } from '../json/scanCheckpoint';
import { readGeckoProfile } from './geckoProfile';
import { checkProcessed, readProcessedProfile } from './processedProfile';

/**
 * Profiles of the Firefox Profiler: its own, processed ones (as profiler.firefox.com saves and samply writes them), and
 * gecko's (as Firefox, perf's gecko script and Python's sampling profiler write them).
 */
export const firefox: Format = {
  name: 'firefox',
  title: 'Firefox Profiler profile',
  extensions: ['.gecko.json', '.firefox.json'],
  detect: detectFirefox,
  decode: decodeFirefox,
};

/** What is of no use here, and often most of the file. */
const SKIPPED = new Set([
  'markers',
  'markerSchema',
  'categories',
  'counters',
  'profilerOverhead',
  'pages',
  'profilingLog',
  'profileGatheringLog',
  'extensions',
  'jsTracer',
  'jsTracerEvents',
  'visualMetrics',
  'tracedValues',
  'tracedObjectShapes',
  'responsiveness',
  'eventDelay',
]);

const NO_TABLES: ReadonlySet<string> = new Set();

function detectFirefox(head: Uint8Array): Confidence {
  const text = new TextDecoder('latin1').decode(head);
  if (!/^(ï»¿)?\s*\{/.test(text)) return 'no';
  if (text.includes('"preprocessedProfileVersion"')) return 'certain';
  const gecko = /"meta"\s*:\s*\{/.test(text) && /"(interval|stackwalk|gcpoison|processType)"\s*:/.test(text);
  if (gecko && /"(stackwalk|gcpoison|markerSchema|frameTable|stackTable)"/.test(text)) return 'certain';
  // The libraries may fill the head.
  return gecko || /"breakpadId"\s*:/.test(text) ? 'possible' : 'no';
}

function decodeFirefox(source: ByteSource, context: DecodeContext): Profile {
  const bytes = source.bytes();
  const scanner = new JsonScanner(bytes, 'a Firefox Profiler profile');
  if (scanner.peek() !== 0x7b) scanner.fail('an object');
  const checkpoint = scanCheckpoint(scanner, context);
  const strings = new StringTable();
  const root = readJsonColumns(scanner, { skip: SKIPPED, tables: NO_TABLES, strings, checkpoint });
  if (scanner.peek() >= 0) scanner.fail('the end of the file');
  if (!(root instanceof JsonRecord) || root.record('meta').members.size === 0) {
    throw new DecodeError('Expected "meta" and "threads" of a Firefox Profiler profile');
  }
  checkProcessed(root);
  const always = (): void => context.checkpoint(1);
  return root.record('meta').number('preprocessedProfileVersion') === null
    ? readGeckoProfile(root, strings.toArray(), always)
    : readProcessedProfile(root, strings.toArray(), always);
}
