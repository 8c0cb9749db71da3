import { get, Problem, put } from './api.ts'
import { button, element, events } from './element.ts'
import { sourceOf, type TimelineEvent } from './timeline-event.ts'
import { visible, visibleString } from './visible-text.ts'

interface Dated {
  events: number
  bases: Readonly<Record<string, number>>
  streams: readonly {
    dataset: string
    zone: { value: string; known: 'assumed' | 'told' | 'corrected' }
    year?: { value: number; from: number; because?: string }
    date?: { value: string; from: string; because?: string }
    clock?: Clock
    secondStamp?: { unzoned?: true; applied?: true }
  }[]
}

/** A drift is kept as it is. */
interface Clock {
  addMs: number
  drift?: object
}

interface Telling {
  zone?: string | null
  clock?: Clock | null
  suggested?: true | null
}

/** What is taken for granted about the time of the event's source, and the ways to tell it better. `changed` is called when the timeline is another one. */
export function sourceTime(
  event: TimelineEvent,
  workspace: string,
  changed: () => void,
): HTMLElement {
  const source = sourceOf(event)
  const query = new URLSearchParams({ ...(workspace && { workspace }), source })
  const box = element('div', { class: 'source-time' })
  const details = element(
    'details',
    {},
    element('summary', {}, 'The time of ', element('bdi', {}, visible(source))),
    box,
  )
  const problem = element('p', { role: 'alert' })
  const failed = (error: unknown): void => {
    if (!(error instanceof Problem)) throw error
    problem.textContent = `${error.message}. ${error.advice}`
  }
  const tell = async (telling: Telling): Promise<void> => {
    problem.textContent = ''
    try {
      await put('sources/time', query, telling)
      changed()
    } catch (error) {
      failed(error)
    }
  }
  const show = async (): Promise<void> => {
    try {
      const { sources } = await get<{ sources: Dated[] }>('sources/time', query)
      if (sources[0]) box.replaceChildren(...partsOf(sources[0], tell), problem)
    } catch (error) {
      box.replaceChildren(problem)
      failed(error)
    }
  }
  details.addEventListener('toggle', () => {
    if (details.open) void show()
  })
  return details
}

const BASES: Readonly<Record<string, string>> = {
  explicit: 'with an offset of their own',
  named: 'with the name of their zone',
  configured: 'in the zone that was told',
  inferred: 'worked out from evidence',
  assumed: 'taken as UTC, which nothing tells',
  received: 'dated by their arrival',
}

function partsOf(dated: Dated, tell: (telling: Telling) => Promise<void>): HTMLElement[] {
  const words = Object.entries(dated.bases).map(
    ([basis, count]) => `${events(count)} ${BASES[basis] ?? visibleString(basis)}`,
  )
  for (const { year, date } of dated.streams)
    for (const turn of [year, date])
      if (turn)
        words.push(
          `begins in ${turn.value}${turn.because ? ` (${visibleString(turn.because)})` : ''}`,
        )
  const zone = dated.streams.find((stream) => stream.zone.known === 'corrected')?.zone.value
  const clock = dated.streams.find((stream) => stream.clock)?.clock
  const second = dated.streams.find(({ secondStamp }) => secondStamp && !secondStamp.unzoned)
  const isApplied = second?.secondStamp?.applied
  return [
    element('ul', {}, ...words.map((word) => element('li', {}, word))),
    form(
      'Zone of stamps without one',
      { list: 'zones', placeholder: 'Europe/Berlin or -04:00', value: zone ?? '' },
      (value) => void tell({ zone: value }),
      zone === undefined ? undefined : () => void tell({ zone: null }),
    ),
    form(
      'Seconds to add to all its stamps',
      { type: 'number', step: 'any', placeholder: '-420', value: clock ? clock.addMs / 1000 : '' },
      (value) => void tell({ clock: { ...clock, addMs: Math.round(Number(value) * 1000) } }),
      clock ? () => void tell({ clock: null }) : undefined,
    ),
    ...(second
      ? [
          button(
            isApplied ? 'Take stamps as they are written' : 'Take contradicted stamps as suggested',
            () => void tell({ suggested: isApplied ? null : true }),
          ),
        ]
      : []),
  ]
}

function form(
  label: string,
  attributes: Readonly<Record<string, string | number>>,
  set: (value: string) => void,
  reset: (() => void) | undefined,
): HTMLElement {
  const input = element('input', { ...attributes, required: true, size: 22, spellcheck: 'false' })
  const made = element(
    'form',
    { autocomplete: 'off' },
    element('label', {}, `${label} `, input),
    element('button', { type: 'submit' }, 'Set'),
    reset && button('Take back', reset),
  )
  made.addEventListener('submit', (submit) => {
    submit.preventDefault()
    set(input.value.trim())
  })
  return made
}
