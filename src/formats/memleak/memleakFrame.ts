import { frameKind } from '../../profile/frameKind';

/** What a frame line of memleak says. */
export interface MemleakFrame {
  readonly name: string;
  readonly module: string | null;
  readonly kind: number;
}

/**
 * Reads `function+0x12 [library]`, with an address before it in newer versions, or `0 [<address>] function+0x12
 * [library]` as the version in C writes it.
 * @param text without blanks around it
 */
export function readMemleakFrame(text: string): MemleakFrame {
  const match = /^(?:(?:\d{1,6} )?\[<(?:0x)?([\da-f]{1,16})>\]\s*|0x([\da-f]{1,16})(?:\s+|$))?(.*)$/.exec(text);
  const address = (match?.[1] ?? match?.[2] ?? '').replace(/^0+(?=.)/, '');
  const rest = match?.[3] ?? text;
  const at = rest.endsWith(']') ? rest.lastIndexOf('[') : -1;
  const inside = at < 0 || (at > 0 && rest[at - 1] !== ' ') ? '' : rest.slice(at + 1, -1);
  const isUnknown = inside === 'unknown' || inside === 'UNKNOWN';
  const module = isUnknown ? '' : inside;
  const symbol = (inside === '' ? rest : rest.slice(0, at)).trim().replace(/\+0x[\da-f]{1,16}$/, '');
  const kind = module === 'kernel' ? frameKind.kernel : module === '' ? frameKind.unknown : frameKind.native;
  const isNamed = symbol !== '' && !/^(\[unknown\]|<null sym>)$/i.test(symbol);
  const unnamed = module !== '' && address !== '' ? `${module}+0x${address}` : '[unknown]';
  return { name: isNamed ? symbol : unnamed, module: module || null, kind };
}
