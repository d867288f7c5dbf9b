import type { Profile } from '../../profile/profile';
import { readLines } from '../bytes/readLines';
import { DecodeError } from '../decodeError';
import type { ByteSource, Confidence, DecodeContext, Format } from '../format';
import { readPerfHeader } from './perfHeader';
import { PerfReader } from './perfReader';

/**
 * What `perf script` of Linux prints (https://man7.org/linux/man-pages/man1/perf-script.1.html), with or without
 * `-F +srcline`. A sample is a header line and, below it, its frames, leaf first; an empty line ends it. perf's binary
 * `perf.data` is recognised, to say what to do with it.
 */
export const perfScript: Format = {
  name: 'perf',
  title: 'perf script',
  extensions: ['.perf', '.perfscript', '.perf.txt'],
  detect: detectPerf,
  decode: decodePerf,
};

function isPerfData(head: Uint8Array): boolean {
  const magic = String.fromCharCode(...head.subarray(0, 8));
  return magic === 'PERFILE2' || magic === '2ELIFREP';
}

function detectPerf(head: Uint8Array): Confidence {
  if (isPerfData(head)) {
    return 'certain';
  }
  if (head.length === 0 || head.includes(0)) {
    return 'no';
  }
  const text = new TextDecoder().decode(head.subarray(0, 16_384));
  if (/^\s*# ========\r?\n# captured on/.test(text)) {
    return 'certain';
  }
  const lines = text
    .split('\n')
    .slice(0, 200)
    .filter((line) => line.trim() !== '' && !line.startsWith('#'));
  const first = lines.findIndex((line) => !line.includes('PERF_RECORD_'));
  if (first > 0 && lines[0].includes('PERF_RECORD_')) {
    return 'certain';
  }
  const header = first < 0 ? null : readPerfHeader(lines[first].slice(0, 4096).trimEnd());
  if (header === null) {
    return 'no';
  }
  const frame = /^\s+[\da-f]{1,16} \S.*\)\s*$|^\s+[\da-f]{1,16} \S+\+0x[\da-f]+$/;
  return frame.test(lines[first + 1] ?? '') || (header.seconds !== null && header.tid !== null) ? 'certain' : 'no';
}

function decodePerf(source: ByteSource, context: DecodeContext): Profile {
  if (isPerfData(source.head(8))) {
    throw new DecodeError(
      'This is the binary file of perf, which only the perf of its machine can read well: open the output of "perf script -F +srcline" instead',
      'byte 0',
    );
  }
  const reader = new PerfReader();
  const size = readLines(
    source,
    context,
    (bytes, start, stop, line) => reader.line(bytes, start, stop, line),
    () => reader.refuseForeign(1000, 0.5),
  );
  return reader.finish(size);
}
