import { UsageError } from './usage';

/** Options of commands that print functions, lines or files in rows, for `parseArgs`. */
export const rowOptions = {
  by: { type: 'string', default: 'function' },
  sort: { type: 'string', default: 'self' },
  type: { type: 'string' },
  limit: { type: 'string', default: '20' },
  json: { type: 'boolean', default: false },
} as const;

/** What rows are of, what sorts them, and how many are wanted at most: 0 on the command line means all. @throws UsageError */
export function readRowOptions(options: { readonly by: string; readonly sort: string; readonly limit: string }): {
  by: 'function' | 'line' | 'file';
  sort: 'self' | 'total';
  limit: number;
} {
  const by = oneOf('--by', options.by, ['function', 'line', 'file'] as const);
  const sort = oneOf('--sort', options.sort, ['self', 'total'] as const);
  return { by, sort, limit: wholeNumber('--limit', options.limit) || Number.MAX_SAFE_INTEGER };
}

/** The option's value where it is allowed. @throws UsageError */
function oneOf<T extends string>(option: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((each) => each === value);
  if (found === undefined) throw new UsageError(`${option} takes ${allowed.join(', ')}, not "${value}".`);
  return found;
}

/** @throws UsageError */
function wholeNumber(option: string, value: string): number {
  if (!/^\d+$/.test(value)) throw new UsageError(`${option} takes a whole number, not "${value}".`);
  return Number(value);
}
