import type { Draft } from '../../schemas/draft.ts'
import type { Control } from '../../schemas/window.ts'
import { htmlOf } from '../draft/html.ts'
import { makeDraft } from '../draft/make-draft.ts'
import { languageModel, type LanguageModel } from '../draft/language-model.ts'
import { markdownOf } from '../draft/markdown.ts'
import { reworded } from '../draft/reword.ts'
import { WrongUse, type Command } from './command.ts'
import { pageQuery } from './timeline.ts'

export interface DraftCommandOptions {
  from?: string
  to?: string
  entries: number
  /** Minutes before and after the window that go with it. */
  lead: number
  trail: number
  format: 'md' | 'json' | 'html'
  controls?: Control[]
  languageModel?: LanguageModel
}

const MINUTE_MS = 60_000

const FORMATS: Readonly<Record<DraftCommandOptions['format'], (draft: Draft) => string>> = {
  md: markdownOf,
  html: htmlOf,
  json: (draft) => `${JSON.stringify(draft)}\n`,
}

/** Prints the timeline that a person would write for a window. */
export const draftCommand: Command<DraftCommandOptions> = async (
  { timeline, workspace, out, notes },
  { entries, lead, trail, format, controls = [], languageModel: model, ...edges },
) => {
  const { from, to } = pageQuery(edges, 1)
  if (from === undefined || to === undefined)
    throw new WrongUse('draft wants a window: --from and --to, such as 2024-05-01T10:00:00Z')
  await timeline.settled(workspace)
  const around = { from, to, leadMs: lead * MINUTE_MS, trailMs: trail * MINUTE_MS }
  const made = await makeDraft(timeline.eventIndex, workspace, around, { entries, controls })
  if (!model) {
    await out(FORMATS[format](made))
    return 0
  }
  try {
    await out(FORMATS[format](await reworded(made, languageModel(model))))
    return 0
  } catch (error) {
    await notes(`recount: ${(error as Error).message}: the draft is in its own words\n`)
    await out(FORMATS[format](made))
    return 1
  }
}
