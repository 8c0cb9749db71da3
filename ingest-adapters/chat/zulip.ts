/**
 * Zulip: the answer of GET /messages, https://zulip.com/api/get-messages, and the organization's export, https://zulip.com/help/export-your-organization
 * (messages-000001.json with `zerver_message`, and realm.json, which names people, channels and who a message went to). Stamps are seconds, ids unique in an
 * organization; the history of edits holds what was said before. A topic is a thread.
 */
import type { File, Item, JsonAdapter } from '../adapter.ts'
import { chatItem, countReactions, fileName } from '../shared/chat-message.ts'
import { epochStamp } from '../shared/epoch-stamp.ts'
import { htmlText } from '../shared/html-text.ts'
import { jsonStamp } from '../shared/json-stamp.ts'
import { at, elementsAt, isObject, parseJson, text } from '../shared/json.ts'

const list = (value: unknown, most = 200): readonly unknown[] =>
  Array.isArray(value) ? value.slice(0, most) : []

const isAnswered = (value: unknown): boolean =>
  typeof at(value, 'id') === 'number' &&
  typeof at(value, 'timestamp') === 'number' &&
  typeof at(value, 'sender_full_name') === 'string' &&
  at(value, 'display_recipient') !== undefined
const isExported = (value: unknown): boolean =>
  typeof at(value, 'id') === 'number' &&
  at(value, 'date_sent') !== undefined &&
  typeof at(value, 'sender') === 'number' &&
  typeof at(value, 'content') === 'string'

const isAnswer = (value: unknown): boolean => list(at(value, 'messages')).some(isAnswered)
const isExport = (value: unknown): boolean => list(at(value, 'zerver_message')).some(isExported)
const isRealm = (value: unknown): boolean =>
  Array.isArray(at(value, 'zerver_userprofile')) && !Array.isArray(at(value, 'zerver_message'))

const UPLOAD = /\/user_uploads\/[^\s)"'<>]+/g
const PEOPLE = 100_000

/** What the rows of an export's realm.json tell, as plain data. */
function realmFacts(realm: unknown): unknown {
  const pairs = (table: string, ...keys: string[]): [string, string][] =>
    list(at(realm, table), PEOPLE).flatMap((row) => {
      const id = text(at(row, 'id'))
      const name = keys.map((key) => text(at(row, key))).find(Boolean)
      return id && name ? [[id, name]] : []
    })
  return {
    people: pairs('zerver_userprofile', 'full_name', 'delivery_email', 'email'),
    channels: pairs('zerver_stream', 'name'),
    // a recipient of type 2 is a channel
    recipients: list(at(realm, 'zerver_recipient'), PEOPLE).flatMap((row) =>
      at(row, 'type') === 2 ? [[text(at(row, 'id')), text(at(row, 'type_id'))]] : [],
    ),
  }
}

function namesOf(file: File, key: string): ReadonlyMap<string, string> {
  return new Map(
    file.companions.flatMap((facts) =>
      list(at(facts, key), PEOPLE).filter(
        (pair): pair is [string, string] => Array.isArray(pair) && pair.length === 2,
      ),
    ),
  )
}

/** The newest text that an edit replaced; the export has the history as JSON in a string. */
function previousText(history: unknown): string | undefined {
  const parsed = typeof history === 'string' ? parseJson(history) : { value: history }
  const edits = 'value' in parsed ? list(parsed.value) : []
  return edits.map((edit) => text(at(edit, 'prev_content'))).find(Boolean)
}

interface Place {
  channel: string | undefined
  user: string | undefined
}

function readMessage(message: unknown, source: string, line: number, place: Place): Item {
  const id = text(at(message, 'id'))
  const content = text(at(message, 'content')) ?? ''
  const isHtml = /^<(?:p|div|ul|ol|blockquote|pre|table|h\d)[ >]/.test(content)
  const topic = text(at(message, 'subject')) ?? text(at(message, 'topic'))
  const edited = at(message, 'last_edit_timestamp') ?? at(message, 'last_edit_time')
  const sent = at(message, 'date_sent')
  const time =
    sent === undefined
      ? epochStamp(at(message, 'timestamp') as number, 's')
      : jsonStamp(sent, { key: 'date_sent', json: source }, 's')
  return chatItem(
    {
      time,
      text: isHtml ? htmlText(content) : content,
      user: place.user,
      userId: text(at(message, 'sender_id')) ?? text(at(message, 'sender')),
      email: text(at(message, 'sender_email')),
      isBot: /bot@/.test(text(at(message, 'sender_email')) ?? ''),
      channel: place.channel,
      thread: topic,
      edited: text(edited),
      previous: previousText(at(message, 'edit_history')),
      reactions: countReactions(
        list(at(message, 'reactions')).map((one) => text(at(one, 'emoji_name'))),
      ),
      files: [...content.matchAll(UPLOAD)].map(([path]) => fileName(path)),
      nativeId: id && place.channel ? `${place.channel}/${id}` : undefined,
    },
    source,
    line,
  )
}

function placeOf(message: unknown): Place {
  const to = at(message, 'display_recipient')
  const people = list(to).flatMap((one) => text(at(one, 'full_name')) ?? [])
  return {
    channel: text(to) ?? (people.length > 0 ? people.toSorted().join(', ') : undefined),
    user: text(at(message, 'sender_full_name')),
  }
}

export const adapter: JsonAdapter = {
  title: 'Zulip messages',
  unit: 'json',
  recognizes: ({ values }) =>
    values.length > 0 && values.every((one) => isAnswer(one) || isExport(one) || isRealm(one)),
  parse: (file) => {
    const people = namesOf(file, 'people')
    const channels = namesOf(file, 'channels')
    const recipients = namesOf(file, 'recipients')
    const exported = (message: unknown): Place => {
      const recipient = text(at(message, 'recipient')) ?? ''
      return {
        channel: channels.get(recipients.get(recipient) ?? '') ?? (recipient || undefined),
        user: people.get(text(at(message, 'sender')) ?? ''),
      }
    }
    return function* (value, source, line) {
      const key = Array.isArray(at(value, 'zerver_message')) ? 'zerver_message' : 'messages'
      if (!Array.isArray(at(value, key))) {
        yield { rejected: source, reason: 'not-a-record', line }
        return
      }
      for (const one of elementsAt(source, line, key)) {
        if (!isObject(one.value))
          yield { rejected: one.text, reason: 'not-a-record', line: one.line }
        else {
          const place = key === 'messages' ? placeOf(one.value) : exported(one.value)
          yield readMessage(one.value, one.text, one.line, place)
        }
      }
    }
  },
  describes: (_head, values) =>
    values.length === 1 && isRealm(values[0]) ? realmFacts(values[0]) : undefined,
}
