import { expect } from 'vitest';
import { jfr } from '../../src/formats/jfr/jfr';
import { checkProfile } from '../../src/profile/checkProfile';
import type { Profile } from '../../src/profile/profile';
import { type JfrWriter, type WrittenChunk, type WrittenType, writeJfrChunk } from './jfrWriter';
import { decode } from './profiles';

const primitiveTypes: WrittenType[] = [
  { id: 4, name: 'boolean' },
  { id: 5, name: 'char' },
  { id: 6, name: 'float' },
  { id: 7, name: 'double' },
  { id: 8, name: 'byte' },
  { id: 9, name: 'short' },
  { id: 10, name: 'int' },
  { id: 11, name: 'long' },
  { id: 20, name: 'java.lang.String' },
];

/** All that a stack needs; its parts are nested, pooled and in other orders than the JDK's. */
export const stackTypes: WrittenType[] = [
  ...primitiveTypes,
  { id: 30, name: 'jdk.types.Symbol', fields: [{ name: 'string', type: 20 }] },
  {
    id: 31,
    name: 'java.lang.Class',
    fields: [
      { name: 'modifiers', type: 10 },
      { name: 'name', type: 30, pooled: true },
    ],
  },
  {
    id: 32,
    name: 'jdk.types.Method',
    fields: [
      { name: 'name', type: 30, pooled: true },
      { name: 'type', type: 31, pooled: true },
    ],
  },
  { id: 33, name: 'jdk.types.FrameType', fields: [{ name: 'description', type: 20 }] },
  {
    id: 34,
    name: 'jdk.types.StackFrame',
    fields: [
      { name: 'type', type: 33, pooled: true },
      { name: 'lineNumber', type: 10 },
      { name: 'method', type: 32, pooled: true },
    ],
  },
  {
    id: 35,
    name: 'jdk.types.StackTrace',
    fields: [
      { name: 'truncated', type: 4 },
      { name: 'frames', type: 34, array: true },
    ],
  },
  {
    id: 36,
    name: 'java.lang.Thread',
    fields: [
      { name: 'osThreadId', type: 11 },
      { name: 'javaName', type: 20 },
    ],
  },
];

export const executionSample: WrittenType = {
  id: 100,
  name: 'jdk.ExecutionSample',
  superType: 'jdk.jfr.Event',
  fields: [
    { name: 'startTime', type: 11, unit: 'TICKS' },
    { name: 'sampledThread', type: 36, pooled: true },
    { name: 'stackTrace', type: 35, pooled: true },
  ],
};

/** A key that a double cannot hold. */
const largeKey = 0x7edcba9876543211n;

/** Constants of two methods, com.foo.Bar.run and com.foo.Bar.step (inlined), and one stack of both. */
export function constants(): WrittenChunk['checkpoints'] {
  return [
    [
      // What refers to others comes before them.
      {
        type: 35,
        entries: [
          (to) => {
            to.long(1).byte(0).int(3);
            to.long(2).int(20).long(largeKey);
            to.long(1).int(10).long(7);
            to.long(1).int(11).long(7);
          },
          (to) => to.long(2).byte(1).int(1).long(1).int(0).long(7),
        ],
      },
      {
        type: 32,
        entries: [(to) => to.long(7).long(1).long(5), (to) => to.long(largeKey).long(2).long(5)],
      },
    ],
    [
      { type: 31, entries: [(to) => to.long(5).int(1).long(3)] },
      {
        type: 30,
        entries: [
          (to) => to.long(1).string('run', 3),
          (to) => to.long(2).string('step', 4),
          (to) => to.long(3).string('44', 2),
        ],
      },
      { type: 20, entries: [(to) => to.long(44).string('com/foo/Bar$Inner', 5)] },
      { type: 33, entries: [(to) => to.long(1).string('Interpreted'), (to) => to.long(2).string('Inlined')] },
      { type: 36, entries: [(to) => to.long(1).long(77).string('höch', 3)] },
    ],
  ];
}

/** An execution sample of the only thread; stack 2 is one that the recorder cut. */
export function sample(
  time: number | bigint,
  stack: number | bigint = 1,
): { type: number; write: (to: JfrWriter) => void } {
  return { type: 100, write: (to) => to.long(time).long(1).long(stack) };
}

/** A chunk of two samples, with changes. */
export function chunk(more: Partial<WrittenChunk> = {}): WrittenChunk {
  return {
    compressed: true,
    types: [...stackTypes, executionSample],
    checkpoints: constants(),
    events: [sample(10), sample(20)],
    ...more,
  };
}

/** Decodes chunks that stand one after the other, each `chunk()` with changes. */
export function read(...chunks: Partial<WrittenChunk>[]): Profile {
  const parts = chunks.map((more) => writeJfrChunk(chunk(more)));
  const all = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  const profile = decode(jfr, all);
  expect(checkProfile(profile)).toEqual([]);
  return profile;
}
