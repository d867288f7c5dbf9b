export interface Part {
  readonly id: string;
  readonly name: string;
  readonly category: 'raw' | 'fastener' | 'machined' | 'assembly';
  /** Own cost in cents: material, or the work of putting its components together. */
  readonly cost: number;
  readonly components: readonly { readonly part: string; readonly quantity: number }[];
}

const materials = ['steel', 'brass', 'nylon', 'aluminium', 'bronze', 'titanium'];
const shapes = ['shaft', 'bracket', 'gear', 'housing', 'flange', 'lever', 'bushing', 'coupling'];

/** Parts in layers: raw stock at the bottom, and above it assemblies made of parts from the layers below. */
export function buildCatalog(layers = 10, partsPerLayer = 30): Map<string, Part> {
  const catalog = new Map<string, Part>();
  const random = seeded(20_260);
  let below: string[] = [];
  for (let layer = 0; layer < layers; layer++) {
    const current: string[] = [];
    for (let i = 0; i < partsPerLayer; i++) {
      const id = `P${layer}${String(i).padStart(3, '0')}`;
      const name = `${materials[(i + layer) % materials.length]} ${shapes[(i * 3 + layer) % shapes.length]} ${i}`;
      const components = [];
      for (let n = layer === 0 ? 0 : 2 + Math.floor(random() * 3); n > 0; n--) {
        components.push({ part: below[Math.floor(random() * below.length)]!, quantity: 1 + Math.floor(random() * 4) });
      }
      const category = layer === 0 ? (i % 4 === 0 ? 'fastener' : 'raw') : layer < 3 ? 'machined' : 'assembly';
      catalog.set(id, { id, name, category, cost: 20 + Math.floor(random() * 400), components });
      current.push(id);
    }
    below = current;
  }
  return catalog;
}

/** The same catalogue at every start. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}
