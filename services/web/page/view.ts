import { utcOf } from './instant.ts'
import { isZone } from './zone.ts'

export const LISTS = ['kind', 'level', 'source', 'host', 'service'] as const
export type ListName = (typeof LISTS)[number]

/** What the page shows; it lives in the URL. */
export interface View extends Readonly<Record<ListName, readonly string[]>> {
  /** Empty: the server's default. */
  readonly workspace: string
  /** The window, UTC; empty where it is open. */
  readonly from: string
  readonly to: string
  readonly q: string
  readonly zone: string
  /** Where the list begins; empty: at the beginning of the window. */
  readonly at: string
  /** The event that is open. */
  readonly event: string
}

export function readView(url: { search: string; hash: string }): View {
  const query = new URLSearchParams(url.search)
  const hash = new URLSearchParams(url.hash.slice(1))
  const zone = query.get('zone') ?? 'UTC'
  const list = (name: ListName): string[] => [...new Set(query.getAll(name))].slice(0, 100)
  return {
    workspace: query.get('workspace') ?? '',
    from: utcOf(query.get('from') ?? ''),
    to: utcOf(query.get('to') ?? ''),
    q: (query.get('q') ?? '').slice(0, 2000),
    kind: list('kind'),
    level: list('level'),
    source: list('source'),
    host: list('host'),
    service: list('service'),
    zone: isZone(zone) ? zone : 'UTC',
    at: utcOf(query.get('at') ?? ''),
    event: hash.get('event') ?? '',
  }
}

/** The parameters that select events, for the API and for the URL alike. */
export function filterOf(view: View): URLSearchParams {
  const query = new URLSearchParams()
  for (const name of ['workspace', 'from', 'to', 'q'] as const)
    if (view[name]) query.set(name, view[name])
  for (const name of LISTS) for (const value of view[name]) query.append(name, value)
  return query
}

export function urlOf(view: View): string {
  const query = filterOf(view)
  if (view.zone !== 'UTC') query.set('zone', view.zone)
  if (view.at) query.set('at', view.at)
  // Colons and slashes may stand in a query and are easier to read.
  const search = query.toString().replaceAll('%3A', ':').replaceAll('%2F', '/')
  const hash = view.event ? `#event=${encodeURIComponent(view.event)}` : ''
  return `/${search && `?${search}`}${hash}`
}

export const isFiltered = (view: View): boolean =>
  view.q !== '' || LISTS.some((name) => view[name].length > 0)

export const noFilters = {
  q: '',
  kind: [],
  level: [],
  source: [],
  host: [],
  service: [],
  at: '',
} as const
