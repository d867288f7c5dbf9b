import { DecodeError } from '../decodeError';
import type { OtlpAssembler, OtlpValueType } from './otlpAssembler';
import { BYTES, FIXED64, type OtlpReader, VARINT } from './otlpReader';
import { earliest, newOtlpSample, type OtlpAttribute, type OtlpSample, OtlpTables, type OtlpValue } from './otlpTables';

/**
 * The wire shapes of `profiles.proto`, by the first release that has each
 * (https://github.com/open-telemetry/opentelemetry-proto, opentelemetry/proto/profiles/v1development).
 * - `inProfile` (1.3): tables stand in each profile
 * - `dictionary` (1.7): tables stand in the file's dictionary; samples name a slice of the profile's locations
 * - `stacks` (1.8): a table of stacks; a sample's values are its field 2
 * - `alpha` (1.10): a sample's values are its field 4
 */
type Shape = 'inProfile' | 'dictionary' | 'stacks' | 'alpha';

interface Range {
  readonly from: number;
  readonly end: number;
}

interface FoundProfile {
  readonly range: Range;
  readonly resource: readonly OtlpAttribute[];
  /** Null where the tables stand in the profile. */
  readonly dictionary: OtlpTables | null;
}

/** Reads OTLP's binary encoding: messages first, what they hold when all of them are known. */
export class OtlpProtobuf {
  private readonly profiles: FoundProfile[] = [];

  constructor(
    private readonly reader: OtlpReader,
    private readonly checkpoint: () => void,
  ) {}

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
    if (tables !== null && dictionary !== null) this.readTables(tables, dictionary, DICTIONARY_FIELDS);
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
        resource = this.within(range, () => this.readKeyValues(range.end));
      } else if (field === 2) {
        const scope = reader.message(end, 'the profiles of a scope');
        this.within(scope, () => {
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

  /** Reads what is in a range and stands where it stood before. */
  private within<T>(range: Range, read: () => T): T {
    const { pos } = this.reader;
    this.reader.pos = range.from;
    const result = read();
    this.reader.pos = pos;
    return result;
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
    if (dictionary === null) this.readTables(tables, range, IN_PROFILE_FIELDS);
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
    this.within(range, () => {
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

  private readTables(tables: OtlpTables, { from, end }: Range, fields: TableFields): void {
    const { reader } = this;
    reader.pos = from;
    const units: { key: number; unit: number }[] = [];
    const keys: { text: string | null; index: number; value: OtlpValue; unit: number }[] = [];
    let rows = 0;
    for (let field = reader.nextField(end); field !== 0; field = reader.nextField(end)) {
      const table = reader.type === BYTES ? fields[field] : undefined;
      if (table === undefined) {
        reader.skipField(end);
        continue;
      }
      if ((++rows & 0xffff) === 0) this.checkpoint();
      const row = reader.message(end, `a row of the table of ${table}`);
      const after = reader.pos;
      reader.pos = row.from;
      if (table === 'strings') tables.strings.push(reader.text(row.end));
      else if (table === 'functions') this.readFunction(tables, row.end);
      else if (table === 'mappings') this.readMapping(tables, row.end);
      else if (table === 'locations') this.readLocation(tables, row.end);
      else if (table === 'links') this.readLink(tables, row.end);
      else if (table === 'attributes') keys.push(this.readAttribute(row.end));
      else if (table === 'stacksOrUnits') this.readStackOrUnit(tables, row, units);
      else units.push(this.readUnit(row.end));
      reader.pos = after;
    }
    reader.leave(end, 'the tables');
    const unitOf = new Map(units.map(({ key, unit }) => [tables.string(key), unit]));
    for (const { text, index, value, unit } of keys) {
      const key = text ?? tables.string(index);
      tables.attributes.push({ key, value, unit: tables.string(unitOf.get(key) ?? unit) });
    }
  }

  private readFunction(tables: OtlpTables, end: number): void {
    const { reader } = this;
    const values = [0, 0, 0, 0, 0];
    this.readNumbers(values, end);
    tables.functionName.push(values[1]);
    tables.functionFile.push(values[3]);
    tables.functionLine.push(values[4]);
    reader.leave(end, 'a function');
  }

  private readMapping(tables: OtlpTables, end: number): void {
    const values = [0, 0, 0, 0, 0];
    this.readNumbers(values, end);
    tables.mappingStart.push(values[1]);
    tables.mappingLimit.push(values[2]);
    tables.mappingOffset.push(values[3]);
    tables.mappingFile.push(values[4]);
    this.reader.leave(end, 'a mapping');
  }

  /** Reads the fields of whole numbers into the array's places; others are left out. */
  private readNumbers(values: number[], end: number): void {
    const { reader } = this;
    for (let field = reader.nextField(end); field !== 0; field = reader.nextField(end)) {
      if (field < values.length && reader.type === VARINT) values[field] = reader.integer();
      else reader.skipField(end);
    }
  }

  private readLocation(tables: OtlpTables, end: number): void {
    const { reader } = this;
    let mapping = 0;
    let address = 0;
    const attributes: number[] = [];
    for (let field = reader.nextField(end); field !== 0; field = reader.nextField(end)) {
      if (field === 1) mapping = reader.integer();
      else if (field === 2) address = Number(reader.wholeNumber());
      else if (field === 3) {
        const row = reader.message(end, 'a line');
        const values = [0, 0, 0];
        this.within(row, () => this.readNumbers(values, row.end));
        tables.lineFunction.push(values[1]);
        tables.line.push(values[2]);
      } // Field 5 until 1.7; no other list stands in either.
      else if ((field === 4 || field === 5) && reader.type === BYTES) append(attributes, reader.numbers(end));
      else reader.skipField(end);
    }
    reader.leave(end, 'a location');
    tables.locationLines.push(tables.line.length);
    tables.locationMapping.push(mapping);
    tables.locationAddress.push(address);
    tables.locationAttributes.push(attributes);
  }

  private readLink(tables: OtlpTables, end: number): void {
    const { reader } = this;
    const link = { trace: '', span: '' };
    for (let field = reader.nextField(end); field !== 0; field = reader.nextField(end)) {
      if (field === 1) link.trace = reader.hexadecimal(end);
      else if (field === 2) link.span = reader.hexadecimal(end);
      else reader.skipField(end);
    }
    tables.links.push(link);
  }

  /** `KeyValue` (a key's text) or, since 1.8, `KeyValueAndUnit` (a key's index). */
  private readAttribute(end: number): { text: string | null; index: number; value: OtlpValue; unit: number } {
    const { reader } = this;
    const found: { text: string | null; index: number; value: OtlpValue; unit: number } = {
      text: null,
      index: 0,
      value: null,
      unit: 0,
    };
    for (let field = reader.nextField(end); field !== 0; field = reader.nextField(end)) {
      if (field === 1 && reader.type === BYTES) found.text = reader.textField(end);
      else if (field === 1) found.index = reader.integer();
      else if (field === 2) found.value = this.readValue(reader.message(end, 'a value'));
      else if (field === 3 && reader.type === VARINT) found.unit = reader.integer();
      else reader.skipField(end);
    }
    return found;
  }

  private readKeyValues(end: number): OtlpAttribute[] {
    const { reader } = this;
    const found: OtlpAttribute[] = [];
    for (let field = reader.nextField(end); field !== 0; field = reader.nextField(end)) {
      if (field === 1) {
        const row = reader.message(end, 'an attribute');
        const { text, value } = this.within(row, () => this.readAttribute(row.end));
        found.push({ key: text ?? '', value, unit: '' });
      } else reader.skipField(end);
    }
    return found.filter(({ key }) => key !== '');
  }

  private readValue(range: Range): OtlpValue {
    const { reader } = this;
    return this.within(range, () => {
      let value: OtlpValue = null;
      for (let field = reader.nextField(range.end); field !== 0; field = reader.nextField(range.end)) {
        if (field === 1 && reader.type === BYTES) value = reader.textField(range.end);
        else if (field === 2 && reader.type === VARINT) value = String(reader.integer() !== 0);
        else if (field === 3 && reader.type === VARINT) value = reader.integer();
        else if (field === 4 && reader.type === FIXED64) value = reader.double();
        else reader.skipField(range.end);
      }
      return value;
    });
  }

  /** Field 7 of the dictionary: units of attributes (1.7), or stacks (1.8). */
  private readStackOrUnit(tables: OtlpTables, { from, end }: Range, units: { key: number; unit: number }[]): void {
    const { reader } = this;
    const field = reader.nextField(end);
    const isUnit = field > 0 && reader.type === VARINT;
    reader.pos = from;
    if (isUnit) {
      units.push(this.readUnit(end));
      return;
    }
    for (let inner = reader.nextField(end); inner !== 0; inner = reader.nextField(end)) {
      if (inner === 1) append(tables.stackLocation, reader.numbers(end));
      else reader.skipField(end);
    }
    tables.stackLocations.push(tables.stackLocation.length);
  }

  private readUnit(end: number): { key: number; unit: number } {
    const values = [0, 0, 0];
    this.readNumbers(values, end);
    return { key: values[1], unit: values[2] };
  }
}

type Table = 'strings' | 'functions' | 'mappings' | 'locations' | 'links' | 'attributes' | 'stacksOrUnits' | 'units';
type TableFields = Readonly<Record<number, Table>>;

const DICTIONARY_FIELDS: TableFields = {
  1: 'mappings',
  2: 'locations',
  3: 'functions',
  4: 'links',
  5: 'strings',
  6: 'attributes',
  7: 'stacksOrUnits',
};

const IN_PROFILE_FIELDS: TableFields = {
  3: 'mappings',
  4: 'locations',
  6: 'functions',
  7: 'attributes',
  8: 'units',
  9: 'links',
  10: 'strings',
};

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

function append(target: number[], values: readonly number[]): void {
  for (const value of values) target.push(value);
}
