/**
 * Discord as HTML by DiscordChatExporter, https://github.com/Tyrrrz/DiscordChatExporter (HtmlDark, HtmlLight). Each message has a container with `data-message-id`; Discord's ids tell the
 * time (https://discord.com/developers/docs/reference#snowflakes), which the page itself shows in the language and zone of who exported it. A message that follows one of the same author has no author of its own.
 * Variants: exports with `chatlog__message-container` (since 2.31) and with `chatlog__message ` before; replies, attachments, edits, reactions and what Discord says itself.
 */
import type { DocumentAdapter, Item } from '../adapter.ts'
import { chatItem, fileName } from '../shared/chat-message.ts'
import { htmlText, unescapeHtml } from '../shared/html-text.ts'
import { newlinesBetween } from '../shared/lines.ts'
import type { StampRead } from '../shared/stamp.ts'
import { textOf } from '../shared/utf8-text.ts'

const MESSAGE = /<div\b[^>]{0,300}\sdata-message-id="?(\d{15,20})"?/g
const GROUP = /<div class="?chatlog__message-group[" >]/g
/** Milliseconds of Unix time at which Discord's own count begins. */
const EPOCH = 1_420_070_400_000n
const ENTRY = /class="?preamble__entry[" ][^>]{0,100}>/g
const AUTHOR = /class="?chatlog__(?:system-notification-)?author(?:-name)?[" ][^>]{0,300}>/
const USER_ID = /\sdata-user-id="?(\d{15,20})/
const CONTENT = /class="?chatlog__(?:content|system-notification-content)[" ][^>]{0,200}>/
const REPLY = /scrollToMessage\(event,\s?'(\d{15,20})'\)/
const FILE =
  /class="?chatlog__attachment[" ][\s\S]{0,600}?(?:href|src)="?([^"\s>]{1,400})(?:"|\s|>)/g
const MARKED_EDITED = / ?\(edited\)$/
const EDITED = /class="?chatlog__edited-timestamp[" ][^>]{0,20}title="([^"]{1,80})"/
const REPLIED_OR_FORWARDED = /class="?chatlog__(?:reply|referenced-message)[" ]/

function timeOf(id: string): StampRead {
  const ms = (BigInt(id) >> 22n) + EPOCH
  return {
    original: id,
    seconds: Number(ms / 1000n),
    nanos: Number(ms % 1000n) * 1_000_000,
    digits: 3,
    offset: 0,
  }
}

/** What a reader sees in the element whose opening tag ends at `from`: elements of its own name inside it are part of it. */
function inside(html: string, name: string, from: number): string {
  const tag = new RegExp(`<(/?)${name}\\b`, 'g')
  tag.lastIndex = from
  let depth = 1
  for (let m = tag.exec(html); m; m = tag.exec(html)) {
    depth += m[1] ? -1 : 1
    if (depth === 0) return htmlText(html.slice(from, m.index))
  }
  return htmlText(html.slice(from))
}

/** The text of the first element with such a tag. */
function within(html: string, pattern: RegExp): string | undefined {
  const m = pattern.exec(html)
  if (!m) return undefined
  const name = /<(\w+)[^<]*$/.exec(html.slice(Math.max(0, m.index - 200), m.index))?.[1]
  return name && inside(html, name, m.index + m[0].length)
}

/** `Guild`, `Category / channel`: the second line above the messages. */
function channelOf(html: string): string | undefined {
  const entries = [...html.matchAll(ENTRY)].map((m) => inside(html, 'div', m.index + m[0].length))
  return entries[1]?.split('/').at(-1)?.trim()
}

/** The messages with the place where each begins: the first of a group where the group does, because older exports name its author there. */
function messages(html: string): { id: string; at: number }[] {
  const groups = [...html.matchAll(GROUP)].map((m) => m.index)
  let next = 0
  return [...html.matchAll(MESSAGE)].map((m) => {
    let at = m.index
    for (; next < groups.length && groups[next]! < m.index; next++) at = groups[next]!
    return { id: m[1]!, at }
  })
}

function* read(bytes: Uint8Array, first: number): Generator<Item> {
  const html = textOf(bytes)
  const found = messages(html)
  const channel = channelOf(html.slice(0, found[0]?.at ?? 0))
  let line = first
  let counted = 0
  let author: string | undefined
  let userId: string | undefined
  for (const [i, { id, at }] of found.entries()) {
    line += newlinesBetween(html, counted, at)
    counted = at
    const original = html.slice(at, found[i + 1]?.at).trimEnd()
    const reply = REPLIED_OR_FORWARDED.test(original) ? REPLY.exec(original)?.[1] : undefined
    const named = within(original, AUTHOR)
    if (named !== undefined) {
      author = named
      userId = USER_ID.exec(original)?.[1]
    }
    const edited = EDITED.exec(original)?.[1]
    const text = within(original, CONTENT)
    yield chatItem(
      {
        time: timeOf(id),
        text: edited === undefined ? text : text?.replace(MARKED_EDITED, ''),
        user: author,
        userId,
        channel,
        replyTo: reply,
        edited,
        files: [...original.matchAll(FILE)].map(([, link]) => fileName(unescapeHtml(link!))),
        nativeId: id,
      },
      original,
      line,
    )
  }
}

export const adapter: DocumentAdapter = {
  title: 'Discord export as HTML',
  unit: 'document',
  recognizes: ({ text }) =>
    text.includes('chatlog__message') && text.search(MESSAGE) >= 0 && text.includes('preamble__'),
  parse: () => read,
}
