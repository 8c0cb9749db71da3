import type { FastifyInstance } from 'fastify'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import { Type } from '../../../schemas/type.ts'
import type { ServerPorts } from '../build-server.ts'

export function workspaceRoutes(instance: FastifyInstance, { workspaces }: ServerPorts): void {
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
}
