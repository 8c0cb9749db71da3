import type { BulkFault } from './fake-elasticsearch.ts'

/** What is done while files are sent. */
export type Fault =
  /** SIGTERM. `frozen`: while Kafka and Elasticsearch do not answer. */
  | { term: 'serve' | 'roles'; times: number; frozen?: true }
  /** More than is taken: so many writers at once, and an index that is slow. */
  | { writers: number; bulks: 'slow' }
  | { kill: 'import' | 'serve' | 'roles' | 'kafka' | 'elasticsearch'; times: number }
  | { freeze: 'kafka' | 'elasticsearch'; ms: number }
  | { bulks: BulkFault; ms?: number }
  | { poison: 'items' | 'messages' }
  | { sends: number }

export interface Size {
  files: number
  /** Events of each file. */
  events: number
  fault: Fault
}

export interface Scenario {
  name: string
  on: 'data folder' | 'cluster'
  /** Takes long: only done at full size, or when it is named. */
  long?: true
  small: Size
  full: Size
}

const MINUTE_MS = 60_000

/** What an embedded timeline promises, and one on Kafka and Elasticsearch. */
export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'kill-import',
    on: 'data folder',
    small: { files: 6, events: 400, fault: { kill: 'import', times: 6 } },
    full: { files: 100, events: 2000, fault: { kill: 'import', times: 100 } },
  },
  {
    name: 'kill-serve',
    on: 'data folder',
    small: { files: 24, events: 400, fault: { kill: 'serve', times: 6 } },
    full: { files: 400, events: 500, fault: { kill: 'serve', times: 100 } },
  },
  {
    name: 'drain-serve',
    on: 'data folder',
    small: { files: 16, events: 400, fault: { term: 'serve', times: 4 } },
    full: { files: 400, events: 500, fault: { term: 'serve', times: 100 } },
  },
  {
    name: 'drain-roles',
    on: 'cluster',
    small: { files: 6, events: 300, fault: { term: 'roles', times: 5 } },
    full: { files: 200, events: 500, fault: { term: 'roles', times: 100 } },
  },
  {
    name: 'drain-while-frozen',
    on: 'cluster',
    long: true,
    small: { files: 3, events: 300, fault: { term: 'roles', times: 1, frozen: true } },
    full: { files: 20, events: 500, fault: { term: 'roles', times: 5, frozen: true } },
  },
  {
    name: 'offered-too-much',
    on: 'cluster',
    long: true,
    small: { files: 60, events: 300, fault: { writers: 40, bulks: 'slow' } },
    full: { files: 400, events: 5000, fault: { writers: 60, bulks: 'slow' } },
  },
  {
    name: 'kill-any-role',
    on: 'cluster',
    small: { files: 6, events: 300, fault: { kill: 'roles', times: 4 } },
    full: { files: 200, events: 500, fault: { kill: 'roles', times: 200 } },
  },
  {
    name: 'kill-broker',
    on: 'cluster',
    small: { files: 4, events: 300, fault: { kill: 'kafka', times: 1 } },
    full: { files: 100, events: 500, fault: { kill: 'kafka', times: 20 } },
  },
  {
    name: 'kill-elasticsearch',
    on: 'cluster',
    long: true,
    small: { files: 4, events: 300, fault: { kill: 'elasticsearch', times: 1 } },
    full: { files: 100, events: 500, fault: { kill: 'elasticsearch', times: 20 } },
  },
  {
    name: 'freeze-broker',
    on: 'cluster',
    long: true,
    small: { files: 3, events: 300, fault: { freeze: 'kafka', ms: 4000 } },
    full: { files: 20, events: 500, fault: { freeze: 'kafka', ms: 2 * MINUTE_MS } },
  },
  {
    name: 'freeze-elasticsearch',
    on: 'cluster',
    long: true,
    small: { files: 3, events: 300, fault: { freeze: 'elasticsearch', ms: 4000 } },
    full: { files: 20, events: 500, fault: { freeze: 'elasticsearch', ms: 2 * MINUTE_MS } },
  },
  {
    name: 'index-unreachable',
    on: 'cluster',
    long: true,
    small: { files: 3, events: 300, fault: { bulks: 'reset', ms: 4000 } },
    full: { files: 20, events: 500, fault: { bulks: 'black-hole', ms: 2 * MINUTE_MS } },
  },
  ...(['mixed', 'applied-then-reset', 'truncated', 'slow'] as const).map((bulks): Scenario => ({
    name: `bulks-${bulks}`,
    on: 'cluster',
    ...(bulks === 'slow' && { long: true }),
    small: { files: 4, events: 300, fault: { bulks } },
    full: { files: 150, events: 500, fault: { bulks } },
  })),
  {
    name: 'poison-items',
    on: 'cluster',
    small: { files: 3, events: 300, fault: { poison: 'items' } },
    full: { files: 50, events: 1000, fault: { poison: 'items' } },
  },
  {
    name: 'poison-messages',
    on: 'cluster',
    small: { files: 3, events: 300, fault: { poison: 'messages' } },
    full: { files: 50, events: 1000, fault: { poison: 'messages' } },
  },
  {
    name: 'concurrent-sends',
    on: 'cluster',
    small: { files: 0, events: 0, fault: { sends: 10_000 } },
    full: { files: 0, events: 0, fault: { sends: 10_000 } },
  },
]
