import pino from 'pino'
import t from 'tap'
import { importSample, SAMPLE_WORKSPACE } from '../services/commands/sample.ts'
import { makeDraft } from '../services/draft/make-draft.ts'
import { parseInstant } from '../services/event-index/instant-key.ts'
import { openTimeline } from '../services/timeline.ts'
import { compared, humanLines } from './support/human-timeline.ts'

const DAY_MS = 86_400_000
const quiet = { out: async () => undefined, notes: async () => undefined, terminal: false }

t.test(
  'the draft of the sample incident is near to the timeline that a person wrote',
  async (t) => {
    const timeline = openTimeline(t.testdir(), pino({ level: 'silent' }))
    t.teardown(() => timeline.close())
    await importSample(timeline, quiet)
    const window = {
      from: parseInstant('2025-12-31T22:40:00Z')!,
      to: parseInstant('2026-01-01T01:10:00Z')!,
      leadMs: 3 * DAY_MS,
      trailMs: 2 * DAY_MS,
    }
    const draft = await makeDraft(timeline.eventIndex, SAMPLE_WORKSPACE, window, { entries: 60 })
    const { recall, precision, missed } = compared(humanLines('deploy/sample/TIMELINE.md'), draft)
    t.comment(
      `recall ${recall.toFixed(2)}, precision ${precision.toFixed(2)} of ${draft.entries.length} lines`,
    )
    for (const { text } of missed) t.comment(`missed: ${text}`)
    t.ok(recall >= 0.6)
    t.ok(precision >= 0.45)
    t.match(draft.metrics, {
      began: { at: /^2025-12-31T23:07:4/ },
      detected: { at: '2025-12-31T23:08:42Z' },
      acknowledged: { at: '2025-12-31T23:20:31Z' },
      resolved: { at: /^2026-01-01T01:04:02/ },
    })
    t.equal(
      draft.coverage.events,
      draft.coverage.sources.reduce((sum, { events }) => sum + events, 0),
    )
  },
)
