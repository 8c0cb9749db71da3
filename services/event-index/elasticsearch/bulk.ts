import type { estypes } from '@elastic/elasticsearch'
import { IndexGone, isLater, NO_INDEX, type Outcome, type Server } from './server.ts'
import { Unavailable } from '../../unavailable.ts'

/** A request has about so many bytes; the limit of servers is 100 MiB. */
const REQUEST_BYTES = 8 * 1024 * 1024
const REQUEST_ACTIONS = 1000
/** While the server works on some requests the next is made. */
const LANES = 4

/** Cannot be read, too large, and an error of the server that it has with this document. */
const OF_THE_EVENT = [400, 413, 500]

/** One change of one document. `version`: only while it is still this one. */
export interface Action {
  index: string
  id: string
  type: 'create' | 'index' | 'delete'
  version?: { if_seq_no: number; if_primary_term: number }
  body?: string
}

/** Carries out all actions, in no order; resolves to those that met a document which was there, or was changed meanwhile. `refused` is told of documents that are never taken. */
export async function bulk<A extends Action>(
  server: Server,
  actions: Iterable<A>,
  refused: (id: string, reason: string) => void,
): Promise<A[]> {
  const requests = inRequests(actions)
  const conflicts: A[] = []
  const lane = async (): Promise<void> => {
    // The generator is shared: each lane takes the next request.
    for (let next = requests.next(); !next.done; next = requests.next())
      conflicts.push(...(await send(server, next.value, refused)))
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

type Answer = Pick<estypes.BulkResponseItem, 'status' | 'error'>

async function send<A extends Action>(
  server: Server,
  request: readonly A[],
  refused: (id: string, reason: string) => void,
): Promise<A[]> {
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
    // What the answer says nothing of may be done or not: it is done again.
    const said = left.map(({ type }, i): Answer => answer.items?.[i]?.[type] ?? { status: 503 })
    server.counts(said.map(outcomeOf))
    const again: A[] = []
    let reason = ''
    for (const [i, action] of left.entries()) {
      const { status, error } = said[i]!
      if (status === 409) conflicts.push(action)
      else if (isLater(status)) {
        again.push(action)
        reason = error?.reason ?? String(status)
      } else if (OF_THE_EVENT.includes(status)) refused(action.id, reasonOf(action, error))
      else if (error) throw refusal(action, error)
    }
    if (again.length > 0) await wait(reason)
    left = again
  }
  return conflicts
}

const outcomeOf = ({ status, error }: Answer): Outcome =>
  status === 409 ? 'conflict' : isLater(status) ? 'retried' : error ? 'refused' : 'done'

const reasonOf = ({ index, id }: Action, error: estypes.ErrorCause | undefined): string =>
  `Elasticsearch refuses event ${id} in ${index}: ${error?.type}: ${error?.reason}`

/** A block on an index or a right that is missing is no fault of the event. */
function refusal(action: Action, error: estypes.ErrorCause): Error {
  if (error.type === NO_INDEX) return new IndexGone(action.index)
  return new Unavailable(reasonOf(action, error))
}
