import { Type, type Static } from 'typebox'

/** What is taken back: everything seen under a path and below it, or from a source. */
export const Removal = Type.Union([
  Type.Object({ path: Type.String() }),
  Type.Object({ source: Type.String() }),
])
export type Removal = Static<typeof Removal>
