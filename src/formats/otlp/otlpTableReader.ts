import { BYTES, FIXED64, type OtlpReader, type Range, VARINT } from './otlpReader';
import type { OtlpAttribute, OtlpTables, OtlpValue } from './otlpTables';

type Table = 'strings' | 'functions' | 'mappings' | 'locations' | 'links' | 'attributes' | 'stacksOrUnits' | 'units';
export type TableFields = Readonly<Record<number, Table>>;

export const DICTIONARY_FIELDS: TableFields = {
  1: 'mappings',
  2: 'locations',
  3: 'functions',
  4: 'links',
  5: 'strings',
  6: 'attributes',
  7: 'stacksOrUnits',
};

export const IN_PROFILE_FIELDS: TableFields = {
  3: 'mappings',
  4: 'locations',
  6: 'functions',
  7: 'attributes',
  8: 'units',
  9: 'links',
  10: 'strings',
};

/** Reads the tables that OTLP's samples refer to. */
export class OtlpTableReader {
  constructor(
    private readonly reader: OtlpReader,
    private readonly checkpoint: () => void,
  ) {}

  /** Reads the rows of the tables that stand in a message's fields. */
  read(tables: OtlpTables, { from, end }: Range, fields: TableFields): void {
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
        reader.within(row, () => this.readNumbers(values, row.end));
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

  /** Attributes with their keys as texts (`KeyValue`), as a resource has them. */
  keyValues(end: number): OtlpAttribute[] {
    const { reader } = this;
    const found: OtlpAttribute[] = [];
    for (let field = reader.nextField(end); field !== 0; field = reader.nextField(end)) {
      if (field === 1) {
        const row = reader.message(end, 'an attribute');
        const { text, value } = reader.within(row, () => this.readAttribute(row.end));
        found.push({ key: text ?? '', value, unit: '' });
      } else reader.skipField(end);
    }
    return found.filter(({ key }) => key !== '');
  }

  private readValue(range: Range): OtlpValue {
    const { reader } = this;
    return reader.within(range, () => {
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

export function append(target: number[], values: readonly number[]): void {
  for (const value of values) target.push(value);
}
