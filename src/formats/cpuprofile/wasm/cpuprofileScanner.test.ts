import { describe, expect, it } from 'vitest';
import { noContext, readFixture, seeded, sourceOf } from '../../../../test/support/profiles';
import type { Profile } from '../../../profile/profile';
import { StringTable } from '../../../profile/stringTable';
import { JsonScanner } from '../../json/jsonScanner';
import { CallFrames } from '../callFrames';
import { decodeCpuprofile } from '../cpuprofile';
import { CpuprofileColumns } from '../cpuprofileColumns';
import { CpuprofileScanner } from './cpuprofileScanner';

/** The profile, or the sentence of the error, as the fast path's users get it, or as those without WebAssembly do. */
function read(bytes: Uint8Array, fast: boolean): Profile | string {
  try {
    return decodeCpuprofile(sourceOf(bytes), noContext, fast ? 'always' : 'never');
  } catch (error) {
    return String(error);
  }
}

function expectSame(bytes: Uint8Array): void {
  expect(read(bytes, true)).toEqual(read(bytes, false));
}

function text(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}

const frame = (name: string, line = 3, url = 'file:///srv/app/module.js'): string =>
  `{"functionName":"${name}","scriptId":"17","url":"${url}","lineNumber":${line},"columnNumber":12}`;
const node = (id: number, callFrame: string, rest = ''): string => `{"id":${id},"callFrame":${callFrame}${rest}}`;

function profile(nodes: string[], samples: (number | string)[], deltas: (number | string)[]): Uint8Array {
  return text(
    `{"nodes":[${nodes.join(',')}],"startTime":1,"endTime":9,"samples":[${samples.join(',')}],"timeDeltas":[${deltas.join(',')}]}`,
  );
}

describe('the compiled module', () => {
  it('reads nodes and numbers of V8 up to what is written in another way', () => {
    const rest = ',"hitCount":5,"children":[2]';
    const first = `${node(1, frame('(root)', -1), rest)},${node(2, frame('a'))},`;
    for (const last of [node(3, frame('b')), `{ "id":3,"callFrame":${frame('b')}}`]) {
      const bytes = text(`${first}${last}]`);
      const scanner = new JsonScanner(bytes, 'a profile');
      const columns = new CpuprofileColumns(new CallFrames(scanner, new StringTable()), 1);
      const fast = CpuprofileScanner.create(scanner)!;
      fast.begin();
      expect(fast.nodes(columns)).toBe(true);
      expect(fast.ended).toBe(last.startsWith('{"'));
      expect(scanner.pos).toBe(fast.ended ? bytes.length : first.length);
      fast.takeNodes(columns);
      expect([columns.nodes, columns.links, columns.ticks, columns.totalHits]).toEqual([fast.ended ? 3 : 2, 1, 0, 5]);
      expect([...columns.callFrames.line.subarray(0, 2)]).toEqual([0, 4]);
      fast.end();
    }
    const numbers = new JsonScanner(text('1,12,123,1234,12345,123456,1234567,12345678,123456789,0,7 ]'), 'a profile');
    const ids = CpuprofileScanner.create(numbers)!;
    expect([...ids.ids()]).toEqual([1, 12, 123, 1234, 12345, 123456, 1234567, 12345678, 123456789, 0]);
    expect([numbers.pos, ids.more, ids.ended]).toEqual([numbers.bytes.length - 3, false, false]);
    const all = CpuprofileScanner.create(new JsonScanner(text('12,7]'), 'a profile'))!;
    expect([[...all.ids()], all.ended]).toEqual([[12, 7], true]);
    const deltas = CpuprofileScanner.create(new JsonScanner(text('5,-7,\n 1000,-0,-123456789,1.5,3,'), 'a profile'))!;
    const { sums, negatives } = deltas.deltas(10);
    expect([...sums]).toEqual([15, 8, 1008, 1008, -123455781]);
    expect([...negatives]).toEqual([1, 4]);
  });
});

describe('the fast path reads as the careful one does', () => {
  it.each(['node.cpuprofile', 'threads.cpuprofiles', 'typescript.cpuprofile', 'vscode.cpuprofile'])('%s', (name) => {
    expectSame(readFixture(name));
  });

  it.each(['node.cpuprofile', 'threads.cpuprofiles', 'vscode.cpuprofile'])(
    '%s, mutated',
    (name) => {
      const bytes = readFixture(name).subarray(0, 60_000);
      const random = seeded(name.length * 31);
      const at = (length: number): number => Math.floor(random() * length);
      const alphabet = text('0123456789,,,]]}}{{[":-.eE \\\u0001nx');
      for (let i = 0; i < 250; i++) {
        const copy = bytes.slice(0, random() < 0.3 ? at(bytes.length) : bytes.length);
        // Errors are told of the first change: a few late ones leave much to be read before.
        for (let k = at(3); k >= 0; k--) {
          copy[Math.floor(copy.length * random() ** 0.3)] = alphabet[at(alphabet.length)];
        }
        expectSame(copy);
      }
    },
    30_000,
  );

  it('with numbers of every length, signs, blanks and what is no integer', () => {
    const random = seeded(5);
    const ids = [1, 2, 3, 12345678, 123456789, 2147483647, -5, '0002', ' 1', '\n2', '1 ', '2.0', '2e0'];
    const deltas = [0, 1, -1, 999, 1287, '-0', 12345678, 123456789, 1234567890, 1.25, '\t-3', '1e3', '-12345678'];
    const pick = (from: (number | string)[]): (number | string)[] =>
      Array.from({ length: 400 }, () => from[Math.floor(random() ** 3 * from.length)]);
    const nodes = [1, 2, 3, 12345678, 123456789, 2147483647, -5].map((id) => node(id, frame(`f${id}`)));
    for (let i = 0; i < 200; i++) {
      expectSame(profile(nodes, pick(ids), pick(deltas)));
    }
    for (const broken of ['', '-', '--1', '1-', '+1', '1x', '"1"', '1,,2', '1]', '1\u00002', '99999999999999999999']) {
      expectSame(profile(nodes, [1, 1, broken, 1], [1, 1, 1, 1]));
      expectSame(profile(nodes, [1, 1, 1, 1], [1, 1, broken, 1]));
    }
  });

  it('with nodes in many forms', () => {
    const forms = [
      node(2, frame('a'), ',"hitCount":3,"children":[],"positionTicks":[]'),
      node(2, frame('a}'), ',"hitCount":3,"positionTicks":[{"line":4,"ticks":3}]'),
      node(2, frame('a', -1), ',"positionTicks":[{"line":4,"ticks":1},{"line":7,"ticks":2}]'),
      node(2, frame('a', 1234567890)),
      node(2, frame('"'.replace('"', '\\"'))),
      node(2, frame('été 😀')),
      node(2, frame('a'.repeat(300_000))),
      node(2, frame('', 0, '')),
      node(2, frame('a').replace('"scriptId":"17",', '')),
      node(2, frame('a').replace('}', ',"other":{"}":1}}')),
      node(2, frame('a'), ',"deoptReason":"no reason","children":[3]'),
      node(2, frame('a'), ',"children":[3,4 ]'),
      node(2, frame('a'), ',"children":[3,]'),
      node(2, frame('a'), ',"hitCount":-1'),
      node(2, frame('a'), ',"hitCount":12345678901'),
      node(2, frame('a'), ',"positionTicks":[{"line":4,"ticks":1},]'),
      node(2, frame('a'), ',"id":3'),
      `{ "id":2,"callFrame":${frame('a')}}`,
      `{"callFrame":${frame('a')},"id":2}`,
      '{"id":2}',
      '{}',
      '7',
    ];
    for (const form of forms) {
      const around = Array.from({ length: 40 }, (_, i) => node(i + 3, frame(`f${i % 7}`), ',"hitCount":1'));
      expectSame(profile([node(1, frame('(root)'), ',"children":[2,3]'), ...around, form, ...around], [2, 3], [1, 1]));
    }
  });

  it('with trees that are plain or broken, stacks that merge, and ticks in any order', () => {
    for (let seed = 1; seed <= 60; seed++) {
      const random = seeded(seed);
      const count = 3 + Math.floor(random() * 60);
      const order = Array.from({ length: count }, (_, i) => i + 1);
      // Some files have ids that are not in order, some with gaps.
      const ids = order.map((id) => (seed % 3 === 0 ? ((id * 7) % 61) + 1 : seed % 3 === 1 ? id : id * 3 - 200));
      const children = ids.map((): number[] => []);
      for (let i = 1; i < count; i++) {
        const parent = random() < 0.02 ? Math.floor(random() * count) : Math.floor(random() * i);
        children[parent].push(random() < 0.01 ? 9999 : ids[i]);
      }
      const nodes = ids.map((id, i) => {
        const ticks = Array.from({ length: Math.floor(random() * 5) }, () => Math.floor(random() * 4));
        const ticksText = ticks.map((line) => `{"line":${line},"ticks":${Math.floor(random() * 3)}}`).join(',');
        const rest = `${children[i].length > 0 ? `,"children":[${children[i].join(',')}]` : ''}${
          ticksText === '' ? '' : `,"positionTicks":[${ticksText}]`
        }`;
        const own = i === 0 || random() < 0.02 ? frame('(root)', -1, '') : frame(`f${Math.floor(random() * 5)}`);
        return node(id, random() < 0.5 ? own : own.replace('"17"', '"18"'), rest);
      });
      expectSame(
        profile(
          nodes,
          ids.map((id) => (random() < 0.02 ? 77777 : id)),
          ids.map(() => Math.floor(random() * 100) - 10),
        ),
      );
    }
  });

  it('without samples, with samples before nodes, and with two lists of samples', () => {
    const nodes = [
      node(1, frame('(root)', -1, ''), ',"hitCount":2,"children":[2,3]'),
      node(2, frame('a'), ',"hitCount":3,"children":[4]'),
      node(3, frame(''), ',"hitCount":0'),
      node(4, frame('a'), ',"hitCount":7,"positionTicks":[{"line":9,"ticks":4},{"line":5,"ticks":3}]'),
    ].join(',');
    const times = '"startTime":1,"endTime":90';
    const expectRead = (form: string): void => {
      expectSame(text(form));
      expect(typeof read(text(form), true)).toBe('object');
    };
    expectRead(`{"nodes":[${nodes}],${times}}`);
    expectRead(`{"nodes":[${nodes}],${times},"samples":[],"timeDeltas":[]}`);
    expectRead(`{"samples":[2,4,9],"nodes":[${nodes}],${times},"timeDeltas":[1,-2,3]}`);
    expectRead(`{"nodes":[${nodes}],${times},"samples":[2,99,4],"samples":[4,7,2 , 1],"timeDeltas":[1,2,3,4]}`);
    expectRead(`{"nodes":[${nodes}],${times},"samples":[2.0,99,4],"timeDeltas":[1,2,3],"nodes":7}`);
    expectRead(`[{"nodes":[${nodes}],${times}},{"nodes":[${nodes.replaceAll('"a"', '"b"')}],"samples":[4]}]`);
    expectRead(`{"nodes":[${nodes}],${times},"samples":[4],"$vscode":{"locations":[{"locations":[]}]}}`);
  });

  it('with ticks of stacks that merge far apart', () => {
    const count = 3000;
    const leaves = Array.from({ length: count }, (_, i) =>
      node(i + 2, frame(`f${i % 1000}`), `,"positionTicks":[{"line":${1 + ((i * 7) % 11)},"ticks":2}]`),
    );
    const children = leaves.map((_, i) => i + 2).join(',');
    expectSame(profile([node(1, frame('(root)', -1, ''), `,"children":[${children}]`), ...leaves], [2, 3], [1, 1]));
  });

  it('over many windows and call frames, and with most nodes of another form', () => {
    const random = seeded(3);
    const nodes = Array.from({ length: 6000 }, (_, i) => {
      const own = frame(`function${i % 2500}`, i % 2500, `file:///srv/${'x'.repeat(i % 40)}.js`);
      return node(
        i + 1,
        own,
        i % 3 === 0 && i < 1900 ? `,"hitCount":${i},"children":[${i + 2},${i + 3},${i + 4}]` : '',
      );
    });
    const samples = Array.from({ length: 200_000 }, () => 1 + Math.floor(random() * 6000));
    const deltas = samples.map(() => Math.floor(random() * 2000) - 10);
    expectSame(profile(nodes, samples, deltas));
    const odd = nodes.map((one, i) => (i % 50 === 0 ? one : one.replace('{', '{ ')));
    expectSame(profile(odd, samples, deltas));
  });
});
