import { describe, expect, it } from 'vitest';
import { describeForeign } from './foreignContent';

const bytes = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));

describe('content that is known but not read', () => {
  it.each([
    ['a capture of memray', '\x04"M\x18@@\xc0\xa4<\0\0\xf9\x05memray\0\r\0\0\0', 'memray transform speedscope'],
    ['one that is not compressed', 'memray\0\r\0\0\0\0\0', 'memray transform speedscope'],
    ["Python's sampling profiler", 'HCAT\x02\0\0\0\x03\x0f\0\0', 'profiling.sampling replay --gecko'],
    ['the same of another byte order', 'TACH\0\0\0\x02\x03\x0f\0\0', 'profiling.sampling replay --gecko'],
    ['a heap snapshot', '{"snapshot":{"meta":{"node_fields":["type"]}},"nodes":[9,1]}', 'node --heap-prof'],
  ])('names the way from %s', (_, text, way) => {
    expect(describeForeign(bytes(text))).toContain(way);
  });

  it('says nothing of anything else', () => {
    for (const text of ['', 'memray is a profiler', '\x04"M\x18 something else', 'TACHYON: 12', '{}']) {
      expect(describeForeign(bytes(text))).toBeNull();
    }
  });
});
