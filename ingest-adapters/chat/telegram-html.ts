/**
 * Telegram Desktop's export as HTML, https://core.telegram.org/import-export: messages.html, messages2.html …. Each message is a `div` of class `message` with the stamp in a
 * title (`01.05.2024 10:00:05 UTC+02:00`; before 2022 without a zone), `from_name`, `text` and media; one of class `joined` has the author of the message before it. What
 * the service says itself has no time, and the days between have none of their own.
 */
import type { DocumentAdapter, Item } from '../adapter.ts'
import { chatItem, fileName } from '../shared/chat-message.ts'
import { htmlText, unescapeHtml } from '../shared/html-text.ts'
import { newlinesBetween } from '../shared/lines.ts'
import { digitDateStamp } from '../shared/numeric-stamp.ts'
import { readOffset, type StampRead } from '../shared/stamp.ts'
import { textOf } from '../shared/utf8-text.ts'

const MESSAGE = '<div class="message '
const ID = /^<div class="message ([^"]*)" id="message(-?\d+)"/
const DATE = /class="pull_right date details" title="([^"]+)"/
const LINK = /<a class="[^"]{0,100}(?:media|photo_wrap|video_file_wrap)[^"]{0,100}" href="([^"]+)"/
const REPLY = /class="reply_to details">[^<]*<a href="(?:[^"#]*)#go_to_message(\d+)"/

const timeOf = (written: string | undefined): StampRead => {
  if (written === undefined) return undefined
  const [clock = '', zone] = written.split(' UTC', 2)
  const stamp = digitDateStamp(clock)
  if (typeof stamp !== 'object') return stamp
  const offset = zone === undefined ? undefined : zone === '' ? { offset: 0 } : readOffset(zone, 0)
  if (offset === 'impossible-time') return offset
  return { ...stamp, original: written, ...(offset && { offset: offset.offset }) }
}

/** What is in the first `div` of a class, up to the next block; undefined where there is none. */
function within(message: string, name: string): string | undefined {
  const begin = message.indexOf(`<div class="${name}">`)
  if (begin < 0) return undefined
  const from = begin + name.length + 14
  const end = message.indexOf('</div>', from)
  return htmlText(message.slice(from, end < 0 ? undefined : end))
}

function* read(bytes: Uint8Array, first: number): Generator<Item> {
  const html = textOf(bytes)
  const chat = within(html.slice(0, Math.max(html.indexOf(MESSAGE), 0)), 'text bold')
  let author: string | undefined
  let line = first
  let counted = 0
  for (let at = html.indexOf(MESSAGE); at >= 0;) {
    const next = html.indexOf(MESSAGE, at + 1)
    const original = html.slice(at, next < 0 ? undefined : next).trimEnd()
    line += newlinesBetween(html, counted, at)
    counted = at
    at = next
    const [, kind = '', id = '0'] = ID.exec(original) ?? []
    if (id.startsWith('-')) {
      yield { context: original.split('\n').length, line }
      continue
    }
    const isService = kind.includes('service')
    if (!kind.includes('joined') && !isService) author = within(original, 'from_name')
    const link = LINK.exec(original)?.[1]
    const file = within(original, 'title bold')
    yield chatItem(
      {
        time: timeOf(DATE.exec(original)?.[1]),
        text: within(original, 'text'),
        user: isService ? undefined : author,
        channel: chat,
        replyTo: REPLY.exec(original)?.[1],
        files: link ? [file ?? fileName(unescapeHtml(link))] : file ? [file] : [],
        nativeId: chat ? `${chat}/${id}` : undefined,
      },
      original,
      line,
    )
  }
}

export const adapter: DocumentAdapter = {
  title: 'Telegram export as HTML',
  unit: 'document',
  recognizes: ({ text }) =>
    text.includes('<div class="page_wrap') &&
    /<div class="message [^"]*" id="message-?\d+"/.test(text),
  parse: () => read,
}
