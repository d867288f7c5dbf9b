/** Names of C++ and Rust can be pages long. */
const longest = 2000;

/**
 * A function's own name, without what qualifies it: `hash` of `main.(*Digest).hash`, `ns::Digest<int>::hash(int) const`,
 * `java.util.Digest.hash(Object)`, `Digest#hash` and `hash<T>`.
 */
export function shortFunctionName(name: string): string {
  let text = name.slice(0, longest);
  // Parameters, and type arguments at the end; not Go's receivers, after which the name goes on.
  for (let before = ''; before !== text; ) {
    before = text;
    text = text.replace(/\s*(?:const|\[[^\]]*\])$/, '').trimEnd();
    const open = openingOf(text);
    if (open > 0) text = text.slice(0, open).replace(/::$/, '');
  }
  return text.slice(text.search(/[^.:/#\\$ *&]*$/));
}

/** Where the bracket opens that the text's last character closes; -1 where that is none. */
function openingOf(text: string): number {
  const closing = text.at(-1);
  const opening = closing === ')' ? '(' : closing === '>' ? '<' : '';
  if (opening === '') return -1;
  let depth = 0;
  for (let i = text.length - 1; i >= 0; i--) {
    if (text[i] === closing) depth++;
    else if (text[i] === opening && --depth === 0) return i;
  }
  return -1;
}
