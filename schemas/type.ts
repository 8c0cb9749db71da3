/**
 * The constructors of TypeBox (https://sinclairzx81.github.io/typebox/) that schemas are written with: its types, and the JSON Schema that it makes, without its modules,
 * which take longer to load than a short command to run.
 */
import type * as TypeBox from 'typebox'

export type { Static, TSchema } from 'typebox'

type Schema = Readonly<Record<string | symbol, unknown>>

/** On a schema that an object may leave out. A symbol, because it is no word of JSON Schema. */
const OPTIONAL = Symbol('optional')

const constructors = {
  Array: (items: Schema, options?: Schema) => ({ type: 'array', items, ...options }),
  Boolean: () => ({ type: 'boolean' }),
  Enum: (values: readonly string[], options?: Schema) => ({ enum: values, ...options }),
  Integer: (options?: Schema) => ({ type: 'integer', ...options }),
  Intersect: (schemas: readonly Schema[]) => ({ allOf: schemas }),
  Literal: (value: unknown) => ({ type: typeof value, const: value }),
  Null: () => ({ type: 'null' }),
  Number: (options?: Schema) => ({ type: 'number', ...options }),
  Object(properties: Readonly<Record<string, Schema>>, options?: Schema) {
    const required = Object.keys(properties).filter((name) => !properties[name]![OPTIONAL])
    return { type: 'object', ...(required.length > 0 && { required }), properties, ...options }
  },
  Optional: (schema: Schema) => ({ ...schema, [OPTIONAL]: true }),
  Record: (_names: Schema, value: Schema, options?: Schema) => ({
    type: 'object',
    patternProperties: { '^.*$': value },
    ...options,
  }),
  String: (options?: Schema) => ({ type: 'string', ...options }),
  Tuple: (items: readonly Schema[]) => ({
    type: 'array',
    additionalItems: false,
    items,
    minItems: items.length,
  }),
  Union: (schemas: readonly Schema[]) => ({ anyOf: schemas }),
  Unknown: () => ({}),
}

export const Type = constructors as unknown as Pick<typeof TypeBox.Type, keyof typeof constructors>
