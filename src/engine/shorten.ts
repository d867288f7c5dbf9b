const LONGEST_NAME = 300;

/** Names are untrusted and can be megabytes long; nothing on screen shows more than this. */
export function shorten(name: string): string {
  return name.length <= LONGEST_NAME ? name : `${name.slice(0, LONGEST_NAME - 1)}…`;
}
