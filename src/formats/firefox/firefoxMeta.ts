import type { ProfileBuilder } from '../../profile/profileBuilder';
import { DecodeError } from '../decodeError';
import type { JsonRecord } from '../json/jsonColumns';
import type { FirefoxTypes } from './firefoxSamples';

/** The unit of `threadCPUDelta`: nanoseconds and microseconds, else cycles of the machine's own. */
function cpuUnit(meta: JsonRecord): string {
  const unit = meta.record('sampleUnits').text('threadCPUDelta');
  return unit === 'ns' ? 'nanoseconds' : unit === 'µs' || unit === 'μs' ? 'microseconds' : 'cycles';
}

/** Adds the sample types that a profile's threads have; the others are -1 and not to be used. */
export function addFirefoxTypes(
  builder: ProfileBuilder,
  has: { samples: boolean; time: boolean; bytes: boolean; cpu: boolean },
  meta: JsonRecord,
): FirefoxTypes {
  const add = (wanted: boolean, type: string, unit: string): number =>
    wanted ? builder.addSampleType(type, unit) : -1;
  const any = has.samples || has.time || has.bytes;
  return {
    samples: add(has.samples || !any, 'samples', 'count'),
    time: add(has.time, 'time', 'milliseconds'),
    bytes: add(has.bytes, 'size', 'bytes'),
    cpu: add(has.cpu, 'cpu', cpuUnit(meta)),
  };
}

/** A process's or thread's number, written as a number or as text; null where it is none (merged profiles). */
export function idOf(record: JsonRecord, name: string): number | null {
  const value = record.number(name) ?? Number(record.text(name) ?? Number.NaN);
  return Number.isSafeInteger(value) && value >= 0 ? value : null;
}

/** What Firefox calls the process of a thread: its name, else its kind, with the site it shows. */
export function processName(thread: JsonRecord): string | null {
  const name = thread.text('processName') ?? thread.text('processType');
  const site = thread.text('eTLD+1');
  return name === null || site === null || site === '' ? name : `${name} (${site})`;
}

/** Milliseconds between the recording's start and end, null where they are not said. */
export function recordedMs(meta: JsonRecord): number | null {
  const start = meta.number('profilingStartTime');
  const end = meta.number('profilingEndTime');
  return start === null || end === null || end < start ? null : end - start;
}

/** @throws DecodeError for an index that its table does not have. */
export function checked(index: number, length: number, what: string, row: number): number {
  if (index >= 0 && index < length && Number.isInteger(index)) return index;
  throw new DecodeError(`${what} of row ${row} is ${index}, but the table has ${length} rows: the profile is damaged`);
}
