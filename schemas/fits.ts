import { createRequire } from 'node:module'
import type { Ajv } from 'ajv'
import type { Static, TSchema } from './type.ts'

const require = createRequire(import.meta.url)
let ajv: Ajv | undefined

/** Whether a value is what a schema says. A schema is compiled at the first question about it: it stands outside of functions. */
export function fits<T extends TSchema>(schema: T, value: unknown): value is Static<T> {
  // Most commands never ask, and need not wait for it to load.
  if (!ajv) {
    const { Ajv } = require('ajv') as typeof import('ajv')
    ajv = new Ajv()
  }
  return ajv.validate(schema, value)
}
