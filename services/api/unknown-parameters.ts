import type { FastifyInstance } from 'fastify'
import { Problem } from './problems.ts'

interface Schema {
  properties?: Record<string, unknown>
  allOf?: readonly Schema[]
}

/** Refuses parameters that a route does not know: one that is misspelt would select more than was asked for. Call it before the routes are added. */
export function refuseUnknownParameters(app: FastifyInstance): void {
  app.addHook('preValidation', async ({ query, routeOptions }) => {
    const schema = routeOptions.schema?.querystring as Schema | undefined
    if (!schema) return
    const known = namesOf(schema)
    const unknown = Object.keys(query as object).find((name) => !known.includes(name))
    if (unknown !== undefined)
      throw new Problem(
        'invalid-request',
        `there is no parameter ${unknown}; there are: ${known.join(', ')}`,
      )
  })
}

const namesOf = ({ properties = {}, allOf = [] }: Schema): string[] => [
  ...Object.keys(properties),
  ...allOf.flatMap(namesOf),
]
