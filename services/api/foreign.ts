import type { FastifyInstance } from 'fastify'
import { Problem } from './problems.ts'

/** The names of this machine, as an address to listen on or in a URL. */
export const isLoopback = (name: string): boolean =>
  /^(?:localhost|127(?:\.\d{1,3}){3}|::1|\[::1\])$/i.test(name)

/**
 * Refuses what pages of other sites let a browser of this machine ask: a request that says it comes from elsewhere (it could plant events),
 * and one under another name than this machine's (DNS rebinding: it could read the timeline). The server listens on loopback addresses only.
 */
export function refuseForeign(app: FastifyInstance): void {
  app.addHook('onRequest', async ({ headers: { host = '', origin } }) => {
    if (!isLoopback(host.replace(/:\d+$/, '')))
      throw new Problem(
        'forbidden-origin',
        `this server answers as 127.0.0.1 or localhost, not as ${host}: a proxy before it must send one of them as Host`,
      )
    if (origin !== undefined && origin !== `http://${host}`)
      throw new Problem('forbidden-origin', `pages of ${origin} may not ask this server`)
  })
}
