import { describe, expect, it } from 'vitest';
import { seeded } from '../../../test/support/profiles';
import { PairTable } from '../../profile/tupleTables';
import { RecentRanges } from './recentRanges';
import { StackTree } from './stackTree';

describe('StackTree', () => {
  it('numbers stacks as a hash of all of them does', () => {
    const random = seeded(3);
    const tree = new StackTree();
    const pairs = new PairTable();
    for (let i = 0; i < 20_000; i++) {
      let stack = -1;
      for (let depth = Math.floor(random() * 30); depth >= 0; depth--) {
        const frame = Math.floor(12 * random() ** 4);
        const next = tree.child(stack, frame);
        expect(next).toBe(pairs.intern(stack, frame));
        stack = next;
      }
    }
    expect(tree.length).toBeGreaterThan(10_000);
    expect(tree.prefix.subarray(0, tree.length)).toEqual(pairs.a.subarray(0, pairs.length));
    expect(tree.frame.subarray(0, tree.length)).toEqual(pairs.b.subarray(0, pairs.length));
  });
});

describe('RecentRanges', () => {
  it('finds what was kept for equal bytes, and nothing for others', () => {
    const random = seeded(4);
    const bytes = Uint8Array.from({ length: 50_000 }, () => random() * 2);
    const ranges = new RecentRanges(bytes, 1000);
    const text = (start: number, end: number): string => bytes.subarray(start, end).join('');
    const results = new Map<string, number>();
    let found = 0;
    for (let i = 0; i < 20_000; i++) {
      const start = Math.floor(random() * (bytes.length - 20));
      const end = start + Math.floor(random() * 12);
      const slot = ranges.slot(start, end);
      const result = ranges.find(slot, start, end);
      const key = text(start, end);
      if (result === -2) {
        results.set(key, results.get(key) ?? results.size - 1);
        ranges.keep(slot, start, end, results.get(key)!);
      } else {
        expect([key, result]).toEqual([key, results.get(key)]);
        found++;
      }
    }
    expect(found).toBeGreaterThan(1000);
  });
});
