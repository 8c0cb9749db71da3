import { readFile } from 'node:fs/promises'
import type { estypes } from '@elastic/elasticsearch'
import { orNone, type Server } from './server.ts'

const NAME = 'recount'
const FILE = new URL('../../../../deploy/elasticsearch/index-template.json', import.meta.url)

/** Puts the index template where there is none or an older one. With it in place Recount needs no right to manage templates. */
export async function setUp(server: Server): Promise<void> {
  const template = JSON.parse(await readFile(FILE, 'utf8')) as estypes.IndicesIndexTemplate &
    Pick<estypes.IndicesPutIndexTemplateRequest, 'version'>
  const there = await orNone(
    server.call((client) => client.indices.getIndexTemplate({ name: NAME })),
  )
  const version = there?.index_templates[0]?.index_template.version ?? 0
  if (version < template.version!)
    await server.call((client) =>
      client.indices.putIndexTemplate({
        ...(template as estypes.IndicesPutIndexTemplateRequest),
        name: NAME,
      }),
    )
}
