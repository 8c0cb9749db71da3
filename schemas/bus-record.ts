import { Type, type Static } from './type.ts'
import { Rejection } from './rejection.ts'
import { SourceRecord } from './source-record.ts'

/** A source record with the identity and the place in its file that the reader gave it. */
export const BusRecord = Type.Intersect([
  SourceRecord,
  Type.Object({
    /** The event's id: the stamp as written and a hash of stream, bytes and which of the equal records of the file it is; or of the native id. */
    id: Type.String(),
    /** Which of the records of its source under the same stamp in one file this is, from 0. */
    place: Type.Integer(),
    /** For a stamp without a year or a date: how many years or days later than the first record of the stream, by the order of the lines. */
    turn: Type.Optional(Type.Integer()),
    /** The date that a line before it told, as days since 1970-01-01: for a stamp without a date. */
    day: Type.Optional(Type.Integer()),
    /** The clock went back by minutes to hours: how many seconds it is behind where it did, negative where it has passed that. Tells the second of two repeated hours. */
    behind: Type.Optional(Type.Integer()),
    /** It is earlier than a line before it. */
    late: Type.Optional(Type.Literal(true)),
    /** A file was broken off in the line after it, which was taken for a part of it: what is longer is wrong. */
    ends: Type.Optional(Type.Literal(true)),
  }),
])
export type BusRecord = Static<typeof BusRecord>

/** What is said of all records of a batch. */
export const BatchHead = Type.Object({
  /** `<import>/<number of the file>`: what created the events, for the ledger. */
  origin: Type.String(),
  path: Type.String(),
  /** The adapter, such as `logs/syslog`. */
  dataset: Type.String(),
  /** The file's stream in the catalogue: the key of its context. */
  file: Type.String(),
  /** The source of records that name no stream. */
  source: Type.String(),
  /** Given by the user: it takes the place of every stream. */
  declared: Type.Optional(Type.Literal(true)),
})
export type BatchHead = Static<typeof BatchHead>

/** Records of one file on the bus. */
export const RecordBatch = Type.Intersect([
  BatchHead,
  Type.Object({ records: Type.Array(BusRecord) }),
])
export type RecordBatch = Static<typeof RecordBatch>

/** Rejections of one file on the bus: dead letters. */
export const RejectionBatch = Type.Object({
  origin: Type.String(),
  file: Type.String(),
  /** Of the records of the file that name none. */
  source: Type.String(),
  /** The source was given by the user. */
  declared: Type.Optional(Type.Literal(true)),
  /** Years or days from the first record of the stream to that of the file, where that is another one. */
  shift: Type.Optional(Type.Integer()),
  /** The lines are not in the order of time. */
  unordered: Type.Optional(Type.Literal(true)),
  rejections: Type.Array(
    Type.Intersect([
      Rejection,
      Type.Object({
        /** The same for the same bytes at the same place of the same stream. */
        id: Type.String(),
        /** The date that a line before it told, as days since 1970-01-01, and the second of the day at which the clock stood then. */
        day: Type.Optional(Type.Integer()),
        clock: Type.Optional(Type.Integer()),
      }),
    ]),
  ),
  /** Ids of dead letters of the stream that were read later: they are none any more, until they are refused again. */
  settled: Type.Optional(Type.Array(Type.String())),
})
export type RejectionBatch = Static<typeof RejectionBatch>
