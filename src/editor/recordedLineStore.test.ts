import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type RecordedFile, RecordedLineStore, type RecordedSources } from './recordedLineStore';

let folder: string;
let store: RecordedLineStore;

beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'emberline-lines-')), 'recordedLines');
  store = new RecordedLineStore(folder);
});
afterEach(() => rmSync(join(folder, '..'), { recursive: true, force: true }));

function sources(lines: number): RecordedSources {
  const file: RecordedFile = { certain: true, hash: new Uint32Array(lines).fill(7), words: new Uint32Array(lines) };
  return { commit: 'abc1234', files: new Map([['file:///a.py', file]]) };
}

test('what was saved is loaded, also while it is being saved', async () => {
  expect(await store.load('one')).toBeNull();
  void store.save('one', Promise.resolve(sources(3)));
  expect(await store.load('one')).toEqual(sources(3));
  void store.save('one', Promise.resolve(sources(5)));
  void store.delete('one');
  expect(await store.load('one')).toBeNull();
  expect(readdirSync(folder)).toEqual([]);
});

test('what is no record, or one that was cut, is as if it was not there', async () => {
  await store.save('one', Promise.resolve(sources(3)));
  writeFileSync(join(folder, 'one.lines'), Buffer.from([255, 15, 111, 34, 6]));
  expect(await store.load('one')).toBeNull();
  writeFileSync(join(folder, 'one.lines'), 'no record');
  expect(await store.load('one')).toBeNull();
  await store.save('one', Promise.resolve(sources(4)));
  expect(await store.load('one')).toEqual(sources(4));
});

test('a folder that cannot be written to costs nothing else', async () => {
  writeFileSync(folder, 'a file is in the way');
  await store.save('one', Promise.resolve(sources(3)));
  expect(await store.load('one')).toBeNull();
  await store.settled();
});

test('fifty profiles are remembered: the ones that were saved last', async () => {
  for (let i = 0; i < 52; i++) {
    await store.save(`key${i}`, Promise.resolve(sources(1)));
    const file = join(folder, `key${i}.lines`);
    utimesSync(file, 1_700_000_000 + i, 1_700_000_000 + i);
  }
  await store.save('last', Promise.resolve(sources(1)));
  expect(readdirSync(folder)).toHaveLength(50);
  expect(await store.load('key2')).toBeNull();
  expect(await store.load('key3')).not.toBeNull();
  expect(await store.load('last')).not.toBeNull();
});
