import { describe, expect, it } from 'vitest';
import { RenamedFiles } from './renamedFiles';

function memory() {
  const stored = new Map<string, unknown>();
  return {
    get: (key: string) => stored.get(key),
    update: async (key: string, value: unknown) => void stored.set(key, value),
  };
}

describe('RenamedFiles', () => {
  it('follows a file through several names, and folders', () => {
    const names = new RenamedFiles(memory());
    names.add('file:///w/a.ts', 'file:///w/b.ts');
    names.add('file:///w/b.ts', 'file:///w/src/c.ts');
    names.add('file:///w/src', 'file:///w/lib');
    expect(names.now('file:///w/a.ts')).toBe('file:///w/lib/c.ts');
    expect(names.now('file:///w/b.ts')).toBe('file:///w/lib/c.ts');
    expect(names.now('file:///w/src/d/e.ts')).toBe('file:///w/lib/d/e.ts');
    expect(names.now('file:///w/srcs/e.ts')).toBeNull();
    expect(names.formerly('file:///w/lib/c.ts').sort()).toEqual([
      'file:///w/a.ts',
      'file:///w/b.ts',
      'file:///w/src/c.ts',
    ]);
    expect(names.formerNamed('a.ts')).toEqual([{ former: 'file:///w/a.ts', now: 'file:///w/lib/c.ts' }]);
  });

  it('forgets a renaming that was taken back', () => {
    const names = new RenamedFiles(memory());
    names.add('file:///w/a.ts', 'file:///w/b.ts');
    names.add('file:///w/b.ts', 'file:///w/a.ts');
    expect(names.now('file:///w/a.ts')).toBeNull();
    expect(names.now('file:///w/b.ts')).toBe('file:///w/a.ts');
  });

  it('is remembered, bounded', () => {
    const store = memory();
    const names = new RenamedFiles(store);
    for (let i = 0; i < 600; i++) names.add(`file:///w/${i}.ts`, `file:///w/${i}-now.ts`);
    const again = new RenamedFiles(store);
    expect(again.now('file:///w/0.ts')).toBeNull();
    expect(again.now('file:///w/599.ts')).toBe('file:///w/599-now.ts');
    again.clear();
    expect(new RenamedFiles(store).now('file:///w/599.ts')).toBeNull();
  });
});
