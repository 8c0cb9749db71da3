/** What a process does where several share the work: takes imports, normalizes, answers questions. */
export const ROLES = ['ingest', 'normalizer', 'api'] as const
export type Role = (typeof ROLES)[number]
