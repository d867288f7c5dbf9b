import { describe, expect, it } from 'vitest';
import { fixtureFormats, readFixture } from '../../test/support/profiles';
import { describeFormats, detectFormat, formatByName, formatForEnding, formats, headLength } from './registry';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('registry', () => {
  it.each(Object.entries(fixtureFormats))('detects %s as %s, by its name and without', (name, format) => {
    const head = readFixture(name).subarray(0, headLength);
    for (const called of [name, 'unknown', 'wrong.cpuprofile', 'wrong.folded', 'wrong.pb.gz', 'wrong.txt']) {
      expect([called, detectFormat(head, called)?.name]).toEqual([called, format]);
    }
  });

  it('detects a .cpuprofile whose first 64 KiB are samples', () => {
    const head = encode(`{"samples":[${'12345,'.repeat(20_000)}`).subarray(0, headLength);
    expect(detectFormat(head, 'unknown')?.name).toBe('cpuprofile');
  });

  it('detects a folded head that is cut inside a line', () => {
    const head = encode('main;work;step 12\n'.repeat(10_000)).subarray(0, headLength);
    expect(detectFormat(head, 'notes.txt')?.name).toBe('folded');
  });

  it.each([
    ['prose', 'Dear reader,\nthis is a letter.\n'],
    ['prose with a number', 'The quick brown fox\njumps over\nlazy dogs 12\n'],
    ['HTML', '<!doctype html><html></html>'],
    ['other JSON', '{"name":"emberline","version":"1"}'],
    ['nothing', ''],
    ['a picture', '\x89PNG\r\n\x1a\n\0\0\0\rIHDR'],
  ])('knows that %s is no profile', (_, text) => {
    expect(detectFormat(encode(text), 'unknown')).toBeNull();
    expect(detectFormat(encode(text), 'notes.txt')).toBeNull();
  });

  it.each([
    '{"traceEvents":[{"args":{"nodes":[{"callFrame":{}}]}}]}',
    '[{"args":{"data":{"cpuProfile":{"nodes":[{"callFrame":{}}]}}},"ph":"P","pid":1}',
  ])("takes a trace's nodes for no .cpuprofile's: %s", (text) => {
    expect(detectFormat(encode(text), 'x.cpuprofile')?.name).toBe('chrometrace');
  });

  it('leaves it to the decoder to say what is wrong with a file that has its ending', () => {
    expect(detectFormat(encode('garbage'), 'a.cpuprofile')?.name).toBe('cpuprofile');
    expect(detectFormat(encode(''), 'a.PPROF')?.name).toBe('pprof');
    expect(detectFormat(encode('garbage'), 'a.folded.gz')?.name).toBe('folded');
  });

  it('finds formats by name and by ending, and lists them', () => {
    for (const format of formats) {
      expect(formatByName(format.name)).toBe(format);
      expect(describeFormats()).toContain(format.title.replace(/ profiles?$/, ''));
      for (const ending of format.extensions) {
        expect(formatForEnding(`/some/Where${ending.toUpperCase()}`)).toBe(format);
      }
    }
    expect(formatByName('nothing')).toBeNull();
    expect(formatForEnding('a.exe')).toBeNull();
  });
});
