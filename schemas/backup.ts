import { Type, type Static } from './type.ts'

/** Raised when an older version could not read what is written; a file of a higher one is refused. */
export const BACKUP_VERSION = 1

/** The first line of a backup. */
export const BackupHead = Type.Object({
  format: Type.Literal('recount-backup'),
  version: Type.Integer({ minimum: 1 }),
  workspace: Type.String(),
  /** When it was taken, ISO 8601 in UTC. */
  at: Type.String(),
  /** The version of recount that took it. */
  recount: Type.String(),
})
export type BackupHead = Static<typeof BackupHead>

/** A line between the first and the last: a message of the log of record. */
export const BackupMessage = Type.Object({
  topic: Type.String(),
  key: Type.String(),
  value: Type.Unknown(),
})

/** The last line: what a file that was cut off does not have. */
export const BackupEnd = Type.Object({
  /** How many messages of each topic there are. */
  messages: Type.Record(Type.String(), Type.Integer()),
  /** Of all bytes before this line, in hex. */
  sha256: Type.String(),
})
export type BackupEnd = Static<typeof BackupEnd>
