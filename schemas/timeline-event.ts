import { Type, type Static } from './type.ts'

export const Kind = Type.Enum([
  'log',
  'chat',
  'alert',
  'email',
  'change',
  'ticket',
  'status',
  'metric',
  'note',
])
export type Kind = Static<typeof Kind>

/** How the instant is known. */
export const Basis = Type.Enum([
  'explicit',
  'named',
  'configured',
  'inferred',
  'assumed',
  'received',
])
export type Basis = Static<typeof Basis>

export const TimeFlag = Type.Enum([
  'year-inferred',
  'date-inferred',
  'ambiguous-hour',
  'skipped-hour',
  'leap-second',
  'clock-offset-applied',
  'out-of-order',
  'zone-abbreviation',
  'ambiguous-date',
  'contradicted',
  'time-out-of-range',
])
export type TimeFlag = Static<typeof TimeFlag>

/** Where a record of the event was seen. */
export const Seen = Type.Object({
  source: Type.String(),
  path: Type.String(),
  /** The first physical line, from 1; in a document, the number of the record. */
  line: Type.Integer(),
})
export type Seen = Static<typeof Seen>

export const EventTime = Type.Object({
  /** The stamp as written. */
  original: Type.String(),
  basis: Basis,
  /** The zone that was applied: an IANA name or an offset. */
  zone: Type.String(),
  /** UTC. With `latest` it spans every reading that the evidence leaves open. */
  earliest: Type.String(),
  latest: Type.String(),
  flags: Type.Array(TimeFlag),
  /** What contradicts the stamp. */
  contradiction: Type.Optional(
    Type.Object({
      /** The evidence in words. */
      because: Type.String(),
      /** The better reading, UTC: `sources set-clock --suggested` applies it. Left out where it is applied, or where there is none. */
      suggested: Type.Optional(Type.String()),
    }),
  ),
})
export type EventTime = Static<typeof EventTime>

/** A time that a person speaks of, such as "since about 14:05": when that was, as far as the words tell. It is never the time of the event itself. */
export const Mention = Type.Object({
  /** The words. */
  text: Type.String(),
  /** UTC. */
  earliest: Type.String(),
  latest: Type.String(),
})
export type Mention = Static<typeof Mention>

/** One event of the timeline, under ECS field names (https://www.elastic.co/guide/en/ecs/8.17/ecs-field-reference.html). */
export const TimelineEvent = Type.Object(
  {
    /** UTC, with the digits of the source. */
    '@timestamp': Type.String(),
    message: Type.String(),
    event: Type.Object(
      {
        id: Type.String(),
        kind: Type.Enum(['event', 'alert']),
        /** The adapter, such as `logs/syslog`. */
        dataset: Type.String(),
        /** The exact slice of the source, decoded, with all its lines. */
        original: Type.String(),
      },
      { additionalProperties: true },
    ),
    timeline: Type.Object({
      kind: Kind,
      signature: Type.String(),
      time: EventTime,
      seen: Type.Array(Seen),
      /** The ids of the same event met through another channel (a file and the journal, a container runtime, a relay), sorted. */
      same: Type.Optional(Type.Array(Type.String())),
      /** What a message said before it was edited or deleted, sorted. */
      history: Type.Optional(Type.Array(Type.String())),
      /** Of what a person wrote: times that it speaks of, in its order. */
      mentions: Type.Optional(Type.Array(Mention)),
    }),
  },
  { additionalProperties: true },
)
export type TimelineEvent = Static<typeof TimelineEvent> & Record<string, unknown>
