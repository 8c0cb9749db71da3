import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import type { FastifyInstance, FastifyReply } from 'fastify'

/** Compiled modules, and what is served as it stands in the source tree. */
const MODULES = new URL('./page/', import.meta.url)
const STATIC = new URL('../../../services/web/page/', import.meta.url)

const TYPES: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  html: 'text/html; charset=utf-8',
}

/** Nothing inline, nothing from elsewhere. */
export const CONTENT_SECURITY_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

interface Asset {
  type: string
  body: Buffer
}

/** The page at `/`. Its assets stand under a folder named by their content, so that browsers may keep them for ever. */
export function webRoutes(app: FastifyInstance): void {
  const assets = new Map([...readAssets(MODULES, 'js'), ...readAssets(STATIC, 'css')])
  const source = readFileSync(new URL('index.html', STATIC), 'utf8')
  const version = digest([source, ...[...assets.values()].map((asset) => asset.body)])
  const page = { type: TYPES['html']!, body: Buffer.from(withVersion(source, version, assets)) }
  const tag = `"${version}"`

  const send = (reply: FastifyReply, { type, body }: Asset, cache: string): FastifyReply => {
    reply
      .header('etag', tag)
      .header('cache-control', cache)
      .header('x-content-type-options', 'nosniff')
    if (reply.request.headers['if-none-match']?.includes(tag)) return reply.code(304).send()
    return reply.type(type).send(body)
  }
  app.get('/', { schema: { hide: true } }, (_, reply) => {
    reply
      .header('content-security-policy', CONTENT_SECURITY_POLICY)
      .header('referrer-policy', 'no-referrer')
    return send(reply, page, 'no-cache')
  })
  app.get<{ Params: { version: string; name: string } }>(
    '/assets/:version/:name',
    { schema: { hide: true } },
    (request, reply) => {
      const asset = assets.get(request.params.name)
      if (!asset) return reply.callNotFound()
      // A page of another version still works, but what it gets may not be kept.
      const kept = request.params.version === version
      return send(reply, asset, kept ? 'public, max-age=31536000, immutable' : 'no-cache')
    },
  )
}

function readAssets(folder: URL, ending: string): [name: string, asset: Asset][] {
  const names = readdirSync(folder).filter((name) => name.endsWith(`.${ending}`))
  return names
    .toSorted()
    .map((name) => [name, { type: TYPES[ending]!, body: readFileSync(new URL(name, folder)) }])
}

const digest = (parts: readonly (string | Buffer)[]): string => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest('base64url').slice(0, 16)
}

/** Points at the assets of this version, and names all modules, so that they are fetched side by side. */
function withVersion(source: string, version: string, assets: ReadonlyMap<string, Asset>): string {
  const modules = [...assets.keys()].filter((name) => name.endsWith('.js') && name !== 'main.js')
  const hints = modules
    .map((name) => `    <link rel="modulepreload" href="/assets/${name}" />\n`)
    .join('')
  return source
    .replace('  </head>', `${hints}  </head>`)
    .replaceAll('"/assets/', `"/assets/${version}/`)
}
