import { describe, expect, it } from 'vitest';
import { decodeDataUrl, findSourceMapUrl, resolveAddress } from './sourceMapUrl';

describe('findSourceMapUrl', () => {
  it('takes the last comment, whatever follows it', () => {
    expect(findSourceMapUrl('a\n//# sourceMappingURL=x.map\nb\n//# sourceMappingURL=y.map\n;tail()')).toBe('y.map');
    expect(findSourceMapUrl('//@ sourceMappingURL=x.map')).toBe('x.map');
    expect(findSourceMapUrl('/*# sourceMappingURL=x.map */')).toBe('x.map');
    expect(findSourceMapUrl('s = "//# sourceMappingURL=no.map"; sourceMappingURL=no')).toBeNull();
    expect(findSourceMapUrl('')).toBeNull();
  });

  // Quadratic, it would not end within the test's time.
  it('ends on megabytes of near misses', () => {
    const text = 'sourceMappingURL='.repeat(300_000);
    expect(findSourceMapUrl(text)).toBeNull();
  });
});

describe('addresses', () => {
  it('decodes data URLs', () => {
    expect(decodeDataUrl(`data:application/json;charset=utf-8;base64,${btoa('{"a":1}')}`)).toBe('{"a":1}');
    expect(decodeDataUrl('data:application/json,%7B%22%C3%A4%22%3A1%7D')).toBe('{"ä":1}');
    expect(decodeDataUrl('data:application/json;base64,***')).toBeNull();
    expect(decodeDataUrl('x')).toBeNull();
  });

  it('resolves sources as paths', () => {
    expect(resolveAddress('../src/a b#1.ts', '/w/out/a.js')).toBe('/w/src/a b#1.ts');
    expect(resolveAddress('a%20b.js.map', '/w o/out/a.js')).toBe('/w o/out/a b.js.map');
    expect(resolveAddress('file:///w/a%20b.ts', '/x')).toBe('/w/a b.ts');
    expect(resolveAddress('webpack://app/./src/a.ts', '/x')).toBe('webpack://app/./src/a.ts');
    expect(resolveAddress('../src/a.ts', 'file:///C:/w/out/a.js')).toBe('C:/w/src/a.ts');
    expect(resolveAddress('../src/a.ts', 'http://localhost:5173/out/a.js')).toBe('http://localhost:5173/src/a.ts');
  });
});
