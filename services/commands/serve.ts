import { once } from 'node:events'
import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import type { FormatFile } from '../../schemas/format-file.ts'
import { ROLES, type Role } from '../../schemas/role.ts'
import { buildServer } from '../api/build-server.ts'
import { isLoopback } from '../api/foreign.ts'
import type { Cluster } from '../cluster.ts'
import type { Timeline } from '../timeline.ts'
import { webRoutes } from '../web/routes.ts'
import { WrongUse, type ExitStatus, type Output } from './command.ts'
import { ownerOf, type Owner } from './owner.ts'
import { importUpload } from './import-upload.ts'
import { correctSource } from './known-zone.ts'
import { packageVersion } from './package-version.ts'
import { importSample, SAMPLE_WORKSPACE } from './sample.ts'

export interface ServeInvocation {
  data: string
  workspace: string
  options: Record<string, unknown>
  logger: Logger
  output: Output
  own(says: string): Promise<Owner | undefined>
  allowedHosts: readonly string[]
  /** On Kafka and Elasticsearch. */
  cluster?: Cluster
}

/** After a signal, what is still being answered or sent has so long; the process ends within ten seconds. */
const PATIENCE_MS = 8000

/** Serves until SIGTERM or SIGINT; then answers what was begun and leaves the folder. */
export async function serve({
  data,
  workspace,
  options,
  logger,
  output,
  own,
  allowedHosts,
  cluster,
}: ServeInvocation): Promise<ExitStatus> {
  const {
    host,
    port,
    sample,
    roles = ROLES,
    formats = [],
  } = options as {
    host: string
    port: number
    sample?: boolean
    roles?: readonly Role[]
    formats?: readonly FormatFile[]
  }
  if (!cluster && roles !== ROLES) {
    throw new WrongUse(
      '--roles is for Kafka and Elasticsearch: set RECOUNT_KAFKA_BROKERS and RECOUNT_ELASTICSEARCH_URL; on a data folder one process does everything',
    )
  }
  if (!isLoopback(host) && allowedHosts.length === 0) {
    throw new WrongUse(
      `--host ${host} would serve the timeline to anybody who reaches it: listen on 127.0.0.1, or put a proxy that asks for a password before it and name in RECOUNT_HTTP_ALLOWED_HOSTS how that is called`,
    )
  }
  if (sample && workspace === SAMPLE_WORKSPACE) {
    throw new WrongUse(
      `the workspace ${SAMPLE_WORKSPACE} is the sample's: choose another name for your own`,
    )
  }
  const owner = await own(`recount serve`)
  if (!owner) {
    throw new WrongUse(
      `the data folder ${data} is owned by ${ownerOf(data)}; open its page, or choose another folder with --data`,
    )
  }
  const { timeline } = owner
  let late: AbortSignal | undefined
  try {
    const workspaces = sample ? [SAMPLE_WORKSPACE, workspace] : [workspace]
    if (roles.includes('normalizer')) workspaces.forEach((each) => cluster?.normalize(each))
    if (sample) await importSample(timeline, output)
    if (!cluster) for (const each of workspaces) await timeline.settled(each)
    const app = await server(
      timeline,
      data,
      { workspaces, own: workspace, roles, allowedHosts, formats },
      logger,
    )
    try {
      const address = await app.listen({ host, port })
      await output.out(`${address}\n`)
      await output.notes(
        `Recount serves the timeline there, ${isLoopback(host) ? 'to this machine only' : `to who asks for ${allowedHosts.join(', ')}`}. Ctrl-C ends it.\n`,
      )
      await stopped()
      late = AbortSignal.timeout(PATIENCE_MS)
      late.addEventListener('abort', () => app.server.closeAllConnections())
    } finally {
      await app.close()
    }
    return 0
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') {
      throw new WrongUse(`port ${port} is taken: choose another with --port or RECOUNT_HTTP_PORT`)
    }
    throw error
  } finally {
    await owner.release(late)
    // A server that is down would be asked again for a while yet. What was acknowledged is in the log.
    if (cluster && late?.aborted) process.exit(0)
  }
}

const stopped = (): Promise<unknown> =>
  Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')])

async function server(
  timeline: Timeline,
  data: string,
  {
    workspaces,
    own,
    roles,
    allowedHosts,
    formats,
  }: {
    workspaces: readonly string[]
    own: string
    roles: readonly Role[]
    allowedHosts: readonly string[]
    formats: readonly FormatFile[]
  },
  logger: Logger,
): Promise<FastifyInstance> {
  const { bus, eventIndex } = timeline
  const app = await buildServer({
    bus,
    eventIndex,
    correct: correctSource(timeline),
    logger,
    workspaces,
    importWorkspaces: [own],
    version: await packageVersion(),
    roles,
    allowedHosts,
    importUpload: (workspace, upload) => importUpload(timeline, data, workspace, upload, formats),
    unready: () => timeline.unready(workspaces),
    metrics: timeline.metrics,
    measure: () => timeline.measure(workspaces),
  })
  if (roles.includes('api')) webRoutes(app)
  return app
}
