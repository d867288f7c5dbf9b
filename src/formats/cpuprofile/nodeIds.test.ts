import { describe, expect, it } from 'vitest';
import { cpuMilliseconds } from '../../../test/support/cpuTime';
import { seeded } from '../../../test/support/profiles';
import { NodeIds } from './nodeIds';

/** Number `i` of those that a well-known mix without a seed (two rounds by 0x45d9f3b) sends to one slot of 2^16. */
function colliding(i: number): number {
  // The inverse of 0x45d9f3b modulo 2^32; the shifts by 16 undo themselves.
  const inverse = 0x119de1f3;
  let hash = i << 16;
  hash = Math.imul(hash ^ (hash >>> 16), inverse);
  hash = Math.imul(hash ^ (hash >>> 16), inverse);
  return hash ^ (hash >>> 16);
}

describe('NodeIds', () => {
  it('finds dense and scattered ids, the first of equal ones, and nothing else', () => {
    const random = seeded(3);
    for (const spread of [10, 1e9]) {
      const ids = Int32Array.from({ length: 2000 }, () => Math.floor((random() - 0.5) * spread));
      const table = new NodeIds(ids, ids.length);
      const first = new Map<number, number>();
      ids.forEach((id, row) => {
        if (!first.has(id)) {
          first.set(id, row);
        }
      });
      expect(table.duplicates).toBe(ids.length - first.size);
      for (const [id, row] of first) {
        expect(table.row(id)).toBe(row);
      }
      for (let i = 0; i < 1000; i++) {
        const id = Math.floor((random() - 0.5) * spread * 2);
        expect(table.row(id)).toBe(first.get(id) ?? -1);
      }
    }
  });

  it('cannot be made to collide by a file', () => {
    const length = 1 << 15;
    const random = seeded(4);
    const crafted = Int32Array.from({ length }, (_, i) => colliding(i));
    expect(new Set(crafted).size).toBe(length);
    const plain = crafted.map(() => (random() * 0x100000000) | 0);
    const build = (ids: Int32Array): number => cpuMilliseconds(() => void new NodeIds(ids, ids.length));
    build(plain);
    // Colliding, they took some thousand times as long.
    expect(build(crafted)).toBeLessThan(build(plain) * 20 + 30);
  });
});
