/** What a frame of a folded stack says. */
export interface FoldedFrame {
  readonly name: string;
  readonly file: string | null;
  /** 1-based line that was running, 0 where unknown. */
  readonly line: number;
  readonly inlined: boolean;
}

/** async-profiler's and stackcollapse-perf's marks: JIT-compiled, inlined, kernel, interpreted, C1-compiled. */
const mark = /_\[([jik01])\]$/;
/** Only what looks like a path is read as a file where there is no line, for C++ names end in parentheses, too. */
const sourceName = /\.(?:py|pyx|js|mjs|cjs|ts|tsx|jsx|rb|php|go|rs)$/;

/** Splits py-spy's `fn (file:line)` or `fn (file)` (https://github.com/benfred/py-spy); null where it is neither. */
function splitPlace(text: string): { name: string; file: string; line: number } | null {
  const inner = text.slice(0, -1);
  // A path may have blanks and parentheses of its own ("Program Files (x86)"), so it begins at the first " (".
  let open = inner.indexOf(' (');
  if (open > 0 && !/[/\\]/.test(inner.slice(open))) {
    open = inner.lastIndexOf(' (');
  }
  if (open <= 0) {
    return null;
  }
  const place = inner.slice(open + 2);
  const colon = place.lastIndexOf(':');
  const digits = place.slice(colon + 1);
  if (colon > 0 && /^\d{1,9}$/.test(digits)) {
    return { name: inner.slice(0, open), file: place.slice(0, colon), line: Number(digits) };
  }
  return /[/\\]/.test(place) || sourceName.test(place) ? { name: inner.slice(0, open), file: place, line: 0 } : null;
}

/** Reads one frame of a folded stack. */
export function readFoldedFrame(text: string): FoldedFrame {
  const marked = mark.exec(text);
  const plain = marked === null ? text : text.slice(0, -4);
  const inlined = marked?.[1] === 'i';
  // A 10 MB name is no `fn (file:line)`; do not search it.
  if (plain.length <= 10_000 && plain.endsWith(')')) {
    const place = splitPlace(plain);
    if (place !== null) {
      return { ...place, inlined };
    }
  }
  return { name: plain, file: null, line: 0, inlined };
}

/** Writes one frame so that `readFoldedFrame` reads it again; `;` and line ends cannot stand in a folded stack. */
export function writeFoldedFrame(name: string, file: string | null, line: number, inlined: boolean): string {
  const place = file === null ? '' : line > 0 ? ` (${file}:${line})` : ` (${file})`;
  const text = `${name}${place}${inlined ? '_[i]' : ''}`;
  return text.replace(/;/g, ':').replace(/[\r\n]+/g, ' ') || '(anonymous)';
}
