import type { LoadHook } from 'node:module'
import { SEEDS } from './seeds.ts'

const seed = SEEDS.find(({ name }) => name === process.env['TORTURE_SEED'])
if (!seed) throw new Error(`there is no seeded bug ${process.env['TORTURE_SEED']}`)

/** Puts the bug into its module. A bug that no longer fits is an error: it would be caught by nobody. */
export const load: LoadHook = async (url, context, next) => {
  const loaded = await next(url, context)
  if (!url.endsWith(`/build/${seed.module}`)) return loaded
  const parts = Buffer.from(loaded.source as Uint8Array)
    .toString()
    .split(seed.from)
  if (parts.length !== 2)
    throw new Error(`${seed.name}: ${seed.module} has its text ${parts.length - 1} times`)
  return { ...loaded, source: parts.join(seed.to) }
}
