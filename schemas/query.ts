import { Type, type Static } from './type.ts'

const Instant = Type.String({
  pattern:
    '^\\d{4}-\\d\\d-\\d\\d(?:T\\d\\d:\\d\\d(?::\\d\\d(?:[.,]\\d{1,9})?)?(?:Z|[+-]\\d\\d:?\\d\\d)?)?$',
  description: 'An instant as in RFC 3339; without an offset it is UTC, without a time midnight.',
})
export const Cursor = Type.String({
  maxLength: 1000,
  description: 'What "next" of the page before gave.',
})
const List = Type.Array(Type.String({ maxLength: 1000 }), { maxItems: 100 })

/** What selects events. Windows are half-open: from <= @timestamp < to. Values of one list are alternatives. */
export const Filter = Type.Object({
  from: Type.Optional(Instant),
  to: Type.Optional(Instant),
  /** Words (all of them), "phrases", field:value, and any of these with - in front. */
  q: Type.Optional(Type.String({ maxLength: 2000 })),
  kind: Type.Optional(List),
  source: Type.Optional(List),
  host: Type.Optional(List),
  service: Type.Optional(List),
  level: Type.Optional(List),
})
export type Filter = Static<typeof Filter>

export const Query = Type.Intersect([
  Filter,
  Type.Object({
    limit: Type.Integer({ minimum: 1, maximum: 1000 }),
    order: Type.Enum(['asc', 'desc']),
    cursor: Type.Optional(Cursor),
  }),
])
export type Query = Static<typeof Query>
