import { Type, type Static } from '../../../schemas/type.ts'
import { Filter, type Filter as FilterType } from '../../../schemas/query.ts'
import { WORKSPACE } from '../../../schemas/workspace.ts'
import { parseInstant } from '../../event-index/instant-key.ts'
import type { WindowFilter } from '../../event-index/event-index.ts'
import { Problem } from '../problems.ts'

export const WorkspaceParameter = Type.Object({
  workspace: Type.Optional(
    Type.String({
      pattern: WORKSPACE,
      description: 'The workspace; the first of /v1/workspaces when left out.',
    }),
  ),
})

export const FilterParameters = Type.Intersect([Filter, WorkspaceParameter])
export type FilterParameters = Static<typeof FilterParameters>

/** The workspace that a request names. @throws Problem unknown-workspace */
export function workspaceOf(known: readonly string[], asked: string | undefined): string {
  const workspace = asked ?? known[0]!
  if (!known.includes(workspace))
    throw new Problem(
      'unknown-workspace',
      `there is no workspace ${workspace}; there are: ${known.join(', ')}`,
    )
  return workspace
}

/** The filter with its window as keys of the index; kinds and levels may also be written with commas. @throws Problem invalid-instant */
export function windowOf({ from, to, ...filter }: FilterType): WindowFilter {
  const window: WindowFilter = {}
  for (const name of ['kind', 'source', 'host', 'service', 'level'] as const) {
    const list = filter[name]
    if (list)
      window[name] =
        name === 'kind' || name === 'level' ? list.flatMap((value) => value.split(',')) : list
  }
  if (filter.q) window.q = filter.q
  const edge = (name: string, text: string): string => {
    const key = parseInstant(text)
    if (key === undefined)
      throw new Problem(
        'invalid-instant',
        `${name}=${text} is no instant: write it as 2024-05-01T10:00:00Z`,
      )
    return key
  }
  if (from !== undefined) window.from = edge('from', from)
  if (to !== undefined) window.to = edge('to', to)
  return window
}
