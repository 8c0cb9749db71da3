import { readFile } from 'node:fs/promises'
import type { estypes } from '@elastic/elasticsearch'
import { orNone, type Server } from './server.ts'

const FILE = new URL('../../../../deploy/elasticsearch/index-template.json', import.meta.url)

/** Puts the index template of the indices that begin with a prefix, where there is none or an older one. With it in place Recount needs no right to manage templates. */
export async function setUp(server: Server, prefix: string): Promise<void> {
  const template = JSON.parse(await readFile(FILE, 'utf8')) as estypes.IndicesIndexTemplate &
    Pick<estypes.IndicesPutIndexTemplateRequest, 'version'>
  const there = await orNone(
    server.call((client) => client.indices.getIndexTemplate({ name: prefix })),
  )
  const version = there?.index_templates[0]?.index_template.version ?? 0
  if (version < template.version!)
    await server.call((client) =>
      client.indices.putIndexTemplate({
        ...(template as estypes.IndicesPutIndexTemplateRequest),
        name: prefix,
        index_patterns: [`${prefix}-*`],
      }),
    )
}
