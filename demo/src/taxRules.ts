import type { Part } from './catalog';

interface TaxRule {
  /** Pattern of region codes such as `DE-BY`. */
  readonly region: string;
  readonly category: Part['category'] | '*';
  readonly percent: number;
}

const countries = ['DE', 'FR', 'IT', 'ES', 'NL', 'BE', 'AT', 'PL', 'SE', 'DK', 'FI', 'IE', 'PT', 'CZ', 'HU'];
const rules: TaxRule[] = [
  ...countries.flatMap((country, i): TaxRule[] => [
    { region: `^${country}-(N|S)[A-Z]?$`, category: 'raw', percent: 7 + (i % 4) },
    { region: `^${country}-[A-Z]{1,3}$`, category: 'fastener', percent: 9 + (i % 5) },
    { region: `^${country}(-[A-Z]+)?$`, category: '*', percent: 17 + (i % 9) },
  ]),
  { region: '.*', category: '*', percent: 0 },
];

/** The first rule that fits decides. */
export function taxPercent(region: string, category: Part['category']): number {
  const rule = rules.find(
    (candidate) =>
      new RegExp(candidate.region, 'i').test(region) && (candidate.category === '*' || candidate.category === category),
  );
  return rule?.percent ?? 0;
}
