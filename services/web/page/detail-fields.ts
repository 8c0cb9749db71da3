import { button, element } from './element.ts'
import { leaves, type TimelineEvent } from './timeline-event.ts'
import { visible, visibleString } from './visible-text.ts'

/** Shown elsewhere in the detail. */
const ELSEWHERE = /^(?:message|event\.original|timeline\.(?:time\.|seen|same))/
/** What a query can name and quote; see services/event-index/text-query.ts. */
const NAME = /^[A-Za-z@_][\w.@-]*$/

/** Values that no other event has. */
const ITSELF = new Set(['@timestamp', 'event.id'])

export function fieldsOf(event: TimelineEvent, narrow: (term: string) => void): HTMLElement {
  const rows = leaves(event)
    .filter(([name]) => !ELSEWHERE.test(name))
    .map(([name, value]) =>
      element(
        'div',
        { class: 'field' },
        element('dt', {}, visible(name)),
        element('dd', {}, element('bdi', {}, linkOr(value))),
        narrowers(name, value, narrow),
      ),
    )
  return element('dl', {}, ...rows)
}

function narrowers(
  name: string,
  value: string,
  narrow: (term: string) => void,
): HTMLElement | undefined {
  const sayable =
    NAME.test(name) &&
    !ITSELF.has(name) &&
    value !== '' &&
    value.length < 200 &&
    !/["\n]/.test(value)
  if (!sayable) return undefined
  const term = `${name}:${/^\S+$/.test(value) ? value : `"${value}"`}`
  const words = visibleString(term)
  const ask = (sign: string, term: string, what: string): HTMLElement =>
    button(sign, () => narrow(term), { title: what, 'aria-label': what })
  return element(
    'span',
    { class: 'narrow' },
    ask('+', term, `Only ${words}`),
    ask('−', `-${term}`, `Not ${words}`),
  )
}

/** A value that is an address of the web becomes a link; no other scheme ever does. */
function linkOr(value: string): Node {
  if (!/^https?:\/\/[^\s]+$/i.test(value) || !URL.canParse(value)) return visible(value)
  const url = new URL(value)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return visible(value)
  const attributes = { href: url.href, target: '_blank', rel: 'noopener noreferrer nofollow' }
  return element('a', attributes, visible(value))
}
