/**
 * Rocket.Chat: messages as the server keeps them, https://developer.rocket.chat/docs/message-schema: the answer of channels.history and its kin (`messages`), an array,
 * or one message a line (mongoexport, with `$date`); and a room's or a person's own export, where each has only `msg`, `username` and `ts`,
 * https://docs.rocket.chat/docs/export-messages. `t` marks what is no message of a person; an edited one has `editedAt`, a deleted one `t: rm`.
 */
import type { Item, JsonAdapter } from '../adapter.ts'
import { chatItem } from '../shared/chat-message.ts'
import { mostValues } from '../shared/json-fields.ts'
import { jsonStamp } from '../shared/json-stamp.ts'
import { at, elementsAt, isObject, text } from '../shared/json.ts'

const list = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value.slice(0, 200) : []

const isTime = (value: unknown): boolean =>
  /^\d{4}-\d\d-\d\dT/.test(text(value) ?? '') || at(value, '$date') !== undefined
const isKept = (value: unknown): boolean =>
  typeof at(value, 'rid') === 'string' &&
  typeof at(value, 'msg') === 'string' &&
  typeof at(value, 'u', 'username') === 'string' &&
  isTime(at(value, 'ts'))
const isExported = (value: unknown): boolean =>
  typeof at(value, 'msg') === 'string' &&
  typeof at(value, 'username') === 'string' &&
  isTime(at(value, 'ts'))
const isMessage = (value: unknown): boolean => isKept(value) || isExported(value)
const isAnswer = (value: unknown): boolean => list(at(value, 'messages')).some(isKept)

const ACTIONS: Readonly<Record<string, string>> = {
  uj: 'join',
  au: 'join',
  ujt: 'join',
  'added-user-to-team': 'join',
  ul: 'leave',
  ru: 'leave',
  ult: 'leave',
  rm: 'delete',
  r: 'rename',
  message_pinned: 'pin',
  room_changed_topic: 'topic',
  room_changed_description: 'topic',
  room_changed_announcement: 'topic',
  'room-archived': 'archive',
  'room-unarchived': 'unarchive',
}

/** What integrations put into attachments. */
const cards = (attachments: readonly unknown[]): string =>
  attachments
    .flatMap((one) =>
      ['pretext', 'title', 'text', 'description'].flatMap((key) => text(at(one, key)) ?? []),
    )
    .join('\n')

const isoOf = (value: unknown): string | undefined => text(value) ?? text(at(value, '$date'))

function readMessage(message: unknown, source: string, line: number): Item {
  if (!isObject(message)) return { rejected: source, reason: 'not-a-record', line }
  const type = text(at(message, 't')) ?? text(at(message, 'type')) ?? ''
  const attachments = list(at(message, 'attachments'))
  const isFile = (one: unknown): boolean => at(one, 'type') === 'file'
  const files = [...list(at(message, 'files')), at(message, 'file')].flatMap(
    (one) => text(at(one, 'name')) ?? [],
  )
  const named = attachments.filter(isFile).flatMap((one) => text(at(one, 'title')) ?? [])
  const id = text(at(message, '_id'))
  const words = [text(at(message, 'msg')), cards(attachments.filter((one) => !isFile(one)))]
  return chatItem(
    {
      time: jsonStamp(at(message, 'ts')),
      text: words.filter(Boolean).join('\n'),
      action: Object.hasOwn(ACTIONS, type) ? ACTIONS[type] : type || undefined,
      user:
        text(at(message, 'alias')) ??
        text(at(message, 'u', 'username')) ??
        text(at(message, 'username')),
      userId: text(at(message, 'u', '_id')),
      isBot: isObject(at(message, 'bot')),
      channel: text(at(message, 'rid')),
      thread: text(at(message, 'tmid')),
      edited: isoOf(at(message, 'editedAt')),
      deleted: type === 'rm' ? 'true' : undefined,
      reactions: Object.entries(
        isObject(at(message, 'reactions')) ? (at(message, 'reactions') as object) : {},
      )
        .map(([name, who]) => `${name} ${list(at(who, 'usernames')).length}`)
        .join(', '),
      files: [...new Set([...files, ...named])],
      nativeId: id,
    },
    source,
    line,
  )
}

export const adapter: JsonAdapter = {
  title: 'Rocket.Chat messages',
  unit: 'json',
  recognizes: (head) => mostValues(head, isMessage) || head.values.some(isAnswer),
  parse: () =>
    function* (value, source, line) {
      if (Array.isArray(at(value, 'messages'))) {
        for (const one of elementsAt(source, line, 'messages'))
          yield readMessage(one.value, one.text, one.line)
      } else yield readMessage(value, source, line)
    },
}
