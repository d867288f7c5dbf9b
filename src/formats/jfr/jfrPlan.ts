import { DecodeError } from '../decodeError';
import type { JfrField, JfrType, JfrTypes } from './jfrMetadata';
import type { JfrReader } from './jfrReader';

/** What stands in a slot that `JfrPlan.run` filled. */
export const slotKind = {
  /** The type has no such field. */
  absent: 0,
  /** A number: `low` and `high` are its halves. */
  integer: 1,
  /** A float or a double: see `JfrPlan.floats`. */
  float: 2,
  /** A key of the pool of type `JfrPlan.pool[slot]`. */
  key: 3,
  /** A string that begins at byte `low`. */
  text: 4,
  /** An array (its count first) that begins at byte `low`. */
  array: 5,
} as const;

const op = { byte: 0, short: 1, int: 2, long: 3, varint: 4, float: 5, double: 6, string: 7, array: 8 } as const;

const primitives: Readonly<Record<string, number>> = {
  boolean: op.byte,
  byte: op.byte,
  short: op.short,
  char: op.short,
  int: op.int,
  long: op.long,
  float: op.float,
  double: op.double,
  'java.lang.String': op.string,
};

/** Nested types that hold themselves, or so many fields, are no recording. */
const DEEPEST = 8;
const MOST_STEPS = 2048;

/**
 * How to read one type's values: its fields, nested ones in line, one step each. What is wanted goes into numbered
 * slots; the rest is passed over.
 */
export class JfrPlan {
  /** By slot, of the value read last. */
  readonly low: Int32Array;
  readonly high: Int32Array;
  readonly floats: Float64Array;
  /** One of `slotKind` a slot. */
  readonly kind: Uint8Array;
  /** Type id of the constants that a `key` slot refers to. */
  readonly pool: Float64Array;
  /** As `JfrField.timeUnit`. */
  readonly timeUnit: (string | null)[];
  private readonly ops: number[] = [];
  private readonly slots: number[] = [];
  private readonly elements: (JfrPlan | null)[] = [];

  /**
   * @param type whose values are to be read
   * @param wanted names of the fields for the slots; in a slot with several, the first that the type has
   * @throws DecodeError for a type that cannot be read: undeclared, too deep or too large
   */
  constructor(
    private readonly types: JfrTypes,
    type: JfrType,
    wanted: readonly (readonly string[])[],
    private readonly compressed: boolean,
    depth = 0,
  ) {
    this.low = new Int32Array(wanted.length);
    this.high = new Int32Array(wanted.length);
    this.floats = new Float64Array(wanted.length);
    this.kind = new Uint8Array(wanted.length);
    this.pool = new Float64Array(wanted.length);
    this.timeUnit = wanted.map(() => null);
    const names = wanted.map((options) => options.find((name) => type.fields.some((field) => field.name === name)));
    if (type.fields.length === 0 && primitives[type.name] !== undefined) {
      this.step(primitives[type.name], wanted.length > 0 ? 0 : -1, null);
    } else {
      for (const field of type.fields) {
        this.field(field, names.indexOf(field.name), depth);
      }
    }
  }

  /** Whether its values take no bytes at all. */
  get empty(): boolean {
    return this.ops.length === 0;
  }

  private field(field: JfrField, slot: number, depth: number): void {
    if (slot >= 0) {
      this.timeUnit[slot] = field.timeUnit;
    }
    const type = this.types.get(field.typeId);
    if (field.array) {
      // An array's elements are passed over here; who wants them reads them with `elementsOf`.
      this.step(op.array, slot, this.elementPlan(field, [], depth));
    } else if (field.pooled) {
      this.step(op.long, slot, null);
      if (slot >= 0) {
        this.kind[slot] = slotKind.key;
        this.pool[slot] = field.typeId;
      }
    } else if (type === undefined) {
      throw new DecodeError(`Expected the type of ${field.name} to be declared`);
    } else if (primitives[type.name] !== undefined && type.fields.length === 0) {
      this.step(primitives[type.name], slot, null);
    } else {
      if (depth >= DEEPEST) {
        throw new DecodeError(`Expected values of a bounded depth, but ${type.name} is nested in itself`);
      }
      // A struct in a struct: its text, or its first field, stands for it.
      const text = textField(type, this.types);
      type.fields.forEach((inner, i) => {
        this.field(inner, slot >= 0 && (text === null ? i === 0 : inner === text) ? slot : -1, depth + 1);
      });
    }
  }

  private elementPlan(field: JfrField, wanted: readonly (readonly string[])[], depth: number): JfrPlan {
    const { types, compressed } = this;
    const type = types.get(field.typeId);
    if (type === undefined || depth >= DEEPEST) {
      throw new DecodeError(`Expected the type of ${field.name} to be declared, and not to hold itself`);
    }
    const one: JfrType = { id: -1, name: '', isEvent: false, fields: [{ ...field, array: false }] };
    return new JfrPlan(types, field.pooled ? one : type, wanted, compressed, depth + 1);
  }

  /** The plan of an array field's elements. */
  elementsOf(field: JfrField, wanted: readonly (readonly string[])[]): JfrPlan {
    return this.elementPlan(field, wanted, 0);
  }

  private step(code: number, slot: number, element: JfrPlan | null): void {
    if (this.ops.length >= MOST_STEPS) {
      throw new DecodeError('Expected a type of a bounded size, but it has too many fields');
    }
    const isVarint = this.compressed && (code === op.short || code === op.int || code === op.long);
    this.ops.push(isVarint ? op.varint : code);
    this.slots.push(slot);
    this.elements.push(element);
    if (slot >= 0) {
      const special: Readonly<Record<number, number>> = {
        [op.string]: slotKind.text,
        [op.array]: slotKind.array,
        [op.float]: slotKind.float,
        [op.double]: slotKind.float,
      };
      this.kind[slot] = special[code] ?? slotKind.integer;
    }
  }

  /**
   * Reads one value.
   * @throws DecodeError where it cannot be read
   */
  run(reader: JfrReader): void {
    const { ops, slots } = this;
    for (let i = 0; i < ops.length; i++) {
      const slot = slots[i];
      switch (ops[i]) {
        case op.varint:
          if (slot < 0) {
            reader.skipVarint();
            continue;
          }
          reader.long();
          break;
        case op.byte:
          reader.low = reader.byte();
          reader.high = 0;
          break;
        case op.short:
          reader.short();
          break;
        case op.int:
          reader.high = reader.int() >> 31;
          break;
        case op.long:
          reader.long();
          break;
        case op.float:
          if (slot >= 0) {
            this.floats[slot] = floatAt(reader, 4);
          }
          reader.pos += 4;
          continue;
        case op.double:
          if (slot >= 0) {
            this.floats[slot] = floatAt(reader, 8);
          }
          reader.pos += 8;
          continue;
        case op.string:
          reader.low = reader.pos;
          if (slot >= 0) {
            this.low[slot] = reader.pos;
          }
          reader.skipString();
          continue;
        default:
          if (slot >= 0) {
            this.low[slot] = reader.pos;
          }
          this.skipArray(reader, this.elements[i]!);
          continue;
      }
      if (slot >= 0) {
        this.low[slot] = reader.low;
        this.high[slot] = reader.high;
      }
    }
  }

  private skipArray(reader: JfrReader, element: JfrPlan): void {
    // Elements without bytes need no work, however many they are said to be.
    for (let left = reader.count(element.empty ? 0 : 1); left > 0 && !element.empty; left--) {
      element.run(reader);
    }
  }

  /** The number in a slot; 0 where there is none. */
  number(slot: number): number {
    const kind = this.kind[slot];
    if (kind === slotKind.float) {
      return this.floats[slot];
    }
    return kind === slotKind.integer ? this.high[slot] * 4294967296 + (this.low[slot] >>> 0) : 0;
  }
}

function floatAt(reader: JfrReader, width: 4 | 8): number {
  if (reader.pos + width > reader.end) {
    return 0;
  }
  const view = new DataView(reader.bytes.buffer, reader.bytes.byteOffset + reader.pos, width);
  const value = width === 4 ? view.getFloat32(0) : view.getFloat64(0);
  return Number.isFinite(value) ? value : 0;
}

/** The field whose text stands for a value of the type: a class's name, a symbol's string … Null where none does. */
export function textField(type: JfrType, types: JfrTypes): JfrField | null {
  const isText = (field: JfrField): boolean =>
    !field.array && (field.pooled || types.get(field.typeId)?.name === 'java.lang.String');
  for (const name of ['string', 'name', 'description', 'value', 'type']) {
    const field = type.fields.find((one) => one.name === name && isText(one));
    if (field !== undefined) {
      return field;
    }
  }
  return null;
}
