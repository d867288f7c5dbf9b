import type { Profile } from '../../profile/profile';
import { readLines } from '../bytes/readLines';
import type { ByteSource, Confidence, DecodeContext, Format } from '../format';
import { CallgrindReader } from './callgrindReader';

/**
 * Callgrind's format (https://valgrind.org/docs/manual/cl-format.html), as Valgrind's callgrind and cachegrind, Xdebug,
 * rbspy and `go tool pprof -callgrind` write it. It holds costs of functions and of calls, not stacks: those are put
 * together (see `stacksOfCallGraph`), except for Xdebug's, which has every single call.
 */
export const callgrind: Format = {
  name: 'callgrind',
  title: 'Callgrind',
  extensions: ['.callgrind', '.cachegrind'],
  detect: detectCallgrind,
  decode: decodeCallgrind,
};

function detectCallgrind(head: Uint8Array): Confidence {
  if (head.length === 0 || head.includes(0)) {
    return 'no';
  }
  const text = new TextDecoder('latin1').decode(head);
  if (/^\uFEFF?\s*# callgrind format/.test(text)) {
    return 'certain';
  }
  if (!/^(ï»¿)?\s*(#|====|version:|creator:|cmd:|desc:|positions:|events:|pid:|part:)/.test(text)) {
    return 'no';
  }
  const events = /^events:[^\n]*\S/m.test(text);
  return events && /^f[ln]=/m.test(text)
    ? 'certain'
    : events && /^(version|positions|desc):/m.test(text)
      ? 'possible'
      : 'no';
}

function decodeCallgrind(source: ByteSource, context: DecodeContext): Profile {
  const reader = new CallgrindReader();
  const size = readLines(
    source,
    context,
    (bytes, start, stop, line) => reader.line(bytes, start, stop, line),
    () => reader.refuseForeign(1000, 0.5),
  );
  return reader.finish(size, context);
}
