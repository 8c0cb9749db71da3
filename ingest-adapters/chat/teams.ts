/**
 * Microsoft Teams as JSON. From Microsoft Graph, chatMessage, https://learn.microsoft.com/en-us/graph/api/resources/chatmessage: a page with `value`, an array or one
 * message a line, with replies inside where they were asked for. And the export of a person's own data, https://go.microsoft.com/fwlink/?linkid=2128346: messages.json
 * with `conversations`, each with its `MessageList`. A message's own time is when it was created; edits and deletions have stamps of their own beside it.
 */
import type { Item, JsonAdapter } from '../adapter.ts'
import { chatItem, countReactions, fileName } from '../shared/chat-message.ts'
import { htmlText } from '../shared/html-text.ts'
import { isoStamp } from '../shared/iso-stamp.ts'
import { mostValues } from '../shared/json-fields.ts'
import { at, elementsAt, isObject, parseJson, scalars, text } from '../shared/json.ts'

const list = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value.slice(0, 200) : []

const isMessage = (value: unknown): boolean =>
  text(at(value, 'id')) !== undefined &&
  typeof at(value, 'createdDateTime') === 'string' &&
  typeof at(value, 'messageType') === 'string' &&
  (isObject(at(value, 'body')) || at(value, 'deletedDateTime') !== undefined)
const isPage = (value: unknown): boolean => list(at(value, 'value')).some(isMessage)
const isOwnData = (value: unknown): boolean =>
  list(at(value, 'conversations')).some((one) => Array.isArray(at(one, 'MessageList')))

const stamp = (written: unknown): ReturnType<typeof isoStamp> =>
  typeof written === 'string' ? isoStamp(written) : undefined

/** What a bot says in cards. */
function cardText(attachment: unknown): string {
  const content = text(at(attachment, 'content'))
  const card = content === undefined ? undefined : parseJson(content)
  if (!card || !('value' in card)) return text(at(attachment, 'name')) ?? ''
  return [...scalars(card.value)]
    .filter(([path]) => /(?:^|\.)(?:title|subtitle|text)$/.test(path))
    .map(([, words]) => htmlText(String(words)))
    .join('\n')
}

/** `#microsoft.graph.membersAddedEventMessageDetail` is `members added`. */
const eventName = (type: string | undefined): string | undefined =>
  /\.([A-Za-z]+?)EventMessageDetail$/
    .exec(type ?? '')?.[1]
    ?.replace(/(?=[A-Z])/g, ' ')
    .toLowerCase()

const EVENTS: Readonly<Record<string, string>> = {
  'members added': 'join',
  'members joined': 'join',
  'members deleted': 'leave',
  'members left': 'leave',
  'channel renamed': 'rename',
  'chat renamed': 'rename',
  'message pinned': 'pin',
  'message unpinned': 'unpin',
  'call started': 'call',
  'call ended': 'call',
}

function* readMessage(message: unknown, source: string, line: number): Generator<Item> {
  if (!isObject(message)) {
    yield { rejected: source, reason: 'not-a-record', line }
    return
  }
  const from = ['user', 'application', 'device']
    .map((key) => at(message, 'from', key))
    .find(isObject)
  const content = text(at(message, 'body', 'content')) ?? ''
  const words = at(message, 'body', 'contentType') === 'html' ? htmlText(content) : content
  const attachments = list(at(message, 'attachments'))
  const isFile = (one: unknown): boolean => at(one, 'contentType') === 'reference'
  const cards = attachments.filter((one) => !isFile(one)).map(cardText)
  const event = eventName(text(at(message, 'eventDetail', '@odata.type')))
  const channel = text(at(message, 'chatId')) ?? text(at(message, 'channelIdentity', 'channelId'))
  const id = text(at(message, 'id'))
  const root = text(at(message, 'replyToId'))
  yield chatItem(
    {
      time: stamp(at(message, 'createdDateTime')),
      text: [text(at(message, 'subject')), words, ...cards].filter(Boolean).join('\n') || event,
      action: event === undefined ? undefined : (EVENTS[event] ?? event.replaceAll(' ', '-')),
      user: text(at(from, 'displayName')),
      userId: text(at(from, 'id')),
      isBot: isObject(at(message, 'from', 'application')),
      channel,
      thread: root,
      edited: text(at(message, 'lastEditedDateTime')),
      deleted: text(at(message, 'deletedDateTime')),
      reactions: countReactions(
        list(at(message, 'reactions')).map((one) => text(at(one, 'reactionType'))),
      ),
      files: attachments.filter(isFile).flatMap((one) => {
        const name = text(at(one, 'name')) ?? text(at(one, 'contentUrl'))
        return name ? [fileName(name)] : []
      }),
      link: text(at(message, 'webUrl')),
      nativeId: channel && id ? [channel, root, id].filter(Boolean).join('/') : undefined,
    },
    source,
    line,
  )
  for (const reply of elementsAt(source, line, 'replies')) {
    yield* readMessage(reply.value, reply.text, reply.line)
  }
}

function readOwn(message: unknown, source: string, line: number, conversation: unknown): Item {
  const id = text(at(conversation, 'id'))
  const own = text(at(message, 'id'))
  const type = text(at(message, 'messagetype')) ?? ''
  const properties = at(message, 'properties')
  return chatItem(
    {
      time: stamp(at(message, 'originalarrivaltime')),
      text: htmlText(text(at(message, 'content')) ?? ''),
      action: /^(?:Text|RichText)/.test(type)
        ? undefined
        : type.replace('/', '-').toLowerCase() || undefined,
      user: text(at(message, 'displayName')) ?? text(at(message, 'from')),
      userId: text(at(message, 'from')),
      channel: text(at(conversation, 'displayName')) ?? id,
      edited: text(at(properties, 'edittime')),
      deleted: text(at(properties, 'deletetime')),
      nativeId: id && own ? `${id}/${own}` : undefined,
    },
    source,
    line,
  )
}

export const adapter: JsonAdapter = {
  title: 'Microsoft Teams messages',
  unit: 'json',
  recognizes: (head) =>
    mostValues(head, isMessage) || head.values.some((value) => isPage(value) || isOwnData(value)),
  parse: () =>
    function* (value, source, line) {
      if (Array.isArray(at(value, 'conversations'))) {
        for (const conversation of elementsAt(source, line, 'conversations')) {
          for (const one of elementsAt(conversation.text, conversation.line, 'MessageList'))
            yield readOwn(one.value, one.text, one.line, conversation.value)
        }
      } else if (Array.isArray(at(value, 'value'))) {
        for (const one of elementsAt(source, line, 'value'))
          yield* readMessage(one.value, one.text, one.line)
      } else yield* readMessage(value, source, line)
    },
}
