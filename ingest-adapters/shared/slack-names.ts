/** What the files beside the messages of a Slack export tell: who and which channel an id is. https://slack.com/help/articles/220556107 */
import { at, isObject, text } from './json.ts'
import type { SlackNames } from './slack-text.ts'

const USER = /^[UWB][A-Z0-9]{5,}$/
const CHANNEL = /^[CGD][A-Z0-9]{5,}$/

export const isUser = (value: unknown): boolean =>
  USER.test(text(at(value, 'id')) ?? '') &&
  (isObject(at(value, 'profile')) ||
    at(value, 'real_name') !== undefined ||
    at(value, 'team_id') !== undefined)

export const isChannel = (value: unknown): boolean =>
  CHANNEL.test(text(at(value, 'id')) ?? '') && Array.isArray(at(value, 'members'))

/** The name that Slack shows: the one that a person chose, else the real one, else the handle. */
export const shownName = (user: unknown): string | undefined =>
  text(at(user, 'profile', 'display_name')) ??
  text(at(user, 'display_name')) ??
  text(at(user, 'profile', 'real_name')) ??
  text(at(user, 'real_name')) ??
  text(at(user, 'name'))

/** Plain data, so that it can be handed on. */
export interface SlackFacts {
  users: [id: string, name: string][]
  channels: [id: string, name: string][]
  /** Direct messages have no name but those of their members. */
  direct: [id: string, members: string[]][]
}

export function slackFacts(values: readonly unknown[]): SlackFacts | undefined {
  const facts: SlackFacts = { users: [], channels: [], direct: [] }
  for (const value of values) {
    const id = text(at(value, 'id')) ?? ''
    if (isUser(value)) {
      const name = shownName(value)
      if (name) facts.users.push([id, name])
    } else if (isChannel(value)) {
      const name = text(at(value, 'name'))
      if (name) facts.channels.push([id, name])
      else
        facts.direct.push([id, (at(value, 'members') as unknown[]).flatMap((m) => text(m) ?? [])])
    }
  }
  const known = facts.users.length + facts.channels.length + facts.direct.length
  return known * 2 > values.length ? facts : undefined
}

/** Companions joined, the nearest first. They are checked, because any file may stand beside the messages. */
export function slackNames(companions: readonly unknown[]): SlackNames {
  // Slack's own account is in no users.json.
  const users = new Map([['USLACKBOT', 'Slackbot']])
  const channels = new Map<string, string>()
  const pairs = (key: string): [string, unknown][] =>
    companions.flatMap((facts) => {
      const list = at(facts, key)
      return Array.isArray(list)
        ? list.filter((p): p is [string, unknown] => Array.isArray(p) && typeof p[0] === 'string')
        : []
    })
  for (const [id, name] of pairs('users'))
    if (typeof name === 'string' && !users.has(id)) users.set(id, name)
  for (const [id, name] of pairs('channels'))
    if (typeof name === 'string' && !channels.has(id)) channels.set(id, name)
  for (const [id, members] of pairs('direct')) {
    if (!Array.isArray(members) || channels.has(id)) continue
    channels.set(id, members.map((m) => users.get(String(m)) ?? String(m)).join(', '))
  }
  return { users, channels }
}
