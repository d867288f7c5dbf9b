/** Headers that a host wants with each request, by their names as written. */
export type RequestHeaders = Readonly<Record<string, string>>;

/** These belong to the connection: a request with them fails, or means something else. */
const NOT_OURS =
  /^(?:host|connection|content-length|transfer-encoding|keep-alive|upgrade|expect|te|trailer|proxy-.*|range|if-.*)$/i;
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const LONGEST_VALUE = 16_384;

/** What is wrong with a header's name (RFC 9110, section 5.6.2), null where nothing is. */
export function headerNameProblem(name: string): string | null {
  if (!TOKEN.test(name)) return 'A header name has letters, digits and hyphens, for example Authorization.';
  return NOT_OURS.test(name) ? `The header ${name} is set by the connection itself.` : null;
}

/** What is wrong with a header's value, null where nothing is. */
export function headerValueProblem(value: string): string | null {
  if (value.trim() === '') return 'The value is empty.';
  if (value.length > LONGEST_VALUE) return `The value has more than ${LONGEST_VALUE} characters.`;
  return /[^\t\x20-\x7e\x80-\xff]/.test(value) ? 'The value has a character that no header can carry.' : null;
}

/**
 * Reads `Name: value`, one a line; empty lines are skipped.
 * @throws Error with a sentence that does not repeat the value: it may be a secret
 */
export function parseHeaders(lines: readonly string[]): RequestHeaders {
  const headers: Record<string, string> = {};
  for (const line of lines) {
    if (line.trim() === '') continue;
    const colon = line.indexOf(':');
    if (colon < 0) throw new Error('A header is written "Name: value", for example "Authorization: Bearer abc".');
    const name = line.slice(0, colon).trim();
    const value = line.slice(colon + 1).trim();
    const problem = headerNameProblem(name) ?? headerValueProblem(value);
    if (problem !== null) throw new Error(problem);
    headers[name] = value;
  }
  return headers;
}
