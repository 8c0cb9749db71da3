/**
 * Telegram Desktop's export as JSON, https://core.telegram.org/import-export: result.json with one chat (`messages`), or with all of an account (`chats.list`,
 * `left_chats.list`). `date` is the clock of the computer that exported, `date_unixtime` (since 2021) the instant. A text is a string, or a list of strings and marked
 * pieces. An edited message keeps its time and has `edited` beside it; deleted ones are not exported.
 */
import type { Item, JsonAdapter } from '../adapter.ts'
import { chatItem, fileName } from '../shared/chat-message.ts'
import { epochStamp } from '../shared/epoch-stamp.ts'
import { isoStamp } from '../shared/iso-stamp.ts'
import { at, elementsAt, isObject, text } from '../shared/json.ts'
import type { StampRead } from '../shared/stamp.ts'

const list = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value.slice(0, 200) : []

const isMessage = (value: unknown): boolean =>
  typeof at(value, 'id') === 'number' &&
  /^(?:message|service)$/.test(text(at(value, 'type')) ?? '') &&
  /^\d{4}-\d\d-\d\dT/.test(text(at(value, 'date')) ?? '')
const isChat = (value: unknown): boolean => list(at(value, 'messages')).some(isMessage)
const GROUPS = ['chats', 'left_chats']
const isAccount = (value: unknown): boolean =>
  GROUPS.some((key) => list(at(value, key, 'list')).some(isChat))

function timeOf(message: unknown): StampRead {
  const instant = text(at(message, 'date_unixtime'))
  const local = text(at(message, 'date'))
  return (
    (instant === undefined ? undefined : epochStamp(instant, 's')) ??
    (local === undefined ? undefined : isoStamp(local))
  )
}

const plain = (value: unknown): string =>
  Array.isArray(value)
    ? value.map((piece) => text(piece) ?? text(at(piece, 'text')) ?? '').join('')
    : (text(value) ?? '')

const ACTIONS: Readonly<Record<string, string>> = {
  invite_members: 'join',
  join_group_by_link: 'join',
  join_group_by_request: 'join',
  joined_telegram: 'join',
  remove_members: 'leave',
  edit_group_title: 'rename',
  edit_chat_title: 'rename',
  pin_message: 'pin',
  phone_call: 'call',
  group_call: 'call',
}

/** What a service message tells, which has no text. */
function serviceText(message: unknown): string | undefined {
  const action = text(at(message, 'action'))
  if (action === undefined) return undefined
  const members = list(at(message, 'members')).flatMap((one) => text(one) ?? [])
  return [action.replaceAll('_', ' '), text(at(message, 'title')), members.join(', ')]
    .filter(Boolean)
    .join(': ')
}

const NOT_INCLUDED = /^\(File /

function readMessage(message: unknown, source: string, line: number, chat: unknown): Item {
  if (!isObject(message)) return { rejected: source, reason: 'not-a-record', line }
  const action = text(at(message, 'action'))
  const id = text(at(message, 'id'))
  const chatId = text(at(chat, 'id'))
  const files = [at(message, 'file_name'), at(message, 'file'), at(message, 'photo')].flatMap(
    (one) => {
      const path = text(one)
      return path && !NOT_INCLUDED.test(path) ? [fileName(path)] : []
    },
  )
  return chatItem(
    {
      time: timeOf(message),
      text:
        plain(at(message, 'text')) ||
        serviceText(message) ||
        text(at(message, 'poll', 'question')) ||
        text(at(message, 'sticker_emoji')) ||
        (files.length > 0 ? undefined : text(at(message, 'media_type'))?.replaceAll('_', ' ')),
      action: action && (Object.hasOwn(ACTIONS, action) ? ACTIONS[action] : action),
      user: text(at(message, 'from')) ?? text(at(message, 'actor')),
      userId: text(at(message, 'from_id')) ?? text(at(message, 'actor_id')),
      isBot: text(at(message, 'via_bot')) !== undefined,
      channel: text(at(chat, 'name')) ?? chatId,
      replyTo: text(at(message, 'reply_to_message_id')),
      edited: text(at(message, 'edited_unixtime')) ?? text(at(message, 'edited')),
      reactions: list(at(message, 'reactions'))
        .map((one) => `${text(at(one, 'emoji')) ?? ''} ${text(at(one, 'count')) ?? ''}`.trim())
        .join(', '),
      files: [...new Set(files)],
      nativeId: chatId && id ? `${chatId}/${id}` : undefined,
    },
    source,
    line,
  )
}

function* readChat(chat: unknown, source: string, line: number): Generator<Item> {
  for (const one of elementsAt(source, line, 'messages'))
    yield readMessage(one.value, one.text, one.line, chat)
}

export const adapter: JsonAdapter = {
  title: 'Telegram export',
  unit: 'json',
  recognizes: ({ values }) => values.some((value) => isChat(value) || isAccount(value)),
  parse: () =>
    function* (value, source, line) {
      if (Array.isArray(at(value, 'messages'))) yield* readChat(value, source, line)
      else if (isObject(value) && GROUPS.some((key) => at(value, key) !== undefined)) {
        for (const key of GROUPS)
          for (const chat of elementsAt(source, line, key, 'list'))
            yield* readChat(chat.value, chat.text, chat.line)
      } else yield { rejected: source, reason: 'not-a-record', line }
    },
}
