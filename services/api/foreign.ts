import type { FastifyInstance } from 'fastify'
import { Problem } from './problems.ts'

/** The names of this machine, as an address to listen on or in a URL. */
export const isLoopback = (name: string): boolean =>
  /^(?:localhost|127(?:\.\d{1,3}){3}|::1|\[::1\])$/i.test(name)

/** Who asks whether the process is well, and how much it does, names it by its address. */
const PROBES = ['/livez', '/readyz', '/metrics']

/**
 * Refuses what pages of other sites let a browser ask: a request that says it comes from elsewhere (it could plant events),
 * and one under another name than this machine's and the allowed ones (DNS rebinding: it could read the timeline).
 */
export function refuseForeign(app: FastifyInstance, allowedHosts: readonly string[]): void {
  app.addHook('onRequest', async ({ url, headers: { host = '', origin } }) => {
    const name = host.replace(/:\d+$/, '').toLowerCase()
    const isProbe = allowedHosts.length > 0 && PROBES.includes(url)
    if (!isLoopback(name) && !allowedHosts.includes(name) && !isProbe)
      throw new Problem(
        'forbidden-origin',
        `this server answers as 127.0.0.1 or localhost, not as ${host}: a proxy before it must send one of them as Host, or RECOUNT_HTTP_ALLOWED_HOSTS name it`,
      )
    const from = origin === undefined ? undefined : URL.canParse(origin) && new URL(origin).host
    if (from !== undefined && from !== host.toLowerCase())
      throw new Problem('forbidden-origin', `pages of ${origin} may not ask this server`)
  })
}
