/**
 * Public Slack communities as XML, as published with disentangled conversations, https://github.com/preethac/Software-related-Slack-Chats-with-Disentangled-Conversations:
 * `<slack>` with `<team_domain>`, `<channel_name>` and a `<message conversation_id>` for each message, with `<ts>`, `<user>`, `<text>`. `ts` is a date and clock without a
 * zone. The id of the conversation is that of a thread.
 */
import type { DocumentAdapter, Item } from '../adapter.ts'
import { chatItem } from '../shared/chat-message.ts'
import { isoStamp } from '../shared/iso-stamp.ts'
import { newlinesBetween } from '../shared/lines.ts'
import { slackText } from '../shared/slack-text.ts'
import { textOf } from '../shared/utf8-text.ts'
import { attribute, elementsNamed, elementText } from '../shared/xml-elements.ts'

const NAMES = { users: new Map<string, string>(), channels: new Map<string, string>() }

function* read(bytes: Uint8Array, first: number): Generator<Item> {
  const xml = textOf(bytes)
  const head = xml.slice(0, Math.max(xml.search(/<message[\s>]/), 0) || xml.length)
  const channel = elementText(head, 'channel_name')
  const server = elementText(head, 'team_domain')
  let line = first
  let counted = 0
  for (const { text: element, attributes, at } of elementsNamed(xml, 'message')) {
    line += newlinesBetween(xml, counted, at)
    counted = at
    const ts = elementText(element, 'ts')
    yield chatItem(
      {
        time: ts === undefined ? undefined : isoStamp(ts),
        text: slackText(elementText(element, 'text') ?? '', NAMES),
        user: elementText(element, 'user'),
        channel,
        server,
        thread: attribute(attributes, 'conversation_id'),
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
