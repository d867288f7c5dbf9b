/** What bytes seem to be that no format takes. */
export interface Recognised {
  /** With its article: "a ZIP archive". At most about 120 characters. */
  readonly what: string;
  /** What to do about it, as the end of a sentence; null where there is nothing special. */
  readonly advice: string | null;
  /** `known`: surely that, and so no profile whatever its name says; otherwise whether people can read it. */
  readonly kind: 'known' | 'text' | 'binary';
}

interface Magic {
  readonly at: number;
  readonly bytes: string;
  readonly what: string;
  readonly advice?: string;
}

const UNPACK = 'unpack it, and open the profile in it';
const OLD_PERF = 'run "perf script -F +srcline -i FILE > FILE.perf" where it was recorded, and open what that writes';

/** By their first bytes, as their own specifications (or file(1)'s table) give them. */
const magics: readonly Magic[] = [
  { at: 0, bytes: 'PERFILE2', what: "Linux perf's own file", advice: OLD_PERF },
  { at: 0, bytes: '2ELIFREP', what: "Linux perf's own file", advice: OLD_PERF },
  { at: 0, bytes: 'PK\x03\x04', what: 'a ZIP archive', advice: UNPACK },
  { at: 0, bytes: 'PK\x05\x06', what: 'an empty ZIP archive' },
  { at: 0, bytes: '\x1f\x8b', what: 'gzip data', advice: UNPACK },
  { at: 0, bytes: '\x28\xb5\x2f\xfd', what: 'zstd data', advice: UNPACK },
  { at: 0, bytes: 'BZh', what: 'bzip2 data', advice: UNPACK },
  { at: 0, bytes: '\xfd7zXZ\0', what: 'xz data', advice: UNPACK },
  { at: 0, bytes: '\x04\x22\x4d\x18', what: 'lz4 data', advice: UNPACK },
  { at: 0, bytes: '7z\xbc\xaf\x27\x1c', what: 'a 7z archive', advice: UNPACK },
  { at: 257, bytes: 'ustar', what: 'a tar archive', advice: UNPACK },
  {
    at: 0,
    bytes: '\x7fELF',
    what: 'an ELF file (a program or library)',
    advice: 'open a profile that was taken of it',
  },
  { at: 0, bytes: 'MZ', what: 'a Windows program', advice: 'open a profile that was taken of it' },
  { at: 0, bytes: '\xcf\xfa\xed\xfe', what: 'a Mach-O file (a program or library)' },
  { at: 0, bytes: '\xce\xfa\xed\xfe', what: 'a Mach-O file (a program or library)' },
  { at: 0, bytes: '\xca\xfe\xba\xbe', what: 'a Java class or a Mach-O file' },
  { at: 0, bytes: '\0asm', what: 'a WebAssembly module' },
  {
    at: 0,
    bytes: 'JAVA PROFILE 1.0.',
    what: 'a Java heap dump (hprof)',
    advice: 'Emberline reads Java flight recordings: run "jcmd PID JFR.start"',
  },
  {
    at: 0,
    bytes: 'Nettrace',
    what: 'a .NET trace (nettrace)',
    advice: 'run "dotnet-trace convert FILE --format Speedscope", and open what that writes',
  },
  {
    at: 0,
    bytes: 'go 1.',
    what: 'a Go execution trace',
    advice: 'run "go tool trace -pprof=sched FILE > x.pprof", and open that',
  },
  { at: 0, bytes: 'SQLite format 3\0', what: 'an SQLite database' },
  { at: 0, bytes: '\x89PNG\r\n', what: 'a PNG picture' },
  { at: 0, bytes: 'GIF8', what: 'a GIF picture' },
  { at: 0, bytes: '\xff\xd8\xff', what: 'a JPEG picture' },
  { at: 0, bytes: '%PDF-', what: 'a PDF document' },
  {
    at: 0,
    bytes: 'version https://git-lfs.github.com/spec/',
    what: 'a Git LFS pointer',
    advice: 'run "git lfs pull" to get the file that it stands for',
  },
  { at: 0, bytes: '\xff\xfe', what: 'text in UTF-16', advice: 'save it as UTF-8' },
  { at: 0, bytes: '\xfe\xff', what: 'text in UTF-16', advice: 'save it as UTF-8' },
];

/** What the first bytes of a file seem to be. Never throws, whatever they are. */
export function recogniseContent(head: Uint8Array): Recognised {
  if (head.length === 0) return { what: 'empty', advice: null, kind: 'known' };
  for (const { at, bytes, what, advice } of magics) {
    if (hasBytes(head, at, bytes)) return { what, advice: advice ?? null, kind: 'known' };
  }
  if (isGperftools(head)) {
    const advice = 'run "pprof -proto PROGRAM FILE > x.pb.gz", and open what that writes';
    return { what: 'a CPU profile in the old format of gperftools', advice, kind: 'binary' };
  }
  if (head[0] === 0x80 && head[1] >= 2 && head[1] <= 5) {
    return { what: 'a Python pickle', advice: 'export it from the tool that wrote it', kind: 'known' };
  }
  const text = plainText(head);
  if (text === null) return { what: `binary data that begins with ${hex(head)}`, advice: null, kind: 'binary' };
  return recogniseText(text);
}

function recogniseText(text: string): Recognised {
  const start = text.replace(/^\s*(?:<\?xml[^>]*>\s*)?(?:<!--[\s\S]*?-->\s*)*/, '');
  if (/^<(?:!doctype\s+html|html|head|body)\b/i.test(start)) {
    const title = /<title\b[^>]*>([^<]*)/i.exec(start)?.[1].trim() ?? '';
    const what = title === '' ? 'a web page (HTML)' : `a web page (HTML, ${quote(title, 40)})`;
    return { what, advice: null, kind: 'known' };
  }
  const element = /^<!doctype\s+([\w:.-]{1,40})|^<([A-Za-z_][\w:.-]{0,40})/i.exec(start);
  // Stacks of Python begin with "<module>".
  if (element !== null && (/^\s*<[?!]/.test(text) || text.includes(`</${element[2]}`) || element[2] === 'svg')) {
    return { what: `XML with the element <${element[1] ?? element[2]}>`, advice: null, kind: 'known' };
  }
  if (/^[{[]/.test(start)) return { what: describeJson(start), advice: null, kind: 'text' };
  if (start.trim() === '') return { what: 'white space only', advice: null, kind: 'text' };
  const [first] = start.trim().split('\n', 1);
  return { what: `text that begins with ${quote(first, 60)}`, advice: null, kind: 'text' };
}

/** Names the outermost members that the first bytes show. */
function describeJson(text: string): string {
  const list = text.startsWith('[');
  const object = list ? text.indexOf('{') : 0;
  if (list && !/^\[\s*\{/.test(text)) return 'a JSON list';
  const names = memberNames(text, object);
  const shown = names.slice(0, 4).map((name) => quote(name, 16));
  const members = shown.length === 0 ? 'no members' : `the members ${shown.join(', ')}${names.length > 4 ? ' …' : ''}`;
  return list ? `a JSON list of objects with ${members}` : `JSON with ${members}`;
}

/** Names of the members of the object that starts at `from`, as far as the text goes. */
function memberNames(text: string, from: number): string[] {
  const names: string[] = [];
  let depth = 0;
  for (let at = from; at < text.length && names.length < 8; at++) {
    const character = text[at];
    if (character === '{' || character === '[') depth++;
    else if (character === '}' || character === ']') {
      depth--;
      if (depth === 0) break;
    } else if (character === '"') {
      const end = endOfString(text, at + 1);
      if (depth === 1 && /^\s*:/.test(text.slice(end + 1, end + 20))) names.push(text.slice(at + 1, end));
      at = end;
    }
  }
  return names;
}

function endOfString(text: string, from: number): number {
  let at = from;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at;
}

/** The legacy CPU profile of gperftools: words 0, 3, 0, period, 0 of 4 or 8 bytes. */
function isGperftools(head: Uint8Array): boolean {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  return [4, 8].some((size) => {
    if (head.length < 5 * size) return false;
    const word = (index: number): number =>
      size === 4 ? view.getUint32(index * 4, true) : Number(view.getBigUint64(index * 8, true));
    return word(0) === 0 && word(1) === 3 && word(2) === 0 && word(3) > 0 && word(3) <= 1e9 && word(4) === 0;
  });
}

function hasBytes(head: Uint8Array, at: number, bytes: string): boolean {
  for (let i = 0; i < bytes.length; i++) if (head[at + i] !== bytes.charCodeAt(i)) return false;
  return true;
}

/** The bytes as text; null where they are none. The head may end within a character. */
function plainText(head: Uint8Array): string | null {
  if (head.includes(0)) return null;
  const text = new TextDecoder().decode(head.subarray(0, 8192));
  const odd = text.match(/(?!\s)[\p{Cc}\ufffd]/gu)?.length ?? 0;
  return odd > Math.max(1, text.length * 0.02) ? null : text;
}

function hex(head: Uint8Array): string {
  return Array.from(head.subarray(0, 8), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}

function quote(text: string, most: number): string {
  const clean = text.replace(/[\p{Cc}\p{Cf}\ufffd]+/gu, ' ').trim();
  const characters = [...clean];
  return `“${characters.length <= most ? clean : `${characters.slice(0, most - 1).join('')}…`}”`;
}
