import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { message, written } from '../../test/support/pprofMessages';
import { fixtures } from '../../test/support/profiles';
import { type CaptureSetHeader, writeCaptureSetHeader } from '../formats/captureSet/captureSetHeader';
import { checkProfile } from '../profile/checkProfile';
import type { Profile } from '../profile/profile';
import type { EngineTask } from './engine';
import { nodePlatform } from './nodePlatform';
import { readProfile } from './readProfile';

const task: EngineTask = { checkpoint: () => {} };
const text = (content: string): Uint8Array => new TextEncoder().encode(content);

interface Part {
  instance: string;
  name?: string;
  body: Uint8Array;
  seconds?: number;
}

function captureSet(parts: readonly Part[], failures: CaptureSetHeader['failures'] = [], captures = 1): Uint8Array {
  const members = parts.map(({ instance, name, body, seconds }) => ({
    instance,
    name: name ?? 'a.folded',
    bytes: body.length,
    seconds: seconds ?? null,
    notes: [],
  }));
  return Buffer.concat([writeCaptureSetHeader({ members, failures, captures }), ...parts.map(({ body }) => body)]);
}

const read = (bytes: Uint8Array): Profile =>
  readProfile(nodePlatform, { kind: 'bytes', bytes }, 'fleet.emberline', task);

/** A profile of one sample. */
function pprof(nanoseconds: number, seconds: number): Uint8Array {
  return written((pbf) => {
    message(pbf, 1, [
      [1, 1],
      [2, 2],
    ]);
    message(pbf, 2, [
      [1, 1],
      [2, nanoseconds],
    ]);
    message(pbf, 4, [[1, 1]]);
    for (const text of ['', 'cpu', 'nanoseconds']) pbf.writeStringField(6, text);
    pbf.writeVarintField(10, seconds * 1e9);
  });
}

/** Value of the default type by instance. */
function byInstance({ samples, labels, strings, meta }: Profile): Record<string, number> {
  const sums: Record<string, number> = {};
  samples.values[meta.defaultSampleType].forEach((value, row) => {
    const set = samples.labelSet![row];
    for (let at = labels.offset[set]; at < labels.offset[set + 1]; at++) {
      if (strings[labels.key[at]] !== 'instance') continue;
      const instance = strings[labels.text[at]];
      sums[instance] = (sums[instance] ?? 0) + value;
    }
  });
  return sums;
}

describe('a capture set', () => {
  it('is one profile whose samples have their instance as a label', () => {
    const profile = read(
      captureSet([
        { instance: 'a:1', body: text('main;work 3\n'), seconds: 10 },
        { instance: 'b:1', body: text('main;work 4\nmain;rest 1\n'), seconds: 10 },
      ]),
    );
    expect(checkProfile(profile)).toEqual([]);
    expect(byInstance(profile)).toEqual({ 'a:1': 3, 'b:1': 5 });
    expect(profile.stacks.length).toBe(3);
    expect(profile.meta).toMatchObject({ durationMs: 10_000, notes: [] });
  });

  it('adds captures of one instance up that follow one another, over the time of all', () => {
    const parts = ['main;work 3\n', 'main;work 4\n'].map((body) => ({ instance: 'a:1', body: text(body), seconds: 5 }));
    const profile = read(captureSet(parts, [], 2));
    expect(byInstance(profile)).toEqual({ 'a:1': 7 });
    expect(profile.meta.durationMs).toBe(10_000);
  });

  it('is read from a file body by body, packed ones too, and keeps the labels that samples have', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'emberline-set-'));
    const path = join(folder, 'fleet.emberline');
    const cpu = readFileSync(join(fixtures, 'go-cpu.pb.gz'));
    await writeFile(
      path,
      captureSet(['a', 'b'].map((instance) => ({ instance, name: 'cpu.pb.gz', body: cpu, seconds: 1 }))),
    );
    const one = readProfile(nodePlatform, { kind: 'bytes', bytes: new Uint8Array(cpu) }, 'cpu.pb.gz', task);
    const both = readProfile(nodePlatform, { kind: 'file', path }, path, task);
    await rm(folder, { recursive: true });
    expect(checkProfile(both)).toEqual([]);
    const sum = one.samples.values[1].reduce((all, value) => all + value, 0);
    expect(byInstance(both)).toEqual({ a: sum, b: sum });
    expect(both.stacks.length).toBe(one.stacks.length);
    expect(both.samples.length).toBe(2 * one.samples.length);
    const keys = new Set([...both.labels.key].map((key) => both.strings[key]));
    expect(keys.size).toBe(new Set([...one.labels.key].map((key) => one.strings[key])).size + 1);
  });

  it('compares shorter windows by rate, and says so', () => {
    const profile = read(
      captureSet([
        { instance: 'a', body: text('main 8\n'), seconds: 10 },
        { instance: 'b', body: text('main 2\n'), seconds: 2.5 },
        { instance: 'c', body: text('main 8\n'), seconds: 9.9 },
      ]),
    );
    expect(byInstance(profile)).toEqual({ a: 8, b: 8, c: 8 });
    expect(profile.meta.notes).toEqual([
      expect.stringMatching(/^b was sampled for 2.5 s of 10 s: .* multiplied by 4 /),
    ]);
  });

  it('takes the window that a pprof profile records, where the server sampled another one than was asked for', () => {
    const set = (a: number, b: number, c: number, captures = 1): Profile =>
      read(
        captureSet(
          [
            { instance: 'a', name: 'a.pb', body: pprof(800, a), seconds: 2 },
            { instance: 'b', name: 'b.pb', body: pprof(200, b), seconds: 2 },
            { instance: 'c', name: 'c.pb', body: pprof(400, c), seconds: 2 },
            { instance: 'd', name: 'd.pb', body: pprof(400, 2).subarray(0, 7), seconds: 20 },
          ],
          [],
          captures,
        ),
      );
    const capped = set(4, 1, 2.2);
    expect(checkProfile(capped)).toEqual([]);
    expect(byInstance(capped)).toEqual({ a: 800, b: 800, c: 800 });
    expect(capped.meta.durationMs).toBe(4000);
    expect(capped.meta.notes.slice(0, 3)).toEqual([
      expect.stringMatching(/^b was sampled for 1 s of 4 s: .* multiplied by 4 /),
      expect.stringMatching(/^c was sampled for 2 s of 4 s: .* multiplied by 2 /),
      expect.stringMatching(/^No profile of d: /),
    ]);
    // All alike, and what writing takes.
    expect(byInstance(set(5, 5, 5))).toEqual({ a: 800, b: 200, c: 400 });
    expect(set(5, 5, 5, 3).meta.durationMs).toBe(15_000);
    expect(byInstance(set(2.2, 2.01, 2))).toEqual({ a: 800, b: 200, c: 400 });
    expect(set(2.2, 2.01, 2).meta.notes.join()).not.toContain('multiplied');
  });

  it('names what failed, in capturing or in reading, and keeps the rest', () => {
    const profile = read(
      captureSet(
        [
          { instance: 'a', body: text('main 8\n') },
          { instance: 'b', body: text('<html>') },
        ],
        [{ instance: 'c:1', error: 'Nothing answers at c:1.' }],
      ),
    );
    expect(byInstance(profile)).toEqual({ a: 8 });
    expect(profile.meta.notes).toEqual([
      'No profile of c:1: Nothing answers at c:1.',
      expect.stringMatching(/^No profile of b: a\.folded: /),
    ]);
  });

  it('has types that only some instances have', () => {
    const profile = read(
      captureSet([
        { instance: 'a', body: text('main 8\n') },
        { instance: 'b', name: 'cpu.pb.gz', body: readFileSync(join(fixtures, 'go-cpu.pb.gz')) },
      ]),
    );
    expect(checkProfile(profile)).toEqual([]);
    expect(profile.sampleTypes.map(({ type }) => type)).toEqual(['samples', 'cpu']);
    expect(profile.samples.values[1][0]).toBe(0);
  });

  it.each([
    ['truncated bodies', (bytes: Uint8Array) => bytes.subarray(0, bytes.length - 1), /truncated/],
    ['a truncated header', (bytes: Uint8Array) => bytes.subarray(0, 40), /middle of its header/],
    ['no instance', () => captureSet([]), /is empty/],
    [
      'only broken instances',
      () => captureSet(['x', 'y'].map((instance) => ({ instance, body: text('<html>') }))),
      /No instance of the capture set can be read/,
    ],
    [
      'lengths that are none',
      () => text('emberline capture set 1\n{"members":[{"instance":"a","name":"b","bytes":-5}]}\n'),
      /Expected "instance", "name" and "bytes"/,
    ],
  ])('with %s is refused in words', (_, damage, sentence) => {
    expect(() => read(damage(captureSet([{ instance: 'a', body: text('main 8\n') }])))).toThrow(sentence);
  });
});
