import { frameKind } from '../../profile/frameKind';

/** What a frame of a folded stack says. */
export interface FoldedFrame {
  readonly name: string;
  readonly file: string | null;
  /** Library, binary or (Nylas' sampler) Python module. */
  readonly module: string | null;
  /** 1-based line that was running, 0 where unknown. */
  readonly line: number;
  readonly inlined: boolean;
  /** One of `frameKind`. */
  readonly kind: number;
}

/**
 * Marks of async-profiler's `ann`, stackcollapse-perf.pl and bcc's `-a`: JIT-compiled, inlined, kernel, interpreted,
 * compiled by C1 (https://github.com/async-profiler/async-profiler/blob/master/docs/FlamegraphInterpretation.md).
 */
const mark = /_\[([jik01])\]$/;
const kindOfMark: Readonly<Record<string, number>> = {
  j: frameKind.compiled,
  1: frameKind.compiled,
  0: frameKind.interpreted,
  k: frameKind.kernel,
};
const markOfKind: Readonly<Record<number, string>> = {
  [frameKind.compiled]: '_[j]',
  [frameKind.interpreted]: '_[0]',
  [frameKind.kernel]: '_[k]',
};

/** Only what looks like a path is read as a file where there is no line, for C++ names end in parentheses, too. */
const sourceName = /\.(?:py|pyx|js|mjs|cjs|ts|tsx|jsx|rb|php|go|rs)$/;
/** V8's URLs of Node's own modules. */
const nodeModule = /^node:\w+$/;
/** DTrace's and async-profiler's (`lib`) `library`function`; a digit after the mark is .NET's number of type parameters, and perf's `[kernel.kallsyms]` is a library. */
const withModule = /^([^\s`()<>[\]]+|\[[^\s`()<>[\]]+\](?:\.\w+)?)`(?!\d)(.+)$/s;
/** rbspy's `method - file:line`. */
const rubyPlace = /^(.+) - (.+):(\d{1,9})$/s;
/** async-profiler's signatures have `|` for the `;` of a JVM descriptor (JVM specification, 4.3). */
const descriptor = /^(.*)(\((?:\[*(?:[BCDFIJSZ]|L[^|;()]+\|))*\)\[*(?:[BCDFIJSZV]|L[^|;()]+\|))$/s;
/** Nylas' `function(module)`. */
const nylasFrame = /^(.+)\(([^()]*)\)$/s;

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
  return /[/\\]/.test(place) || sourceName.test(place) || nodeModule.test(place)
    ? { name: inner.slice(0, open), file: place, line: 0 }
    : null;
}

/**
 * Reads one frame of a folded stack.
 * @param nylas whether the file is of Nylas' sampler, whose frames are `function(module)`
 */
export function readFoldedFrame(text: string, nylas = false): FoldedFrame {
  const frame = { name: text, file: null, module: null, line: 0, inlined: false, kind: frameKind.unknown as number };
  // A 10 MB name is nothing of the kind; do not search it.
  if (text.length > 10_000) {
    return frame;
  }
  if (nylas) {
    const split = nylasFrame.exec(text);
    return split === null ? frame : { ...frame, name: split[1], module: split[2] || null };
  }
  const marked = mark.exec(text);
  if (marked !== null) {
    frame.name = text.slice(0, -4);
    frame.inlined = marked[1] === 'i';
    frame.kind = kindOfMark[marked[1]] ?? frameKind.unknown;
  }
  if (frame.name.endsWith(')')) {
    const place = splitPlace(frame.name);
    if (place !== null) {
      return { ...frame, ...place };
    }
  }
  const ruby = rubyPlace.exec(frame.name);
  if (ruby !== null) {
    return { ...frame, name: ruby[1], file: ruby[2], line: Number(ruby[3]) };
  }
  const inModule = withModule.exec(frame.name);
  if (inModule !== null) {
    return { ...frame, name: inModule[2], module: inModule[1] };
  }
  if (frame.name.includes('(') && descriptor.test(frame.name)) {
    frame.name = frame.name.replaceAll('|', ';');
  }
  return frame;
}

/** A JVM descriptor as it is: its `;` have to be written as `|`. */
const plainDescriptor = /\((?:\[*(?:[BCDFIJSZ]|L[^|;()]+;))*\)\[*(?:[BCDFIJSZV]|L[^|;()]+;)$/;

/** Writes one frame so that `readFoldedFrame` reads it again; `;` and line ends cannot stand in a folded stack. */
export function writeFoldedFrame({ name, file, module, line, inlined, kind }: FoldedFrame): string {
  const place = file === null ? '' : line > 0 ? ` (${file}:${line})` : ` (${file})`;
  const before = module === null || file !== null ? '' : `${module}\``;
  const quoted = name.length < 10_000 && name.includes(';') ? name.replace(plainDescriptor, barred) : name;
  const text = `${before}${quoted}${place}${inlined ? '_[i]' : (markOfKind[kind] ?? '')}`;
  return text.replace(/;/g, ':').replace(/[\r\n]+/g, ' ') || '(anonymous)';
}

function barred(text: string): string {
  return text.replaceAll(';', '|');
}
