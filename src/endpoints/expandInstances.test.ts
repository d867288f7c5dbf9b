import { describe, expect, it } from 'vitest';
import { expandInstances } from './expandInstances';

describe('expandInstances', () => {
  it.each([
    [
      ['http://a:1', 'http://b:1'],
      ['http://a:1', 'http://b:1'],
    ],
    [['h-[1-3]:6060'], ['h-1:6060', 'h-2:6060', 'h-3:6060']],
    [['h-[08-10]'], ['h-08', 'h-09', 'h-10']],
    [['h-[blue, green]:1'], ['h-blue:1', 'h-green:1']],
    [['[a,b]-[1-2]'], ['a-1', 'a-2', 'b-1', 'b-2']],
    [
      ['http://[::1]:6060', 'http://[fe80::1-2]:1'],
      ['http://[::1]:6060', 'http://[fe80::1-2]:1'],
    ],
    [['x', 'x', ' x ', ''], ['x']],
    [['h-[5-5]'], ['h-5']],
  ])('%j', (addresses, expected) => {
    expect(expandInstances(addresses)).toEqual(expected);
  });

  it.each([
    ['h-[3-1]', /range \[3-1\] of "h-\[3-1\]" is empty/],
    ['h-[1-999999999]', /more than 1000/],
    ['[1-100]-[1-100]', /more than 1000 instances/],
  ])('refuses %s', (address, sentence) => {
    expect(() => expandInstances([address])).toThrow(sentence);
  });
});
