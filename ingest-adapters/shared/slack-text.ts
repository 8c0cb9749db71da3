/** The text of a Slack message. Formatting: https://docs.slack.dev/messaging/formatting-message-text, attachments and blocks: https://docs.slack.dev/reference/messaging/payload */
import { at, isObject, text } from './json.ts'

/** Names by id, from the files beside the messages. */
export interface SlackNames {
  users: ReadonlyMap<string, string>
  channels: ReadonlyMap<string, string>
}

const CONTROL = /<([^<>]{1,4000})>/g

/** `<@U1>`, `<#C1|general>`, `<!here>`, `<https://x|label>` and the three entities as a person sees them. */
export function slackText(written: string, names: SlackNames): string {
  const shown = written.replace(CONTROL, (whole, inside: string) => {
    const bar = inside.indexOf('|')
    const target = bar < 0 ? inside : inside.slice(0, bar)
    const label = bar < 0 ? '' : inside.slice(bar + 1)
    const id = target.slice(1)
    if (target[0] === '@') return `@${names.users.get(id) ?? (label.replace(/^@/, '') || id)}`
    if (target[0] === '#') return `#${names.channels.get(id) ?? (label || id)}`
    if (target[0] === '!') return special(id, label)
    if (!/^[a-z][a-z0-9+.-]{0,20}:/i.test(target)) return whole
    const address = target.replace(/^mailto:/, '')
    return label === '' ? address : label
  })
  return shown.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
}

/** `<!here>`, `<!subteam^S1|@ops>`, `<!date^1392734382^{date}|Feb 18>`. */
function special(name: string, label: string): string {
  if (label !== '') return label
  const [what, id] = name.split('^', 2)
  return `@${what === 'subteam' && id ? id : what}`
}

/**
 * What a bot put into attachments: lead-in, title, text, fields; the fallback where there is nothing else. A message that somebody shared is part of the message, the
 * preview of another link is not.
 */
export function attachmentsText(value: unknown, names: SlackNames): string {
  if (!Array.isArray(value)) return ''
  const parts: string[] = []
  for (const one of value.slice(0, 50)) {
    if (!isObject(one)) continue
    const shared = at(one, 'is_msg_unfurl') === true || at(one, 'is_share') === true
    if (at(one, 'from_url') !== undefined && !shared) continue
    const lines = ['pretext', 'title', 'text'].map((key) => text(at(one, key)))
    const fields = at(one, 'fields')
    for (const field of Array.isArray(fields) ? fields.slice(0, 50) : []) {
      lines.push([text(at(field, 'title')), text(at(field, 'value'))].filter(Boolean).join(': '))
    }
    let own = lines.filter(Boolean).join('\n')
    if (own === '') own = blocksText(at(one, 'blocks')) || text(at(one, 'fallback')) || ''
    if (own !== '') parts.push(slackText(own, names))
  }
  return parts.join('\n')
}

const LINK = /<(https?:\/\/[^<>|\s]{1,2000})(?:\|[^<>]*)?>/

/** Where a message leads: the link of the first attachment's title, else the first in the texts. */
export function firstLink(written: string, attachments: unknown): string | undefined {
  const all = Array.isArray(attachments) ? attachments.slice(0, 50) : []
  const titled = all.map((one) => text(at(one, 'title_link'))).find((link) => link !== undefined)
  if (titled) return titled
  const texts = [
    written,
    ...all.flatMap((one) => ['pretext', 'text'].map((key) => text(at(one, key)) ?? '')),
  ]
  return texts
    .map((one) => LINK.exec(one)?.[1])
    .find((link) => link !== undefined)
    ?.replaceAll('&amp;', '&')
}

/** Block Kit, as text with the same marks as in `text`: sections, headers, contexts, rich text. */
export function blocksText(value: unknown, depth = 0): string {
  if (!Array.isArray(value) || depth > 8) return ''
  const inline = value.some((one) => INLINE.has(String(at(one, 'type'))))
  return value
    .slice(0, 200)
    .map((one) => blockText(one, depth))
    .filter(Boolean)
    .join(inline ? '' : '\n')
}

const INLINE = new Set(['text', 'link', 'user', 'channel', 'emoji', 'broadcast', 'usergroup'])

function blockText(block: unknown, depth: number): string {
  const own = at(block, 'text')
  const id = (key: string): string => text(at(block, key)) ?? ''
  switch (at(block, 'type')) {
    case 'user':
      return `<@${id('user_id')}>`
    case 'channel':
      return `<#${id('channel_id')}>`
    case 'broadcast':
      return `<!${id('range')}>`
    case 'usergroup':
      return `<!subteam^${id('usergroup_id')}>`
    case 'emoji':
      return `:${id('name')}:`
    case 'link':
      return typeof own === 'string' && own !== '' ? `<${id('url')}|${own}>` : `<${id('url')}>`
    case 'image':
      return text(at(block, 'title', 'text')) ?? id('alt_text')
    default: {
      const lead = typeof own === 'string' ? own : (text(at(own, 'text')) ?? '')
      return [
        lead,
        blocksText(at(block, 'fields'), depth + 1),
        blocksText(at(block, 'elements'), depth + 1),
      ]
        .filter(Boolean)
        .join('\n')
    }
  }
}
