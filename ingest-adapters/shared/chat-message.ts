/** One message of a chat as a record: every chat format names the same things in the same fields. */
import type { Fields } from '../../schemas/source-record.ts'
import type { Item } from '../adapter.ts'
import type { StampRead } from './stamp.ts'

/** What an export tells of a message. Names are those that it holds: who is called otherwise today keeps the name here. */
export interface ChatMessage {
  time: StampRead
  text?: string | undefined
  /** `message` where it is left out. */
  action?: string | undefined
  user?: string | undefined
  userId?: string | undefined
  email?: string | undefined
  isBot?: boolean
  /** The name of the channel, else its id. */
  channel?: string | undefined
  server?: string | undefined
  /** The id of the message or thread that it belongs to. */
  thread?: string | undefined
  replyTo?: string | undefined
  /** When it was changed last, as the export writes it. */
  edited?: string | undefined
  /** What it said before it was changed. */
  previous?: string | undefined
  /** When it was deleted, as the export writes it, or `true`. */
  deleted?: string | undefined
  reactions?: string | undefined
  files?: readonly string[]
  link?: string | undefined
  /** The id under which no other message of the service is known: with that of its channel where it is unique only there. */
  nativeId?: string | undefined
}

const FILES = 50

export function chatItem(message: ChatMessage, original: string, line: number): Item {
  const { time } = message
  if (typeof time !== 'object') return { rejected: original, reason: time ?? 'no-time', line }
  const action = message.deleted ? 'delete' : (message.action ?? 'message')
  const fields: Fields = { 'event.action': action }
  const set = (name: string, value: string | undefined): void => {
    if (value) fields[name] = value
  }
  set('user.name', message.user ?? message.userId)
  set('user.id', message.userId)
  set('user.email', message.email)
  if (message.isBot) fields['labels.bot'] = 'true'
  set('labels.channel', message.channel)
  set('labels.server', message.server)
  set('labels.thread', message.thread)
  set('labels.reply_to', message.replyTo)
  set('labels.edited', message.edited)
  set('labels.previous', message.previous)
  set('labels.deleted', message.deleted)
  set('labels.reactions', message.reactions)
  const files = (message.files ?? []).slice(0, FILES)
  set('file.name', files[0])
  set('labels.files', files.length > 1 ? files.join(', ') : undefined)
  set('event.reference', message.link)
  const shared = files.length > 0 ? `shared ${files.join(', ')}` : ''
  const nothing = message.deleted ? 'deleted a message' : `${action} without text`
  const record: Item = {
    time,
    message: message.text?.trim() || shared || nothing,
    original,
    line,
    fields,
  }
  if (message.channel !== undefined) record.stream = message.channel
  if (message.nativeId !== undefined) record.nativeId = message.nativeId
  return record
}

/** `+1 3, tada 1`: each reaction with how many gave it. */
export function countReactions(names: readonly (string | undefined)[]): string {
  const counts = new Map<string, number>()
  for (const name of names) if (name) counts.set(name, (counts.get(name) ?? 0) + 1)
  return [...counts].map(([name, count]) => `${name} ${count}`).join(', ')
}

/** The last part of a path or of the path of an address. */
export const fileName = (path: string): string =>
  path
    .replace(/[?#].*$/s, '')
    .split(/[/\\]/)
    .at(-1)!
