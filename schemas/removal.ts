import { Type, type Static } from './type.ts'

/** What is taken back: everything seen under a path and below it, or from a source. */
export const Removal = Type.Union([
  Type.Object({ path: Type.String() }),
  Type.Object({ source: Type.String() }),
])
export type Removal = Static<typeof Removal>

/** Whether a removal takes back what was seen at a place. */
export const takes = (removal: Removal, { path, source }: { path: string; source?: string }) =>
  'path' in removal
    ? path === removal.path || path.startsWith(`${removal.path}/`)
    : source === removal.source
