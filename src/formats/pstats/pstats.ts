import { frameKind } from '../../profile/frameKind';
import type { Profile } from '../../profile/profile';
import { ProfileBuilder } from '../../profile/profileBuilder';
import { DecodeError } from '../decodeError';
import type { ByteSource, Confidence, DecodeContext, Format } from '../format';
import { type PstatsStacks, stacksOf } from './pstatsGraph';
import { PstatsTables } from './pstatsTables';

/**
 * Python's pstats: what cProfile, profile and Python 3.15's sampling profiler dump, a marshalled dict of functions with
 * their calls and times, and those of their callers (https://docs.python.org/3/library/profile.html).
 */
export const pstats: Format = {
  name: 'pstats',
  title: 'Python pstats (cProfile)',
  extensions: ['.pstats', '.prof'],
  detect: detectPstats,
  decode: decodePstats,
};

/** A dict, flagged as referred to or not, whose first key is a tuple of three (a function) or one (a mark) and begins with text. */
function detectPstats(head: Uint8Array): Confidence {
  const type = (at: number): string => String.fromCharCode(head[at] & 0x7f);
  if (type(0) !== '{' || head.length < 2) {
    return 'no';
  }
  if (head.length === 2) {
    return type(1) === '0' ? 'certain' : 'no';
  }
  const small = type(1) === ')';
  const length = small || (head[3] === 0 && head[4] === 0 && head[5] === 0) ? head[2] : 0;
  const tuple = (small || type(1) === '(') && (length === 3 || length === 1);
  return tuple && 'szZaAtuN'.includes(type(small ? 3 : 6)) ? 'certain' : 'no';
}

/** @throws DecodeError for bytes that are no such dict, or that end early */
function decodePstats(source: ByteSource, context: DecodeContext): Profile {
  const bytes = source.bytes();
  if (bytes.length === 0) {
    throw new DecodeError('The file is empty: expected a profile of Python');
  }
  const builder = new ProfileBuilder();
  const tables = new PstatsTables(builder);
  tables.read(bytes, (fraction) => context.checkpoint(fraction * 0.5));
  builder.addSampleType(tables.sampled ? 'samples' : 'calls', 'count');
  builder.addSampleType('time', 'nanoseconds');
  const { samples, ...said } = stacksOf(tables, () => context.checkpoint(null));
  const frames = Int32Array.from({ length: tables.functions + 1 }, (_, func) => frameOf(builder, tables, func));
  const stackOf = new Int32Array(samples.stacks.length);
  for (let stack = 0; stack < stackOf.length; stack++) {
    const prefix = samples.stacks.a[stack];
    stackOf[stack] = builder.stack(prefix < 0 ? -1 : stackOf[prefix], frames[samples.stacks.b[stack]]);
  }
  builder.addSamples({
    stack: samples.stack.slice(0, samples.length).map((stack) => stackOf[stack]),
    thread: 0,
    time: null,
    values: samples.values.map((column) => column.slice(0, samples.length)),
  });
  return builder.finish({
    formats: ['pstats'],
    durationMs: null,
    startTimeMs: null,
    defaultSampleType: 1,
    lines: tables.sampled ? 'call' : 'declaration',
    notes: notesOf(tables, said),
  });
}

function notesOf(tables: PstatsTables, said: Omit<PstatsStacks, 'samples'>): string[] {
  if (tables.functions === 0) {
    return ['The file has no functions.'];
  }
  const notes = [
    'The file has times of functions and of calls, but no stacks: the times of each function, its own and in all, are as recorded; through which callers they came is estimated in proportion.',
  ];
  if (said.recursive) {
    notes.push(
      'Functions call themselves, directly or through others: their stacks are put together to fit their times, and how deep they went is unknown.',
    );
  }
  const { count, most } = said.misfits;
  if (count > 0) {
    const off = tables.sampled ? `${most} samples` : `${(most / 1e6).toFixed(3)} ms`;
    const functions = count === 1 ? 'One function is' : `${count} functions are`;
    notes.push(`${functions} off in all by up to ${off}: no stacks fit what was recorded of the calls.`);
  }
  if (said.merged) {
    notes.push('There are too many call paths: small ones are shown under "[merged callers]".');
  }
  if (tables.negative) {
    notes.push('Some times are below zero, and count as zero.');
  }
  return notes;
}

/** The frame of a function, or of the number after the last one; `~` is the file of what is built in,
 * none that of module profile. */
function frameOf(builder: ProfileBuilder, tables: PstatsTables, func: number): number {
  if (func === tables.functions) {
    return builder.frame(builder.func(builder.string('[merged callers]'), -1, 0, 0), 0, false);
  }
  const file = tables.file(func);
  const line = tables.line(func);
  const builtIn = builder.strings.text(file) === '~' || (file === 0 && line === 0);
  const index = builder.func(tables.name(func), builtIn || file === 0 ? -1 : file, tables.sampled ? 0 : line, 0);
  return builder.frame(index, line, false, builtIn ? frameKind.native : frameKind.unknown);
}
