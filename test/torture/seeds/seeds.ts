/** A bug that the torture must catch: text of a compiled module that is replaced as it is loaded. */
export interface Seed {
  name: string
  /** The end of the module's path. */
  module: string
  /** Must be there, once. */
  from: string
  to: string
  /** The scenario that shows it. */
  caughtBy: string
  /** Only at full size, or when it is named. */
  long?: true
}

export const SEEDS: readonly Seed[] = [
  {
    name: 'offset-committed-before-the-write',
    module: 'services/bus/kafka/follow.js',
    from: 'await take(some, partition);',
    to: 'if (shared) { await consumer.commitOffsets([{ topic, partition, offset: String(BigInt(some.at(-1).offset) + 1n) }]); await new Promise((r) => setTimeout(r, 1000)); } await take(some, partition);',
    caughtBy: 'poison-items',
  },
  {
    name: 'a-conflict-is-an-error',
    module: 'services/event-index/elasticsearch/bulk.js',
    from: 'conflicts.push(action);',
    to: 'refused(action.id, reasonOf(action, error));',
    caughtBy: 'bulks-applied-then-reset',
  },
  {
    name: 'item-errors-ignored',
    module: 'services/event-index/elasticsearch/bulk.js',
    from: 'again.push(action);',
    to: ';',
    caughtBy: 'bulks-mixed',
  },
  {
    name: 'random-ids',
    module: 'services/ingest/identity.js',
    from: '${nth === 0 ? first :',
    to: '${nth === 0 ? hash(String(Math.random())) :',
    caughtBy: 'kill-serve',
  },
  {
    name: 'acknowledged-before-it-is-indexed',
    module: 'services/cluster.js',
    from: 'if (covers(handled, position))',
    to: 'if (true)',
    caughtBy: 'poison-items',
  },
  {
    name: 'identity-from-content-alone',
    module: 'services/ingest/identity.js',
    from: 'record.nativeId === undefined ? repeats(first) : 0',
    to: '0',
    caughtBy: 'kill-serve',
  },
  {
    name: 'dead-letters-not-written',
    module: 'services/ingest/outlet.js',
    from: "topic: 'rejections',",
    to: "topic: 'forgotten',",
    caughtBy: 'kill-import',
  },
  {
    name: 'a-server-that-is-down-keeps-the-process',
    module: 'services/commands/serve.js',
    from: 'process.exit(0);',
    to: ';',
    caughtBy: 'drain-while-frozen',
    long: true,
  },
]
