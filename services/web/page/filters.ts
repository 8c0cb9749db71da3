import type { Source } from './api.ts'
import type { Bins, Core } from './bins.ts'
import { button, count, element, part } from './element.ts'
import { createMenu, type Menu } from './filter-menu.ts'
import { kindSign } from './row.ts'
import { field, LEVELS, severityOf, type TimelineEvent } from './timeline-event.ts'
import { isFiltered, noFilters, type ListName, type View } from './view.ts'
import { visible } from './visible-text.ts'

export interface Filters {
  /** What a workspace has. */
  workspace(sources: readonly Source[], core: Core | undefined): void
  levels(bins: Bins): void
  /** Hosts and services are known from the events that were loaded. */
  came(events: readonly TimelineEvent[]): void
  show(view: View): void
}

export function createFilters(go: (change: Partial<View>) => void): Filters {
  let view: View | undefined
  const kinds = new Map<string, number>()
  const levels = new Map<string, number | undefined>()
  const toggled = (name: ListName, value: string): Partial<View> => {
    const now = view?.[name] ?? []
    return {
      [name]: now.includes(value) ? now.filter((v) => v !== value) : [...now, value],
      at: '',
    }
  }
  const menu = (name: ListName, title: string, note: string): Menu =>
    createMenu(title, note, (value) => go(toggled(name, value)))
  const menus = {
    source: menu('source', 'Source', 'All sources of the workspace.'),
    host: menu('host', 'Host', 'Hosts of the events loaded so far.'),
    service: menu('service', 'Service', 'Services of the events loaded so far.'),
  }
  part('menus').replaceChildren(...Object.values(menus).map((m) => m.element))
  const clear = part('clear')
  clear.addEventListener('click', () => go(noFilters))

  const chip = (name: ListName, value: string, n: number | undefined, sign?: Node): HTMLElement => {
    const pressed = view?.[name].includes(value) ?? false
    const title = n === undefined ? '' : `${count(n)} events`
    const text = value === '' ? 'no level' : value
    const made = button('', () => go(toggled(name, value)), {
      class: 'chip',
      'aria-pressed': String(pressed),
      title,
    })
    if (sign) made.append(sign)
    made.append(element('span', {}, visible(text)))
    if (n !== undefined) made.append(element('span', { class: 'number' }, short(n)))
    return made
  }
  const draw = (): void => {
    const shownKinds = new Set([...kinds.keys(), ...(view?.kind ?? [])])
    part('kinds').replaceChildren(
      ...[...shownKinds].sort().map((kind) => chip('kind', kind, kinds.get(kind), kindSign(kind))),
    )
    const some = new Set([...levels.keys(), ...(view?.level ?? [])])
    const shownLevels = new Set([...LEVELS.filter((level) => some.has(level)), ...some])
    const dot = (level: string): Node => element('span', { class: `dot ${severityOf(level)}` })
    part('levels').replaceChildren(
      ...[...shownLevels].map((level) => chip('level', level, levels.get(level), dot(level))),
    )
  }

  return {
    workspace(sources, core) {
      kinds.clear()
      levels.clear()
      for (const level of core?.levels ?? []) levels.set(level, undefined)
      menus.host.clear()
      menus.service.clear()
      menus.source.clear()
      for (const { source, events, kinds: inside } of sources) {
        menus.source.add(source, events)
        for (const [kind, n] of Object.entries(inside)) kinds.set(kind, (kinds.get(kind) ?? 0) + n)
      }
      draw()
    },
    levels(bins) {
      const chosen = (view?.level.length ?? 0) > 0
      for (const name of levels.keys()) levels.set(name, chosen ? undefined : 0)
      for (const [name, n] of bins.levels) levels.set(name, n)
      draw()
    },
    came(events) {
      for (const event of events) {
        menus.host.add(field(event, 'host', 'name'), 1)
        menus.service.add(field(event, 'service', 'name'), 1)
      }
    },
    show(newView) {
      view = newView
      menus.source.show(view.source)
      menus.host.show(view.host)
      menus.service.show(view.service)
      clear.hidden = !isFiltered(view)
      draw()
    },
  }
}

/** 1,234 as 1.2k: chips are narrow. */
const short = (n: number): string =>
  n < 1000
    ? String(n)
    : n < 1e6
      ? `${(n / 1000).toFixed(n < 10_000 ? 1 : 0)}k`
      : `${(n / 1e6).toFixed(1)}M`
