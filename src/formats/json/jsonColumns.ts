import { growFloat64, growInt32 } from '../../profile/growColumn';
import type { StringTable } from '../../profile/stringTable';
import type { JsonScanner } from './jsonScanner';

/** An array of numbers: true and false are 1 and 0; null and everything else NaN. */
export class NumberColumn {
  constructor(readonly values: Float64Array) {}
}

/** An array of texts as string indices, -1 for null and everything else. */
export class TextColumn {
  constructor(readonly indices: Int32Array) {}
}

/** An array of arrays: row `r` has the cells `offset[r]` to `offset[r + 1]`, each as in a `NumberColumn`. */
export class RowColumn {
  constructor(
    readonly offset: Int32Array,
    readonly cells: Float64Array,
  ) {}

  get length(): number {
    return this.offset.length - 1;
  }

  /** A cell; NaN where the row has none. */
  cell(row: number, column: number): number {
    const at = this.offset[row] + column;
    return column >= 0 && at < this.offset[row + 1] ? this.cells[at] : Number.NaN;
  }
}

/** An array of flat objects, a column for each member's numbers and one for its texts; see `JsonColumnsOptions.tables`. */
export class TableColumn {
  length = 0;
  private readonly columns = new Map<string, { numbers: Float64Array; texts: Int32Array }>();

  /** A cell's number; NaN where it is none. */
  number(name: string, row: number): number {
    return this.columns.get(name)?.numbers[row] ?? Number.NaN;
  }

  /** A cell's text as a string index, -1 where it is none. */
  text(name: string, row: number): number {
    return this.columns.get(name)?.texts[row] ?? -1;
  }

  /** Sets a cell of the last row; what a table has no room for is left out. */
  set(name: string, number: number, text: number): void {
    let column = this.columns.get(name);
    if (column === undefined) {
      if (this.columns.size >= MOST_COLUMNS) return;
      column = { numbers: new Float64Array(0), texts: new Int32Array(0) };
      this.columns.set(name, column);
    }
    const from = column.numbers.length;
    if (from < this.length) {
      column.numbers = growFloat64(column.numbers, this.length).fill(Number.NaN, from);
      column.texts = growInt32(column.texts, this.length).fill(-1, from);
    }
    column.numbers[this.length - 1] = number;
    column.texts[this.length - 1] = text;
  }
}

/** An object's members by name. */
export class JsonRecord {
  readonly members = new Map<string, JsonColumns>();

  number(name: string): number | null {
    const value = this.members.get(name);
    return typeof value === 'number' ? value : null;
  }

  text(name: string): string | null {
    const value = this.members.get(name);
    return typeof value === 'string' ? value : null;
  }

  /** A member that is an object; an empty one where it is not. */
  record(name: string): JsonRecord {
    const value = this.members.get(name);
    return value instanceof JsonRecord ? value : new JsonRecord();
  }

  /** A member that is an array of objects; empty where it is not. */
  records(name: string): readonly JsonRecord[] {
    const value = this.members.get(name);
    return Array.isArray(value) ? value : [];
  }

  /** A member that is an array of numbers; null where it is not. */
  numbers(name: string): Float64Array | null {
    const value = this.members.get(name);
    return value instanceof NumberColumn ? value.values : null;
  }

  /** A member that is an array of texts; null where it is not. */
  texts(name: string): Int32Array | null {
    const value = this.members.get(name);
    return value instanceof TextColumn ? value.indices : null;
  }

  /** A member that was read as a table; an empty one where it is none. */
  table(name: string): TableColumn {
    const value = this.members.get(name);
    return value instanceof TableColumn ? value : new TableColumn();
  }

  /** A member that is an array of arrays; null where it is not. */
  rows(name: string): RowColumn | null {
    const value = this.members.get(name);
    return value instanceof RowColumn ? value : null;
  }
}

export type JsonColumns =
  | null
  | boolean
  | number
  | string
  | NumberColumn
  | TextColumn
  | RowColumn
  | TableColumn
  | JsonRecord
  | readonly JsonRecord[];

export interface JsonColumnsOptions {
  /** Members that are skipped, wherever they are. */
  readonly skip: ReadonlySet<string>;
  /** Members that are read as tables where they are arrays, wherever they are. */
  readonly tables: ReadonlySet<string>;
  readonly strings: StringTable;
  /** Called now and then. */
  readonly checkpoint: () => void;
}

/** Columns of a table beyond this are left out. */
const MOST_COLUMNS = 64;

/** Objects deeper than this are skipped. */
const MOST_DEPTH = 40;

/**
 * Reads a JSON value whose bulk is in arrays of numbers and texts, for formats that are struct-of-arrays in JSON: no
 * object for a number, a text or a row of them. What an array is follows from its first value that is not null.
 * @throws DecodeError with the byte where the input is no JSON
 */
export function readJsonColumns(scanner: JsonScanner, options: JsonColumnsOptions, depth = 0): JsonColumns {
  const byte = scanner.peek();
  if (byte === 0x22) return scanner.textOrNull() ?? '';
  if (byte === 0x74 || byte === 0x66) {
    scanner.skip();
    return byte === 0x74;
  }
  if (byte === 0x6e || ((byte === 0x7b || byte === 0x5b) && depth >= MOST_DEPTH)) {
    scanner.skip();
    return null;
  }
  if (byte === 0x7b) return readRecord(scanner, options, depth);
  if (byte === 0x5b) return readArray(scanner, options, depth);
  return scanner.number('a value');
}

function readRecord(scanner: JsonScanner, options: JsonColumnsOptions, depth: number): JsonRecord {
  const record = new JsonRecord();
  scanner.enterObject('an object');
  options.checkpoint();
  for (let name = scanner.name(true); name !== null; name = scanner.name(false)) {
    if (options.skip.has(name)) scanner.skip();
    else if (options.tables.has(name) && scanner.peek() === 0x5b) record.members.set(name, readTable(scanner, options));
    else record.members.set(name, readJsonColumns(scanner, options, depth + 1));
  }
  return record;
}

function readArray(scanner: JsonScanner, options: JsonColumnsOptions, depth: number): JsonColumns {
  scanner.enterArray('an array');
  let nulls = 0;
  while (scanner.element(nulls === 0)) {
    const byte = scanner.peek();
    if (byte === 0x6e) {
      scanner.skip();
      nulls++;
    } else if (byte === 0x22) return readTexts(scanner, options, nulls);
    else if (byte === 0x5b) return readRows(scanner, nulls);
    else if (byte === 0x7b) return readRecords(scanner, options, depth);
    else return readNumbers(scanner, nulls);
  }
  return new NumberColumn(new Float64Array(nulls).fill(Number.NaN));
}

/** The scanner stands before the value after `nulls` nulls, as in the other functions. */
function readNumbers(scanner: JsonScanner, nulls: number): NumberColumn {
  let values: Float64Array = new Float64Array(nulls + 16).fill(Number.NaN, 0, nulls);
  let length = nulls;
  do {
    values = growFloat64(values, length + 1);
    values[length++] = readCell(scanner);
  } while (scanner.element(false));
  return new NumberColumn(values.slice(0, length));
}

function readCell(scanner: JsonScanner): number {
  const byte = scanner.peek();
  if (byte === 0x74 || byte === 0x66) {
    scanner.skip();
    return byte === 0x74 ? 1 : 0;
  }
  return scanner.numberOrNull() ?? Number.NaN;
}

function readTexts(scanner: JsonScanner, { strings, checkpoint }: JsonColumnsOptions, nulls: number): TextColumn {
  let indices: Int32Array = new Int32Array(nulls + 16).fill(-1, 0, nulls);
  let length = nulls;
  do {
    indices = growInt32(indices, length + 1);
    if (scanner.peek() === 0x22) {
      indices[length] = scanner.string(strings, 'a text');
    } else {
      scanner.skip();
      indices[length] = -1;
    }
    if ((++length & 0xffff) === 0) checkpoint();
  } while (scanner.element(false));
  return new TextColumn(indices.slice(0, length));
}

function readRows(scanner: JsonScanner, nulls: number): RowColumn {
  let offset: Int32Array = new Int32Array(nulls + 16);
  let cells: Float64Array = new Float64Array(64);
  let rows = nulls;
  let length = 0;
  do {
    if (scanner.peek() === 0x5b) {
      scanner.enterArray('a row');
      for (let first = true; scanner.element(first); first = false) {
        cells = growFloat64(cells, length + 1);
        cells[length++] = readCell(scanner);
      }
    } else {
      scanner.skip();
    }
    offset = growInt32(offset, rows + 2);
    offset[++rows] = length;
  } while (scanner.element(false));
  return new RowColumn(offset.slice(0, rows + 1), cells.slice(0, length));
}

function readRecords(scanner: JsonScanner, options: JsonColumnsOptions, depth: number): readonly JsonRecord[] {
  const records: JsonRecord[] = [];
  do {
    const value = readJsonColumns(scanner, options, depth + 1);
    // Indices stay those of the file.
    records.push(value instanceof JsonRecord ? value : new JsonRecord());
  } while (scanner.element(false));
  return records;
}

function readTable(scanner: JsonScanner, { strings, checkpoint }: JsonColumnsOptions): TableColumn {
  const table = new TableColumn();
  scanner.enterArray('an array');
  while (scanner.element(table.length === 0)) {
    if ((++table.length & 0xfff) === 0) checkpoint();
    if (scanner.peek() !== 0x7b) {
      scanner.skip();
      continue;
    }
    scanner.enterObject('an object');
    for (let name = scanner.name(true); name !== null; name = scanner.name(false)) {
      if (scanner.peek() === 0x22) table.set(name, Number.NaN, scanner.string(strings, 'a text'));
      else table.set(name, readCell(scanner), -1);
    }
  }
  return table;
}
