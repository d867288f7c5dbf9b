import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  decode,
  fixtures,
  frameFile,
  frameName,
  naiveTotals,
  readFixture,
  type SelfTotal,
  stackNames,
  sum,
} from '../../../test/support/profiles';
import { checkProfile } from '../../profile/checkProfile';
import type { Profile } from '../../profile/profile';
import { detectFormat } from '../registry';
import { heapprofile } from './heapprofile';

const frame = (functionName: string, url = '', lineNumber = -1) => ({
  functionName,
  scriptId: '1',
  url,
  lineNumber,
  columnNumber: lineNumber < 0 ? -1 : 4,
});
const tree = {
  callFrame: frame('(root)'),
  selfSize: 0,
  id: 1,
  children: [
    {
      callFrame: frame('work', 'file:///a.js', 9),
      selfSize: 30,
      id: 2,
      children: [
        { callFrame: frame('', 'file:///a.js', 19), selfSize: 12, id: 4294967295, children: [] },
        { callFrame: frame('work', 'file:///a.js', 9), selfSize: 5, id: 4, children: [] },
      ],
    },
    { callFrame: frame('(V8 API)'), selfSize: 7, id: 5, children: [] },
  ],
};
const samples = [
  { size: 5, nodeId: 4, ordinal: 9 },
  { size: 10, nodeId: 2, ordinal: 3 },
  { size: 20, nodeId: 2, ordinal: 4 },
  { size: 12, nodeId: 4294967295, ordinal: 1 },
];

function rows(profile: Profile): [string, ...number[]][] {
  expect(checkProfile(profile)).toEqual([]);
  return [...profile.samples.stack].map((stack, row) => [
    stackNames(profile, stack).join(';'),
    ...profile.samples.values.map((values) => values[row]),
  ]);
}

describe('V8 heap profiles', () => {
  it('are samples in the order of their ordinals, and what the nodes have beyond them', () => {
    const profile = decode(heapprofile, JSON.stringify({ head: tree, samples }));
    expect(rows(profile)).toEqual([
      ['work;(anonymous)', 1, 12],
      ['work', 1, 10],
      ['work', 1, 20],
      ['work;work', 1, 5],
      ['(V8 API)', 0, 7],
    ]);
    expect(profile.sampleTypes).toEqual([
      { type: 'samples', unit: 'count' },
      { type: 'space', unit: 'bytes' },
    ]);
    expect(profile.meta).toMatchObject({ defaultSampleType: 1, lines: 'declaration', durationMs: null, notes: [] });
    expect(profile.samples.time).toBeNull();
    const { labels, strings } = profile;
    expect([...profile.samples.labelSet!].map((set) => (set < 0 ? null : labels.number[labels.offset[set]]))).toEqual([
      1,
      3,
      4,
      9,
      null,
    ]);
    expect(strings[labels.key[0]]).toBe('ordinal');
    const { functions } = profile;
    const work = [...functions.name].findIndex((name) => strings[name] === 'work');
    expect([functions.line[work], functions.column[work], strings[functions.file[work]]]).toEqual([
      10,
      5,
      'file:///a.js',
    ]);
    const native = [...functions.name].findIndex((name) => strings[name] === '(V8 API)');
    expect([functions.line[native], functions.file[native]]).toEqual([0, -1]);
  });

  it('say what it means where nothing of them lived', () => {
    const empty = { head: { ...tree, selfSize: 0, children: [] }, samples: [] };
    const profile = decode(heapprofile, JSON.stringify(empty));
    expect(profile.samples.length).toBe(0);
    expect(profile.meta.notes).toEqual([expect.stringContaining('still lives at its end')]);
  });

  it('need no samples, no order of members, and may be an answer of the inspector', () => {
    const turned = (node: typeof tree): object => ({
      children: node.children.map((child) => turned(child as typeof tree)),
      id: node.id,
      selfSize: node.selfSize,
      callFrame: node.callFrame,
    });
    const expected = [
      ['work', 30],
      ['work;(anonymous)', 12],
      ['work;work', 5],
      ['(V8 API)', 7],
    ];
    for (const file of [{ head: tree }, { head: turned(tree) }, { profile: { head: tree } }]) {
      for (const text of [JSON.stringify(file), JSON.stringify(file, null, 2)]) {
        const profile = decode(heapprofile, text);
        expect(rows(profile)).toEqual(expected);
        expect(profile.sampleTypes).toEqual([{ type: 'space', unit: 'bytes' }]);
        expect(detectFormat(new TextEncoder().encode(text), 'x')?.name).toBe('heapprofile');
      }
    }
    expect(rows(decode(heapprofile, JSON.stringify({ samples, head: tree })))).toHaveLength(5);
  });

  it('of a deep recursion', () => {
    const depth = 50_000;
    const open = `{"callFrame":${JSON.stringify(frame('down', 'file:///d.js', 1))},"selfSize":1,"children":[`;
    const profile = decode(heapprofile, `{"head":${open.repeat(depth)}${']}'.repeat(depth)}}`);
    expect(profile.stacks.length).toBe(depth);
    expect(sum(profile.samples.values[0])).toBe(depth);
    expect(() => decode(heapprofile, `{"head":${open.repeat(depth)}`)).toThrow(/may be truncated/);
  });

  it("use js-debug's places in the source", () => {
    const head = { ...tree, children: [{ ...tree.children[0], locationId: 0 }] };
    const locations = [
      { callFrame: {}, locations: [{ lineNumber: 33, columnNumber: 2, source: { name: 'a.ts', path: '/src/a.ts' } }] },
    ];
    const profile = decode(heapprofile, JSON.stringify({ head, samples, $vscode: { rootPath: '/', locations } }));
    const places = [...profile.functions.file].map(
      (file, i) => `${profile.strings[file]}:${profile.functions.line[i]}`,
    );
    expect(places.sort()).toEqual(['/src/a.ts:33', 'file:///a.js:10', 'file:///a.js:20']);
  });

  it('say which samples are of no node', () => {
    const profile = decode(heapprofile, JSON.stringify({ head: tree, samples: [{ size: 3, nodeId: 77, ordinal: 1 }] }));
    expect(profile.meta.notes).toEqual([
      'One sample is of a node that is not in the file and left out: its memory was probably freed meanwhile.',
    ]);
    expect(sum(profile.samples.values[1])).toBe(54);
  });

  it.each([
    ['nothing', '', /The file is empty/],
    ['no head', '{"samples":[]}', /with the member "head"/],
    ['a head of another kind', '{"head":[1]}', /Expected a node, .* \(at byte 8\)/],
    ['an id with a fraction', '{"head":{"id":1.5}}', /a node id/],
    ['a size beyond every file', '{"head":{"selfSize":1e300}}', /below 2\^53/],
    ['more after the end', '{"head":{}} x', /the end of the file/],
    ['a cut', '{"head":{"selfSize":1,"children":[{"self', /may be truncated/],
  ])('refuse %s', (_, text, sentence) => {
    expect(() => decode(heapprofile, text)).toThrow(sentence);
    expect(() => decode(heapprofile, text)).toThrow(expect.objectContaining({ name: 'DecodeError' }));
  });

  it.each(['node', 'inspector'])("agree with a walk over V8's own tree: %s", (name) => {
    const profile = decode(heapprofile, readFixture(`heapprofile/${name}.heapprofile`));
    expect(checkProfile(profile)).toEqual([]);
    const [head, ...lines] = readFileSync(join(fixtures, `heapprofile/${name}.oracle.txt`), 'utf8')
      .trim()
      .split('\n');
    const [, bytes, known, all] = /^(\d+) bytes, (\d+) of (\d+) samples$/.exec(head)!;
    expect([sum(profile.samples.values[1]), sum(profile.samples.values[0])]).toEqual([Number(bytes), Number(known)]);
    expect(profile.meta.notes).toHaveLength(known === all ? 0 : 1);
    const expected = new Map<string, SelfTotal>();
    for (const line of lines) {
      const [, self, total, key] = /^(\d+) (\d+) (.*)$/.exec(line)!;
      expected.set(key, { self: Number(self), total: Number(total) });
    }
    expect(expected.size).toBeGreaterThan(10);
    expect([...expected.keys()].some((key) => key.startsWith('tree '))).toBe(true);
    const key = (at: number): string =>
      `${frameName(profile, at)} ${frameFile(profile, at)}:${profile.frames.line[at]}`;
    const found = naiveTotals(profile, 1, key);
    for (const [at, entry] of expected) {
      expect([at, found.get(at) ?? { self: 0, total: 0 }]).toEqual([at, entry]);
    }
  });
});
