/**
 * Takes a recorded function name apart into its qualifiers and its own name, outermost first, whatever language wrote
 * it: `com/x/Foo$In.bar(I)V`, `github.com/a/b.(*Tree[...]).Find`, `shapes::Mixer<int>::run(int) const`,
 * `<app::Queue as core::iter::Iterator>::next::h0123456789abcdef`, `outer.<locals>.inner`, `Foo#bar`.
 *
 * Names of constructors (`Foo.<init>`, `new Foo`) end with the class twice, as the class's own symbol has it.
 *
 * @returns null where the code has no definition of its own to be named by: lambdas, closures, generator expressions,
 *   modules' top levels, static initialisers
 */
export function functionSegments(recorded: string): readonly string[] | null {
  if (recorded === '' || recorded.length > maxLength || recorded.includes('{closure')) {
    return null;
  }
  let text = recorded.replace(/::h[0-9a-f]{16}$/, '').replace(/-fm$/, '');
  const constructed = /^new\s+(\S+)$/.exec(text);
  if (constructed !== null) {
    text = `${constructed[1]!}.<init>`;
  }
  text = text.replace(/^(?:async|get|set|static)\s+/, '').replace(/%2e/gi, '.');
  const spelled = unwrap(text);
  if (spelled === null) {
    return null;
  }
  const segments = split(spelled).filter((segment) => segment !== '' && segment !== '<locals>');
  const own = segments.at(-1);
  if (own === '<init>') {
    const type = segments.at(-2);
    return type === undefined ? null : [...segments.slice(0, -1), type];
  }
  return own === undefined || segments.some((segment) => nameless.test(segment)) ? null : segments;
}

/** The name of a document's symbol as `functionSegments` has it: without parameters, accessors' and impls' words. */
export function symbolSegments(shown: string): readonly string[] {
  if (shown.length > maxLength || shown.endsWith(' callback')) {
    return []; // TypeScript's name of a function without one, by whom it is handed to.
  }
  const text = shown.replace(/^\((?:get|set)\)\s+/, '');
  const implemented = /^(?:unsafe\s+)?impl\b(?:<.*?>)?\s+(?:.*\sfor\s+)?(.+)$/.exec(text);
  const spelled = unwrap((implemented?.[1] ?? text).replace(/\s+where\s.*$/, ''));
  return spelled === null ? [] : split(spelled).filter((segment) => segment !== '');
}

/** Longer ones are spelled-out types: not worth the search for their brackets. */
const maxLength = 1000;

/** What stands where a name would: `<module>`, `{{closure}}`, `func1`, `lambda$run$0`, `(anonymous)`. */
const nameless =
  /^(?:<(?!init>).*>|\{.*\}|\(.*\)|func\d+(?:·\d+)?|\d+|(?:go|defer)wrap\d+|gowrap|glob|lambda\$.*|.*\$\$Lambda.*|\$anonfun.*|anonymous|anon(?:ymous)?_\d+|\[.*\])$/;

/**
 * The name without its parameters, type arguments, return type and the brackets that Go and Rust put around types;
 * null where brackets do not match.
 */
function unwrap(text: string): string | null {
  let out = '';
  for (let i = 0; i < text.length; i++) {
    const character = text[i]!;
    if (out === '' && character === '<') {
      const end = closing(text, i);
      const rust = end < 0 ? null : /^<(.+?) as .+>$/s.exec(text.slice(i, end + 1));
      if (rust !== null || (end > 0 && text.startsWith('::', end + 1))) {
        // Rust's `<Type as Trait>::method`: a method of the type.
        out += unwrap(rust?.[1] ?? text.slice(i + 1, end)) ?? '';
        i = end;
        continue;
      }
    }
    if (character === '<' || character === '[' || character === '(' || character === '{') {
      if (/\boperator\s*(?:\(\))?$/.test(out)) {
        // `operator<`, `operator()`, `operator[]` are names.
        const sign = /^(?:\(\)|\[\]|<=>|<<=?|<=?)/.exec(text.slice(i))?.[0];
        if (sign !== undefined && !out.endsWith('()')) {
          out += sign;
          i += sign.length - 1;
          continue;
        }
      }
      const end = closing(text, i);
      if (end < 0) {
        return null;
      }
      const inner = text.slice(i + 1, end);
      if (character === '(' && /^\*?\w[\w.[\]·]*$/.test(inner) && text[end + 1] === '.') {
        out += inner.replace(/^\*/, '').replace(/\[.*$/, '');
      } else if (character === '(' && inner !== 'anonymous namespace' && out !== '') {
        return trimmed(out); // Parameters: what follows is a return type, `const`, or what a C++ lambda is in.
      } else if (keepsBrackets(character, inner, out)) {
        out += text.slice(i, end + 1);
      }
      i = end;
      continue;
    }
    out += character;
  }
  return trimmed(out);
}

/** Names in brackets of their own rather than type arguments: `<module>`, `<init>`, `{{closure}}`, `(anonymous)`. */
function keepsBrackets(bracket: string, inner: string, before: string): boolean {
  if (inner === 'anonymous namespace') {
    return false;
  }
  const first = before === '' || /[.:/#$]$/.test(before);
  return first && (bracket !== '[' || before === '');
}

function trimmed(text: string): string {
  const name = text.trim();
  // A return type before a C++ function template's name: `void sort<int>(…)`.
  const blank = /\boperator\b/.test(name) ? -1 : name.lastIndexOf(' ');
  return name.slice(blank + 1);
}

function closing(text: string, open: number): number {
  const pairs: Record<string, string> = { '<': '>', '[': ']', '(': ')', '{': '}' };
  const end = pairs[text[open]!]!;
  let depth = 0;
  for (let i = open; i < text.length; i++) {
    if (text[i] === text[open]) {
      depth++;
    } else if (text[i] === end && !(end === '>' && text[i - 1] === '-')) {
      depth--;
      if (depth === 0) {
        return i;
      }
    }
  }
  return -1;
}

/** `$` tells Java's inner classes from outer ones; in JavaScript and PHP it is a letter, so only between two names. */
function split(text: string): string[] {
  const parts: string[] = [];
  for (const part of text.split(/::|[./#\\]/)) {
    const inner = /^[A-Z]\w*(?:\$[A-Z]\w*)+$/.test(part) ? part.split('$') : [part];
    parts.push(...inner);
  }
  return parts;
}
