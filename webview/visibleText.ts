const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;
/** Controls, format characters (all bidi controls among them), lone surrogates, separators, and what has no ink. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/gu;

/**
 * A name from a profile as it is shown: characters that nobody sees, but that reorder or hide others, become U+FFFD.
 * Never for what is copied or sent to the host.
 */
export function visibleText(text: string): string {
  return PRINTABLE_ASCII.test(text) ? text : text.replace(INVISIBLE, '\ufffd');
}
