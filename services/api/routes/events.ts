import type { FastifyInstance } from 'fastify'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import { Type } from '../../../schemas/type.ts'
import { TimelineEvent } from '../../../schemas/timeline-event.ts'
import type { ServerPorts } from '../build-server.ts'
import { Problem } from '../problems.ts'
import { WorkspaceParameter, workspaceOf } from './parameters.ts'

export function eventRoutes(
  instance: FastifyInstance,
  { eventIndex, workspaces }: ServerPorts,
): void {
  instance.withTypeProvider<TypeBoxTypeProvider>().get(
    '/events/:id',
    {
      schema: {
        summary: 'One event',
        params: Type.Object({ id: Type.String({ maxLength: 200 }) }),
        querystring: WorkspaceParameter,
        response: { 200: TimelineEvent },
      },
      serializerCompiler: () => (data) => data as string,
    },
    async ({ params, query }, reply) => {
      const workspace = workspaceOf(workspaces, query.workspace)
      const document = await eventIndex.event(workspace, params.id)
      if (document === undefined)
        throw new Problem('unknown-event', `there is no event ${params.id}`)
      return reply.type('application/json').send(document as never)
    },
  )
}
