import type { estypes } from '@elastic/elasticsearch'
import { IndexGone, isLater, NO_INDEX, type Outcome, type Server } from './server.ts'

/** A request has about so many bytes; the limit of servers is 100 MiB. */
const REQUEST_BYTES = 8 * 1024 * 1024
const REQUEST_ACTIONS = 1000
/** While the server works on some requests the next is made. */
const LANES = 4

/** One change of one document. `version`: only while it is still this one. */
export interface Action {
  index: string
  id: string
  type: 'create' | 'index' | 'delete'
  version?: { if_seq_no: number; if_primary_term: number }
  body?: string
}

/** Carries out all actions, in no order; resolves to those that met a document which was there, or was changed meanwhile. */
export async function bulk<A extends Action>(server: Server, actions: Iterable<A>): Promise<A[]> {
  const requests = inRequests(actions)
  const conflicts: A[] = []
  const lane = async (): Promise<void> => {
    // The generator is shared: each lane takes the next request.
    for (let next = requests.next(); !next.done; next = requests.next())
      conflicts.push(...(await send(server, next.value)))
  }
  await Promise.all(Array.from({ length: LANES }, lane))
  return conflicts
}

function* inRequests<A extends Action>(actions: Iterable<A>): Generator<A[], undefined> {
  let request: A[] = []
  let bytes = 0
  for (const action of actions) {
    const size = Buffer.byteLength(action.body ?? '') + 200
    if (request.length === REQUEST_ACTIONS || (bytes + size > REQUEST_BYTES && bytes > 0)) {
      yield request
      request = []
      bytes = 0
    }
    request.push(action)
    bytes += size
  }
  if (request.length > 0) yield request
}

async function send<A extends Action>(server: Server, request: readonly A[]): Promise<A[]> {
  const wait = server.patience()
  const conflicts: A[] = []
  for (let left = request; left.length > 0;) {
    const operations = left.flatMap(({ index, id, type, version, body }) => {
      const head = JSON.stringify({ [type]: { _index: index, _id: id, ...version } })
      return body === undefined ? [head] : [head, body]
    })
    const answer = await server.call((client) =>
      client.bulk({ operations, filter_path: ['items.*.status', 'items.*.error'] }),
    )
    server.counts(answer.items.map((item, i) => outcomeOf(item[left[i]!.type]!)))
    const again: A[] = []
    let reason = ''
    for (const [i, action] of left.entries()) {
      const { status, error } = answer.items[i]![action.type]!
      if (status === 409) conflicts.push(action)
      else if (isLater(status)) {
        again.push(action)
        reason = error?.reason ?? String(status)
      } else if (error) throw refusal(action, error)
    }
    if (again.length > 0) await wait(reason)
    left = again
  }
  return conflicts
}

const outcomeOf = ({ status, error }: estypes.BulkResponseItem): Outcome =>
  status === 409 ? 'conflict' : isLater(status) ? 'retried' : error ? 'refused' : 'done'

function refusal({ index, id }: Action, { type, reason }: estypes.ErrorCause): Error {
  if (type === NO_INDEX) return new IndexGone(index)
  return new Error(`Elasticsearch refuses event ${id} in ${index}: ${type}: ${reason}`)
}
