export interface OrderLine {
  readonly part: string;
  readonly quantity: number;
}

export interface Order {
  readonly customer: string;
  readonly region: string;
  readonly lines: readonly OrderLine[];
}

export class BadOrderError extends Error {}

/** Reads and checks the body of a request. Throws a BadOrderError that says what is wrong. */
export function parseOrder(body: string): Order {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    throw new BadOrderError('The body is not JSON.');
  }
  if (!isRecord(value)) throw new BadOrderError('The order must be an object.');
  const { customer, region, lines } = value;
  if (typeof customer !== 'string' || customer.trim() === '') throw new BadOrderError('The order has no customer.');
  if (typeof region !== 'string') throw new BadOrderError('The order has no region.');
  if (!Array.isArray(lines) || lines.length === 0) throw new BadOrderError('The order has no lines.');
  return { customer: customer.trim(), region: region.toUpperCase(), lines: lines.map(parseLine) };
}

function parseLine(value: unknown, index: number): OrderLine {
  if (!isRecord(value)) throw new BadOrderError(`Line ${index + 1} is not an object.`);
  const { part, quantity } = value;
  if (typeof part !== 'string') throw new BadOrderError(`Line ${index + 1} names no part.`);
  if (typeof quantity !== 'number' || !Number.isInteger(quantity) || quantity < 1) {
    throw new BadOrderError(`Line ${index + 1} needs a whole quantity of 1 or more.`);
  }
  return { part, quantity };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
