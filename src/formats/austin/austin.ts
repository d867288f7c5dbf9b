import type { Profile } from '../../profile/profile';
import type { ByteSource, Confidence, DecodeContext, Format } from '../format';
import { decodeMojo, isMojo } from './austinMojo';
import { decodeAustinText, looksLikeAustinText } from './austinText';

/**
 * Austin's profiles of Python programs (https://github.com/P403n1x87/austin): text, a sample a line, and its binary form
 * MOJO (https://github.com/P403n1x87/austin/wiki/The-MOJO-file-format), which Austin 4 always writes.
 */
export const austin: Format = {
  name: 'austin',
  title: 'Austin profile',
  extensions: ['.austin', '.mojo'],
  detect: detectAustin,
  decode: decodeAustin,
};

function detectAustin(head: Uint8Array): Confidence {
  return isMojo(head) || looksLikeAustinText(head) ? 'certain' : 'no';
}

function decodeAustin(source: ByteSource, context: DecodeContext): Profile {
  return isMojo(source.head(16)) ? decodeMojo(source, context) : decodeAustinText(source, context);
}
