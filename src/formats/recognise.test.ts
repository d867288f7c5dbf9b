import { describe, expect, it } from 'vitest';
import { fixtureFormats, readFixture, seeded } from '../../test/support/profiles';
import { recogniseContent } from './recognise';
import { describeFormats, headLength } from './registry';

const latin1 = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));
const words = (size: 4 | 8, ...values: number[]): Uint8Array => {
  const bytes = new Uint8Array(values.length * size);
  for (const [i, value] of values.entries()) new DataView(bytes.buffer).setUint32(i * size, value, true);
  return bytes;
};

describe('recogniseContent', () => {
  it.each([
    ['PERFILE2\x68\0', "Linux perf's own file", /run "perf script/],
    ['PK\x03\x04\x14\0', 'a ZIP archive', /unpack it/],
    ['\x1f\x8b\x08', 'gzip data', /unpack it/],
    ['\x7fELF\x02\x01', 'an ELF file (a program or library)', /taken of it/],
    [`${'\0'.repeat(257)}ustar\x0000`, 'a tar archive', /unpack/],
    ['JAVA PROFILE 1.0.2\0', 'a Java heap dump (hprof)', /flight recording/],
    ['Nettrace\x14', 'a .NET trace (nettrace)', /dotnet-trace convert/],
    ['go 1.22 trace\0\0\0', 'a Go execution trace', /go tool trace/],
    ['version https://git-lfs.github.com/spec/v1\noid sha256:1', 'a Git LFS pointer', /git lfs pull/],
    ['\x80\x04\x95', 'a Python pickle', /export/],
    ['\xff\xfea\0;\0', 'text in UTF-16', /UTF-8/],
    ['<!DOCTYPE html><html><head><title>Log\n in</title>', 'a web page (HTML, “Log  in”)', null],
    ['\n<html lang="en">', 'a web page (HTML)', null],
    ['<?xml version="1.0"?>\n<!-- x -->\n<trace-query-result>', 'XML with the element <trace-query-result>', null],
    ['<svg xmlns=""', 'XML with the element <svg>', null],
    [
      '{"name":"a","x":{"y":1,"z":[{"n":2}]},"b":[1],"a\\"b":1}',
      'JSON with the members “name”, “x”, “b”, “a\\"b”',
      null,
    ],
    ['{"a":1,"b":1,"c":1,"d":1,"e":1,"f":1}', 'JSON with the members “a”, “b”, “c”, “d” …', null],
    ['{}', 'JSON with no members', null],
    ['[{"id":1,"at":2},{"other":1}]', 'a JSON list of objects with the members “id”, “at”', null],
    ['[1,2,3]', 'a JSON list', null],
    ['<module> (a.py:1);main (a.py:2) x', 'text that begins with “<module> (a.py:1);main (a.py:2) x”', null],
    ['<note>x</note>', 'XML with the element <note>', null],
    ['\n \n', 'white space only', null],
    ['Dear reader,\nthis is', 'text that begins with “Dear reader,”', null],
    ['\x01\x02\x03\0\0', 'binary data that begins with 01 02 03 00 00', null],
    ['', 'empty', null],
  ])('%j', (text, what, advice) => {
    const found = recogniseContent(latin1(text));
    expect(found.what).toBe(what);
    if (advice === null) expect(found.advice).toBeNull();
    else expect(found.advice).toMatch(advice);
  });

  it('knows the old CPU profiles of gperftools', () => {
    for (const size of [4, 8] as const) {
      expect(recogniseContent(words(size, 0, 3, 0, 10_000, 0)).what).toMatch(/gperftools/);
      expect(recogniseContent(words(size, 0, 3, 1, 10_000, 0)).what).toMatch(/binary/);
    }
  });

  it.each(Object.keys(fixtureFormats))('is not sure that %s is something else', (name) => {
    expect(recogniseContent(readFixture(name).subarray(0, headLength)).kind).not.toBe('known');
  });

  it('is short, on one line, and never throws', () => {
    const random = seeded(3);
    const alphabet = '{}[]":,<>!\\ \n\0az\x80\xff\u0301';
    for (let i = 0; i < 3000; i++) {
      const bytes = Uint8Array.from({ length: random() * 200 }, () =>
        i % 2 === 0 ? random() * 256 : alphabet.charCodeAt(random() * alphabet.length),
      );
      const { what } = recogniseContent(bytes);
      expect(what.length).toBeLessThan(125);
      expect(what).not.toMatch(/[\n\0]/);
    }
    expect(recogniseContent(latin1(`{${'"m":1,'.repeat(10_000)}`)).what.length).toBeLessThan(125);
    expect(recogniseContent(latin1('{"'.repeat(30_000))).what.length).toBeLessThan(125);
    expect(recogniseContent(latin1('x'.repeat(65_536))).what).toHaveLength(84);
  });

  it('leaves room for the formats in one sentence', () => {
    // With 125 characters of what it is, and about 50 between them.
    expect(describeFormats().length).toBeLessThan(225);
  });
});
