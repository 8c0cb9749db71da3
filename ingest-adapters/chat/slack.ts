/**
 * Slack workspace exports, https://slack.com/help/articles/220556107-How-to-read-Slack-data-exports: a folder for each channel with a file for each day,
 * users.json and channels.json beside them; and the answer of conversations.history, https://docs.slack.dev/reference/methods/conversations.history
 * (`{"ok":true,"messages":[…]}`). Messages: https://docs.slack.dev/reference/events/message. `ts` is the time and, within its channel, the identity.
 * integration_logs.json holds records of its own: who added or changed which integration, when.
 */
import type { Fields } from '../../schemas/source-record.ts'
import type { File, Head, Item, JsonAdapter } from '../adapter.ts'
import { epochStamp } from '../shared/epoch-stamp.ts'
import { at, elementsAt, isObject, text, type JsonObject } from '../shared/json.ts'
import { isChannel, isUser, shownName, slackFacts, slackNames } from '../shared/slack-names.ts'
import {
  attachmentsText,
  blocksText,
  firstLink,
  slackText,
  type SlackNames,
} from '../shared/slack-text.ts'

const TS = /^\d{9,11}\.\d{6}$/
const DAY_FILE = /^\d{4}-\d\d-\d\d\.json$/

/** Of these every message has one; devices write `message` with a `ts` too. */
const SAID = ['user', 'bot_id', 'username', 'text', 'subtype']

const isMessage = (value: unknown): boolean =>
  at(value, 'type') === 'message' &&
  TS.test(text(at(value, 'ts')) ?? '') &&
  SAID.some((key) => at(value, key) !== undefined)
const isChange = (value: unknown): boolean =>
  text(at(value, 'change_type')) !== undefined &&
  /^\d{9,11}$/.test(text(at(value, 'date')) ?? '') &&
  (at(value, 'service_type') ?? at(value, 'app_type') ?? at(value, 'app_id')) !== undefined

/** The messages that conversations.history and its kin wrap; undefined where the value is none of theirs. */
function wrapped(value: unknown): readonly unknown[] | undefined {
  const messages = at(value, 'messages')
  return Array.isArray(messages) && (messages.some(isMessage) || at(value, 'ok') === true)
    ? messages
    : undefined
}

function recognizes({ values }: Head): boolean {
  if (values.length === 1 && wrapped(values[0])?.some(isMessage)) return true
  const known = (is: (value: unknown) => boolean): boolean =>
    values.filter(is).length * 2 > values.length
  return known(isMessage) || known(isChange) || known(isUser) || known(isChannel)
}

const ACTIONS: Readonly<Record<string, string>> = {
  channel_join: 'join',
  group_join: 'join',
  mpim_join: 'join',
  channel_leave: 'leave',
  group_leave: 'leave',
  channel_topic: 'topic',
  group_topic: 'topic',
  channel_purpose: 'topic',
  group_purpose: 'topic',
  channel_name: 'rename',
  group_name: 'rename',
  channel_archive: 'archive',
  group_archive: 'archive',
  channel_unarchive: 'unarchive',
  group_unarchive: 'unarchive',
  pinned_item: 'pin',
  unpinned_item: 'unpin',
  bot_add: 'integration-added',
  bot_remove: 'integration-removed',
  me_message: 'action',
  message_changed: 'edit',
  message_deleted: 'delete',
  tombstone: 'delete',
}

/** Where a change of a message is written beside it, the record is the message: same stamp, same identity, with what it was. */
function unwrap(entry: JsonObject): { message: JsonObject; previous?: unknown } {
  const previous = at(entry, 'previous_message') ?? at(entry, 'original')
  const inner = at(entry, 'message')
  if (isObject(inner) && text(at(inner, 'ts')))
    return { message: inner, previous: at(previous, 'text') }
  if (at(entry, 'subtype') === 'message_deleted' && isObject(previous)) return { message: previous }
  return { message: entry, previous: at(previous, 'text') }
}

/** A name for the author: what a bot calls itself, what the workspace calls the id, what the message carries along. */
const authorName = (message: JsonObject, names: SlackNames): string | undefined =>
  text(at(message, 'username')) ??
  text(at(message, 'bot_profile', 'name')) ??
  names.users.get(text(at(message, 'user')) ?? '') ??
  shownName(at(message, 'user_profile')) ??
  text(at(message, 'user')) ??
  text(at(message, 'bot_id'))

function messageText(message: JsonObject, names: SlackNames): string {
  const own = text(at(message, 'text')) ?? ''
  const attached = attachmentsText(at(message, 'attachments'), names)
  if (own.trim() !== '') return [slackText(own, names), attached].filter(Boolean).join('\n')
  return attached || slackText(blocksText(at(message, 'blocks')), names)
}

function* readMessage(
  entry: JsonObject,
  source: string,
  line: number,
  folder: Channel | undefined,
  names: SlackNames,
): Generator<Item> {
  const { message, previous } = unwrap(entry)
  const ts = text(at(message, 'ts'))
  const time = ts === undefined ? undefined : epochStamp(ts, 's')
  if (ts === undefined || typeof time !== 'object') {
    yield { rejected: source, reason: 'no-time', line }
    return
  }
  const subtype = text(at(entry, 'subtype')) ?? text(at(message, 'subtype')) ?? ''
  const fields: Fields = {
    'event.action': Object.hasOwn(ACTIONS, subtype) ? ACTIONS[subtype]! : 'message',
  }
  const set = (name: string, value: string | undefined): void => {
    if (value) fields[name] = value
  }
  set('user.name', authorName(message, names))
  set('user.id', text(at(message, 'user')) ?? text(at(message, 'bot_id')))
  if (at(message, 'bot_id') || subtype === 'bot_message' || at(message, 'bot_profile'))
    fields['labels.bot'] = 'true'
  const own = text(at(entry, 'channel')) ?? text(at(message, 'channel'))
  const channel = own ?? folder?.id
  set('labels.channel', folder?.name ?? (own && (names.channels.get(own) ?? own)))
  const root = text(at(message, 'thread_ts'))
  set('labels.thread', root)
  if (root) fields['labels.thread_role'] = root === ts ? 'parent' : 'reply'
  set('labels.replies', text(at(message, 'reply_count')))
  if (subtype !== '') fields['labels.subtype'] = subtype
  set('labels.edited', text(at(message, 'edited', 'ts')))
  if (typeof previous === 'string') set('labels.previous', slackText(previous, names))
  if (fields['event.action'] === 'delete')
    fields['labels.deleted'] = (message === entry ? undefined : text(at(entry, 'ts'))) ?? 'true'
  set('labels.reactions', reactions(at(message, 'reactions')))
  const files = fileNames(message)
  set('file.name', files[0])
  set('labels.files', files.length > 1 ? files.join(', ') : undefined)
  set('event.reference', firstLink(text(at(message, 'text')) ?? '', at(message, 'attachments')))
  const words = messageText(message, names)
  const said = subtype === 'me_message' ? `${fields['user.name'] ?? ''} ${words}`.trim() : words
  const shared = files.length > 0 ? `shared ${files.join(', ')}` : ''
  const nothing =
    fields['event.action'] === 'delete'
      ? 'deleted a message'
      : `${subtype || 'message'} without text`
  const record = {
    time,
    message: said || shared || nothing,
    original: source,
    line,
    fields,
  }
  // two channels may have messages of one ts: where the channel is not told, ts is no identity
  yield channel === undefined
    ? record
    : { ...record, stream: `#${fields['labels.channel']}`, nativeId: `${channel}/${ts}` }
}

const list = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value.slice(0, 50) : []

const reactions = (value: unknown): string =>
  list(value)
    .map((one) => [text(at(one, 'name')), text(at(one, 'count'))].filter(Boolean).join(' '))
    .join(', ')

const fileNames = (message: JsonObject): string[] =>
  [...list(at(message, 'files')), at(message, 'file')].flatMap(
    (one) => text(at(one, 'name')) ?? text(at(one, 'title')) ?? [],
  )

function* readChange(
  entry: JsonObject,
  source: string,
  line: number,
  names: SlackNames,
): Generator<Item> {
  const time = epochStamp(text(at(entry, 'date'))!, 's')
  if (typeof time !== 'object') {
    yield { rejected: source, reason: 'no-time', line }
    return
  }
  const service =
    text(at(entry, 'service_type')) ??
    text(at(entry, 'app_type')) ??
    text(at(entry, 'app_id')) ??
    'an integration'
  const change = text(at(entry, 'change_type'))!
  const id = text(at(entry, 'user_id'))
  const name = text(at(entry, 'user_name')) ?? names.users.get(id ?? '') ?? id ?? 'somebody'
  const channel = text(at(entry, 'channel'))
  const where = channel && (names.channels.get(channel) ?? channel)
  const fields: Fields = { 'event.action': `integration-${change}`, 'user.name': name }
  if (id) fields['user.id'] = id
  if (where) fields['labels.channel'] = where
  fields['labels.integration'] = service
  const reason = text(at(entry, 'reason'))
  if (reason) fields['event.reason'] = reason
  yield {
    time,
    message: `${name} ${change} the integration ${service}${where ? ` in #${where}` : ''}`,
    original: source,
    line,
    fields,
  }
}

interface Channel {
  id?: string
  name: string
}

/** The folder of a channel has its name, that of a direct message its id. Without channels.json it is only a folder: a copy in another one is the same messages. */
function channelOf(folder: string, { channels }: SlackNames): Channel {
  const name = channels.get(folder)
  if (name !== undefined) return { id: folder, name }
  const id = [...channels].find((channel) => channel[1] === folder)?.[0]
  return id === undefined ? { name: folder } : { id, name: folder }
}

function parse(file: File): (value: unknown, source: string, line: number) => Iterable<Item> {
  const names = slackNames(file.companions)
  const channel =
    DAY_FILE.test(file.name) && file.folder !== '' ? channelOf(file.folder, names) : undefined
  return function* read(value, source, line): Generator<Item> {
    const messages = wrapped(value)
    if (messages) {
      for (const element of elementsAt(source, line, 'messages'))
        yield* readEntry(element.value, element.text, element.line)
    } else yield* readEntry(value, source, line)
  }
  function* readEntry(value: unknown, source: string, line: number): Generator<Item> {
    if (isObject(value) && isChange(value)) yield* readChange(value, source, line, names)
    else if (
      isObject(value) &&
      (at(value, 'type') === 'message' || at(value, 'ts') !== undefined)
    ) {
      yield* readMessage(value, source, line, channel, names)
    } else yield { rejected: source, reason: 'not-a-record', line }
  }
}

export const adapter: JsonAdapter = {
  title: 'Slack export',
  unit: 'json',
  recognizes,
  parse,
  describes: (_head, value) => slackFacts(Array.isArray(value) ? value : [value]),
}
