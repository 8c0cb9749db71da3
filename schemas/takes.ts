import type { Removal } from './removal.ts'

/** Whether a removal takes back what was seen at a place. Not beside its schema, because loading what makes schemas takes longer than reading a timeline. */
export const takes = (removal: Removal, { path, source }: { path: string; source?: string }) =>
  'path' in removal
    ? path === removal.path || path.startsWith(`${removal.path}/`)
    : source === removal.source
