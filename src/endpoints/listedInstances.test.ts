import { expect, it } from 'vitest';
import { instancesOf } from './captureInstances';
import { listedInstances } from './listedInstances';

const { signal } = new AbortController();
const printing = (text: string): string => `"${process.execPath}" -e "console.log('${text}')"`;

it('reads one instance a line, and expands ranges', async () => {
  const spec = {
    name: 'fleet',
    kind: 'go-pprof',
    instancesFrom: printing('a:6060\\\\n\\\\n# not me\\\\nb-[1-2]:6060'),
  } as const;
  expect(await instancesOf({ spec, signal })).toEqual(['a:6060', 'b-1:6060', 'b-2:6060']);
  expect(await instancesOf({ spec: { ...spec, url: 'c:1' }, signal })).toEqual([
    'c:1',
    'a:6060',
    'b-1:6060',
    'b-2:6060',
  ]);
});

it('says why a command lists none', async () => {
  await expect(listedInstances(printing(''), 'fleet', signal)).rejects.toThrow(/instances of fleet .* printed none/);
  const failing = `"${process.execPath}" -e "console.error('no cluster'); process.exit(3)"`;
  await expect(listedInstances(failing, 'fleet', signal)).rejects.toThrow(/failed with 3 \(“no cluster”\)/);
});

it('ends the command with the capture', async () => {
  const cancel = new AbortController();
  const waiting = listedInstances(`"${process.execPath}" -e "setTimeout(() => {}, 60000)"`, 'fleet', cancel.signal);
  setTimeout(() => cancel.abort(), 100);
  await expect(waiting).rejects.toThrow(/abort/i);
});
