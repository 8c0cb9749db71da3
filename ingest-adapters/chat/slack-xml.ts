/**
 * Public Slack communities as XML, as published with disentangled conversations, https://github.com/preethac/Software-related-Slack-Chats-with-Disentangled-Conversations:
 * `<slack>` with `<team_domain>`, `<channel_name>` and a `<message conversation_id>` for each message, with `<ts>`, `<user>`, `<text>`. `ts` is a date and clock without a
 * zone. The id of the conversation is that of a thread.
 */
import type { DocumentAdapter, Item } from '../adapter.ts'
import { chatItem } from '../shared/chat-message.ts'
import { isoStamp } from '../shared/iso-stamp.ts'
import { slackText } from '../shared/slack-text.ts'
import { textOf } from '../shared/utf8-text.ts'
import { linesBetween, xmlAttribute, xmlElements, xmlText } from '../shared/xml-elements.ts'

const NAMES = { users: new Map<string, string>(), channels: new Map<string, string>() }

function* read(bytes: Uint8Array, first: number): Generator<Item> {
  const xml = textOf(bytes)
  const head = xml.slice(0, Math.max(xml.search(/<message[\s>]/), 0) || xml.length)
  const channel = xmlText(head, 'channel_name')
  const server = xmlText(head, 'team_domain')
  let line = first
  let counted = 0
  for (const { text: element, at } of xmlElements(xml, 'message')) {
    line += linesBetween(xml, counted, at)
    counted = at
    const ts = xmlText(element, 'ts')?.trim()
    yield chatItem(
      {
        time: ts === undefined ? undefined : isoStamp(ts),
        text: slackText(xmlText(element, 'text') ?? '', NAMES),
        user: xmlText(element, 'user')?.trim(),
        channel: channel?.trim(),
        server: server?.trim(),
        thread: xmlAttribute(element, 'conversation_id'),
      },
      element,
      line,
    )
  }
}

export const adapter: DocumentAdapter = {
  title: 'Slack community as XML',
  unit: 'document',
  recognizes: ({ text }) =>
    /^\s*(?:<\?xml[^>]*>\s*)?<slack>/.test(text) &&
    /<message[\s>]/.test(text) &&
    /<ts>[^<]+<\/ts>/.test(text),
  parse: () => read,
}
