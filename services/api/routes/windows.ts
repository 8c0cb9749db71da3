import { randomUUID } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import { Type } from '../../../schemas/type.ts'
import { Draft } from '../../../schemas/draft.ts'
import { Control, NewWindow, Window } from '../../../schemas/window.ts'
import { makeDraft } from '../../draft/make-draft.ts'
import { proposedWindows } from '../../draft/proposed-windows.ts'
import { storedWindows, storeWindow } from '../../draft/stored-windows.ts'
import type { ServerPorts } from '../build-server.ts'
import { Problem } from '../problems.ts'
import { windowOf, WorkspaceParameter, workspaceOf } from './parameters.ts'

const MINUTE_MS = 60_000
const Id = Type.Object({ id: Type.String({ maxLength: 100 }) })
const Proposals = Type.Object({
  windows: Type.Array(
    Type.Object({
      from: Type.String(),
      to: Type.String(),
      alerts: Type.Integer(),
      errors: Type.Integer(),
      because: Type.String(),
    }),
  ),
})
const Wish = Type.Object(
  {
    entries: Type.Integer({ minimum: 1, maximum: 1000, default: 40 }),
    controls: Type.Array(Control, { maxItems: 200, default: [] }),
  },
  { additionalProperties: false },
)

export function windowRoutes(
  instance: FastifyInstance,
  { bus, eventIndex, workspaces }: ServerPorts,
): void {
  const app = instance.withTypeProvider<TypeBoxTypeProvider>()
  /** @throws Problem unknown-window */
  const windowOfId = async (workspace: string, id: string): Promise<Window> => {
    const found = (await storedWindows(bus, workspace)).find((window) => window.id === id)
    if (!found) throw new Problem('unknown-window', `there is no window ${id}; see /v1/windows`)
    return found
  }
  app.get(
    '/windows',
    {
      schema: {
        summary: 'The windows that were made',
        querystring: WorkspaceParameter,
        response: { 200: Type.Object({ windows: Type.Array(Window) }) },
      },
    },
    async ({ query }) => ({
      windows: await storedWindows(bus, workspaceOf(workspaces, query.workspace)),
    }),
  )
  app.post(
    '/windows',
    {
      schema: {
        summary: 'Makes a window: an event that people want to look back at',
        querystring: WorkspaceParameter,
        body: NewWindow,
        response: { 201: Window },
      },
    },
    async ({ query, body }, reply) => {
      const { from, to } = windowOf({ from: body.from, to: body.to })
      if (from! >= to!)
        throw new Problem('invalid-request', `the window ends at ${body.to}, before it begins`)
      const window: Window = { id: randomUUID(), ...body }
      await storeWindow(bus, workspaceOf(workspaces, query.workspace), window)
      return reply.code(201).send(window)
    },
  )
  app.get(
    '/windows/proposals',
    {
      schema: {
        summary: 'Windows that alerts and bursts of errors point at, the most eventful first',
        querystring: WorkspaceParameter,
        response: { 200: Proposals },
      },
    },
    async ({ query }) => ({
      windows: await proposedWindows(eventIndex, workspaceOf(workspaces, query.workspace), {}),
    }),
  )
  app.get(
    '/windows/:id',
    {
      schema: {
        summary: 'One window',
        params: Id,
        querystring: WorkspaceParameter,
        response: { 200: Window },
      },
    },
    async ({ params, query }) => windowOfId(workspaceOf(workspaces, query.workspace), params.id),
  )
  app.post(
    '/windows/:id/draft',
    {
      schema: {
        summary: 'Drafts the timeline of a window: the lines that matter, each with its evidence',
        params: Id,
        querystring: WorkspaceParameter,
        body: Wish,
        response: { 200: Draft },
      },
    },
    async ({ params, query, body }) => {
      const workspace = workspaceOf(workspaces, query.workspace)
      const { from, to, before, after } = await windowOfId(workspace, params.id)
      const edges = windowOf({ from, to }) as { from: string; to: string }
      const around = { ...edges, leadMs: before * MINUTE_MS, trailMs: after * MINUTE_MS }
      return makeDraft(eventIndex, workspace, around, body)
    },
  )
}
