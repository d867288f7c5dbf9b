import type { Part } from './catalog';

type Catalog = ReadonlyMap<string, Part>;

/**
 * Cost in cents of `quantity` pieces of a part, down to the raw stock. A component
 * that is used in many places is costed in each of them.
 */
export function costOf(catalog: Catalog, id: string, quantity: number): number {
  const part = catalog.get(id);
  if (part === undefined) throw new RangeError(`No part ${id} in the catalogue.`);
  let each = part.cost;
  for (const component of part.components) {
    each += costOf(catalog, component.part, component.quantity);
  }
  return Math.round(each * quantity * bulkFactor(quantity));
}

/** Larger runs are cheaper, levelling off at 30 %. */
function bulkFactor(quantity: number): number {
  return 0.7 + 0.3 / (1 + Math.log10(quantity));
}
