import { DecodeError } from '../decodeError';
import type { OtlpAssembler, OtlpValueType } from './otlpAssembler';
import { BYTES, type OtlpReader, type Range, VARINT } from './otlpReader';
import { append, DICTIONARY_FIELDS, IN_PROFILE_FIELDS, OtlpTableReader } from './otlpTableReader';
import { earliest, newOtlpSample, type OtlpAttribute, type OtlpSample, OtlpTables } from './otlpTables';

/**
 * The wire shapes of `profiles.proto`, by the first release that has each
 * (https://github.com/open-telemetry/opentelemetry-proto, opentelemetry/proto/profiles/v1development).
 * - `inProfile` (1.3): tables stand in each profile
 * - `dictionary` (1.7): tables stand in the file's dictionary; samples name a slice of the profile's locations
 * - `stacks` (1.8): a table of stacks; a sample's values are its field 2
 * - `alpha` (1.10): a sample's values are its field 4
 */
type Shape = 'inProfile' | 'dictionary' | 'stacks' | 'alpha';

interface FoundProfile {
  readonly range: Range;
  readonly resource: readonly OtlpAttribute[];
  /** Null where the tables stand in the profile. */
  readonly dictionary: OtlpTables | null;
}

/** Reads OTLP's binary encoding: messages first, what they hold when all of them are known. */
export class OtlpProtobuf {
  private readonly profiles: FoundProfile[] = [];
  private readonly tables: OtlpTableReader;

  constructor(
    private readonly reader: OtlpReader,
    private readonly checkpoint: () => void,
  ) {
    this.tables = new OtlpTableReader(reader, checkpoint);
  }

  /** Takes in the `ProfilesData` message from the reader's position to `end`. */
  take(end: number): void {
    const { reader } = this;
    const resources: Range[] = [];
    let dictionary: Range | null = null;
    for (let field = reader.nextField(end); field !== 0; field = reader.nextField(end)) {
      if (field === 1) resources.push(reader.message(end, 'the profiles of a resource'));
      else if (field === 2) dictionary = reader.message(end, 'the dictionary');
      else reader.skipField(end);
    }
    reader.leave(end, 'the file');
    const tables = dictionary === null ? null : new OtlpTables();
    if (tables !== null && dictionary !== null) this.tables.read(tables, dictionary, DICTIONARY_FIELDS);
    for (const range of resources) this.takeResource(range, tables);
  }

  private takeResource({ from, end }: Range, dictionary: OtlpTables | null): void {
    const { reader } = this;
    reader.pos = from;
    const found: Range[] = [];
    let resource: readonly OtlpAttribute[] = [];
    for (let field = reader.nextField(end); field !== 0; field = reader.nextField(end)) {
      if (field === 1) {
        const range = reader.message(end, 'a resource');
        resource = this.reader.within(range, () => this.tables.keyValues(range.end));
      } else if (field === 2) {
        const scope = reader.message(end, 'the profiles of a scope');
        this.reader.within(scope, () => {
          for (let inner = reader.nextField(scope.end); inner !== 0; inner = reader.nextField(scope.end)) {
            if (inner === 2) found.push(reader.message(scope.end, 'a profile'));
            else reader.skipField(scope.end);
          }
        });
      } else reader.skipField(end);
    }
    reader.leave(end, 'the profiles of a resource');
    for (const range of found) this.profiles.push({ range, resource, dictionary });
  }

  /** Adds all that was taken in. @returns the earliest start in milliseconds since the epoch, null where none is said */
  assemble(assembler: OtlpAssembler): number | null {
    const shape = this.shape();
    const fields = profileFields[shape];
    const heads = this.profiles.map((profile) => this.readHead(profile, shape));
    for (const { types, defaultType } of heads) assembler.addTypes(types, defaultType);
    const origin = earliest(heads.map(({ start }) => start));
    const sample = newOtlpSample();
    this.profiles.forEach(({ range, resource }, index) => {
      const head = heads[index];
      const own = head.attributes.map((at) => head.tables.attributes[at]).filter((each) => each !== undefined);
      assembler.begin({ ...head, attributes: [...resource, ...own] });
      const { reader } = this;
      reader.pos = range.from;
      let count = 0;
      for (let field = reader.nextField(range.end); field !== 0; field = reader.nextField(range.end)) {
        if (field !== fields.samples) {
          reader.skipField(range.end);
          continue;
        }
        if ((++count & 0xfff) === 0) this.checkpoint();
        const message = reader.message(range.end, 'a sample');
        reader.pos = message.from;
        this.readSample(sample, message.end, shape, head.locations, origin);
        assembler.addSample(sample);
      }
    });
    return origin > 0n ? Number(origin / 1000n) / 1000 : null;
  }

  /** All of a file is of one shape: what differs is seen in the tables, else in the samples. */
  private shape(): Shape {
    if (this.profiles.some(({ dictionary }) => dictionary === null)) return 'inProfile';
    let values = 0;
    let timed = 0;
    let equal = 0;
    for (const { range } of this.profiles) {
      for (const seen of this.sampleShapes(range)) {
        if (seen.sure !== null) return seen.sure;
        values++;
        if (seen.times > 0) timed++;
        if (seen.times > 0 && seen.times === seen.second) equal++;
      }
    }
    // Field 2 alone is values (1.8) or attributes of samples that count their timestamps (1.10).
    return values === 0 || (timed === values && equal < timed) ? 'alpha' : 'stacks';
  }

  private *sampleShapes(range: Range): Generator<{ sure: Shape | null; second: number; times: number }> {
    const { reader } = this;
    reader.pos = range.from;
    for (let field = reader.nextField(range.end); field !== 0; field = reader.nextField(range.end)) {
      if (field !== 2 || reader.type !== BYTES) {
        reader.skipField(range.end);
        continue;
      }
      const { from, end } = reader.message(range.end, 'a sample');
      reader.pos = from;
      const types = [-1, -1, -1, -1, -1, -1];
      let second = 0;
      let times = 0;
      for (let inner = reader.nextField(end); inner !== 0; inner = reader.nextField(end)) {
        if (inner < types.length) types[inner] = reader.type;
        if (inner === 2 && reader.type === BYTES) second += reader.numbers(end).length;
        else if (inner === 5 && reader.type === BYTES)
          times += (reader.message(end, 'the timestamps').end - reader.last) / 8;
        else reader.skipField(end);
      }
      reader.pos = end;
      yield { sure: sureShape(types), second, times };
    }
  }

  private readHead(
    { range, dictionary }: FoundProfile,
    shape: Shape,
  ): {
    types: OtlpValueType[];
    defaultType: number;
    tables: OtlpTables;
    attributes: number[];
    start: bigint;
    durationMs: number;
    locations: number[];
  } {
    const { reader } = this;
    const fields = profileFields[shape];
    const tables = dictionary ?? new OtlpTables();
    if (dictionary === null) this.tables.read(tables, range, IN_PROFILE_FIELDS);
    const types: { type: number; unit: number }[] = [];
    const attributes: number[] = [];
    const locations: number[] = [];
    let start = 0n;
    let duration = 0n;
    let defaultIndex = 0;
    let defaultText = 0;
    reader.pos = range.from;
    const { end } = range;
    for (let field = reader.nextField(end); field !== 0; field = reader.nextField(end)) {
      if (field === 1) types.push(this.readValueType(reader.message(end, 'a sample type')));
      else if (field === fields.locations) append(locations, reader.numbers(end));
      else if (field === fields.time) start = reader.wholeNumber();
      else if (field === fields.duration) duration = reader.wholeNumber();
      else if (field === fields.attributes) append(attributes, reader.numbers(end));
      else if (field === fields.defaultType && shape === 'inProfile') defaultText = reader.integer();
      else if (field === fields.defaultType) defaultIndex = reader.integer();
      else reader.skipField(end);
    }
    reader.leave(end, 'a profile');
    const byText = defaultText === 0 ? -1 : types.findIndex(({ type }) => type === defaultText);
    return {
      types: types.map(({ type, unit }) => ({ type: tables.string(type), unit: tables.string(unit) })),
      defaultType: byText >= 0 ? byText : defaultIndex < types.length ? defaultIndex : 0,
      tables,
      attributes,
      start,
      durationMs: Number(duration) / 1e6,
      locations,
    };
  }

  private readValueType(range: Range): { type: number; unit: number } {
    const { reader } = this;
    const found = { type: 0, unit: 0 };
    this.reader.within(range, () => {
      for (let field = reader.nextField(range.end); field !== 0; field = reader.nextField(range.end)) {
        if (field === 1) found.type = reader.integer();
        else if (field === 2) found.unit = reader.integer();
        else reader.skipField(range.end);
      }
    });
    return found;
  }

  private readSample(
    sample: OtlpSample,
    end: number,
    shape: Shape,
    locations: readonly number[],
    origin: bigint,
  ): void {
    const { reader } = this;
    const fields = sampleFields[shape];
    let from = 0;
    let length = 0;
    sample.stack = fields.stack > 0 ? 0 : -1;
    sample.link = 0;
    for (const column of [sample.locations, sample.values, sample.times, sample.attributes]) column.length = 0;
    for (let field = reader.nextField(end); field !== 0; field = reader.nextField(end)) {
      if (field === fields.stack) sample.stack = reader.integer();
      else if (field === fields.start) from = reader.integer();
      else if (field === fields.length) length = reader.integer();
      else if (field === fields.values) append(sample.values, reader.numbers(end));
      else if (field === fields.attributes) append(sample.attributes, reader.numbers(end));
      else if (field === fields.link) sample.link = reader.integer();
      else if (field === fields.times) reader.times(end, origin, sample.times);
      else reader.skipField(end);
    }
    reader.leave(end, 'a sample');
    if (fields.stack > 0) return;
    if (from < 0 || length < 0 || from + length > locations.length) {
      throw new DecodeError(
        `The OTLP profile refers to locations ${from} to ${from + length}, but has ${locations.length}: it is damaged or cut off`,
      );
    }
    for (let at = from; at < from + length; at++) sample.locations.push(locations[at]);
  }
}

interface ProfileFields {
  readonly samples: number;
  readonly locations: number;
  readonly time: number;
  readonly duration: number;
  readonly attributes: number;
  /** 0 where there is none. */
  readonly defaultType: number;
}

const stacksFields = { samples: 2, locations: 0, time: 3, duration: 4, attributes: 11, defaultType: 0 };
const profileFields: Readonly<Record<Shape, ProfileFields>> = {
  inProfile: { samples: 2, locations: 5, time: 11, duration: 12, attributes: 22, defaultType: 16 },
  dictionary: { samples: 2, locations: 3, time: 4, duration: 5, attributes: 14, defaultType: 9 },
  stacks: stacksFields,
  alpha: stacksFields,
};

const slices = { stack: -1, start: 1, length: 2, values: 3, attributes: 4, link: 5, times: 6 };
const sampleFields = {
  inProfile: slices,
  dictionary: slices,
  stacks: { stack: 1, start: -1, length: -1, values: 2, attributes: 3, link: 4, times: 5 },
  alpha: { stack: 1, start: -1, length: -1, values: 4, attributes: 2, link: 3, times: 5 },
} as const;

/** What the wire types of a sample's fields 1 to 5 tell; null where they fit several shapes. */
function sureShape(types: readonly number[]): Shape | null {
  if (types[2] === VARINT) return 'dictionary';
  if (types[4] === VARINT) return 'stacks';
  if (types[4] === BYTES) return types[3] === BYTES ? 'dictionary' : 'alpha';
  if (types[3] === VARINT) return 'alpha';
  // A list in field 3: values where the stack is empty (1.7), else attributes (1.8).
  return types[3] === BYTES ? (types[2] === BYTES ? 'stacks' : 'dictionary') : null;
}
