/**
 * Matrix events, https://spec.matrix.org/latest/client-server-api/#room-event-format: Element's export of a room as JSON (`messages`), the answer of /messages (`chunk`), an
 * array, or one event a line. `origin_server_ts` is the time in milliseconds, `event_id` the identity. An edit is an event of its own (`m.replace`), which names the one
 * that it changes; a redacted event keeps its place without its text.
 */
import type { Item, JsonAdapter } from '../adapter.ts'
import { chatItem } from '../shared/chat-message.ts'
import { epochStamp } from '../shared/epoch-stamp.ts'
import { mostValues } from '../shared/json-fields.ts'
import { at, elementsAt, isObject, text } from '../shared/json.ts'

const isEvent = (value: unknown): boolean =>
  (text(at(value, 'event_id')) ?? '').startsWith('$') &&
  typeof at(value, 'origin_server_ts') === 'number' &&
  (text(at(value, 'sender')) ?? '').startsWith('@') &&
  typeof at(value, 'type') === 'string'

const LISTS = ['messages', 'chunk']
/** The key under which a value lists events. */
const listOf = (value: unknown): string | undefined =>
  LISTS.find((key) => {
    const list = at(value, key)
    return Array.isArray(list) && list.slice(0, 50).some(isEvent)
  })

const ACTIONS: Readonly<Record<string, string>> = {
  'm.room.message': 'message',
  'm.room.encrypted': 'message',
  'm.sticker': 'message',
  'm.reaction': 'reaction',
  'm.room.redaction': 'delete',
  'm.room.topic': 'topic',
  'm.room.name': 'rename',
  'm.room.pinned_events': 'pin',
  'm.call.invite': 'call',
}
const MEMBERSHIP: Readonly<Record<string, string>> = {
  join: 'join',
  leave: 'leave',
  ban: 'leave',
  invite: 'invite',
}

const FILES = new Set(['m.file', 'm.image', 'm.video', 'm.audio'])

function actionOf(event: unknown, relation: string | undefined): string {
  const type = text(at(event, 'type'))!
  if (relation === 'm.replace') return 'edit'
  if (at(event, 'content', 'msgtype') === 'm.emote') return 'action'
  const membership = text(at(event, 'content', 'membership')) ?? ''
  if (type === 'm.room.member') return MEMBERSHIP[membership] ?? 'member'
  return ACTIONS[type] ?? type.replace(/^m\.(?:room\.)?/, '').replace(/[._]/g, '-')
}

/** What the event says, or what it changed. */
function textOf(event: unknown): string | undefined {
  const content = at(event, 'content')
  const type = text(at(event, 'type'))
  const said = text(at(content, 'm.new_content', 'body')) ?? text(at(content, 'body'))
  if (said !== undefined) return at(content, 'msgtype') === 'm.emote' ? `* ${said}` : said
  if (type === 'm.reaction') return text(at(content, 'm.relates_to', 'key'))
  if (type === 'm.room.member') {
    const who = text(at(content, 'displayname')) ?? text(at(event, 'state_key'))
    return [text(at(content, 'membership')), who].filter(Boolean).join(': ')
  }
  if (type === 'm.room.encrypted') return 'encrypted message'
  return text(at(content, 'topic')) ?? text(at(content, 'name')) ?? text(at(content, 'reason'))
}

function readEvent(event: unknown, source: string, line: number, room?: string): Item {
  if (!isEvent(event)) return { rejected: source, reason: 'not-a-record', line }
  const content = at(event, 'content')
  const relation = text(at(content, 'm.relates_to', 'rel_type'))
  const related = text(at(content, 'm.relates_to', 'event_id'))
  const redaction = at(event, 'unsigned', 'redacted_because')
  const isFile = FILES.has(text(at(content, 'msgtype')) ?? '')
  const name = text(at(content, 'filename')) ?? text(at(content, 'body'))
  const id = text(at(event, 'event_id'))!
  return chatItem(
    {
      time: epochStamp(at(event, 'origin_server_ts') as number, 'ms'),
      text: textOf(event),
      action: actionOf(event, relation),
      user: text(at(event, 'sender')),
      userId: text(at(event, 'sender')),
      channel: room ?? text(at(event, 'room_id')),
      thread: relation === 'm.thread' ? related : undefined,
      replyTo:
        text(at(content, 'm.relates_to', 'm.in_reply_to', 'event_id')) ??
        (relation === 'm.thread' ? undefined : related) ??
        text(at(event, 'redacts')),
      deleted: isObject(redaction)
        ? (text(at(redaction, 'origin_server_ts')) ?? 'true')
        : undefined,
      files: isFile && name ? [name] : [],
      nativeId: id,
    },
    source,
    line,
  )
}

export const adapter: JsonAdapter = {
  title: 'Matrix events',
  unit: 'json',
  recognizes: (head) =>
    mostValues(head, isEvent) || head.values.some((value) => listOf(value) !== undefined),
  parse: () =>
    function* (value, source, line) {
      const key = listOf(value)
      if (key === undefined) yield readEvent(value, source, line)
      else {
        const room = text(at(value, 'room_name'))
        for (const one of elementsAt(source, line, key))
          yield readEvent(one.value, one.text, one.line, room)
      }
    },
}
