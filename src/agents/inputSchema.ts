/** The part of JSON Schema that the tools' inputs need. */
export type InputSchema = {
  readonly type: 'object';
  readonly properties: Readonly<Record<string, PropertySchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties: false;
};

export type PropertySchema =
  | {
      readonly type: 'string';
      readonly description: string;
      readonly enum?: readonly string[];
      readonly maxLength?: number;
    }
  | {
      readonly type: 'integer' | 'number';
      readonly description: string;
      readonly minimum: number;
      readonly maximum: number;
    }
  | { readonly type: 'boolean'; readonly description: string }
  | {
      readonly type: 'array';
      readonly description: string;
      readonly items: { readonly type: 'string'; readonly maxLength?: number };
      readonly minItems?: number;
      readonly maxItems: number;
    };

type ValueOf<P extends PropertySchema> = P extends { type: 'array' }
  ? string[]
  : P extends { type: 'boolean' }
    ? boolean
    : P extends { type: 'integer' | 'number' }
      ? number
      : P extends { enum: readonly (infer V)[] }
        ? V
        : string;

/** What a schema's inputs are once they were read. */
export type InputOf<S extends InputSchema> = { [K in keyof S['properties']]?: ValueOf<S['properties'][K]> };

/** Longest text where the schema says none. */
const LONGEST_TEXT = 4096;

/**
 * Checks an input against its schema: it comes from a language model, whatever the protocol promised. Members that are
 * null count as left out.
 * @throws Error with a sentence that says what is wrong with which member
 */
export function readInput<S extends InputSchema>(schema: S, input: unknown): InputOf<S> {
  const given = input ?? {};
  if (typeof given !== 'object' || Array.isArray(given)) throw new Error('The input must be an object.');
  const read: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(given)) {
    const property = Object.hasOwn(schema.properties, name) ? schema.properties[name] : undefined;
    if (property === undefined) {
      const known = Object.keys(schema.properties).join(', ');
      throw new Error(`There is no input "${name.slice(0, 60)}": there are ${known}.`);
    }
    if (value === null || value === undefined) continue;
    const problem = problemOf(property, value);
    if (problem !== null) throw new Error(`The input "${name}" ${problem}.`);
    read[name] = value;
  }
  for (const name of schema.required ?? []) {
    if (read[name] === undefined) throw new Error(`The input "${name}" is missing.`);
  }
  return read as InputOf<S>;
}

function problemOf(property: PropertySchema, value: unknown): string | null {
  switch (property.type) {
    case 'string':
      if (typeof value !== 'string') return 'must be a text';
      if (property.enum && !property.enum.includes(value)) return `must be one of ${property.enum.join(', ')}`;
      return value.length > (property.maxLength ?? LONGEST_TEXT) ? 'is too long' : null;
    case 'integer':
    case 'number':
      if (typeof value !== 'number' || !(value >= property.minimum && value <= property.maximum)) {
        return `must be a number from ${property.minimum} to ${property.maximum}`;
      }
      return property.type === 'integer' && !Number.isInteger(value) ? 'must be a whole number' : null;
    case 'boolean':
      return typeof value === 'boolean' ? null : 'must be true or false';
    case 'array': {
      const longest = property.items.maxLength ?? LONGEST_TEXT;
      const fits = (item: unknown): boolean => typeof item === 'string' && item.length <= longest;
      if (!Array.isArray(value) || !value.every(fits)) return 'must be a list of texts';
      if (value.length < (property.minItems ?? 0)) return 'must not be empty';
      return value.length > property.maxItems ? `must have at most ${property.maxItems} entries` : null;
    }
  }
}
