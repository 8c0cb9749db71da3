import type { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import { Type } from '../../../schemas/type.ts'
import { Ledger } from '../../../schemas/ledger.ts'
import { WORKSPACE } from '../../../schemas/workspace.ts'
import type { ServerPorts, Upload } from '../build-server.ts'
import { Problem } from '../problems.ts'
import { workspaceOf } from './parameters.ts'
import { Busy } from '../../unavailable.ts'

/** Imports are streamed to the disk: this much at once. */
const IMPORT_LIMIT = 10 * 1024 * 1024 * 1024

/** Imports of a workspace come one after the other, and each lies on the disk until its turn. */
const WAITING = 16

const Parameters = Type.Object({
  workspace: Type.Optional(
    Type.String({
      pattern: WORKSPACE,
      description: 'The workspace; your own when left out. The sample takes no imports.',
    }),
  ),
  name: Type.String({
    default: 'upload',
    maxLength: 1000,
    description: 'Name of the file, as shown; it may tell a date. Nothing is opened under it.',
  }),
  zone: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 64,
      description: 'Zone of stamps that have none: an IANA name or an offset.',
    }),
  ),
  source: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
})

export function importRoutes(
  instance: FastifyInstance,
  { importUpload, importWorkspaces }: ServerPorts,
): void {
  void instance.register(async (scope) => {
    const app = scope.withTypeProvider<TypeBoxTypeProvider>()
    const waiting = new Map<string, number>()
    app.removeAllContentTypeParsers()
    app.addContentTypeParser('*', (_request, body, done) => done(null, body))
    app.post(
      '/imports',
      {
        bodyLimit: IMPORT_LIMIT,
        schema: {
          summary:
            'Imports the file or archive that is the body, and answers with the ledger when it is on the timeline',
          description:
            'The ledger accounts for every line: also what nothing recognizes is answered with 201, and counted as rejected.',
          querystring: Parameters,
          body: { content: { 'application/octet-stream': { schema: {} } } },
          response: { 201: Ledger },
        },
      },
      async ({ query, body }, reply) => {
        const { workspace, name, zone, source } = query
        if (body === undefined || body === null)
          throw new Problem('invalid-request', 'the body is empty: send the bytes of a file')
        const upload: Upload = {
          path: name,
          body: limited(body as Readable),
          ...(zone !== undefined && { zone }),
          ...(source !== undefined && { source }),
        }
        const into = workspaceOf(importWorkspaces, workspace)
        const before = waiting.get(into) ?? 0
        if (before >= WAITING)
          throw new Busy(`${before} imports into ${into} wait for one another: send it again later`)
        waiting.set(into, before + 1)
        try {
          return await reply.code(201).send(await importUpload(into, upload))
        } finally {
          waiting.set(into, waiting.get(into)! - 1)
        }
      },
    )
  })
}

async function* limited(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let size = 0
  for await (const chunk of body) {
    size += chunk.length
    if (size > IMPORT_LIMIT)
      throw new Problem('too-large', 'an import may have 10 GiB: send it in parts')
    yield chunk
  }
}
