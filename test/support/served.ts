import type { FastifyInstance, InjectOptions } from 'fastify'
import pino from 'pino'
import type { Test } from 'tap'
import type { Ledger } from '../../schemas/ledger.ts'
import { ROLES } from '../../schemas/role.ts'
import type { TimelineEvent } from '../../schemas/timeline-event.ts'
import { buildServer, type ServerPorts } from '../../services/api/build-server.ts'
import { importUpload } from '../../services/commands/import-upload.ts'
import { correctSource } from '../../services/commands/known-zone.ts'
import { openTimeline, type Timeline } from '../../services/timeline.ts'

export interface Page {
  events: TimelineEvent[]
  next: string | null
}

export interface Answer<T> {
  status: number
  body: T
  headers: Record<string, unknown>
}

export interface Served {
  app: FastifyInstance
  ports: ServerPorts
  timeline: Timeline
  ask<T>(url: string, more?: InjectOptions): Promise<Answer<T>>
  /** Imports a body. */
  post(query: string, payload?: Buffer | string, headers?: object): Promise<Answer<Ledger>>
}

/** The API on a data folder of its own, with the workspaces `main` and `other`; nothing listens. */
export async function served(t: Test): Promise<Served> {
  const data = t.testdir()
  const logger = pino({ level: 'silent' })
  const timeline = openTimeline(data, logger)
  const ports: ServerPorts = {
    bus: timeline.bus,
    eventIndex: timeline.eventIndex,
    correct: correctSource(timeline),
    logger,
    workspaces: ['main', 'other', 'sample'],
    importWorkspaces: ['main', 'other'],
    importUpload: (workspace, upload) => importUpload(timeline, data, workspace, upload),
    unready: () => timeline.unready(['main']),
    metrics: timeline.metrics,
    measure: () => timeline.measure(['main', 'other']),
    roles: ROLES,
    allowedHosts: ['recount.example'],
    version: '1.2.3',
  }
  const app = await buildServer(ports)
  t.teardown(async () => {
    await app.close()
    await timeline.close()
  })
  const ask = async <T>(url: string, more: InjectOptions = {}): Promise<Answer<T>> => {
    const answer = await app.inject({ url, ...more })
    return { status: answer.statusCode, body: answer.json<T>(), headers: answer.headers }
  }
  return {
    app,
    ports,
    timeline,
    ask,
    post: (query, payload, headers = {}) =>
      ask<Ledger>(`/v1/imports?${query}`, {
        method: 'POST',
        headers: { ...headers },
        ...(payload !== undefined && { payload }),
      }),
  }
}
