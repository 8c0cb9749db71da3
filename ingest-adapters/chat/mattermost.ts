/**
 * Mattermost bulk export, https://docs.mattermost.com/onboard/bulk-loading-data.html: JSON lines, each with a `type` and under that name an object. Posts and direct
 * posts are messages, with their replies inside; versions, teams, channels, users, emojis describe. Stamps are milliseconds; posts have no ids.
 * Also lists of posts as the API answers (https://developers.mattermost.com/api-documentation/, `order` and `posts`), with ids of posts, users and channels in place of names.
 */
import type { Item, JsonAdapter } from '../adapter.ts'
import { chatItem, countReactions, fileName } from '../shared/chat-message.ts'
import { epochStamp } from '../shared/epoch-stamp.ts'
import { mostValues } from '../shared/json-fields.ts'
import {
  at,
  elementsAt,
  isObject,
  member,
  members,
  parseJson,
  text,
  type JsonObject,
} from '../shared/json.ts'

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

/** A post of the API knows its id; what was deleted has the time of that. */
const isApiPost = (value: unknown): value is JsonObject =>
  typeof at(value, 'id') === 'string' &&
  typeof at(value, 'create_at') === 'number' &&
  typeof at(value, 'channel_id') === 'string' &&
  typeof at(value, 'message') === 'string'

const isPostList = (value: unknown): boolean => {
  const posts = at(value, 'posts')
  const order = at(value, 'order')
  if (!Array.isArray(order) || !isObject(posts)) return false
  const all = Object.values(posts)
  return all.some(isApiPost) || (order.length === 0 && all.length === 0)
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
  const deleted = at(post, 'delete_at')
  const id = text(at(post, 'id'))
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
      userId: text(at(post, 'user')) ?? text(at(post, 'user_id')),
      isBot:
        at(post, 'props', 'from_webhook') === 'true' || at(post, 'props', 'from_bot') === 'true',
      channel,
      thread: root,
      edited: stampOf(post),
      deleted: typeof deleted === 'number' && deleted > 0 ? String(deleted) : undefined,
      reactions: countReactions(list(at(post, 'reactions')).map((r) => text(at(r, 'emoji_name')))),
      files: list(at(post, 'attachments'))
        .flatMap((one) => {
          const path = text(at(one, 'path'))
          return path ? [fileName(path)] : []
        })
        .concat(list(at(post, 'metadata', 'files')).flatMap((one) => text(at(one, 'name')) ?? [])),
      nativeId: id && `mattermost ${id}`,
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

function* readPosts(source: string, first: number): Generator<Item> {
  const posts = member(source, 'posts')
  if (!posts) return
  let line = first + linesIn(source.slice(0, posts.at))
  let before = 0
  for (const { text: own, at: place } of members(posts.text)) {
    line += linesIn(posts.text.slice(before, place))
    before = place
    const read = parseJson(own)
    const post = 'value' in read ? read.value : undefined
    if (isApiPost(post)) {
      const root = text(at(post, 'root_id')) || undefined
      yield readPost(post, own, line, text(at(post, 'channel_id')), root)
    } else yield { rejected: own, reason: 'not-a-record', line }
  }
}

const linesIn = (json: string): number => json.split('\n').length - 1

export const adapter: JsonAdapter = {
  title: 'Mattermost bulk export and posts of its API',
  unit: 'json',
  recognizes: (head) =>
    mostValues(head, isPostList) ||
    (mostValues(head, (value) => isPost(value) || describes(value)) &&
      head.values.some((value) => isPost(value) || text(at(value, 'type')) === 'version')),
  parse: () =>
    function* (value, source, line) {
      if (isObject(value) && POSTS.has(text(at(value, 'type')) ?? ''))
        yield* read(value, source, line)
      else if (isPostList(value)) yield* readPosts(source, line)
      else if (describes(value)) yield { context: 1, line }
      else yield { rejected: source, reason: 'not-a-record', line }
    },
}
