import { Type, type Static } from './type.ts'

/** The file of a format that is one pattern. */
export const FormatFile = Type.Object({
  /** Where it stands, for errors; its name is the format's. */
  path: Type.String(),
  text: Type.String(),
})
export type FormatFile = Static<typeof FormatFile>
