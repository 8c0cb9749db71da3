import type { estypes } from '@elastic/elasticsearch'
import type { WindowFilter } from '../event-index.ts'
import { parseText, type Term } from '../text-query.ts'
import { FACETS, instantOf, keyword, term, wordsOf } from './fields.ts'

type Query = estypes.QueryDslQueryContainer

/** The query of a filter. Nothing is scored: events stand in the order of time. */
export function select(filter: WindowFilter): Query {
  const must: Query[] = []
  const not: Query[] = []
  const { from, to } = filter
  if (from !== undefined) {
    const gte = instantOf(from)
    must.push(gte === undefined ? { match_none: {} } : { range: { '@timestamp': { gte } } })
  }
  if (to !== undefined) {
    const lt = instantOf(to)
    if (lt !== undefined) must.push({ range: { '@timestamp': { lt } } })
  }
  for (const name of FACETS) {
    const values = filter[name]
    if (values) must.push({ terms: { [name]: values.map(keyword) } })
  }
  if (filter.source)
    must.push({ terms: { terms: filter.source.map((source) => term('source', source)) } })
  const said = new Set<string>()
  for (const one of filter.q === undefined ? [] : parseText(filter.q)) {
    // A query may have a few thousand clauses, and people paste.
    const key = JSON.stringify(one)
    if (said.has(key)) continue
    said.add(key)
    const list = one.not ? not : must
    list.push(clauseOf(one))
  }
  return { bool: { filter: must, must_not: not } }
}

function clauseOf({ phrase, field, value }: Term): Query {
  if (!phrase) return { term: { terms: term(field!, value!) } }
  const words = wordsOf(phrase)
  return phrase.length === 1 ? { term: { text: words } } : { match_phrase: { text: words } }
}
