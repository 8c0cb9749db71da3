/** What the states of all monitoring systems mean for an alert, and how its events read. */
import { text } from './json.ts'

const WORDS: readonly (readonly [action: string, states: string])[] = [
  [
    'fired',
    'alert alarm alerting firing fired fire open opened trigger triggered activated active down critical crit major minor warning warn problem create ' +
      'created new error failed failure degraded unreachable in_alarm alert_failure',
  ],
  [
    'resolved',
    'ok resolved resolve closed close recovered recovery up deactivated normal clear cleared cancelled canceled inactive success healthy ' +
      'alert_recovery',
  ],
  ['acknowledged', 'ack acked acknowledge acknowledged acknowledgement'],
  ['unacknowledged', 'unack unacknowledge unacknowledged'],
  ['annotated', 'addnote note annotate annotated comment custom_comment'],
  ['no-data', 'insufficient_data nodata no_data'],
]
const ACTIONS = new Map(
  WORDS.flatMap(([action, states]) => states.split(' ').map((state) => [state, action] as const)),
)

/** `event.action` of a state or an action as a vendor writes it; one that no table knows stays itself, in lower case. */
export function alertAction(state: unknown): string {
  const word = text(state)?.trim().toLowerCase().replaceAll(' ', '_') ?? 'changed'
  return ACTIONS.get(word) ?? (word.replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '') || 'changed')
}

/** `[FIRING] Checkout is slow: p99 above 2 s`. What only repeats the name is left out. */
export function alertText(action: string, name: unknown, said?: unknown): string {
  const title = text(name)?.trim()
  const more = text(said)?.trim()
  const what =
    title === undefined || more?.startsWith(title)
      ? more
      : more === undefined || title.endsWith(more)
        ? title
        : `${title}: ${more}`
  return `[${action === 'fired' ? 'FIRING' : action.toUpperCase()}] ${what || 'alert'}`
}
