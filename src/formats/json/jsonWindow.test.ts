import { describe, expect, it } from 'vitest';
import { sourceOf } from '../../../test/support/profiles';
import { JsonScanner } from './jsonScanner';
import { JsonWindow } from './jsonWindow';

/** Reads an array of anything, element by element, as JSON.parse would. */
function readArray(text: string, chunkSize: number): unknown[] {
  const window = new JsonWindow(sourceOf(text, 'x', chunkSize), 'a test', () => {});
  const { scanner } = window;
  const found: unknown[] = [];
  window.peek();
  window.attempt(() => scanner.enterArray('an array'));
  for (let first = true; ; first = false) {
    window.peek();
    if (!window.attempt(() => scanner.element(first))) {
      break;
    }
    if (window.peek() === 0x22) {
      found.push(window.attempt(() => scanner.textOrNull()));
    } else if (window.peek() === 0x7b) {
      window.skip();
      found.push('object');
    } else {
      found.push(window.attempt(() => scanner.number('a number')));
    }
  }
  expect(window.peek()).toBe(-1);
  return found;
}

describe('a window of JSON', () => {
  const text = ' \n[ "plain", "es\\"c\\\\", {"a":["}",{"b":"\\""}],"c":[[]]}, 12, -3.25, 1e3, "fünf \\u00e4", {} ]\n ';
  const expected = ['plain', 'es"c\\', 'object', 12, -3.25, 1000, 'fünf ä', 'object'];

  it('reads the same whatever the chunks', () => {
    for (let chunk = 1; chunk <= text.length + 4; chunk++) {
      expect([chunk, readArray(text, chunk)]).toEqual([chunk, expected]);
      expect(readArray(`\ufeff${text}`, chunk)).toEqual(expected);
    }
  });

  it('names the byte of the whole input', () => {
    for (const chunk of [1, 3, 1000]) {
      expect(() => readArray('["aaaaaaaaaa", "bb", ?]', chunk)).toThrow(/found "\?\]" \(at byte 21\)/);
      expect(() => readArray('["aaaaaaaaaa", "bb', chunk)).toThrow(/ends in the middle .*\(at byte 18\)/);
      expect(() => readArray('["aaaaaaaaaa", {"b":"', chunk)).toThrow(/ends in the middle .*\(at byte 21\)/);
      expect(() => readArray('', chunk)).toThrow(/ends in the middle/);
    }
  });

  it('holds no more than the chunks and the value that is read', () => {
    const window = new JsonWindow(sourceOf(`[${'{"a":1},'.repeat(5000)}1]`, 'x', 64), 'a test', () => {});
    const { scanner } = window;
    scanner.enterArray('an array');
    for (let first = true; window.peek() !== 0x31; first = false) {
      window.attempt(() => {
        scanner.element(first);
        scanner.skip();
      });
      window.peek();
      if (scanner.bytes[scanner.pos] === 0x2c && scanner.bytes[scanner.pos + 1] === 0x31) {
        break;
      }
      expect(scanner.bytes.length).toBeLessThan(200);
    }
  });
});

describe('numbers', () => {
  it('are those of JSON.parse, to the last bit', () => {
    let seed = 1;
    const random = (): number => {
      seed = (seed * 48271) % 2147483647;
      return seed / 2147483647;
    };
    const texts = [
      '0.1',
      '1.005',
      '123456789012.345',
      '-0.000001',
      '1234567890123456.7',
      '0.30000000000000004',
      '5e-324',
    ];
    for (let i = 0; i < 3000; i++) {
      texts.push((random() * 10 ** Math.floor(random() * 14)).toFixed(Math.floor(random() * 8)));
    }
    for (const text of texts) {
      expect(new JsonScanner(new TextEncoder().encode(text), 'a test').number('a number')).toBe(JSON.parse(text));
    }
    for (const text of ['1.', '.5', '1.e3', '-', '1e', '1e999']) {
      const read = (): number => new JsonScanner(new TextEncoder().encode(`${text},`), 'a test').number('a number');
      if (text === '1.' || text === '1.e3') {
        // Number() takes them, and nothing is lost by taking them here.
        expect(read()).toBe(Number(text));
      } else {
        expect(read).toThrow(/Expected a number/);
      }
    }
  });
});
