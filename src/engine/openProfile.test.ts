import { expect, it } from 'vitest';
import { decode } from '../../test/support/profiles';
import { chromeTrace } from '../formats/chromeTrace/chromeTrace';
import { OpenProfile } from './openProfile';

it('says which sample types a thread has, where it has not all', () => {
  const node = { id: 1, callFrame: { functionName: 'f' } };
  const events = [
    { ph: 'P', name: 'Profile', pid: 1, tid: 2, id: 1, ts: 0, args: { data: { startTime: 0 } } },
    {
      ph: 'P',
      name: 'ProfileChunk',
      pid: 1,
      tid: 3,
      id: 1,
      ts: 9,
      args: { data: { nodes: [node], samples: [1, 1], timeDeltas: [1, 2] } },
    },
    { ph: 'X', name: 'task', pid: 1, tid: 2, ts: 0, dur: 5 },
  ];
  const types = (text: string): (number[] | undefined)[] =>
    new OpenProfile(1, 'x', decode(chromeTrace, text)).summary().threads.map((thread) => thread.types);
  expect(types(JSON.stringify(events))).toEqual([[0, 1], [2]]);
  expect(types(JSON.stringify(events.slice(0, 2)))).toEqual([undefined]);
});
