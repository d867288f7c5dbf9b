/** What comments and strings look like in a language, as far as lines need it. */
export interface CommentStyle {
  /** What begins a comment that ends with its line. */
  readonly line: readonly string[];
  readonly block: { readonly start: string; readonly end: string } | null;
  /** Quotes of strings that may go on over lines; the longer first. */
  readonly longQuotes: readonly string[];
  /** Whether a slash may begin a regular expression. */
  readonly regex: boolean;
  /** Whether an apostrophe is no quote. */
  readonly bareApostrophe: boolean;
}

const none: CommentStyle = { line: [], block: null, longQuotes: [], regex: false, bareApostrophe: true };
const block = { start: '/*', end: '*/' };
const c: CommentStyle = { ...none, line: ['//'], block, bareApostrophe: false };
const script: CommentStyle = { ...c, longQuotes: ['`'], regex: true };
const hash: CommentStyle = { ...none, line: ['#'], bareApostrophe: false };

const styles: readonly (readonly [CommentStyle, string])[] = [
  [script, 'js mjs cjs jsx ts mts cts tsx vue svelte astro'],
  [{ ...c, longQuotes: ['`'] }, 'go'],
  [c, 'c h cc cpp cxx hpp hh hxx cs m mm d zig v proto glsl hlsl cu groovy gradle as'],
  [{ ...c, longQuotes: ['"""'] }, 'java kt kts scala sc swift dart'],
  [{ ...c, bareApostrophe: true }, 'rs'],
  [{ ...c, line: ['//', '#'] }, 'php'],
  [{ ...hash, longQuotes: ['"""', "'''"] }, 'py pyi pyw pyx jl'],
  [{ ...hash, longQuotes: ['"""'] }, 'ex exs'],
  [hash, 'rb rake sh bash zsh pl pm r cr nim tcl awk'],
  [{ ...hash, block: { start: '<#', end: '#>' } }, 'ps1 psm1'],
  [{ ...none, line: ['--'], block: { start: '--[[', end: ']]' } }, 'lua'],
  [{ ...none, line: ['--'], block: { start: '{-', end: '-}' } }, 'hs elm'],
  [{ ...none, line: ['--'], block, bareApostrophe: false }, 'sql'],
  [{ ...none, line: [';'] }, 'clj cljs cljc lisp el scm rkt'],
  [{ ...none, line: ['%'] }, 'erl hrl'],
  [{ ...none, line: ['//'], block: { start: '(*', end: '*)' } }, 'fs fsx ml mli'],
];

const byEnding = new Map(
  styles.flatMap(([style, endings]) => endings.split(' ').map((each) => [each, style] as const)),
);

/** By the file name's ending; a language that is not known has no comments: all that differs counts there. */
export function commentStyleOf(fileName: string): CommentStyle {
  return byEnding.get(fileName.slice(fileName.lastIndexOf('.') + 1).toLowerCase()) ?? none;
}
