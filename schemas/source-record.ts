import { Type, type Static } from './type.ts'

/**
 * A time stamp as it was read, before anything is known about its zone or, where it was not written, its year.
 * `seconds` counts from 1970-01-01T00:00:00 on the clock that wrote it: with `offset` 0 it is Unix time.
 * A stamp without a year is read in 1972 (a leap year), one without a date on 1970-01-01.
 */
export const Stamp = Type.Object({
  /** The text as it stood in the source. */
  original: Type.String(),
  seconds: Type.Integer(),
  /** 0 to 999,999,999. */
  nanos: Type.Integer(),
  /** How many digits of a fraction were written, at most 9. */
  digits: Type.Integer(),
  lacks: Type.Optional(Type.Union([Type.Literal('year'), Type.Literal('date')])),
  /** Seconds east of UTC, where the source says so; 0 for Z and for an epoch. */
  offset: Type.Optional(Type.Integer()),
  /** A zone name or abbreviation, where one was written instead of an offset. */
  zone: Type.Optional(Type.String()),
  /** 0 is Sunday; only where it was written. */
  weekday: Type.Optional(Type.Integer()),
  /** `seconds` under each order of day, month and year that the digits allow, where they allow several. */
  orders: Type.Optional(
    Type.Object({
      dmy: Type.Optional(Type.Integer()),
      mdy: Type.Optional(Type.Integer()),
      ymd: Type.Optional(Type.Integer()),
    }),
  ),
  /** The clock said :60. `seconds` and `nanos` are the last nanosecond before the next minute. */
  leapSecond: Type.Optional(Type.Literal(true)),
  /** No seconds were written: the instant is anywhere in the minute. */
  minutesOnly: Type.Optional(Type.Literal(true)),
})
export type Stamp = Static<typeof Stamp>

/** ECS field names with dots (`host.name`, `log.level`, `labels.pod`) and their values. */
export const Fields = Type.Record(Type.String(), Type.Union([Type.String(), Type.Number()]))
export type Fields = Static<typeof Fields>

/** What an adapter saw: nothing here was worked out from anything but the record's own bytes and its file. */
export const SourceRecord = Type.Object({
  time: Stamp,
  /** Another stamp of it, by the clock that dates the records of its source which have no better one. `time` is the better one. */
  usual: Type.Optional(Stamp),
  /** Another stamp of it, by a clock that knows better, though not exactly when: it shows whether that of `time` is wrong. Never beside `usual`. */
  witness: Type.Optional(Stamp),
  message: Type.String(),
  /** The exact slice of the source, decoded, with all its lines. */
  original: Type.String(),
  /** Number of its first physical line, from 1; in a document, of the record. */
  line: Type.Integer(),
  fields: Fields,
  /** The host, container or channel id that the record names: the stream that it belongs to. */
  stream: Type.Optional(Type.String()),
  /** The identity that the format itself gives: a message id, a cursor, a delivery id. */
  nativeId: Type.Optional(Type.String()),
})
export type SourceRecord = Static<typeof SourceRecord>
