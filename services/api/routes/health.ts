import type { FastifyInstance } from 'fastify'
import type { ServerPorts } from '../build-server.ts'
import { Problem } from '../problems.ts'

export function healthRoutes(app: FastifyInstance, { unready, version }: ServerPorts): void {
  app.get('/livez', { schema: { summary: 'Whether the process runs' } }, async () => ({
    status: 'ok',
    version,
  }))
  app.get(
    '/readyz',
    { schema: { summary: 'Whether it can answer; says what is down' } },
    async () => {
      const down = await unready()
      if (down !== undefined) throw new Problem('unavailable', down)
      return { status: 'ok' }
    },
  )
}
