import { Type, type Static } from './type.ts'
import { Ledger } from './ledger.ts'

/** Put on the bus before the first record of an import: one that was broken off is known by it and can be taken back. */
export const ImportBegun = Type.Object({
  import: Type.String(),
  atMs: Type.Integer(),
  files: Type.Array(
    Type.Object({
      path: Type.String(),
      adapter: Type.Union([Type.String(), Type.Null()]),
      /** Of its records that name none. */
      source: Type.String(),
    }),
  ),
})
export type ImportBegun = Static<typeof ImportBegun>

/** Put on the bus when an import is on the timeline. */
export const ImportDone = Type.Intersect([Ledger, Type.Object({ atMs: Type.Integer() })])
export type ImportDone = Static<typeof ImportDone>
