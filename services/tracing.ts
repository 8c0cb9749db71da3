import {
  context,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Attributes,
  type Link,
  type Span,
  type SpanOptions,
} from '@opentelemetry/api'

/**
 * Spans, named after https://opentelemetry.io/docs/specs/semconv/. They go to the SDK that an operator loads with `node --import`; without one they cost a call.
 * There is one for a file, for messages that come at once, for a write: never for a record.
 */
const tracer = trace.getTracer('recount')

export const inSpan = <T>(
  name: string,
  options: SpanOptions,
  work: (span: Span) => Promise<T>,
): Promise<T> =>
  tracer.startActiveSpan(name, options, async (span) => {
    try {
      return await work(span)
    } catch (error) {
      const { name: type, message } = error as Error
      span.setAttribute('error.type', type)
      span.setStatus({ code: SpanStatusCode.ERROR, message })
      throw error
    } finally {
      span.end()
    }
  })

/** The headers that tell who takes a message which span sent it; none without an SDK. */
function carrier(): Record<string, string> {
  const headers: Record<string, string> = {}
  propagation.inject(context.active(), headers)
  return headers
}

/** As Kafka gives them. */
type Headers = Readonly<Record<string, Buffer | string | (Buffer | string)[] | undefined>>

/** Sends messages, in a span that they carry: https://opentelemetry.io/docs/specs/semconv/messaging/kafka/ */
export const inSendSpan = <T>(
  destinations: ReadonlySet<string>,
  messages: number,
  work: (headers: Headers) => Promise<T>,
): Promise<T> => {
  const [destination] = destinations.size === 1 ? destinations : []
  return inSpan(
    destination === undefined ? 'send' : `send ${destination}`,
    { kind: SpanKind.PRODUCER, attributes: kafka('send', destination, messages) },
    () => work(carrier()),
  )
}

/** Handles messages, in a span with a link to each that sent some of them. */
export const inProcessSpan = <T>(
  { destination, partition, group }: { destination: string; partition: number; group: string },
  headers: readonly (Headers | undefined)[],
  work: () => Promise<T>,
): Promise<T> =>
  inSpan(
    `process ${destination}`,
    {
      kind: SpanKind.CONSUMER,
      root: true,
      links: links(headers),
      attributes: {
        ...kafka('process', destination, headers.length),
        'messaging.consumer.group.name': group,
        'messaging.destination.partition.id': String(partition),
      },
    },
    work,
  )

/** Writes rows: https://opentelemetry.io/docs/specs/semconv/db/database-spans/. The client of Elasticsearch makes such spans by itself. */
export const inInsertSpan = <T>(
  table: string,
  rows: number,
  work: () => Promise<T>,
): Promise<T> => {
  const operation = rows > 1 ? 'BATCH INSERT' : 'INSERT'
  return inSpan(
    `${operation} ${table}`,
    {
      kind: SpanKind.CLIENT,
      attributes: {
        'db.system.name': 'sqlite',
        'db.operation.name': operation,
        'db.collection.name': table,
        ...(rows > 1 && { 'db.operation.batch.size': rows }),
      },
    },
    work,
  )
}

const kafka = (
  operation: string,
  destination: string | undefined,
  messages: number,
): Attributes => ({
  'messaging.system': 'kafka',
  'messaging.operation.name': operation,
  'messaging.operation.type': operation,
  ...(destination !== undefined && { 'messaging.destination.name': destination }),
  ...(messages > 1 && { 'messaging.batch.message_count': messages }),
})

function links(all: readonly (Headers | undefined)[]): Link[] {
  const found = new Map<string, Link>()
  for (const headers of all) {
    const sent = trace.getSpanContext(propagation.extract(ROOT_CONTEXT, headers ?? {}, AS_TEXT))
    if (sent) found.set(sent.spanId, { context: sent })
  }
  return [...found.values()]
}

const AS_TEXT = {
  keys: (headers: Headers) => Object.keys(headers),
  get: (headers: Headers, key: string) =>
    headers[key] === undefined ? undefined : String(headers[key]),
}
