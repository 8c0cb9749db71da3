/** An adapter for a vendor whose JSON has one of several shapes: alone, one a line, in an array, or in lists inside of an answer of an API. */
import type { Item, JsonAdapter } from '../adapter.ts'
import { eventItems, type Told } from './event-items.ts'
import { at, elementsAt, isObject, type JsonObject } from './json.ts'
import { mostValues, refuseValue } from './json-fields.ts'

export interface Variant {
  /** Whether a value has what the vendor documents as always there, and no other vendor sends. */
  is(value: JsonObject): boolean
  events(value: JsonObject): Iterable<Told>
}

/** `lists`: the paths under which answers hold such values. */
export function variantsAdapter(
  title: string,
  variants: readonly Variant[],
  lists: readonly (readonly [string, ...string[]])[] = [],
): JsonAdapter {
  const variantOf = (value: unknown): Variant | undefined =>
    isObject(value) ? variants.find((variant) => variant.is(value)) : undefined
  const listsOf = (value: unknown): readonly (readonly string[])[] =>
    lists.filter((path) => {
      const list = at(value, ...path)
      return Array.isArray(list) && list.some((element) => variantOf(element) !== undefined)
    })

  function* itemsOf(value: unknown, json: string, line: number): Generator<Item> {
    const variant = variantOf(value)
    if (variant !== undefined) yield* eventItems(variant.events(value as JsonObject), json, line)
    else yield refuseValue(json, line, isObject(value) ? 'incomplete' : 'not-a-record')
  }

  return {
    title,
    unit: 'json',
    recognizes: (head) =>
      mostValues(head, (value) => variantOf(value) !== undefined || listsOf(value).length > 0),
    parse: () =>
      function* (value, text, line) {
        const paths = variantOf(value) === undefined ? listsOf(value) : []
        if (paths.length === 0) yield* itemsOf(value, text, line)
        for (const path of paths)
          for (const element of elementsAt(text, line, ...path))
            yield* itemsOf(element.value, element.text, element.line)
      },
  }
}
