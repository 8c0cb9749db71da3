/**
 * Messages of Facebook Messenger and Instagram from "Download your information", https://www.facebook.com/help/212802592074644: message_1.json with `participants` and
 * `messages` (`sender_name`, `timestamp_ms`), newest first; since end-to-end encryption also with `threadName` and `senderName`, `timestamp`. The first kind writes
 * the bytes of UTF-8 as characters of their own. Messages have no ids; an unsent one keeps its place and time.
 */
import { isUtf8 } from 'node:buffer'
import type { Item, JsonAdapter } from '../adapter.ts'
import { chatItem, countReactions, fileName } from '../shared/chat-message.ts'
import { epochStamp } from '../shared/epoch-stamp.ts'
import { at, elementsAt, isObject, text } from '../shared/json.ts'

const list = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value.slice(0, 200) : []

const isOld = (value: unknown): boolean =>
  typeof at(value, 'sender_name') === 'string' && typeof at(value, 'timestamp_ms') === 'number'
const isEncrypted = (value: unknown): boolean =>
  typeof at(value, 'senderName') === 'string' && typeof at(value, 'timestamp') === 'number'
const isThread = (value: unknown): boolean =>
  Array.isArray(at(value, 'participants')) &&
  list(at(value, 'messages')).some((one) => isOld(one) || isEncrypted(one))

// eslint-disable-next-line no-control-regex
const BYTES = /^[\x00-\xff]*[\x80-\xff][\x00-\xff]*$/

/** A text as it was written, where each byte of it became a character. */
function said(value: unknown): string | undefined {
  const written = text(value)
  if (written === undefined || !BYTES.test(written)) return written
  const bytes = Buffer.from(written, 'latin1')
  return isUtf8(bytes) ? bytes.toString('utf8') : written
}

const MEDIA = ['photos', 'videos', 'files', 'audio_files', 'gifs', 'media']

function readMessage(message: unknown, source: string, line: number, channel?: string): Item {
  if (!isObject(message)) return { rejected: source, reason: 'not-a-record', line }
  const stamp = at(message, 'timestamp_ms') ?? at(message, 'timestamp')
  const files = [...MEDIA.flatMap((key) => list(at(message, key))), at(message, 'sticker')].flatMap(
    (one) => {
      const path = said(at(one, 'uri'))
      return path ? [fileName(path)] : []
    },
  )
  const seconds = at(message, 'call_duration')
  const isUnsent = at(message, 'is_unsent') === true || at(message, 'isUnsent') === true
  return chatItem(
    {
      time: typeof stamp === 'number' ? epochStamp(stamp, 'ms') : undefined,
      text:
        said(at(message, 'content')) ??
        said(at(message, 'text')) ??
        said(at(message, 'share', 'link')),
      action: typeof seconds === 'number' ? 'call' : undefined,
      user: said(at(message, 'sender_name')) ?? said(at(message, 'senderName')),
      channel,
      deleted: isUnsent ? 'true' : undefined,
      reactions: countReactions(
        list(at(message, 'reactions')).map((one) => said(at(one, 'reaction'))),
      ),
      files,
      link: said(at(message, 'share', 'link')),
    },
    source,
    line,
  )
}

/** The name of a thread, else those who take part. */
const threadName = (thread: unknown): string | undefined =>
  said(at(thread, 'title')) ??
  said(at(thread, 'threadName')) ??
  (list(at(thread, 'participants'))
    .flatMap((one) => said(one) ?? said(at(one, 'name')) ?? [])
    .join(', ') ||
    undefined)

export const adapter: JsonAdapter = {
  title: 'Facebook Messenger export',
  unit: 'json',
  recognizes: ({ values }) => values.length > 0 && values.every(isThread),
  parse: () =>
    function* (value, source, line) {
      if (!Array.isArray(at(value, 'messages'))) {
        yield { rejected: source, reason: 'not-a-record', line }
        return
      }
      const channel = threadName(value)
      for (const one of elementsAt(source, line, 'messages'))
        yield readMessage(one.value, one.text, one.line, channel)
    },
}
