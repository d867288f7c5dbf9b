import { expect, test } from 'vitest';
import { profileOf } from '../../test/support/sampleProfile';
import { buildCallTree } from '../analysis/callTree';
import { sumStacks } from '../analysis/stackValues';
import { Engine } from './engine';
import { writeFlameSvg } from './flameSvg';
import { nodePlatform } from './nodePlatform';

function pictureOf(frames: string[][], title = 'demo'): string {
  const profile = profileOf(frames.map((stack) => ({ frames: stack, value: 2 })));
  const tree = buildCallTree(profile, sumStacks(profile, { sampleType: 0, thread: null }));
  return writeFlameSvg(profile, tree, { title, sampleType: 'samples', unit: 'count' });
}

const framesOf = (svg: string): { title: string; x: number; y: number; width: number }[] =>
  [...svg.matchAll(/<title>(.*?)<\/title><rect x="([\d.]+)" y="(\d+)" width="([\d.]+)"/gs)].map((match) => ({
    title: match[1],
    x: Number(match[2]),
    y: Number(match[3]),
    width: Number(match[4]),
  }));

test('draws each frame as wide as its share, with what it is as its title', () => {
  const frames = framesOf(pictureOf([['main', 'a'], ['main', 'a'], ['main', 'b'], ['main']]));
  expect(frames).toEqual([
    { title: 'all\n8 · 100.0%', x: 0, y: 0, width: 1200 },
    { title: 'main\n8 · 100.0%', x: 0, y: 18, width: 1200 },
    { title: 'a\n4 · 50.0%', x: 0, y: 36, width: 600 },
    { title: 'b\n2 · 25.0%', x: 600, y: 36, width: 300 },
  ]);
});

test('loads nothing, and a hostile name stays text in well-formed XML', () => {
  const evil = ']]></script><script>alert(1)</script><image href="https://x"/>\u0000\ud800\u{1f525}';
  const svg = pictureOf([[evil]], evil);
  const drawn = svg.replace(/<!\[CDATA\[.*?\]\]>/s, '');
  const tags = new Set([...drawn.matchAll(/<(\w+)/g)].map((match) => match[1]));
  expect([...tags].sort()).toEqual(['g', 'rect', 'script', 'style', 'svg', 'text', 'title']);
  expect(svg.match(/<script/g)).toHaveLength(1);
  expect(drawn).not.toMatch(/ (?:href|src|on\w+)="/);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what must not be there.
  expect(svg).not.toMatch(/[\u0000-\u0008]/);
  expect(svg.isWellFormed()).toBe(true);
  expect(svg).toContain('\ufffd\ufffd\u{1f525}');
});

test('is bounded: the narrowest frames are left out, and that is said', () => {
  const svg = pictureOf(Array.from({ length: 9000 }, (_, i) => ['main', `f${i}`]));
  expect(framesOf(svg)).toHaveLength(6001);
  expect(svg).toContain('3,001 of the narrowest frames left out');
  const deep = pictureOf([Array.from({ length: 1000 }, (_, i) => `f${i}`)]);
  expect(framesOf(deep)).toHaveLength(401);
});

test('the engine says what a profile can be written as, and writes the view that is asked for', async () => {
  const engine = new Engine(nodePlatform);
  const path = 'test/fixtures/go-heap.pb.gz';
  const { profile } = await engine.request('open', { source: { kind: 'file', path }, name: path });
  const encodings = await engine.request('encodings', { profile });
  expect(encodings.map(({ name }) => name)).toEqual(expect.arrayContaining(['pprof', 'folded', 'html', 'svg']));
  expect(encodings.filter(({ unfit }) => unfit !== null).map(({ name }) => name)).toEqual(['cpuprofile']);
  const view = { sampleType: 0, thread: null };
  const svg = new TextDecoder().decode(await engine.request('encode', { profile, format: 'svg', view }));
  expect(svg).toContain('alloc_objects');
  expect(svg).toContain('go-heap.pb.gz');
  const folded = async (sampleType: number): Promise<number> => {
    const request = { profile, format: 'folded', view: { sampleType, thread: null } };
    const text = new TextDecoder().decode(await engine.request('encode', request));
    return text
      .trim()
      .split('\n')
      .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
  };
  const { totals } = await engine.request('open', { source: { kind: 'file', path }, name: path });
  expect([await folded(0), await folded(1)]).toEqual([totals[0], totals[1]]);
});
