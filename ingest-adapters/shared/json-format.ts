/**
 * What most JSON formats of one vendor have in common: their records stand alone, one a line, in an array, in a list inside an envelope, or
 * as a member of a wrapper; fields are found under fixed paths.
 */
import type { Fields, SourceRecord } from '../../schemas/source-record.ts'
import type { Item, JsonAdapter } from '../adapter.ts'
import type { Told } from './event-items.ts'
import { at, elementsAt, isObject, scalars, text as textOf, type JsonObject } from './json.ts'
import { mostValues, refuseValue, setField, setLabel } from './json-fields.ts'

/** What a format reads out of one record; without a time it is refused. */
export interface ToldRecord extends Told {
  fields: Fields
  stream?: string | undefined
}

export interface JsonFormat {
  title: string
  isRecord(value: unknown): boolean
  /** The paths under which an envelope holds a list of records. */
  lists?: readonly (readonly string[])[]
  /** The paths under which a wrapper holds one record. */
  wrappers?: readonly (readonly string[])[]
  /** Whether a value is the format's own, but tells of no event: an envelope around nothing. */
  isContext?(value: JsonObject): boolean
  /** `json` is the text around the record, `outer` the value that it stands in. */
  read(value: JsonObject, json: string, outer: unknown): ToldRecord
}

const LOOKED_AT = 50

export function jsonFormat(format: JsonFormat): JsonAdapter {
  const { isRecord, lists = [], wrappers = [] } = format
  const listOf = (value: unknown): readonly string[] | undefined =>
    lists.find((path) => {
      const list = at(value, ...path)
      return Array.isArray(list) && list.slice(0, LOOKED_AT).some(isRecord)
    })
  const wrapperOf = (value: unknown): readonly string[] | undefined =>
    wrappers.find((path) => isRecord(at(value, ...path)))
  const isContext = (value: unknown): boolean =>
    isObject(value) && format.isContext?.(value) === true

  function item(value: unknown, json: string, line: number, outer: unknown): Item {
    if (!isRecord(value)) return refuseValue(json, line, 'not-a-record')
    const { time, message, fields, nativeId, stream } = format.read(
      value as JsonObject,
      json,
      outer,
    )
    if (typeof time !== 'object') return refuseValue(json, line, time ?? 'no-time')
    const record: SourceRecord = { time, message, original: json, line, fields }
    if (nativeId !== undefined) record.nativeId = nativeId
    if (stream !== undefined) record.stream = stream
    return record
  }

  return {
    title: format.title,
    unit: 'json',
    recognizes: (head) =>
      mostValues(
        head,
        (value) =>
          isRecord(value) ||
          listOf(value) !== undefined ||
          wrapperOf(value) !== undefined ||
          isContext(value),
      ),
    parse: () =>
      function* (value, json, line) {
        const list = isRecord(value) ? undefined : listOf(value)
        if (list !== undefined) {
          for (const element of elementsAt(json, line, ...list))
            yield item(element.value, element.text, element.line, value)
        } else if (!isRecord(value) && isContext(value)) yield { context: 1, line }
        else {
          const wrapper = isRecord(value) ? undefined : wrapperOf(value)
          yield item(wrapper ? at(value, ...wrapper) : value, json, line, value)
        }
      },
  }
}

/** Fields and the paths of the members that tell them; of several paths for one field the first that holds something counts. */
export type FieldTable = readonly (readonly [field: string, ...path: string[]])[]

const LABELS = 40
const LABEL_NAME_LENGTH = 256
const SCALARS = 400

/** The fields of a record by a table; what else it holds becomes labels, but for the members in `skip`, named by their paths. */
export function fieldsOf(
  record: JsonObject,
  table: FieldTable,
  skip: readonly string[] = [],
): Fields {
  const fields: Fields = {}
  const taken = new Set(skip)
  for (const [name, ...path] of table) {
    const found = textOf(at(record, ...path))
    if (found === undefined || Object.hasOwn(fields, name)) continue
    const value = name === 'event.outcome' ? outcome(found) : found
    if (value === undefined) continue
    taken.add(path.join('.'))
    setField(fields, name, value)
  }
  let room = LABELS
  let seen = 0
  for (const [key, member] of Object.entries(record)) {
    if (taken.has(key)) continue
    for (const [path, scalar] of scalars(member, key)) {
      if (room === 0 || ++seen > SCALARS) return fields
      if (scalar === '' || path.length > LABEL_NAME_LENGTH || isTaken(taken, path)) continue
      setLabel(fields, path, scalar)
      room--
    }
  }
  return fields
}

const SUCCESS = /^(?:succe|true$|ok$|allow|pass|accept)/i
const FAILURE = /^(?:fail|false$|deny|denied|refused|reject|error|unauthorized|forbidden)/i

/** ECS knows two outcomes; what vendors call them, and undefined for what is neither, such as `Started`. */
const outcome = (written: string): string | undefined =>
  SUCCESS.test(written) ? 'success' : FAILURE.test(written) ? 'failure' : undefined

/** Whether a path or one above it was taken. */
function isTaken(taken: ReadonlySet<string>, path: string): boolean {
  for (let end = path.length; end > 0; end = path.lastIndexOf('.', end - 1))
    if (taken.has(path.slice(0, end))) return true
  return false
}

/** The parts of a sentence that there are, with spaces between them. */
export const phrase = (...parts: readonly (string | false | undefined)[]): string =>
  parts.filter(Boolean).join(' ')

/** What happened, and what is said of it, as far as there is anything. */
export const told = (...parts: readonly (string | false | undefined)[]): string =>
  parts.filter(Boolean).join(': ')
