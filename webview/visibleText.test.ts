import { describe, expect, it } from 'vitest';
import { visibleText } from './visibleText';

describe('visibleText', () => {
  it('leaves names alone', () => {
    for (const name of ['', 'main', '(anonymous)', 'größe', '計算', 'حساب', 'sum😀', 'a b', 'std::vec<T>::push']) {
      expect(visibleText(name)).toBe(name);
    }
  });

  it('shows bidi controls and other invisible characters as U+FFFD, each', () => {
    expect(visibleText('\u202egnp.exe\u202c')).toBe('\ufffdgnp.exe\ufffd');
    for (const code of [0x00, 0x09, 0x0a, 0x7f, 0xad, 0x61c, 0x200b, 0x200d, 0x200e, 0x2028, 0x2060, 0x2066, 0x3164]) {
      expect(visibleText(`a${String.fromCodePoint(code)}b`), code.toString(16)).toBe('a\ufffdb');
    }
    expect(visibleText(`a${String.fromCodePoint(0xe0041)}b`)).toBe('a\ufffdb');
    expect(visibleText('a\ud800b')).toBe('a\ufffdb');
  });
});
