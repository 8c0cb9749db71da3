/**
 * Grafana Loki. Variants: answers of its API, https://grafana.com/docs/loki/latest/reference/loki-http-api/#query-logs-within-a-range-of-time (`data.result`, each a `stream` of
 * labels with `values`, pairs of an epoch in nanoseconds and a line, with metadata behind them), what is pushed and tailed (`streams`),
 * `logcli --output=jsonl`, https://grafana.com/docs/loki/latest/query/logcli/, and lines that Grafana's Explore saves as JSON.
 */
import type { Item, JsonAdapter } from '../adapter.ts'
import { describeInner } from '../shared/container-line.ts'
import { at, elementsAt, isObject, text as textOf, type JsonObject } from '../shared/json.ts'
import { mostValues, refuseValue } from '../shared/json-fields.ts'
import { readMembers } from '../shared/json-record.ts'
import { jsonStamp } from '../shared/json-stamp.ts'

const NANOSECONDS = /^\d{16,19}$/
const isPair = (value: unknown): boolean =>
  Array.isArray(value) && NANOSECONDS.test(String(value[0])) && typeof value[1] === 'string'

const isStream = (value: unknown): boolean => {
  const values = at(value, 'values')
  return isObject(at(value, 'stream')) && Array.isArray(values) && values.some(isPair)
}

/** Where the streams of an answer are. Without a line it has none. */
const listOf = (value: unknown): readonly string[] | undefined =>
  [['data', 'result'], ['streams']].find((path) => {
    const list = at(value, ...path)
    return Array.isArray(list) && list.some(isStream)
  })

const isNothing = (value: unknown): boolean => {
  const list = at(value, 'data', 'result')
  return at(value, 'data', 'resultType') === 'streams' && Array.isArray(list) && list.length === 0
}

/** `labels` of logcli, `fields` of Explore. */
const labelsOf = (value: unknown): unknown => at(value, 'labels') ?? at(value, 'fields')
const isLine = (value: unknown): boolean =>
  typeof at(value, 'line') === 'string' &&
  typeof at(value, 'timestamp') === 'string' &&
  isObject(labelsOf(value))

function lineItem(
  { written, said, labels }: { written: unknown; said: unknown; labels: JsonObject },
  text: string,
  line: number,
): Item {
  const time = jsonStamp(written, { key: 'timestamp', json: text })
  if (typeof time !== 'object') return refuseValue(text, line, time ?? 'no-time')
  const { detected_level: level, ...known } = labels
  const { fields } = readMembers({ ...(level !== undefined && { level }), ...known }, '')
  const message = describeInner((textOf(said) ?? '').trim(), fields)
  return { time, message: message || '(empty line)', original: text, line, fields }
}

function* items(value: unknown, text: string, line: number): Generator<Item> {
  const list = listOf(value)
  if (list === undefined) {
    if (isNothing(value)) yield { context: 1, line }
    else if (!isLine(value)) yield refuseValue(text, line, 'not-a-record')
    else {
      const labels = labelsOf(value) as JsonObject
      const parts = { written: at(value, 'timestamp'), said: at(value, 'line'), labels }
      yield lineItem(parts, text, line)
    }
    return
  }
  for (const stream of elementsAt(text, line, ...list)) {
    const labels = at(stream.value, 'stream')
    for (const pair of elementsAt(stream.text, stream.line, 'values')) {
      if (!isPair(pair.value)) {
        yield refuseValue(pair.text, pair.line, 'not-a-record')
        continue
      }
      const [written, said, metadata] = pair.value as unknown[]
      const all = { ...(isObject(metadata) && metadata), ...(isObject(labels) && labels) }
      yield lineItem({ written, said, labels: all }, pair.text, pair.line)
    }
  }
}

export const adapter: JsonAdapter = {
  title: 'Grafana Loki',
  unit: 'json',
  recognizes: (head) =>
    mostValues(head, (value) => listOf(value) !== undefined || isNothing(value) || isLine(value)),
  parse: () => items,
}
