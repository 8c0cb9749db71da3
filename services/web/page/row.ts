import { button, count, element, sign } from './element.ts'
import { markOf, timeWords } from './time-words.ts'
import {
  field,
  placeOf,
  programOf,
  severityOf,
  sourceOf,
  whoOf,
  type TimelineEvent,
} from './timeline-event.ts'
import { visible, visibleString } from './visible-text.ts'
import { fullTime, localTime } from './zone.ts'

export const COLUMNS = 5
/** A closed row shows at most so much of a message. */
const CLOSED_CHARACTERS = 400
/** An open row; the detail shows all. */
const OPEN_CHARACTERS = 20_000

export const KINDS = [
  'log',
  'chat',
  'alert',
  'email',
  'change',
  'ticket',
  'status',
  'metric',
  'note',
]
export const kindSign = (kind: string): SVGElement =>
  sign(`kind-${KINDS.includes(kind) ? kind : 'note'}`)

/** One event of the list. Everything in it is text from outside. */
export function rowOf(
  event: TimelineEvent,
  zone: string,
  hrefOf: (id: string) => string,
): HTMLTableRowElement {
  const level = field(event, 'log', 'level')
  const { kind } = event.timeline
  const row = element('tr', { class: `row ${severityOf(level)}` })
  row.dataset['id'] = event.event.id
  row.dataset['at'] = event['@timestamp']
  const place = element('span', { class: 'place' }, visible(placeOf(event)))
  place.title = placeTitle(event)
  row.append(
    element('td', { class: 'time' }, timeOf(event, zone, hrefOf)),
    element('td', { class: 'kind' }, kindSign(kind), element('span', {}, visible(kind))),
    element('td', { class: 'level' }, level && element('span', { class: 'badge' }, visible(level))),
    element('td', { class: 'source' }, place),
    element('td', { class: 'message' }, messageOf(event)),
  )
  return row
}

function placeTitle(event: TimelineEvent): string {
  const names = [
    ['source', sourceOf(event)],
    ['host', field(event, 'host', 'name')],
    ['service', field(event, 'service', 'name')],
  ]
  return names
    .filter(([, value]) => value)
    .map(([name, value]) => `${name}: ${visibleString(value!)}`)
    .join('\n')
}

function timeOf(event: TimelineEvent, zone: string, hrefOf: (id: string) => string): HTMLElement {
  const at = event['@timestamp']
  const { clock, fraction, offset } = localTime(at, zone)
  const { time } = event.timeline
  const mark = markOf(time)
  const link = element(
    'a',
    { href: hrefOf(event.event.id), class: 'open' },
    element('time', { datetime: at }, clock),
    fraction && element('span', { class: 'fraction' }, `.${fraction.slice(0, 3)}`),
    element('span', { class: 'offset' }, offset),
  )
  link.title = [fullTime(at, 'UTC').replace('Z', ' UTC'), ...timeWords(time, zone)].join('\n')
  const box = element('span', { class: 'mark', 'aria-hidden': 'true' }, mark?.sign)
  if (mark) box.classList.add(mark.name)
  const said = mark && element('span', { class: 'unseen' }, ` ${mark.name} time`)
  return element('span', { class: 'stamp' }, box, link, said)
}

function messageOf(event: TimelineEvent): HTMLElement {
  const who = whoOf(event)
  const program = programOf(event)
  const text = element('span', { class: 'text', dir: 'auto' })
  const box = element(
    'div',
    { class: 'say' },
    who && element('bdi', { class: 'who' }, visible(who)),
    program && element('bdi', { class: 'program' }, visible(program)),
    text,
  )
  const whole = event.message.replace(/\s+$/, '')
  const lines = whole.split('\n')
  const first = lines.findIndex((line) => line.trim() !== '')
  const line = lines[first] ?? ''
  const more = lines.length - 1 - Math.max(first, 0)
  const short = line.length > CLOSED_CHARACTERS ? `${line.slice(0, CLOSED_CHARACTERS)}…` : line
  text.append(visible(short))
  if (more === 0 && short === line) return box
  const rest =
    more > 0
      ? `+${count(more)} ${more === 1 ? 'line' : 'lines'}`
      : `+${count(line.length - CLOSED_CHARACTERS)} characters`
  const toggle = button(
    rest,
    () => {
      const open = !box.classList.contains('whole')
      box.classList.toggle('whole', open)
      toggle.setAttribute('aria-expanded', String(open))
      toggle.textContent = open ? 'less' : rest
      const cut =
        whole.length > OPEN_CHARACTERS
          ? `${whole.slice(0, OPEN_CHARACTERS)}…\n(cut here; open the event for all of it)`
          : whole
      text.replaceChildren(visible(open ? cut : short))
    },
    { class: 'more', 'aria-expanded': 'false' },
  )
  box.append(toggle)
  return box
}
