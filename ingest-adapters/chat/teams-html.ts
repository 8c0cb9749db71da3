/**
 * Microsoft Teams as HTML. Microsoft publishes no layout of its own; this is that of https://github.com/edgraaff/teams-chat-backup and its kin, made from Microsoft Graph: for each
 * message a `div` of class `message` with `message-timestamp` (ISO 8601 with its zone), `message-sender` and `message-body`. The stamp is that of the last change,
 * where there was one. Messages have no ids.
 */
import type { DocumentAdapter, Item } from '../adapter.ts'
import { chatItem } from '../shared/chat-message.ts'
import { htmlText } from '../shared/html-text.ts'
import { isoStamp } from '../shared/iso-stamp.ts'
import { newlinesBetween } from '../shared/lines.ts'
import { textOf } from '../shared/utf8-text.ts'

const MESSAGE = /<div class="message(?: [^"]{0,80})?">\s{0,20}<div class="message-timestamp">/g
const PART = '<div class="message-'

/** What is in the part of a name, up to the next part or the end of the message. */
function part(message: string, name: string): string | undefined {
  const open = `${PART}${name}">`
  const begin = message.indexOf(open)
  if (begin < 0) return undefined
  const next = message.indexOf(PART, begin + 1)
  return htmlText(message.slice(begin + open.length, next < 0 ? undefined : next))
}

function* read(bytes: Uint8Array, first: number): Generator<Item> {
  const html = textOf(bytes)
  const places = [...html.matchAll(MESSAGE)].map(({ index }) => index)
  let line = first
  let counted = 0
  for (const [i, at] of places.entries()) {
    line += newlinesBetween(html, counted, at)
    counted = at
    const end = places[i + 1] ?? html.lastIndexOf('</body>')
    const original = html.slice(at, end > at ? end : undefined).trimEnd()
    yield chatItem(
      {
        time: isoStamp(part(original, 'timestamp') ?? ''),
        text: part(original, 'body'),
        user: part(original, 'sender'),
      },
      original,
      line,
    )
  }
}

export const adapter: DocumentAdapter = {
  title: 'Microsoft Teams chat as HTML',
  unit: 'document',
  recognizes: ({ text }) =>
    text.search(MESSAGE) >= 0 && text.includes('<div class="message-sender">'),
  parse: () => read,
}
