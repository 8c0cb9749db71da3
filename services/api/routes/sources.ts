import type { FastifyInstance } from 'fastify'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import { Type, type TSchema } from '../../../schemas/type.ts'
import { Clock } from '../../../schemas/context.ts'
import type { Removal } from '../../../schemas/removal.ts'
import { datedSources } from '../../source-time/dated-sources.ts'
import { contradictions } from '../../source-time/contradictions.ts'
import { clockSuggestions } from '../../source-time/clock-suggestions.ts'
import type { ServerPorts } from '../build-server.ts'
import { Problem } from '../problems.ts'
import { WorkspaceParameter, workspaceOf } from './parameters.ts'

const Sources = Type.Object({
  sources: Type.Array(
    Type.Object({
      source: Type.String(),
      events: Type.Integer(),
      first: Type.String({ description: 'The first minute with an event, UTC.' }),
      last: Type.String(),
      kinds: Type.Record(Type.String(), Type.Integer()),
    }),
  ),
})

const Turn = <T extends TSchema>(value: T) =>
  Type.Object({ value, from: value, because: Type.Optional(Type.String()) })

const SECOND_STAMP = {
  add: Type.Array(
    Type.Number({ description: 'Seconds from the usual stamp of a record to its better one.' }),
  ),
  records: Type.Integer({ description: 'How many records show it, at least.' }),
  unzoned: Type.Optional(Type.Literal(true)),
  applied: Type.Optional(Type.Literal(true)),
}

/** What datedSources gives. */
const Dated = Type.Object({
  sources: Type.Array(
    Type.Object({
      source: Type.String(),
      events: Type.Integer(),
      bases: Type.Record(Type.String(), Type.Integer(), {
        description: 'Events by how their instant is known.',
      }),
      streams: Type.Array(
        Type.Object({
          stream: Type.String(),
          dataset: Type.String(),
          paths: Type.Array(Type.String()),
          zone: Type.Object({
            value: Type.String(),
            known: Type.Enum(['assumed', 'told', 'corrected']),
          }),
          year: Type.Optional(Turn(Type.Integer())),
          date: Type.Optional(Turn(Type.String())),
          order: Type.Optional(
            Type.Object({ value: Type.Enum(['dmy', 'mdy', 'ymd']), open: Type.Boolean() }),
          ),
          clock: Type.Optional(Clock),
          secondStamp: Type.Optional(Type.Object(SECOND_STAMP)),
        }),
      ),
    }),
  ),
})

const Sight = Type.Object({
  id: Type.String(),
  source: Type.String(),
  seconds: Type.Number(),
  text: Type.String(),
})

const Suggestions = Type.Object({
  suggestions: Type.Array(
    Type.Object({
      source: Type.String(),
      beside: Type.String(),
      add: Type.Number({ description: 'Seconds to add to its stamps.' }),
      drift: Type.Optional(Type.Object({ from: Type.Number(), perDay: Type.Number() })),
      zone: Type.Optional(Type.String()),
      agree: Type.Integer(),
      of: Type.Integer(),
      examples: Type.Array(Type.Object({ here: Sight, there: Sight })),
    }),
  ),
  contradicted: Type.Array(Type.Object({ source: Type.String(), ...SECOND_STAMP }), {
    description: 'Sources whose own records contradict stamps that say a zone.',
  }),
})

const SourceName = Type.String({ minLength: 1, maxLength: 1000 })

const Telling = Type.Object(
  {
    zone: Type.Optional(
      Type.Union([Type.String({ minLength: 1, maxLength: 64 }), Type.Null()], {
        description: 'For stamps without one: an IANA name or an offset; null takes it back.',
      }),
    ),
    clock: Type.Optional(
      Type.Union([Clock, Type.Null()], {
        description: 'What to add to all stamps; null takes it back.',
      }),
    ),
    suggested: Type.Optional(
      Type.Union([Type.Literal(true), Type.Null()], {
        description:
          'Takes contradicted stamps as the other records of the source suggest; null takes it back.',
      }),
    ),
  },
  { additionalProperties: false, minProperties: 1 },
)

export function sourceRoutes(
  instance: FastifyInstance,
  { bus, eventIndex, workspaces, importWorkspaces, correct }: ServerPorts,
): void {
  const app = instance.withTypeProvider<TypeBoxTypeProvider>()
  app.get(
    '/sources',
    {
      schema: {
        summary: 'The sources on the timeline',
        querystring: WorkspaceParameter,
        response: { 200: Sources },
      },
    },
    async ({ query }) => ({
      sources: await eventIndex.sources(workspaceOf(workspaces, query.workspace)),
    }),
  )
  app.get(
    '/sources/time',
    {
      schema: {
        summary: 'What is assumed, told and worked out about the time of a source, or of all',
        querystring: Type.Intersect([
          WorkspaceParameter,
          Type.Object({ source: Type.Optional(SourceName) }),
        ]),
        response: { 200: Dated },
      },
    },
    async ({ query: { workspace, source } }) => {
      const of: Removal | undefined = source === undefined ? undefined : { source }
      const into = workspaceOf(workspaces, workspace)
      return { sources: await datedSources({ bus, eventIndex }, into, of) }
    },
  )
  app.get(
    '/sources/suggestions',
    {
      schema: {
        summary: 'Clocks and zones that seem to be wrong, by what several sources saw',
        description: 'Reads all events.',
        querystring: WorkspaceParameter,
        response: { 200: Suggestions },
      },
    },
    async ({ query }) => {
      const into = workspaceOf(workspaces, query.workspace)
      return {
        suggestions: await clockSuggestions({ bus, eventIndex }, into),
        contradicted: await contradictions({ bus, eventIndex }, into),
      }
    },
  )
  app.put(
    '/sources/time',
    {
      schema: {
        summary:
          'Tells the zone or corrects the clock of a source: what is there of it is dated anew',
        querystring: Type.Intersect([WorkspaceParameter, Type.Object({ source: SourceName })]),
        body: Telling,
        response: {
          200: Type.Object({
            streams: Type.Integer({ description: 'How many of its streams got another time.' }),
          }),
        },
      },
    },
    async ({ query: { workspace, source }, body }) => {
      const into = workspaceOf(importWorkspaces, workspace)
      const known = await eventIndex.sources(into)
      if (!known.some((each) => each.source === source))
        throw new Problem('unknown-source', `there is no source ${source}; see /v1/sources`)
      return { streams: await correct(into, { source }, body) }
    },
  )
}
