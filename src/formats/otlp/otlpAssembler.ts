import { frameKind } from '../../profile/frameKind';
import type { Profile } from '../../profile/profile';
import { ProfileBuilder } from '../../profile/profileBuilder';
import { DecodeError } from '../decodeError';
import type { OtlpAttribute, OtlpSample, OtlpTables, OtlpValue } from './otlpTables';

export interface OtlpValueType {
  readonly type: string;
  readonly unit: string;
}

/** What surrounds the samples of one `Profile` message. */
export interface OtlpProfileContext {
  readonly tables: OtlpTables;
  readonly types: readonly OtlpValueType[];
  /** Index into `types`. */
  readonly defaultType: number;
  /** Of the resource, and of the profile itself. */
  readonly attributes: readonly OtlpAttribute[];
  readonly durationMs: number;
}

/** Frames that may be put on stacks, at least, and for each byte of the file: a small one can name a long stack often. */
const MOST_FRAMES = 1 << 24;
const FRAMES_A_BYTE = 16;

const THREAD_KEYS = new Set(['thread.id', 'thread.name', 'process.pid', 'process.executable.name', 'service.name']);

/** Makes one profile of all that a file holds. */
export class OtlpAssembler {
  private readonly builder = new ProfileBuilder();
  private readonly types = new Map<string, number>();
  private readonly threads = new Map<string, number>();
  private readonly prepared = new Map<OtlpTables, PreparedTables>();
  private defaultType = -1;
  private durationMs = 0;
  private framesLeft: number;
  private context: OtlpProfileContext | null = null;
  private columns: number[] = [];

  /** @param bytes the file's length, which bounds the work */
  constructor(bytes: number) {
    this.framesLeft = MOST_FRAMES + bytes * FRAMES_A_BYTE;
  }

  /** Sample types come before all samples: called for every profile first. */
  addTypes(types: readonly OtlpValueType[], defaultType: number): void {
    types.forEach(({ type, unit }, index) => {
      const key = `${type}\n${unit}`;
      let known = this.types.get(key);
      if (known === undefined) {
        known = this.builder.addSampleType(type, unit);
        this.types.set(key, known);
      }
      if (index === defaultType && this.defaultType < 0) this.defaultType = known;
    });
  }

  begin(context: OtlpProfileContext): void {
    this.context = context;
    this.columns = context.types.map(({ type, unit }) => this.types.get(`${type}\n${unit}`)!);
    this.durationMs = Math.max(this.durationMs, context.durationMs);
  }

  /**
   * Adds a sample: a row for each timestamp where it has some, else one. Values are one for each type, or (since version
   * 1.8, which has one type) one for each timestamp, or none where each timestamp counts one.
   * @throws DecodeError for indices that are not there
   */
  addSample(sample: OtlpSample): void {
    const context = this.context!;
    const stack = this.stackOf(context.tables, sample);
    const { thread, labels } = this.place(context, sample);
    const { times, values } = sample;
    if (times.length === 0) {
      const row = this.builder.addSample(stack, thread, null, labels);
      this.columns.forEach((column, index) => {
        this.builder.setValue(row, column, values[index] ?? 0);
      });
      return;
    }
    for (let i = 0; i < times.length; i++) {
      const row = this.builder.addSample(stack, thread, times[i], labels);
      if (this.columns.length === 1 && values.length === times.length) {
        this.builder.setValue(row, this.columns[0], values[i]);
      } else if (values.length === 0) {
        for (const column of this.columns) this.builder.setValue(row, column, 1);
      } else {
        this.columns.forEach((column, index) => {
          this.builder.setValue(row, column, part(values[index] ?? 0, i, times.length));
        });
      }
    }
  }

  /** @throws DecodeError where there was no profile */
  finish(startTimeMs: number | null, notes: readonly string[]): Profile {
    if (this.types.size === 0) throw new DecodeError('The OTLP file has no profile: it names no sample type');
    return this.builder.finish({
      formats: ['otlp'],
      durationMs: this.durationMs > 0 ? this.durationMs : null,
      startTimeMs,
      defaultSampleType: Math.max(0, this.defaultType),
      lines: 'call',
      notes,
    });
  }

  private stackOf(tables: OtlpTables, sample: OtlpSample): number {
    const prepared = this.preparedOf(tables);
    if (sample.stack < 0) return this.build(prepared, sample.locations, 0, sample.locations.length);
    const { stackLocations } = tables;
    if (sample.stack === 0 && stackLocations.length === 1) return -1;
    if (sample.stack >= stackLocations.length - 1) fail('stack', sample.stack, stackLocations.length - 1);
    let known = prepared.stacks[sample.stack];
    if (known === -2) {
      const from = stackLocations[sample.stack];
      known = this.build(prepared, tables.stackLocation, from, stackLocations[sample.stack + 1]);
      prepared.stacks[sample.stack] = known;
    }
    return known;
  }

  /** @param locations of which those from `from` to `end` are the stack's, the innermost first */
  private build(prepared: PreparedTables, locations: readonly number[], from: number, end: number): number {
    let stack = -1;
    for (let at = end - 1; at >= from; at--) {
      const location = locations[at];
      if (!(location >= 0 && location < prepared.frames.length)) fail('location', location, prepared.frames.length);
      const frames = prepared.framesOf(this.builder, location);
      this.framesLeft -= frames.length;
      if (this.framesLeft < 0) {
        throw new DecodeError('The OTLP profile has more frames on its stacks than its size allows for: it is damaged');
      }
      for (const frame of frames) stack = this.builder.stack(stack, frame);
    }
    return stack;
  }

  private preparedOf(tables: OtlpTables): PreparedTables {
    let prepared = this.prepared.get(tables);
    if (prepared === undefined) {
      prepared = new PreparedTables(tables);
      this.prepared.set(tables, prepared);
    }
    return prepared;
  }

  /** Attributes name the thread and its process; the others are labels. */
  private place({ tables, attributes }: OtlpProfileContext, sample: OtlpSample): { thread: number; labels: number } {
    const { builder } = this;
    const known = new Map<string, OtlpValue>();
    const others: OtlpAttribute[] = [];
    const note = (attribute: OtlpAttribute): void => {
      if (THREAD_KEYS.has(attribute.key)) known.set(attribute.key, attribute.value);
      else others.push(attribute);
    };
    attributes.forEach(note);
    for (const index of sample.attributes) {
      const attribute = tables.attributes[index];
      if (attribute === undefined) fail('attribute', index, tables.attributes.length);
      if (attribute.key !== '') note(attribute);
    }
    const executable = known.get('process.executable.name') ?? known.get('service.name') ?? null;
    const [pid, tid] = [integer(known.get('process.pid')), integer(known.get('thread.id'))];
    const name = String(known.get('thread.name') ?? '');
    const key = `${executable}\n${pid}\n${tid}\n${name}`;
    let thread = this.threads.get(key);
    if (thread === undefined) {
      thread = builder.addThread({ name, process: executable === null ? null : String(executable), pid, tid });
      this.threads.set(key, thread);
    }
    builder.labels.begin();
    for (const { key, value, unit } of others) {
      if (typeof value === 'number') {
        builder.labels.addNumber(builder.string(key), value, unit === '' ? -1 : builder.string(unit));
      } else if (value !== null) {
        builder.labels.addText(builder.string(key), builder.string(value));
      }
    }
    const link = sample.link > 0 ? tables.links[sample.link] : undefined;
    if (link !== undefined && link.trace !== '') {
      builder.labels.addText(builder.string('trace_id'), builder.string(link.trace));
      builder.labels.addText(builder.string('span_id'), builder.string(link.span));
    }
    return { thread, labels: builder.labels.end() };
  }
}

/** The part of a whole number that falls to one of `count`: their sum is the number. */
function part(value: number, index: number, count: number): number {
  return Math.floor((value * (index + 1)) / count) - Math.floor((value * index) / count);
}

function integer(value: OtlpValue | undefined): number | null {
  const number = typeof value === 'string' ? Number.parseInt(value, 10) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : null;
}

function fail(what: string, index: number, length: number): never {
  throw new DecodeError(`The OTLP profile refers to ${what} ${index}, but has ${length}: it is damaged or cut off`);
}

/** Tables with what was made of them so far. */
class PreparedTables {
  /** Stack of a row of the stack table, -2 where not asked for yet. */
  readonly stacks: Int32Array;
  /** Frames of a location, outermost first; null where not asked for yet. */
  readonly frames: (readonly number[] | null)[];

  constructor(private readonly tables: OtlpTables) {
    this.stacks = new Int32Array(tables.stackLocations.length - 1).fill(-2);
    this.frames = new Array(tables.locationAddress.length).fill(null);
  }

  framesOf(builder: ProfileBuilder, location: number): readonly number[] {
    let frames = this.frames[location];
    if (frames === null) {
      frames = this.makeFrames(builder, location);
      this.frames[location] = frames;
    }
    return frames;
  }

  private makeFrames(builder: ProfileBuilder, location: number): number[] {
    const { tables } = this;
    const from = tables.locationLines[location];
    const last = tables.locationLines[location + 1] - 1;
    const kind = this.kindOf(location);
    const mapping = tables.locationMapping[location];
    const image = tables.string(tables.mappingFile[mapping] ?? 0);
    const module = image === '' ? -1 : builder.string(image);
    if (last < from) {
      const func = builder.func(builder.string(this.addressName(location, mapping, image)), -1, 0, 0, module);
      return [builder.frame(func, 0, false, kind)];
    }
    const frames: number[] = [];
    for (let at = last; at >= from; at--) {
      const row = tables.lineFunction[at];
      if (!(row >= 0 && row < tables.functionName.length)) fail('function', row, tables.functionName.length);
      const file = tables.string(tables.functionFile[row]);
      const func = builder.func(
        builder.string(tables.string(tables.functionName[row]) || this.addressName(location, mapping, image)),
        file === '' ? -1 : builder.string(file),
        lineNumber(tables.functionLine[row]),
        0,
        // Interpreted code is in no image; what has a file is named by it.
        file === '' ? module : -1,
      );
      frames.push(builder.frame(func, lineNumber(tables.line[at]), at < last, kind));
    }
    return frames;
  }

  /** `profile.frame.type` of the semantic conventions. */
  private kindOf(location: number): number {
    for (const index of this.tables.locationAttributes[location]) {
      const attribute = this.tables.attributes[index];
      if (attribute?.key !== 'profile.frame.type') continue;
      if (attribute.value === 'kernel') return frameKind.kernel;
      return attribute.value === 'native' || attribute.value === 'rust' ? frameKind.native : frameKind.unknown;
    }
    return frameKind.unknown;
  }

  private addressName(location: number, mapping: number, image: string): string {
    const { tables } = this;
    const address = tables.locationAddress[location];
    if (image === '') return address === 0 ? '(unknown)' : `0x${address.toString(16)}`;
    const start = tables.mappingStart[mapping];
    const inside = address >= start && address < tables.mappingLimit[mapping];
    const offset = inside ? address - start + tables.mappingOffset[mapping] : address;
    return `${image.slice(image.lastIndexOf('/') + 1)}+0x${offset.toString(16)}`;
  }
}

function lineNumber(value: number | undefined): number {
  return value !== undefined && value >= 1 && value < 0x7fffffff ? Math.trunc(value) : 0;
}
