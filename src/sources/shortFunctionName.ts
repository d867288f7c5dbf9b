import { functionSegments } from './functionNames';

/** Written behind names by compilers: Rust's hash, and what GCC and LLVM call the clones of a function. */
const compilersEnding = /(?:::h[0-9a-f]{16}|(?:\.(?:constprop|isra|part|cold|lto_priv|llvm)(?:\.\d+)*)+)$/;
const library = /[^/\\]*\.(?:so(?:\.\d+)*|dll|dylib)$/;

/**
 * The end of a recorded function name, which tells functions apart where packages and namespaces are the same:
 * `TimSort.mergeCollapse`, `main.work`, `Tree.Find`, `queue::pop`.
 *
 * @param longest characters; what is longer still is cut in the middle
 */
export function shortFunctionName(recorded: string, longest: number): string {
  return cutInMiddle(lastTwo(recorded.replace(compilersEnding, '')) || '(anonymous)', longest);
}

function lastTwo(name: string): string {
  const file = library.exec(name);
  if (file !== null) {
    return file[0];
  }
  // `[libc.so.6]`: a library stands for its functions.
  const segments = name.startsWith('[') ? null : functionSegments(name);
  if (segments === null) {
    return lastTwoAsWritten(name);
  }
  const [outer, own] = [segments.at(-2), segments.at(-1)!];
  if (outer === own && name.startsWith('new ')) {
    return `new ${own}`;
  }
  if (outer === own && name.includes('<init>')) {
    return `${own}.<init>`;
  }
  return outer === undefined ? own : `${outer}${name.includes('::') ? '::' : '.'}${own}`;
}

/** Of names without a definition: `app::run::{{closure}}`, `main.main.func1`. Brackets are whole: `<a.b>`, `(c.d)`. */
function lastTwoAsWritten(name: string): string {
  const starts = [0];
  let depth = 0;
  for (let i = 0; i < name.length; i++) {
    const character = name[i]!;
    if ('<([{'.includes(character)) {
      depth++;
    } else if (')]}'.includes(character) || (character === '>' && name[i - 1] !== '-')) {
      depth = Math.max(0, depth - 1);
    } else if (depth === 0 && (/[./#\\]/.test(character) || (character === ':' && name[i - 1] === ':'))) {
      starts.push(i + 1);
    }
  }
  return name.slice(starts.at(-2) ?? 0);
}

/** The end of a name says more than its beginning: it gets what cannot be halved. */
function cutInMiddle(text: string, longest: number): string {
  const characters = Array.from(text);
  if (characters.length <= longest) {
    return text;
  }
  const head = Math.floor((longest - 1) / 2);
  return `${characters.slice(0, head).join('')}…${characters.slice(characters.length - (longest - 1 - head)).join('')}`;
}
