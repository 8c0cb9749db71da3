import helmet from '@fastify/helmet'
import swagger from '@fastify/swagger'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify'
import type { Ledger } from '../../schemas/ledger.ts'
import type { Role } from '../../schemas/role.ts'
import type { Bus } from '../bus/bus.ts'
import type { EventIndex } from '../event-index/event-index.ts'
import type { Metrics } from '../metrics.ts'
import type { Timeline } from '../timeline.ts'
import { refuseForeign } from './foreign.ts'
import { answerProblem, answerProblems, PROBLEM_RESPONSE } from './problems.ts'
import { eventRoutes } from './routes/events.ts'
import { healthRoutes } from './routes/health.ts'
import { importRoutes } from './routes/imports.ts'
import { metricsRoutes } from './routes/metrics.ts'
import { sourceRoutes } from './routes/sources.ts'
import { timelineRoutes } from './routes/timeline.ts'
import { windowRoutes } from './routes/windows.ts'
import { workspaceRoutes } from './routes/workspaces.ts'
import { refuseUnknownParameters } from './unknown-parameters.ts'

export interface Upload {
  /** As shown in the ledger. */
  path: string
  body: AsyncIterable<Uint8Array>
  zone?: string
  source?: string
}

/** What the server needs of the rest. */
export interface ServerPorts {
  bus: Bus
  eventIndex: EventIndex
  logger: FastifyBaseLogger
  /** The workspaces that may be asked for; the first is the default. */
  workspaces: readonly string[]
  /** Those of them that take imports, the first when none is named: the sample never mixes with what users import. */
  importWorkspaces: readonly string[]
  importUpload(workspace: string, upload: Upload): Promise<Ledger>
  /** @throws Problem invalid-zone */
  correct: Timeline['correct']
  /** Undefined when all is well, else what is down. */
  unready(): Promise<string | undefined>
  metrics: Metrics
  /** Brings the metrics up to date that are computed when they are asked for. */
  measure(): Promise<void>
  version: string
  roles: readonly Role[]
  /** Names besides this machine's under which it may be asked. */
  allowedHosts: readonly string[]
}

const CSP = {
  'default-src': ["'none'"],
  'script-src': ["'self'"],
  'style-src': ["'self'"],
  'connect-src': ["'self'"],
  'img-src': ["'self'", 'data:'],
  'base-uri': ["'none'"],
  'form-action': ["'none'"],
  'frame-ancestors': ["'none'"],
}

const BODY_LIMIT = 8 * 1024 * 1024

/** The HTTP server: API, OpenAPI description and health. It does not listen yet. */
export async function buildServer(ports: ServerPorts): Promise<FastifyInstance> {
  const app = fastify({
    loggerInstance: ports.logger,
    bodyLimit: BODY_LIMIT,
    forceCloseConnections: 'idle',
    requestTimeout: 0,
    // A path that cannot be decoded never reaches the error handler.
    frameworkErrors: answerProblem,
    ajv: { customOptions: { coerceTypes: 'array' } },
  }).withTypeProvider<TypeBoxTypeProvider>()
  answerProblems(app)
  refuseForeign(app, ports.allowedHosts)
  refuseUnknownParameters(app)
  await app.register(helmet, { contentSecurityPolicy: { useDefaults: false, directives: CSP } })
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Recount',
        version: ports.version,
        description: 'One UTC timeline of everything that was recorded about an event.',
      },
    },
    transformObject(document) {
      if (!('openapiObject' in document)) return document.swaggerObject
      for (const path of Object.values(document.openapiObject.paths ?? {}))
        for (const operation of [path?.get, path?.post, path?.put])
          if (operation?.responses) operation.responses['default'] = PROBLEM_RESPONSE
      return document.openapiObject
    },
    refResolver: {
      buildLocalReference: (schema, _base, _fragment, i) =>
        (schema['$id'] as string | undefined) ?? `schema-${i}`,
    },
  })
  metricsRoutes(app, ports)
  await app.register(
    async (v1) => {
      if (ports.roles.includes('api')) {
        timelineRoutes(v1, ports)
        eventRoutes(v1, ports)
        workspaceRoutes(v1, ports)
        sourceRoutes(v1, ports)
        windowRoutes(v1, ports)
      }
      if (ports.roles.includes('ingest')) importRoutes(v1, ports)
    },
    { prefix: '/v1' },
  )
  healthRoutes(app, ports)
  app.get('/openapi.json', { schema: { hide: true } }, () => app.swagger())
  return app
}
