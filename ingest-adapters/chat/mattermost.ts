/**
 * Mattermost bulk export, https://docs.mattermost.com/onboard/bulk-loading-data.html: JSON lines, each with a `type` and under that name an object. Posts and direct
 * posts are messages, with their replies inside; versions, teams, channels, users, emojis describe. Stamps are milliseconds; posts have no ids.
 */
import type { Item, JsonAdapter } from '../adapter.ts'
import { chatItem, countReactions, fileName } from '../shared/chat-message.ts'
import { epochStamp } from '../shared/epoch-stamp.ts'
import { mostValues } from '../shared/json-fields.ts'
import { at, elementsAt, isObject, text, type JsonObject } from '../shared/json.ts'

const POSTS = new Set(['post', 'direct_post'])
const DESCRIBES =
  /^(?:info|version|role|scheme|team|channel|user|bot|emoji|direct_channel|direct_message)$/

const isPost = (value: unknown): boolean => {
  const post = at(value, text(at(value, 'type')) ?? '')
  return (
    POSTS.has(text(at(value, 'type')) ?? '') &&
    typeof at(post, 'create_at') === 'number' &&
    at(post, 'user') !== undefined &&
    typeof at(post, 'message') === 'string'
  )
}
const describes = (value: unknown): boolean => {
  const type = text(at(value, 'type')) ?? ''
  return DESCRIBES.test(type) && (type === 'version' || isObject(at(value, type)))
}

const ACTIONS: Readonly<Record<string, string>> = {
  system_join_channel: 'join',
  system_join_team: 'join',
  system_add_to_channel: 'join',
  system_add_to_team: 'join',
  system_leave_channel: 'leave',
  system_leave_team: 'leave',
  system_remove_from_channel: 'leave',
  system_remove_from_team: 'leave',
  system_header_change: 'topic',
  system_purpose_change: 'topic',
  system_displayname_change: 'rename',
  system_channel_deleted: 'archive',
  system_channel_restored: 'unarchive',
  me: 'action',
}

const list = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value.slice(0, 200) : []

function channelOf(post: unknown): string | undefined {
  const members = list(at(post, 'channel_members')).flatMap((one) => text(one) ?? [])
  if (members.length > 0) return members.toSorted().join(', ')
  const channel = text(at(post, 'channel'))
  const team = text(at(post, 'team'))
  return channel && team ? `${team}/${channel}` : channel
}

const stampOf = (post: unknown): string | undefined => {
  const edited = at(post, 'edit_at')
  return typeof edited === 'number' && edited > 0 ? String(edited) : undefined
}

function readPost(
  post: unknown,
  source: string,
  line: number,
  channel: string | undefined,
  root?: string,
): Item {
  const created = at(post, 'create_at')
  const type = text(at(post, 'type')) ?? ''
  const attachments = at(post, 'props', 'attachments')
  const cards = list(attachments).flatMap((one) =>
    ['pretext', 'title', 'text', 'fallback'].flatMap((key) => text(at(one, key)) ?? []).slice(0, 3),
  )
  return chatItem(
    {
      time: typeof created === 'number' ? epochStamp(created, 'ms') : undefined,
      text: text(at(post, 'message')) ?? cards.join('\n'),
      action: Object.hasOwn(ACTIONS, type) ? ACTIONS[type] : type || undefined,
      user: text(at(post, 'props', 'override_username')) ?? text(at(post, 'user')),
      userId: text(at(post, 'user')),
      isBot:
        at(post, 'props', 'from_webhook') === 'true' || at(post, 'props', 'from_bot') === 'true',
      channel,
      thread: root,
      edited: stampOf(post),
      reactions: countReactions(list(at(post, 'reactions')).map((r) => text(at(r, 'emoji_name')))),
      files: list(at(post, 'attachments')).flatMap((one) => {
        const path = text(at(one, 'path'))
        return path ? [fileName(path)] : []
      }),
    },
    source,
    line,
  )
}

function* read(value: JsonObject, source: string, line: number): Generator<Item> {
  const type = text(at(value, 'type'))!
  const post = at(value, type)
  const channel = channelOf(post)
  yield readPost(post, source, line, channel)
  const root = text(at(post, 'create_at'))
  for (const reply of elementsAt(source, line, type, 'replies')) {
    yield readPost(reply.value, reply.text, reply.line, channel, root)
  }
}

export const adapter: JsonAdapter = {
  title: 'Mattermost bulk export',
  unit: 'json',
  recognizes: (head) =>
    mostValues(head, (value) => isPost(value) || describes(value)) &&
    head.values.some((value) => isPost(value) || text(at(value, 'type')) === 'version'),
  parse: () =>
    function* (value, source, line) {
      if (isObject(value) && POSTS.has(text(at(value, 'type')) ?? ''))
        yield* read(value, source, line)
      else if (describes(value)) yield { context: 1, line }
      else yield { rejected: source, reason: 'not-a-record', line }
    },
}
