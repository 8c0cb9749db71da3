import { SECOND, utc } from './clock.ts'
import { incidentTalk, type Said } from './slack-incident.ts'
import { opsTalk } from './slack-ops.ts'

/** Invented people; the letter stands for one in the talks. */
const PEOPLE: Readonly<Record<string, [id: string, login: string, name: string, title: string]>> = {
  i: ['U0ILSEBR1', 'ilse', 'Ilse Brandvoort', 'Operations, primary on call'],
  t: ['U0TOBINW2', 'tobin', 'Tobin Wexcombe', 'Databases, secondary on call'],
  r: ['U0RUBENA3', 'ruben', 'Ruben Achterveld', 'Storefront'],
  a: ['U0ANANYA4', 'ananya', 'Ananya Kettupara', 'Queues and mail'],
  p: ['U0PIASTO5', 'pia', 'Pia Stoltenhoff', 'Customer support'],
}
const BOTS: Readonly<Record<string, [id: string, name: string]>> = {
  alerts: ['B0ALERTS1', 'alertbot'],
  deploys: ['B0DEPLOY2', 'deploybot'],
}
const TEAM = 'T0QUILLBN'
const CHANNELS = { ops: 'C0OPSROOM', 'incident-20251231-checkout': 'C0INC1231' } as const

type Message = Record<string, unknown>

const seconds = (at: number, micros: number): string =>
  `${Math.floor(at / SECOND)}.${String((at % SECOND) * 1000 + micros).padStart(6, '0')}`

/** Messages as Slack exports them. Answers in a thread carry the stamp of its first message, which counts them. */
function messages(talk: readonly Said[]): Message[] {
  const stamps = new Map<string, string>()
  const roots = new Map<string, Message>()
  const inOrder = talk.toSorted((a, b) => utc(a[0]) - utc(b[0]))
  return inOrder.map(([when, who, text, more], i) => {
    const ts = seconds(utc(when), 129 + 10 * i)
    if (more?.name) stamps.set(more.name, ts)
    const bot = BOTS[who]
    const message: Message = bot
      ? { type: 'message', subtype: 'bot_message', bot_id: bot[0], username: bot[1], text, ts }
      : { type: 'message', user: PEOPLE[who]![0], team: TEAM, text, ts }
    if (more?.subtype) message['subtype'] = more.subtype
    if (more?.color) {
      message['text'] = ''
      message['attachments'] = [
        { color: more.color, title: text, text: more.detail, fallback: text },
      ]
    }
    if (more?.edited)
      message['edited'] = { user: message['user'], ts: seconds(utc(more.edited), 0) }
    if (more?.liked) message['reactions'] = [{ name: more.liked, users: ['U0PIASTO5'], count: 1 }]
    if (more?.name) roots.set(more.name, message)
    if (more?.under) {
      message['thread_ts'] = stamps.get(more.under)
      const root = roots.get(more.under)!
      root['thread_ts'] = root['ts']
      root['reply_count'] = Number(root['reply_count'] ?? 0) + 1
    }
    return message
  })
}

const pretty = (value: unknown): string => `${JSON.stringify(value, null, 4)}\n`

/** The files of the export, one for each channel and UTC day. */
export function slackExport(): Map<string, string> {
  const files = new Map<string, string>()
  files.set(
    'users.json',
    pretty(
      Object.values(PEOPLE).map(([id, name, real, title]) => ({
        id,
        team_id: TEAM,
        name,
        deleted: false,
        real_name: real,
        profile: { real_name: real, display_name: name, title, email: `${name}@example.com` },
      })),
    ),
  )
  files.set(
    'channels.json',
    pretty(
      Object.entries(CHANNELS).map(([name, id]) => ({
        id,
        name,
        created: name === 'ops' ? 1_672_740_000 : utc('12-31 23:22:31') / SECOND,
        creator: PEOPLE['t']![0],
        is_archived: false,
        members: Object.values(PEOPLE).map(([member]) => member),
      })),
    ),
  )
  const talks = { ops: opsTalk, 'incident-20251231-checkout': incidentTalk }
  for (const [channel, talk] of Object.entries(talks)) {
    const days = new Map<string, Message[]>()
    for (const message of messages(talk)) {
      const day = new Date(Number(message['ts']) * SECOND).toISOString().slice(0, 10)
      days.set(day, [...(days.get(day) ?? []), message])
    }
    for (const [day, said] of days) files.set(`${channel}/${day}.json`, pretty(said))
  }
  return files
}
