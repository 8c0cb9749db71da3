import { copyButton } from './copy.ts'
import { fieldsOf } from './detail-fields.ts'
import { button, element, part } from './element.ts'
import { kindSign } from './row.ts'
import { sourceTime } from './source-time.ts'
import { markOf, timeWords } from './time-words.ts'
import {
  field,
  type Mention,
  placeOf,
  programOf,
  sameAs,
  severityOf,
  sourceOf,
  whoOf,
  type TimelineEvent,
} from './timeline-event.ts'
import { visible } from './visible-text.ts'
import { dayTitle, fullTime, localTime } from './zone.ts'

export interface DetailHooks {
  close(): void
  /** Opens the next or the previous event of the list. */
  step(by: 1 | -1): void
  /** Begins the list at this event. */
  locate(event: TimelineEvent): void
  open(id: string): void
  /** Adds a term to the query. */
  narrow(term: string): void
  link(id: string): string
  workspace: string
  /** The timeline is another one: everything is read again. */
  changed(): void
}

/** Everything that is known of one event. */
export function showDetail(event: TimelineEvent, zone: string, hooks: DetailHooks): void {
  const level = field(event, 'log', 'level')
  const { kind, time } = event.timeline
  const head = element(
    'header',
    {},
    element('span', { class: 'kind' }, kindSign(kind), element('span', {}, visible(kind))),
    level && element('span', { class: `badge ${severityOf(level)}` }, visible(level)),
    element('span', { class: 'fill' }),
    button('‹', () => hooks.step(-1), {
      title: 'Previous event (k)',
      'aria-label': 'Previous event',
    }),
    button('›', () => hooks.step(1), { title: 'Next event (j)', 'aria-label': 'Next event' }),
    button('×', hooks.close, { title: 'Close (Esc)', 'aria-label': 'Close', class: 'close' }),
  )
  const mark = markOf(time)
  const words = timeWords(time, zone).map((text) => element('li', {}, text))
  part('detail').replaceChildren(
    head,
    heading(event, zone),
    element('p', { class: 'origin' }, ...originOf(event)),
    element(
      'p',
      { class: 'whole-message', dir: 'auto' },
      visible(event.message.replace(/\n+$/, '')),
    ),
    actions(event, hooks),
    element(
      'section',
      {},
      element(
        'h3',
        {},
        'How the time is known',
        mark && element('span', { class: `mark ${mark.name}` }, ` ${mark.sign} ${mark.name}`),
      ),
      element('ul', {}, ...words),
      sourceTime(event, hooks.workspace, hooks.changed),
    ),
    ...mentionsOf(event, zone),
    element('section', {}, element('h3', {}, 'Where it was seen'), seenOf(event)),
    ...sameOf(event, hooks),
    element('section', {}, element('h3', {}, 'Fields'), fieldsOf(event, hooks.narrow)),
    element(
      'section',
      {},
      element('h3', {}, 'As it came'),
      element('pre', { tabindex: 0 }, visible(event.event.original)),
    ),
  )
}

function heading(event: TimelineEvent, zone: string): HTMLElement {
  const at = event['@timestamp']
  const { date, clock, fraction, offset } = localTime(at, zone)
  const utc = element('span', { class: 'utc' }, fullTime(at, 'UTC').replace('Z', ' UTC'))
  return element(
    'h2',
    { tabindex: -1, id: 'detail-title' },
    element(
      'span',
      { class: 'clock' },
      clock,
      fraction && element('span', { class: 'fraction' }, `.${fraction}`),
    ),
    element(
      'span',
      { class: 'day' },
      `${offset === 'Z' ? 'UTC' : `${offset} ${zone}`} · ${dayTitle(date)}`,
    ),
    zone === 'UTC' ? undefined : utc,
  )
}

function originOf(event: TimelineEvent): Node[] {
  const who = whoOf(event)
  const names = [...new Set([who, placeOf(event), programOf(event), sourceOf(event)])].filter(
    Boolean,
  )
  return names.flatMap((name, i) => [
    element('bdi', { class: name === who ? 'who' : '' }, visible(name)),
    ...(i < names.length - 1 ? [document.createTextNode(' · ')] : []),
  ])
}

function actions(event: TimelineEvent, hooks: DetailHooks): HTMLElement {
  const line = `* ${event['@timestamp']} UTC, ${sourceOf(event)}: ${event.message.split('\n')[0]}`
  return element(
    'div',
    { class: 'actions' },
    copyButton('Copy link', () => new URL(hooks.link(event.event.id), location.href).href),
    copyButton('Copy message', () => event.message),
    copyButton('Copy as list item', () => line),
    copyButton('Copy JSON', () => JSON.stringify(event, undefined, 2)),
    button('Show in the timeline', () => hooks.locate(event)),
  )
}

function seenOf(event: TimelineEvent): HTMLElement {
  const places = event.timeline.seen.map(({ source, path, line }) =>
    element(
      'li',
      {},
      element('bdi', { class: 'path' }, visible(path)),
      ` line ${line}`,
      path !== source &&
        element('span', { class: 'dim' }, ', source ', element('bdi', {}, visible(source))),
    ),
  )
  return element('ul', { class: 'seen' }, ...places)
}

/** Times that a person speaks of. */
function mentionsOf(event: TimelineEvent, zone: string): HTMLElement[] {
  const { mentions } = event.timeline
  if (!Array.isArray(mentions) || mentions.length === 0) return []
  const items = (mentions as Mention[]).map(({ text, earliest, latest }) =>
    element(
      'li',
      {},
      element('q', {}, visible(text)),
      earliest === latest
        ? `: ${fullTime(earliest, zone)}`
        : `: from ${fullTime(earliest, zone)} to ${fullTime(latest, zone)}`,
    ),
  )
  return [
    element('section', {}, element('h3', {}, 'Times it speaks of'), element('ul', {}, ...items)),
  ]
}

/** The same event met through another channel. */
function sameOf(event: TimelineEvent, hooks: DetailHooks): HTMLElement[] {
  const ids = sameAs(event)
  if (ids.length === 0) return []
  const links = ids.map((id) =>
    element(
      'li',
      {},
      button(visible(id), () => hooks.open(id), { class: 'link' }),
    ),
  )
  return [
    element(
      'section',
      {},
      element('h3', {}, 'The same, seen elsewhere'),
      element('ul', {}, ...links),
    ),
  ]
}
