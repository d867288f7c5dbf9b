/** The first four bytes of members' names, as little-endian words: up to the colon behind the shortest ones. */
export const PH = wordOf('ph":');
export const TS = wordOf('ts":');
export const ID = wordOf('id":');
export const SF = wordOf('sf":');
export const DUR = wordOf('dur"');
export const PID = wordOf('pid"');
export const TID = wordOf('tid"');
export const CAT = wordOf('cat"');
export const NAME = wordOf('name');
export const ARGS = wordOf('args');
export const WEIG = wordOf('weig');

function wordOf(text: string): number {
  return [...text].reduce((word, letter, i) => word | (letter.charCodeAt(0) << (i * 8)), 0);
}

/** More bytes than a member's name and number take. */
export const LONGEST = 48;

/** First two letters of the members of `args` that say where in the source an event comes from, or name it. */
export const hints = new Uint8Array(65536);
for (const [first, second] of ['fi', 'fu', 'li', 'pa', 'ur', 'de', '[f', '[l']) {
  hints[(first.charCodeAt(0) << 8) | second.charCodeAt(0)] = 1;
}
