import { describe, expect, test } from 'vitest';
import type { BaseView } from './compareApi';
import { Engine } from './engine';
import type { FunctionSort } from './functionApi';
import { nodePlatform } from './nodePlatform';

const view = { sampleType: 0, thread: null };

async function opened(before: string, after: string): Promise<{ engine: Engine; profile: number; base: BaseView }> {
  const engine = new Engine(nodePlatform);
  const open = async (text: string): Promise<number> => {
    const source = { kind: 'bytes', bytes: new TextEncoder().encode(text) } as const;
    return (await engine.request('open', { source, name: 'x.folded' })).profile;
  };
  const base = await open(before);
  const how = { by: 'share', scale: 1, counted: true } as const;
  return { engine, profile: await open(after), base: { profile: base, view, how } };
}

const before = 'main;old 4000\nmain;same;leaf 4000\nmain;less 2000\n';
const after = 'main;same;leaf 401\nmain;less 50\nmain;fresh;leaf 549\n';

const flame = { view, order: 'leftHeavy', from: 0, to: 1000, pixels: 1000, names: 'profile' } as const;
const filter = { query: '', regex: false, matchCase: false };

describe('a view with a baseline', () => {
  test('the chart tells the change of each path', async () => {
    const { engine, profile, base } = await opened(before, after);
    const window = await engine.request('flameWindow', { ...flame, profile, base });
    const names = [...window.func].map((func) => window.names[window.nameFunc.indexOf(func)]);
    const change = new Map(names.map((name, box) => [`${name} ${window.start[box]}`, window.change?.[box]]));
    expect(change).toEqual(
      new Map([
        ['main 0', 0],
        ['fresh 0', 3],
        ['same 549', 0],
        ['less 950', -3],
        // The same function by another path is another frame.
        ['leaf 0', 3],
        ['leaf 549', 0],
      ]),
    );
    expect((await engine.request('flameWindow', { ...flame, profile })).change).toBeUndefined();
  });

  test('a frame tells what it and its function were before', async () => {
    const { engine, profile, base } = await opened(before, after);
    const window = await engine.request('flameWindow', { ...flame, profile, base });
    const box = [...window.func].findIndex((func) => window.names[window.nameFunc.indexOf(func)] === 'less');
    const node = window.node[box]!;
    const details = await engine.request('frameDetails', { view, order: 'leftHeavy', node, profile, base });
    expect(details.change?.frame?.total).toEqual({ before: 0.2, share: 0.05 - 0.2, sure: true });
    expect(details.change?.function.self).toEqual({ before: 0.2, share: 0.05 - 0.2, sure: true });
  });

  test('the table tells changes, sorts by them, and has what vanished', async () => {
    const { engine, profile, base } = await opened(before, after);
    const table = async (sort: FunctionSort, descending: boolean): Promise<[string, number, number][]> => {
      const params = { profile, view, sort, descending, filter, offset: 0, limit: 10, base };
      const { rows } = await engine.request('functionTable', params);
      return rows.map(({ name, func, change }) => [name, Math.sign(func), Math.round(1000 * change!.self.share) / 10]);
    };
    expect(await table('deltaSelf', true)).toEqual([
      ['leaf', 1, 55],
      ['fresh', 1, 0],
      ['main', 0, 0],
      ['same', 1, 0],
      ['less', 1, -15],
      ['old', -1, -40],
    ]);
    expect((await table('self', true)).at(-1)).toEqual(['old', -1, -40]);
    expect((await table('deltaSelf', false))[0]).toEqual(['old', -1, -40]);
  });

  test('closing the baseline lets go of it', async () => {
    const { engine, profile, base } = await opened(before, after);
    await engine.request('flameWindow', { ...flame, profile, base });
    await engine.request('close', { profile: base.profile });
    await expect(engine.request('flameWindow', { ...flame, profile, base })).rejects.toThrow('not open');
    expect((await engine.request('flameWindow', { ...flame, profile })).change).toBeUndefined();
  });
});
