/** What a gecko frame's text says of its place. */
export interface GeckoLocation {
  readonly name: string;
  /** Path or URL, null for labels and native code. */
  readonly file: string | null;
  /** 1-based line and column of the function's declaration, 0 where unknown. */
  readonly line: number;
  readonly column: number;
  /** Code address, null for all but native frames that have no symbol. */
  readonly address: number | null;
}

const DIGIT_0 = 48;
const DIGIT_9 = 57;

/**
 * Reads a frame's text in gecko's `stringTable`: `0x7f01ab` (native code), `fn (url:3:9)` or `url:3:9` (JavaScript), each
 * possibly followed by `[source]`, or a label's words.
 * (https://github.com/firefox-devtools/profiler/blob/main/docs-developer/gecko-profile-format.md)
 */
export function parseGeckoLocation(text: string): GeckoLocation {
  const plain: GeckoLocation = { name: text, file: null, line: 0, column: 0, address: null };
  if (/^0x[0-9a-f]{1,16}$/i.test(text)) return { ...plain, address: Number(text) };
  const unnumbered = withoutSource(text);
  if (unnumbered.endsWith(')')) {
    const open = unnumbered.lastIndexOf(' (');
    if (open <= 0) return plain;
    const place = parsePlace(unnumbered.slice(open + 2, -1));
    // Labels may end in parentheses, too: "XRE_InitChildProcess (around Gecko Profiler)".
    return place === null ? plain : { ...place, name: unnumbered.slice(0, open), address: null };
  }
  const isScript = unnumbered !== text || /^[a-z-]+:\/\/\S+:\d+(:\d+)?$/i.test(unnumbered);
  if (!isScript || unnumbered.includes(' ')) return plain;
  const place = parsePlace(unnumbered) ?? { file: unnumbered, line: 0, column: 0 };
  return { ...place, name: `(script) ${place.file.slice(place.file.lastIndexOf('/') + 1)}`, address: null };
}

/** Since version 33, JavaScript's places end in the index of their source: `…)[4]`. */
function withoutSource(text: string): string {
  if (!text.endsWith(']')) return text;
  const open = text.lastIndexOf('[');
  for (let i = open + 1; i < text.length - 1; i++) {
    const code = text.charCodeAt(i);
    if (code < DIGIT_0 || code > DIGIT_9) return text;
  }
  return open > 0 && open < text.length - 2 ? text.slice(0, open) : text;
}

/** `url:line:column`, `url:line`, and chains of loaders (`a.js -> b.js:1:2`), of which the last is the script. */
function parsePlace(text: string): { file: string; line: number; column: number } | null {
  const place = text.slice(text.lastIndexOf(' -> ') < 0 ? 0 : text.lastIndexOf(' -> ') + 4);
  const [rest, last] = cutNumber(place);
  if (last === null) return null;
  const [file, before] = cutNumber(rest);
  const found = before === null ? { file: rest, line: last, column: 0 } : { file, line: before, column: last };
  return found.file === '' ? null : found;
}

/** Cuts `:123` off the end. */
function cutNumber(text: string): [string, number | null] {
  const colon = text.lastIndexOf(':');
  const digits = text.slice(colon + 1);
  return colon > 0 && /^\d{1,9}$/.test(digits) ? [text.slice(0, colon), Number(digits)] : [text, null];
}
