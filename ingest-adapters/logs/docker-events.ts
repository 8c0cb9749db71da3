/**
 * Events of the Docker daemon as `docker events --format json` and the API's `/events` stream them,
 * https://docs.docker.com/reference/api/engine/ (`EventMessage`): `Type`, `Action`, `Actor` with its attributes, `time` in s and `timeNano` in ns;
 * up to 1.21 of the API only `status`, `id`, `from` and `time`. Podman's `--format json` spells `Name`, `Status`, `Time` and is not this.
 */
import { at, isObject, text as textOf, type JsonObject } from '../shared/json.ts'
import { setField } from '../shared/json-fields.ts'
import { fieldsOf, jsonFormat, phrase, told, type FieldTable } from '../shared/json-format.ts'
import { jsonStamp } from '../shared/json-stamp.ts'

const TABLE: FieldTable = [
  ['event.action', 'Action'],
  ['event.action', 'status'],
  ['container.image.name', 'Actor', 'Attributes', 'image'],
  ['container.image.name', 'from'],
]
const SKIP = ['time', 'timeNano', 'id', 'status', 'Actor.ID']

const isEvent = (value: unknown): value is JsonObject =>
  (typeof at(value, 'time') === 'number' || at(value, 'timeNano') !== undefined) &&
  ((typeof at(value, 'Type') === 'string' &&
    typeof at(value, 'Action') === 'string' &&
    isObject(at(value, 'Actor'))) ||
    (typeof at(value, 'status') === 'string' &&
      typeof at(value, 'from') === 'string' &&
      /^[0-9a-f]{64}$/.test(textOf(at(value, 'id')) ?? '')))

function messageOf(event: JsonObject): string {
  const attributes = at(event, 'Actor', 'Attributes')
  const id = textOf(at(event, 'Actor', 'ID')) ?? textOf(at(event, 'id'))
  const name = textOf(at(attributes, 'name')) ?? id
  const image = textOf(at(attributes, 'image')) ?? textOf(at(event, 'from'))
  const exit = textOf(at(attributes, 'exitCode'))
  const done = phrase(
    textOf(at(event, 'Type')) ?? 'container',
    name,
    textOf(at(event, 'Action')) ?? textOf(at(event, 'status')),
    exit && `with exit code ${exit}`,
  )
  return phrase(
    told(done, textOf(at(attributes, 'error'))),
    image && image !== name && `(${image})`,
  )
}

export const adapter = jsonFormat({
  title: 'Docker events',
  isRecord: isEvent,
  read: (event, json) => {
    const fields = fieldsOf(event, TABLE, SKIP)
    const id = textOf(at(event, 'Actor', 'ID')) ?? textOf(at(event, 'id'))
    const type = textOf(at(event, 'Type')) ?? 'container'
    if (type === 'container') {
      setField(fields, 'container.id', id)
      setField(fields, 'container.name', at(event, 'Actor', 'Attributes', 'name'))
    }
    const nanos = at(event, 'timeNano')
    const time =
      nanos === undefined
        ? jsonStamp(at(event, 'time'), { key: 'time', json }, 's')
        : jsonStamp(nanos, { key: 'timeNano', json }, 'ns')
    return { time, message: messageOf(event), fields }
  },
})
