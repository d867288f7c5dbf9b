/** More instances than this are taken for a mistake in a range. */
const MOST_INSTANCES = 1000;
/** Digits of a range's bound: `[1-20]`, `[001-020]`. */
const RANGE = /\[(\d{1,9})-(\d{1,9})\]|\[([^[\]]*,[^[\]]*)\]/;

/**
 * The instances that addresses name: `host-[1-20]:6060` one for each number (with as many digits as the first bound has
 * where it begins with a zero), `host-[blue,green]:6060` one for each word; several in one address are combined. An IPv6
 * address (`[::1]`) is none of these. Equal ones come once.
 * @throws Error with a sentence for a range that is empty or too long
 */
export function expandInstances(addresses: readonly string[]): string[] {
  const found = new Set<string>();
  const waiting = [...addresses].reverse();
  for (let address = waiting.pop(); address !== undefined; address = waiting.pop()) {
    const range = RANGE.exec(address);
    if (range === null) found.add(address.trim());
    else waiting.push(...choices(address, range).reverse());
    if (found.size + waiting.length > MOST_INSTANCES) {
      throw new Error(`"${addresses.join(', ')}" names more than ${MOST_INSTANCES} instances: check its ranges.`);
    }
  }
  found.delete('');
  return [...found];
}

function choices(address: string, range: RegExpExecArray): string[] {
  const [whole, first, last, words] = range;
  const around = (choice: string): string =>
    address.slice(0, range.index) + choice + address.slice(range.index + whole.length);
  if (words !== undefined) return words.split(',').map((word) => around(word.trim()));
  const [from, to] = [Number(first), Number(last)];
  if (from > to) throw new Error(`The range ${whole} of "${address}" is empty: its first number is the larger one.`);
  if (to - from >= MOST_INSTANCES) {
    throw new Error(`The range ${whole} of "${address}" names more than ${MOST_INSTANCES} instances.`);
  }
  const digits = first!.startsWith('0') ? first!.length : 1;
  return Array.from({ length: to - from + 1 }, (_, i) => around(String(from + i).padStart(digits, '0')));
}
