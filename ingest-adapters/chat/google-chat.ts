/**
 * Google Chat from Takeout, https://support.google.com/accounts/answer/3024190: a folder for each space with messages.json (`created_date` such as
 * `Wednesday, May 1, 2024 at 10:00:05 AM UTC`) and group_info.json, which names the space; user_info.json describes a person. `message_id` is unique; a deleted message keeps its place,
 * with `message_state`; earlier versions stand in `previous_message_versions`.
 */
import type { File, Item, JsonAdapter } from '../adapter.ts'
import { chatItem, countReactions } from '../shared/chat-message.ts'
import { wholeStamp } from '../shared/json-stamp.ts'
import { at, elementsAt, isObject, text } from '../shared/json.ts'
import type { StampRead } from '../shared/stamp.ts'

const list = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value.slice(0, 200) : []

const isMessage = (value: unknown): boolean =>
  typeof at(value, 'created_date') === 'string' &&
  (isObject(at(value, 'creator')) || at(value, 'message_id') !== undefined)
const isSpace = (value: unknown): boolean =>
  Array.isArray(at(value, 'messages')) && list(at(value, 'messages')).some(isMessage)

const isInfo = (value: unknown): boolean =>
  [...list(at(value, 'members')), at(value, 'user')].some(
    (one) => text(at(one, 'user_type')) !== undefined,
  )

/** `Wednesday, May 1, 2024 at 10:00:05 AM UTC`; the space before AM may be a narrow one, the words those of another language. */
function dateOf(written: string | undefined): StampRead {
  if (written === undefined) return undefined
  const plain = written.replace(/[\u202f\u00a0]/g, ' ').replace(/,? (?:at|um|à|a las) /, ' ')
  const stamp = wholeStamp(plain) ?? wholeStamp(plain.replace(/^\p{L}+,? /u, ''))
  return typeof stamp === 'object' ? { ...stamp, original: written } : stamp
}

const spaceOf = (file: File): string | undefined =>
  file.companions.map((one) => text(at(one, 'name'))).find(Boolean)

function readMessage(message: unknown, source: string, line: number, space?: string): Item {
  if (!isObject(message)) return { rejected: source, reason: 'not-a-record', line }
  const versions = list(at(message, 'previous_message_versions'))
  const id = text(at(message, 'message_id'))
  const isDeleted = text(at(message, 'message_state')) === 'DELETED'
  const annotations = list(at(message, 'annotations'))
  return chatItem(
    {
      time: dateOf(text(at(message, 'created_date'))),
      text: text(at(message, 'text')),
      user: text(at(message, 'creator', 'name')),
      email: text(at(message, 'creator', 'email')),
      isBot: text(at(message, 'creator', 'user_type')) === 'Bot',
      channel: space ?? id?.split('/')[0],
      thread: text(at(message, 'topic_id')),
      replyTo: text(at(message, 'quoted_message_metadata', 'message_id')),
      edited: text(at(message, 'updated_date')),
      previous: text(at(versions.at(-1), 'text')),
      deleted: isDeleted
        ? (text(at(message, 'deletion_metadata', 'deletion_type')) ?? 'true')
        : undefined,
      reactions: countReactions(
        list(at(message, 'reactions')).flatMap((one) =>
          list(at(one, 'reactor_emails')).map(() => text(at(one, 'emoji', 'unicode'))),
        ),
      ),
      files: list(at(message, 'attached_files')).flatMap(
        (one) => text(at(one, 'original_name')) ?? text(at(one, 'export_name')) ?? [],
      ),
      link: annotations
        .map((one) =>
          text(
            at(one, 'url_metadata', 'url', 'private_do_not_access_or_else_safe_url_wrapped_value'),
          ),
        )
        .find(Boolean),
      nativeId: id,
    },
    source,
    line,
  )
}

export const adapter: JsonAdapter = {
  title: 'Google Chat from Takeout',
  unit: 'json',
  recognizes: ({ values }) =>
    values.length > 0 && values.every((one) => isSpace(one) || isInfo(one)),
  parse: (file) => {
    const space = spaceOf(file)
    return function* (value, source, line) {
      if (!Array.isArray(at(value, 'messages'))) {
        yield { rejected: source, reason: 'not-a-record', line }
        return
      }
      for (const one of elementsAt(source, line, 'messages'))
        yield readMessage(one.value, one.text, one.line, space)
    }
  },
  describes: (_head, values) =>
    values.length > 0 && values.every(isInfo) ? { name: text(at(values[0], 'name')) } : undefined,
}
