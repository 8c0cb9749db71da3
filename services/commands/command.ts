import type { FileInput } from '../ingest/files.ts'
import type { Unreadable } from '../ingest/walk.ts'
import type { Timeline } from '../timeline.ts'

/** Where a command writes: data on `out`, progress and notes on `notes`. Both resolve when there is room for more. */
export interface Output {
  out(text: string | Uint8Array): Promise<void>
  notes(text: string): Promise<void>
  /** Notes go to a terminal: progress may be drawn over itself. */
  terminal: boolean
}

/** What a command works on. */
export interface Setting extends Output {
  timeline: Timeline
  workspace: string
  nowMs: number
  /** The files of the command's paths; can be called again. */
  files(): AsyncIterable<FileInput | Unreadable>
}

/** 0 done, 1 done but something was refused, 2 wrong use. */
export type ExitStatus = 0 | 1 | 2

/** Runs in the process that owns the data folder, wherever it was called. `options` are plain data. */
export type Command<Options> = (setting: Setting, options: Options) => Promise<ExitStatus>

/** The command cannot do what was asked; the message says what to do. */
export class WrongUse extends Error {}
