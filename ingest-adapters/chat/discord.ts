/**
 * Discord, as DiscordChatExporter writes it in JSON: https://github.com/Tyrrrz/DiscordChatExporter, layout in
 * DiscordChatExporter.Core/Exporting/JsonMessageWriter.cs. One object a channel, with `guild`, `channel` and `messages`.
 * Message ids are unique in a channel; an edited message keeps its id and its time.
 */
import type { Fields } from '../../schemas/source-record.ts'
import type { Item, JsonAdapter } from '../adapter.ts'
import { isoStamp } from '../shared/iso-stamp.ts'
import { at, elementsAt, isObject, text } from '../shared/json.ts'

const isExport = (value: unknown): boolean =>
  isObject(at(value, 'guild')) &&
  isObject(at(value, 'channel')) &&
  Array.isArray(at(value, 'messages'))

const ACTIONS: Readonly<Record<string, string>> = {
  Default: 'message',
  Reply: 'message',
  ThreadStarterMessage: 'message',
  GuildMemberJoin: 'join',
  UserJoin: 'join',
  RecipientAdd: 'join',
  RecipientRemove: 'leave',
  ChannelNameChange: 'topic',
  ChannelPinnedMessage: 'pin',
  Call: 'call',
  ThreadCreated: 'thread',
  ApplicationCommand: 'message',
  ChatInputCommand: 'message',
  ContextMenuCommand: 'message',
}

const list = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value.slice(0, 50) : []
const names = (value: unknown, ...keys: string[]): string[] =>
  list(value).flatMap((one) => keys.map((key) => text(at(one, key))).find(Boolean) ?? [])

const kebab = (type: string): string => type.replace(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase()

/** Bots say everything in embeds. */
function embedText(embeds: unknown): string {
  return list(embeds)
    .flatMap((one) => [
      text(at(one, 'title')),
      text(at(one, 'description')),
      ...list(at(one, 'fields')).map((f) =>
        [text(at(f, 'name')), text(at(f, 'value'))].filter(Boolean).join(': '),
      ),
    ])
    .filter(Boolean)
    .join('\n')
}

const reactions = (value: unknown): string =>
  list(value)
    .map((one) =>
      [text(at(one, 'emoji', 'name')), text(at(one, 'count'))].filter(Boolean).join(' '),
    )
    .join(', ')

function readMessage(message: unknown, source: string, line: number, whole: unknown): Item {
  if (!isObject(message)) return { rejected: source, reason: 'not-a-record', line }
  const written = text(at(message, 'timestamp'))
  const time = written === undefined ? undefined : isoStamp(written)
  if (time === undefined || time === 'impossible-time')
    return { rejected: source, reason: time ?? 'no-time', line }
  const channel = text(at(whole, 'channel', 'id'))
  const type = text(at(message, 'type')) ?? 'Default'
  const fields: Fields = {
    'event.action': Object.hasOwn(ACTIONS, type) ? ACTIONS[type]! : kebab(type),
  }
  const set = (name: string, value: string | undefined): void => {
    if (value) fields[name] = value
  }
  const author = at(message, 'author')
  set(
    'user.name',
    text(at(author, 'nickname')) ?? text(at(author, 'name')) ?? text(at(author, 'id')),
  )
  set('user.id', text(at(author, 'id')))
  if (at(author, 'isBot') === true) fields['labels.bot'] = 'true'
  set('labels.channel', text(at(whole, 'channel', 'name')) ?? channel)
  set('labels.server', text(at(whole, 'guild', 'name')))
  if (/Thread/.test(text(at(whole, 'channel', 'type')) ?? '')) set('labels.thread', channel)
  set('labels.reply_to', text(at(message, 'reference', 'messageId')))
  set('labels.edited', text(at(message, 'timestampEdited')))
  set('labels.call_ended', text(at(message, 'callEndedTimestamp')))
  if (at(message, 'isPinned') === true) fields['labels.pinned'] = 'true'
  set('labels.reactions', reactions(at(message, 'reactions')))
  const files = names(at(message, 'attachments'), 'fileName', 'url')
  set('file.name', files[0])
  set('labels.files', files.length > 1 ? files.join(', ') : undefined)
  const embeds = at(message, 'embeds')
  set('event.reference', names(embeds, 'url')[0])
  const stickers = names(at(message, 'stickers'), 'name')
  const said =
    text(at(message, 'content')) ||
    embedText(embeds) ||
    (files.length > 0 ? `shared ${files.join(', ')}` : stickers.join(', ')) ||
    `${type} without text`
  const record = { time, message: said, original: source, line, fields }
  const id = text(at(message, 'id'))
  if (channel === undefined) return record
  return id === undefined
    ? { ...record, stream: channel }
    : { ...record, stream: channel, nativeId: `${channel}/${id}` }
}

export const adapter: JsonAdapter = {
  title: 'Discord export',
  unit: 'json',
  recognizes: ({ values }) => values.length > 0 && values.every(isExport),
  parse: () =>
    function* (value, source, line) {
      if (!isExport(value)) {
        yield { rejected: source, reason: 'not-a-record', line }
        return
      }
      for (const element of elementsAt(source, line, 'messages'))
        yield readMessage(element.value, element.text, element.line, value)
    },
}
