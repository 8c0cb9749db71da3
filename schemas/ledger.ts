import { Type, type Static } from './type.ts'

const Count = Type.Integer({ minimum: 0 })

/** One file of an import. lines = events + merged + rejected. */
export const LedgerFile = Type.Object({
  path: Type.String(),
  /** `<kind folder>/<format>`; null where nothing recognizes the file, with `reason`. */
  adapter: Type.Union([Type.String(), Type.Null()]),
  reason: Type.Optional(Type.String()),
  /** Units of the format: lines, messages, records. */
  lines: Count,
  /** New on the timeline. */
  events: Count,
  /** Already on it. */
  merged: Count,
  rejected: Count,
  /** Physical lines that describe the file and are no records. */
  context: Count,
  /** How often each reason of rejection. */
  reasons: Type.Record(Type.String(), Count),
  /** What was assumed or worked out about its time, in words. */
  time: Type.Optional(Type.String()),
})
export type LedgerFile = Static<typeof LedgerFile>

/** The coverage ledger of an import: every line that went in, and what became of it. */
export const Ledger = Type.Object({
  import: Type.String(),
  files: Type.Array(LedgerFile),
  events: Count,
  merged: Count,
  rejected: Count,
})
export type Ledger = Static<typeof Ledger>
