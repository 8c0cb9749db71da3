import type { FastifyInstance } from 'fastify'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { ServerPorts } from '../build-server.ts'
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

export function workspaceRoutes(
  instance: FastifyInstance,
  { eventIndex, workspaces }: ServerPorts,
): void {
  const app = instance.withTypeProvider<TypeBoxTypeProvider>()
  app.get(
    '/workspaces',
    {
      schema: {
        summary: 'The workspaces of this server',
        response: {
          200: Type.Object({ workspaces: Type.Array(Type.String()), default: Type.String() }),
        },
      },
    },
    async () => ({ workspaces: [...workspaces], default: workspaces[0]! }),
  )
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
}
