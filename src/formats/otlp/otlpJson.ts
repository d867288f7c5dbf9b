import { DecodeError } from '../decodeError';
import { type JsonColumns, JsonRecord, NumberColumn, TextColumn } from '../json/jsonColumns';
import type { OtlpAssembler, OtlpValueType } from './otlpAssembler';
import { earliest, newOtlpSample, type OtlpAttribute, OtlpTables, type OtlpValue } from './otlpTables';

/**
 * `ProfilesData` in OTLP's JSON encoding (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding): names in
 * lower camel case, 64-bit numbers as texts. Names tell the versions apart.
 */
export class OtlpJson {
  private readonly resources: { record: JsonRecord; dictionary: OtlpTables | null }[] = [];

  constructor(
    private readonly texts: readonly string[],
    private readonly checkpoint: () => void,
  ) {}

  /** Takes a `ProfilesData` in; other objects are left out. */
  take(data: JsonColumns): void {
    if (!(data instanceof JsonRecord)) return;
    const dictionary = data.members.has('dictionary') ? this.readTables(data.record('dictionary')) : null;
    for (const record of data.records('resourceProfiles')) this.resources.push({ record, dictionary });
  }

  /** Adds all that was taken in. @returns the earliest start in milliseconds since the epoch, null where none is said */
  assemble(assembler: OtlpAssembler): number | null {
    const profiles = this.resources.flatMap(({ record, dictionary }) =>
      record.records('scopeProfiles').flatMap((scope) =>
        scope.records('profiles').map((profile) => {
          const tables = dictionary ?? this.readTables(profile);
          return { profile, tables, types: this.typesOf(profile, tables), resource: record.record('resource') };
        }),
      ),
    );
    for (const { profile, types } of profiles) assembler.addTypes(types, this.defaultType(profile, types));
    const origin = earliest(profiles.map(({ profile }) => this.bigint(profile, 'timeUnixNano', 'timeNanos')));
    for (const { profile, tables, types, resource } of profiles) {
      assembler.begin({
        tables,
        types,
        defaultType: 0,
        attributes: [
          ...this.keyValues(resource, 'attributes'),
          ...this.integers(profile, 'attributeIndices').map((index) => tables.attributes[index]),
        ].filter((attribute) => attribute !== undefined),
        durationMs: Number(this.bigint(profile, 'durationNano', 'durationNanos')) / 1e6,
      });
      this.addSamples(assembler, profile, tables, origin);
    }
    return origin > 0n ? Number(origin / 1000n) / 1000 : null;
  }

  private addSamples(assembler: OtlpAssembler, profile: JsonRecord, tables: OtlpTables, origin: bigint): void {
    const samples = profile.members.has('samples') ? profile.records('samples') : profile.records('sample');
    const indices = this.integers(profile, 'locationIndices');
    const sample = newOtlpSample();
    samples.forEach((record, row) => {
      if ((row & 0xfff) === 0) this.checkpoint();
      if (record.members.has('locationsStartIndex') || record.members.has('locationsLength')) {
        const from = this.integer(record, 'locationsStartIndex');
        sample.locations = indices.slice(from, from + this.integer(record, 'locationsLength'));
        sample.stack = -1;
      } else {
        sample.stack = tables.stackLocations.length > 1 ? this.integer(record, 'stackIndex') : -1;
        sample.locations = [];
      }
      sample.values = this.integers(record, record.members.has('values') ? 'values' : 'value');
      sample.times = this.bigints(record, 'timestampsUnixNano').map((time) => Number(time - origin));
      sample.attributes = this.integers(record, 'attributeIndices');
      sample.link = this.integer(record, 'linkIndex');
      assembler.addSample(sample);
    });
  }

  private typesOf(profile: JsonRecord, tables: OtlpTables): OtlpValueType[] {
    const one = profile.members.get('sampleType');
    const records = one instanceof JsonRecord ? [one] : profile.records('sampleType');
    return records.map((record) => ({
      type: tables.string(this.integer(record, 'typeStrindex')),
      unit: tables.string(this.integer(record, 'unitStrindex')),
    }));
  }

  private defaultType(profile: JsonRecord, types: readonly OtlpValueType[]): number {
    const index = this.integer(profile, 'defaultSampleTypeIndex');
    return index < types.length ? index : 0;
  }

  /** The dictionary, whose tables may be in a profile itself (`locationTable` and so on in both). */
  private readTables(record: JsonRecord): OtlpTables {
    const tables = new OtlpTables();
    tables.strings = Array.from(record.texts('stringTable') ?? [], (index) => this.texts[index] ?? '');
    for (const func of record.records('functionTable')) {
      tables.functionName.push(this.integer(func, 'nameStrindex'));
      tables.functionFile.push(this.integer(func, 'filenameStrindex'));
      tables.functionLine.push(this.integer(func, 'startLine'));
    }
    for (const mapping of record.records('mappingTable')) {
      tables.mappingStart.push(Number(this.bigint(mapping, 'memoryStart')));
      tables.mappingLimit.push(Number(this.bigint(mapping, 'memoryLimit')));
      tables.mappingOffset.push(Number(this.bigint(mapping, 'fileOffset')));
      tables.mappingFile.push(this.integer(mapping, 'filenameStrindex'));
    }
    for (const location of record.records('locationTable')) {
      const lines = location.members.has('lines') ? location.records('lines') : location.records('line');
      for (const line of lines) {
        tables.lineFunction.push(this.integer(line, 'functionIndex'));
        tables.line.push(this.integer(line, 'line'));
      }
      tables.locationLines.push(tables.line.length);
      tables.locationMapping.push(location.members.has('mappingIndex') ? this.integer(location, 'mappingIndex') : 0);
      tables.locationAddress.push(Number(this.bigint(location, 'address')));
      tables.locationAttributes.push(this.integers(location, 'attributeIndices'));
    }
    for (const stack of record.records('stackTable')) {
      for (const location of this.integers(stack, 'locationIndices')) tables.stackLocation.push(location);
      tables.stackLocations.push(tables.stackLocation.length);
    }
    for (const link of record.records('linkTable')) {
      tables.links.push({ trace: link.text('traceId') ?? '', span: link.text('spanId') ?? '' });
    }
    const units = new Map(
      record
        .records('attributeUnits')
        .map((unit) => [
          tables.string(this.integer(unit, 'attributeKeyStrindex')),
          tables.string(this.integer(unit, 'unitStrindex')),
        ]),
    );
    for (const attribute of record.records('attributeTable')) {
      const key = attribute.text('key') ?? tables.string(this.integer(attribute, 'keyStrindex'));
      const unit = units.get(key) ?? tables.string(this.integer(attribute, 'unitStrindex'));
      tables.attributes.push({ key, value: this.value(attribute.record('value')), unit });
    }
    return tables;
  }

  private keyValues(record: JsonRecord, name: string): OtlpAttribute[] {
    return record
      .records(name)
      .map((pair) => ({ key: pair.text('key') ?? '', value: this.value(pair.record('value')), unit: '' }));
  }

  private value(any: JsonRecord): OtlpValue {
    const text = any.text('stringValue');
    if (text !== null) return text;
    const bool = any.members.get('boolValue');
    if (typeof bool === 'boolean') return String(bool);
    return any.members.has('intValue') ? Number(this.bigint(any, 'intValue')) : any.number('doubleValue');
  }

  private integer(record: JsonRecord, name: string): number {
    const value = record.number(name) ?? Number(record.text(name) ?? 0);
    if (!Number.isInteger(value)) throw new DecodeError(`Expected a whole number for "${name}" in an OTLP profile`);
    return value;
  }

  private bigint(record: JsonRecord, ...names: readonly string[]): bigint {
    const name = names.find((name) => record.members.has(name));
    if (name === undefined) return 0n;
    const text = record.text(name);
    return text === null ? BigInt(Math.trunc(record.number(name) ?? 0)) : wholeNumber(text, name);
  }

  private bigints(record: JsonRecord, name: string): bigint[] {
    const column = record.members.get(name);
    if (column instanceof TextColumn)
      return Array.from(column.indices, (index) => wholeNumber(this.texts[index] ?? '', name));
    return this.integers(record, name).map(BigInt);
  }

  private integers(record: JsonRecord, name: string): number[] {
    const column = record.members.get(name);
    const values =
      column instanceof NumberColumn
        ? Array.from(column.values)
        : column instanceof TextColumn
          ? Array.from(column.indices, (index) => Number(this.texts[index]))
          : [];
    if (!values.every(Number.isInteger))
      throw new DecodeError(`Expected whole numbers in "${name}" of an OTLP profile`);
    return values;
  }
}

function wholeNumber(text: string, name: string): bigint {
  if (!/^-?\d{1,20}$/.test(text)) throw new DecodeError(`Expected a whole number for "${name}" in an OTLP profile`);
  return BigInt(text);
}
