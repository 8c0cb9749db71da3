/**
 * OpenTelemetry logs as JSON: https://opentelemetry.io/docs/specs/otel/logs/data-model/, https://opentelemetry.io/docs/specs/otlp/.
 * Variants: OTLP envelopes (`resourceLogs` › `scopeLogs` › `logRecords`, a line each from the collector's file exporter; older ones with
 * `instrumentationLibraryLogs`; one `ResourceLogs` alone, as the Java SDK logs it), and flat records, one a line, in the spelling of the
 * data model (`Timestamp`, `SeverityText`, `Body`, `Resource`), of ClickHouse (`ResourceAttributes`), or of the SDKs' console exporters.
 */
import type { Item, JsonAdapter } from '../adapter.ts'
import { at, elementsAt, isObject, type JsonObject } from '../shared/json.ts'
import { mostValues, refuseValue } from '../shared/json-fields.ts'
import { isFlatRecord, otelItem } from '../shared/otel-record.ts'

const SCOPES = ['scopeLogs', 'scope_logs', 'instrumentationLibraryLogs'] as const
const scopesKey = (value: unknown): string | undefined =>
  SCOPES.find((key) => Array.isArray(at(value, key)))
const envelopeKey = (value: unknown): string | undefined =>
  ['resourceLogs', 'resource_logs'].find((key) => Array.isArray(at(value, key)))
const RECORDS = ['logRecords', 'log_records', 'logs'] as const

/** The records of one resource, each with its own slice of the text. */
function* ofResource(value: JsonObject, json: string, line: number): Generator<Item> {
  const resource = at(value, 'resource', 'attributes')
  for (const scope of elementsAt(json, line, scopesKey(value) ?? SCOPES[0])) {
    const key = RECORDS.find((name) => Array.isArray(at(scope.value, name))) ?? RECORDS[0]
    const name =
      at(scope.value, 'scope', 'name') ?? at(scope.value, 'instrumentationLibrary', 'name')
    for (const record of elementsAt(scope.text, scope.line, key)) {
      if (isObject(record.value))
        yield otelItem(record.value, record.text, record.line, resource, name)
      else yield refuseValue(record.text, record.line, 'not-a-record')
    }
  }
}

function* itemsOf(value: unknown, json: string, line: number): Generator<Item> {
  const envelope = envelopeKey(value)
  if (envelope !== undefined) {
    for (const one of elementsAt(json, line, envelope)) {
      if (isObject(one.value)) yield* ofResource(one.value, one.text, one.line)
      else yield refuseValue(one.text, one.line, 'not-a-record')
    }
  } else if (isObject(value) && scopesKey(value) !== undefined) yield* ofResource(value, json, line)
  else if (isObject(value) && isFlatRecord(value)) {
    yield otelItem(value, json, line, undefined, undefined)
  } else yield refuseValue(json, line, 'not-a-record')
}

export const adapter: JsonAdapter = {
  title: 'OpenTelemetry logs (JSON)',
  unit: 'json',
  recognizes: (head) =>
    mostValues(
      head,
      (value) =>
        envelopeKey(value) !== undefined || scopesKey(value) !== undefined || isFlatRecord(value),
    ),
  parse: () =>
    function* (value, text, line) {
      let any = false
      for (const item of itemsOf(value, text, line)) {
        any = true
        yield item
      }
      if (!any) yield refuseValue(text, line, 'incomplete')
    },
}
