import { createHash } from 'node:crypto';
import { costOf } from './billOfMaterials';
import { canonicalJson } from './canonicalJson';
import type { Part } from './catalog';
import { BadOrderError, type Order, type OrderLine } from './order';
import { piecesInStock } from './stock';
import { taxPercent } from './taxRules';

export interface QuotedLine extends OrderLine {
  readonly name: string;
  /** In cents, like all amounts. */
  readonly net: number;
  readonly tax: number;
  readonly leadDays: number;
}

export interface Quote {
  readonly customer: string;
  readonly region: string;
  readonly lines: readonly QuotedLine[];
  readonly net: number;
  readonly gross: number;
  /** SHA-256 of the quote's canonical JSON. */
  readonly signature: string;
}

export async function quoteOrder(catalog: ReadonlyMap<string, Part>, order: Order): Promise<Quote> {
  const lines = await Promise.all(order.lines.map((line) => quoteLine(catalog, order.region, line)));
  const net = lines.reduce((sum, line) => sum + line.net, 0);
  const gross = lines.reduce((sum, line) => sum + line.net + line.tax, 0);
  const unsigned = { customer: order.customer, region: order.region, lines, net, gross };
  return { ...unsigned, signature: sign(unsigned) };
}

async function quoteLine(catalog: ReadonlyMap<string, Part>, region: string, line: OrderLine): Promise<QuotedLine> {
  const part = catalog.get(line.part);
  if (part === undefined) throw new BadOrderError(`No part ${line.part} in the catalogue.`);
  const inStock = await piecesInStock(part.id);
  const net = costOf(catalog, part.id, line.quantity);
  const tax = Math.round((net * taxPercent(region, part.category)) / 100);
  const leadDays = line.quantity <= inStock ? 2 : 14 + Math.ceil((line.quantity - inStock) / 50);
  return { ...line, name: part.name, net, tax, leadDays };
}

function sign(quote: object): string {
  return createHash('sha256').update(canonicalJson(quote)).digest('hex');
}
