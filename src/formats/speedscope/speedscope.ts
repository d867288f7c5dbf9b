import type { Profile } from '../../profile/profile';
import { fractionRead } from '../bytes/fractionRead';
import type { ByteSource, Confidence, DecodeContext, Format } from '../format';
import { encodeSpeedscope, speedscopeUnfit } from './speedscopeEncode';
import { SpeedscopeFile } from './speedscopeFile';

/**
 * speedscope's own file format (https://www.speedscope.app/file-format-schema.json): sampled and evented profiles over
 * one list of frames. It is read in one pass over the chunks; frames may stand behind the profiles that use them.
 */
export const speedscope: Format = {
  name: 'speedscope',
  title: 'speedscope',
  extensions: ['.speedscope.json', '.speedscope'],
  detect: detectSpeedscope,
  decode: decodeSpeedscope,
  encode: encodeSpeedscope,
  unfit: speedscopeUnfit,
};

function detectSpeedscope(head: Uint8Array, name: string): Confidence {
  const wanted = /\.speedscope(\.json)?$/i.test(name) ? 'possible' : 'no';
  let at = head[0] === 0xef ? 3 : 0;
  while (at < head.length && (head[at] === 32 || (head[at] >= 9 && head[at] <= 13))) {
    at++;
  }
  if (head[at] !== 0x7b) {
    return head.length === 0 ? wanted : 'no';
  }
  const text = new TextDecoder('latin1').decode(head);
  return /speedscope\.app\/file-format-schema\.json|"type"\s*:\s*"(?:sampled|evented)"|"shared"\s*:\s*\{\s*"frames"\s*:/.test(
    text,
  )
    ? 'certain'
    : wanted;
}

function decodeSpeedscope(source: ByteSource, context: DecodeContext): Profile {
  return new SpeedscopeFile(source, (read) => {
    context.checkpoint(fractionRead(source, read));
  }).read();
}
