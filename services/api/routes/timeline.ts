import type { FastifyInstance } from 'fastify'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import { Type } from '../../../schemas/type.ts'
import { Cursor } from '../../../schemas/query.ts'
import { TimelineEvent } from '../../../schemas/timeline-event.ts'
import type { ServerPorts } from '../build-server.ts'
import { Problem } from '../problems.ts'
import { FilterParameters, windowOf, workspaceOf } from './parameters.ts'

const PageParameters = Type.Intersect([
  FilterParameters,
  Type.Object({
    limit: Type.Integer({ minimum: 1, maximum: 1000, default: 100 }),
    order: Type.Enum(['asc', 'desc'], { default: 'asc' }),
    cursor: Type.Optional(Cursor),
  }),
])

const HistogramParameters = Type.Intersect([
  FilterParameters,
  Type.Object({
    interval: Type.Integer({
      minimum: 60,
      maximum: 31_536_000,
      default: 60,
      description: 'Seconds, a multiple of 60.',
    }),
  }),
])

const Histogram = Type.Object({
  intervalSeconds: Type.Integer(),
  buckets: Type.Array(
    Type.Object({
      at: Type.String(),
      count: Type.Integer(),
      levels: Type.Record(Type.String(), Type.Integer()),
    }),
  ),
})

const OPENING = Buffer.from('{"events":[')

export function timelineRoutes(
  instance: FastifyInstance,
  { eventIndex, workspaces }: ServerPorts,
): void {
  const app = instance.withTypeProvider<TypeBoxTypeProvider>()
  app.get(
    '/timeline',
    {
      schema: {
        summary: 'Events of a window, in the order of the timeline',
        querystring: PageParameters,
        response: {
          200: Type.Object({
            events: Type.Array(TimelineEvent),
            next: Type.Union([Type.String(), Type.Null()]),
          }),
        },
      },
      // The events are JSON already: the answer is put together from bytes.
      serializerCompiler: () => (data) => data as string,
    },
    async ({ query }, reply) => {
      const { limit, order, cursor, workspace, ...filter } = query
      const page = await eventIndex.page(workspaceOf(workspaces, workspace), {
        ...windowOf(filter),
        limit,
        order: order,
        ...(cursor !== undefined && { cursor }),
      })
      const end = Buffer.from(`],"next":${JSON.stringify(page.next)}}`)
      return reply
        .type('application/json')
        .send(Buffer.concat([OPENING, page.events, end]) as never)
    },
  )
  app.get(
    '/timeline/histogram',
    {
      schema: {
        summary: 'Counts of events per interval and level; intervals without events are left out',
        querystring: HistogramParameters,
        response: { 200: Histogram },
      },
    },
    async ({ query }) => {
      const { interval, workspace, ...filter } = query
      if (interval % 60 !== 0)
        throw new Problem('invalid-interval', `interval=${interval} is no multiple of 60`)
      const buckets = await eventIndex.histogram(
        workspaceOf(workspaces, workspace),
        windowOf(filter),
        interval,
      )
      return { intervalSeconds: interval, buckets }
    },
  )
}
