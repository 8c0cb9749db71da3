import type { RecordBatch, RejectionBatch } from '../schemas/bus-record.ts'
import { Reason } from '../schemas/rejection.ts'
import type { Backlog, Bus } from './bus/bus.ts'

export type Labels = Readonly<Record<string, string>>

const KINDS = {
  recount_records_total: ['counter', 'Records that were put on the bus.'],
  recount_rejections_total: ['counter', 'What could not be read as a record, by reason.'],
  recount_dead_letters_total: ['counter', 'Rejections that the bus keeps; one met again counts.'],
  recount_events_total: ['counter', 'Events that are new on the timeline.'],
  recount_bulk_items_total: ['counter', 'What Elasticsearch did with what was written to it.'],
  recount_normalizer_lag_messages: [
    'gauge',
    'Messages of all processes that wait for a normalizer.',
  ],
  recount_oldest_unprocessed_seconds: ['gauge', 'For how long the first of them has waited.'],
  http_server_request_duration_seconds: ['histogram', 'How long answers to HTTP requests took.'],
} as const

type Name = keyof typeof KINDS
const DURATION = 'http_server_request_duration_seconds'
/** As https://opentelemetry.io/docs/specs/semconv/http/http-metrics/ advises. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]

/** What a process counts, as Prometheus reads it: https://prometheus.io/docs/instrumenting/exposition_formats/ */
export class Metrics {
  readonly #values = new Map<Name, Map<string, number>>()
  readonly #durations = new Map<string, { buckets: number[]; sum: number; count: number }>()

  add(name: Name, by: number, labels: Labels): void {
    const values = this.#of(name)
    const key = inBraces(labels)
    values.set(key, (values.get(key) ?? 0) + by)
  }

  /** What is not known now is not shown. */
  set(name: Name, value: number | undefined, labels: Labels): void {
    if (value === undefined) this.#of(name).delete(inBraces(labels))
    else this.#of(name).set(inBraces(labels), value)
  }

  setBacklog(workspace: string, backlog: Backlog | undefined): void {
    this.set('recount_normalizer_lag_messages', backlog?.messages, { workspace })
    const seconds = backlog && backlog.ageMs / 1000
    this.set('recount_oldest_unprocessed_seconds', seconds, { workspace })
  }

  answered(seconds: number, labels: Labels): void {
    const key = inBraces(labels).slice(1, -1)
    let found = this.#durations.get(key)
    if (!found)
      this.#durations.set(key, (found = { buckets: BUCKETS.map(() => 0), sum: 0, count: 0 }))
    for (const [i, limit] of BUCKETS.entries()) if (seconds <= limit) found.buckets[i]!++
    found.sum += seconds
    found.count++
  }

  text(): string {
    let text = ''
    for (const [name, [kind, help]] of Object.entries(KINDS)) {
      const samples = name === DURATION ? this.#histogram() : this.#samples(name as Name)
      if (samples !== '') text += `# HELP ${name} ${help}\n# TYPE ${name} ${kind}\n${samples}`
    }
    return text
  }

  #of(name: Name): Map<string, number> {
    let values = this.#values.get(name)
    if (!values) this.#values.set(name, (values = new Map()))
    return values
  }

  #samples(name: Name): string {
    return [...this.#of(name)].map(([key, value]) => `${name}${key} ${value}\n`).join('')
  }

  #histogram(): string {
    let text = ''
    for (const [key, { buckets, sum, count }] of this.#durations) {
      for (const [i, limit] of BUCKETS.entries())
        text += `${DURATION}_bucket{${key},le="${limit}"} ${buckets[i]}\n`
      text += `${DURATION}_bucket{${key},le="+Inf"} ${count}\n`
      text += `${DURATION}_sum{${key}} ${sum}\n${DURATION}_count{${key}} ${count}\n`
    }
    return text
  }
}

const inBraces = (labels: Labels): string =>
  `{${Object.entries(labels)
    .map(([name, value]) => `${name}="${value.replace(/[\\"\n]/g, (c) => ESCAPES[c]!)}"`)
    .join(',')}}`

const ESCAPES: Labels = { '\\': '\\\\', '"': '\\"', '\n': '\\n' }

/** Counts what is appended to a bus. */
export function countedBus(bus: Bus, metrics: Metrics): Bus {
  const known = new Set<string>()
  /** A rate can be told only of what was 0 before. */
  const begin = (workspace: string): void => {
    if (known.has(workspace)) return
    known.add(workspace)
    for (const reason of Reason.enum)
      metrics.add('recount_rejections_total', 0, { workspace, reason })
    for (const name of ['recount_records_total', 'recount_dead_letters_total'] as const)
      metrics.add(name, 0, { workspace })
  }
  return {
    ...bus,
    backlog(workspace, after) {
      begin(workspace)
      return bus.backlog(workspace, after)
    },
    async append(workspace, messages) {
      begin(workspace)
      const rejections = messages.flatMap(({ topic, value }) =>
        topic === 'rejections' ? (value as RejectionBatch).rejections : [],
      )
      for (const { reason } of rejections)
        metrics.add('recount_rejections_total', 1, { workspace, reason })
      const position = await bus.append(workspace, messages)
      for (const { topic, value } of messages)
        if (topic === 'records')
          metrics.add('recount_records_total', (value as RecordBatch).records.length, { workspace })
      metrics.add('recount_dead_letters_total', rejections.length, { workspace })
      return position
    },
  }
}
