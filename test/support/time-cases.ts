import type { Known } from './times.ts'

export interface Case {
  name: string
  known?: Known
  /** Each line of a file => what becomes of it: instant, bounds where they differ, basis, flags. Worked out by hand. */
  lines: string[]
}

const YORK = { zone: 'America/New_York' }
const UTC = { zone: 'UTC' }

export const CASES: Case[] = [
  {
    name: 'the repeated hour follows the order of the lines',
    known: YORK,
    lines: [
      '2024-11-03 00:59:59 a => 2024-11-03T04:59:59Z configured',
      '2024-11-03 01:30:00 b => 2024-11-03T05:30:00Z 2024-11-03T05:30:00Z..2024-11-03T06:30:00Z configured ambiguous-hour',
      '2024-11-03 01:59:59 c => 2024-11-03T05:59:59Z 2024-11-03T05:59:59Z..2024-11-03T06:59:59Z configured ambiguous-hour',
      '2024-11-03 01:00:00 d => 2024-11-03T06:00:00Z 2024-11-03T05:00:00Z..2024-11-03T06:00:00Z configured ambiguous-hour',
      '2024-11-03 01:30:00 e => 2024-11-03T06:30:00Z 2024-11-03T05:30:00Z..2024-11-03T06:30:00Z configured ambiguous-hour',
      '2024-11-03 02:00:00 f => 2024-11-03T07:00:00Z configured',
    ],
  },
  {
    name: 'a repeated half hour follows the order of the lines',
    known: { zone: 'Australia/Lord_Howe' },
    lines: [
      '2024-04-07 01:50:00 a => 2024-04-06T14:50:00Z 2024-04-06T14:50:00Z..2024-04-06T15:20:00Z configured ambiguous-hour',
      '2024-04-07 01:35:00 b => 2024-04-06T15:05:00Z 2024-04-06T14:35:00Z..2024-04-06T15:05:00Z configured ambiguous-hour',
    ],
  },
  {
    name: 'the second of two repeated hours goes on where the first had no lines, and a late line stays with it',
    known: YORK,
    lines: [
      '2024-11-03 01:30:00 a => 2024-11-03T05:30:00Z 2024-11-03T05:30:00Z..2024-11-03T06:30:00Z configured ambiguous-hour',
      '2024-11-03 01:10:00 b => 2024-11-03T06:10:00Z 2024-11-03T05:10:00Z..2024-11-03T06:10:00Z configured ambiguous-hour',
      '2024-11-03 01:40:00 c => 2024-11-03T06:40:00Z 2024-11-03T05:40:00Z..2024-11-03T06:40:00Z configured ambiguous-hour',
      '2024-11-03 02:00:05 d => 2024-11-03T07:00:05Z configured',
      '2024-11-03 01:59:58 e => 2024-11-03T06:59:58Z 2024-11-03T05:59:58Z..2024-11-03T06:59:58Z configured ambiguous-hour',
      '2024-11-03 02:10:00 f => 2024-11-03T07:10:00Z configured',
      '2024-11-03 01:50:00 g => 2024-11-03T06:50:00Z 2024-11-03T05:50:00Z..2024-11-03T06:50:00Z configured ambiguous-hour',
    ],
  },
  {
    name: 'an offset behind UTC or GMT is one',
    known: { zone: 'Asia/Tokyo' },
    lines: [
      '2024-05-01 12:00:00 UTC+2 a => 2024-05-01T10:00:00Z explicit',
      '2024-05-01 12:00:01 GMT+0200 b => 2024-05-01T10:00:01Z explicit',
      'Wed May 01 2024 12:00:02 GMT+0200 (CEST) c => 2024-05-01T10:00:02Z explicit',
      'Wed May 01 2024 06:30:03 GMT-0330 (Newfoundland Standard Time) d => 2024-05-01T10:00:03Z explicit',
      '2024-05-01 10:00:04 GMT e => 2024-05-01T10:00:04Z explicit',
      '2024-05-01 10:00:05 GMT+99 f => impossible-time',
    ],
  },
  {
    name: 'a clock of twelve hours behind a date that begins with the year',
    known: UTC,
    lines: [
      '2024-05-01 12:00:01 a.m. a => 2024-05-01T00:00:01Z configured',
      '2024-05-01 1:05:09 am b => 2024-05-01T01:05:09Z configured',
      '2024-05-01 12:00:00 PM c => 2024-05-01T12:00:00Z configured',
      '2024-05-01 11:59:59PM d => 2024-05-01T23:59:59Z configured',
      '2024-05-02 13:00:00 PM is no half of this clock => 2024-05-02T13:00:00Z configured',
    ],
  },
  {
    name: 'three digits behind a colon are a fraction',
    lines: [
      '[5/13/24 9:15:02:123 EDT] a => 2024-05-13T13:15:02.123Z 2024-05-12T22:15:02.123Z..2024-05-13T13:15:02.123Z named zone-abbreviation',
      '[5/13/24 9:15:03:007 EDT] b => 2024-05-13T13:15:03.007Z 2024-05-12T22:15:03.007Z..2024-05-13T13:15:03.007Z named zone-abbreviation',
    ],
  },
  {
    name: 'a few seconds back in the repeated hour are no second hour',
    known: { zone: 'Europe/Berlin' },
    lines: [
      '2024-10-27 02:30:05 a => 2024-10-27T00:30:05Z 2024-10-27T00:30:05Z..2024-10-27T01:30:05Z configured ambiguous-hour',
      '2024-10-27 02:30:03 b => 2024-10-27T00:30:03Z 2024-10-27T00:30:03Z..2024-10-27T01:30:03Z configured ambiguous-hour out-of-order',
    ],
  },
  {
    name: 'the skipped hour is flagged, with both readings in its bounds',
    known: YORK,
    lines: [
      '2024-03-10 01:59:59 a => 2024-03-10T06:59:59Z configured',
      '2024-03-10 02:30:00 b => 2024-03-10T07:30:00Z 2024-03-10T06:30:00Z..2024-03-10T07:30:00Z configured skipped-hour',
      '2024-03-10 03:30:00 c => 2024-03-10T07:30:00Z configured',
    ],
  },
  {
    name: 'a skipped midnight, and a skipped day',
    known: { zone: 'Pacific/Apia' },
    lines: [
      '2011-12-29 23:59:59 a => 2011-12-30T09:59:59Z configured',
      '2011-12-30 12:00:00 b => 2011-12-30T22:00:00Z 2011-12-29T22:00:00Z..2011-12-30T22:00:00Z configured skipped-hour',
      '2011-12-31 00:00:00 c => 2011-12-30T10:00:00Z configured',
    ],
  },
  {
    name: 'a leap second is the last nanosecond of its minute',
    lines: [
      '2016-12-31T23:59:59.5Z a => 2016-12-31T23:59:59.5Z explicit',
      '2016-12-31T23:59:60Z b => 2016-12-31T23:59:59.999999999Z explicit leap-second',
      '2017-01-01T00:00:00Z c => 2017-01-01T00:00:00Z explicit',
    ],
  },
  {
    name: 'what a zone moves out of range stands at the edge, and says so',
    known: { zone: 'Asia/Tokyo' },
    lines: [
      '1970-01-01 08:59:59 a => 1970-01-01T00:00:00Z configured time-out-of-range',
      '1970-01-01 09:00:00 b => 1970-01-01T00:00:00Z configured',
    ],
  },
  {
    name: 'a date or a clock that does not exist is rejected, what is out of range too',
    lines: [
      '2024-02-29T00:00:00Z a => 2024-02-29T00:00:00Z explicit',
      '2023-02-29T00:00:00Z b => impossible-time',
      '2024-02-30T00:00:00Z c => impossible-time',
      '2024-04-31T00:00:00Z d => impossible-time',
      '2024-02-29T25:00:00Z e => impossible-time',
      '2024-02-29T24:00:00Z f => 2024-03-01T00:00:00Z explicit',
      '1969-12-31T23:59:59Z g => time-out-of-range',
      '2262-04-11T23:47:16Z h => 2262-04-11T23:47:16Z explicit',
      '2262-04-12T00:00:00Z i => time-out-of-range',
      '1900-02-29T00:00:00Z j => impossible-time',
      '2000-02-29T00:00:00Z k => 2000-02-29T00:00:00Z explicit out-of-order',
    ],
  },
  {
    name: 'an offset that was written is never touched, all digits are kept',
    known: YORK,
    lines: [
      '2024-05-01T10:00:00.123456789+02:00 a => 2024-05-01T08:00:00.123456789Z explicit',
      '2024-05-01T10:00:00.10-05:30 b => 2024-05-01T15:30:00.10Z explicit',
      '2024-05-01T16:00:00Z c => 2024-05-01T16:00:00Z explicit',
    ],
  },
  {
    name: 'a zone that nothing tells is UTC, and may be any',
    lines: [
      '2024-05-01 10:00:00 a => 2024-05-01T10:00:00Z 2024-04-30T20:00:00Z..2024-05-01T22:00:00Z assumed',
    ],
  },
  {
    name: 'abbreviations stand for their offsets, also for those that share them',
    lines: [
      '2024-01-15 10:00:00 UTC a => 2024-01-15T10:00:00Z explicit',
      '2024-01-15 10:00:01 EST b => 2024-01-15T15:00:01Z 2024-01-15T00:00:01Z..2024-01-15T15:00:01Z named zone-abbreviation',
      '2024-01-15 10:00:02 CET c => 2024-01-15T09:00:02Z named zone-abbreviation',
    ],
  },
  {
    name: 'a told zone decides what an abbreviation stands for',
    known: { zone: 'Asia/Shanghai' },
    lines: [
      '2024-01-15 10:00:00 CST a => 2024-01-15T02:00:00Z 2024-01-15T02:00:00Z..2024-01-15T16:00:00Z named zone-abbreviation',
    ],
  },
  {
    name: 'without a year, the last line is not in the future',
    known: UTC,
    lines: [
      'Dec 31 23:59:59 web1 app: a => 2025-12-31T23:59:59Z 1970-12-31T23:59:59Z..2025-12-31T23:59:59Z configured year-inferred',
      'Jan  1 00:00:01 web1 app: b => 2026-01-01T00:00:01Z 1971-01-01T00:00:01Z..2026-01-01T00:00:01Z configured year-inferred',
    ],
  },
  {
    name: 'a day that is still to come this year was last year',
    known: { ...UTC, archived: '2026-01-15T12:00:00Z' },
    lines: ['Jan 20 10:00:00 web1 app: a => 2025-01-20T10:00:00Z configured year-inferred'],
  },
  {
    name: 'Feb 29 tells a leap year',
    known: UTC,
    lines: [
      'Feb 28 10:00:00 web1 app: a => 2024-02-28T10:00:00Z 1972-02-28T10:00:00Z..2024-02-28T10:00:00Z configured year-inferred',
      'Feb 29 10:00:00 web1 app: b => 2024-02-29T10:00:00Z 1972-02-29T10:00:00Z..2024-02-29T10:00:00Z configured year-inferred',
      'Feb 30 10:00:00 web1 app: c => impossible-time',
    ],
  },
  {
    name: 'the date in the file name tells the year',
    known: { ...UTC, path: 'var/log/syslog-20240105' },
    lines: [
      'Dec 31 10:00:00 web1 app: a => 2023-12-31T10:00:00Z configured year-inferred',
      'Jan  4 10:00:00 web1 app: b => 2024-01-04T10:00:00Z configured year-inferred',
    ],
  },
  {
    name: 'when the file was last written is the latest year',
    known: { ...UTC, modified: '2023-06-01T00:00:00Z' },
    lines: [
      'May 20 10:00:00 web1 app: a => 2023-05-20T10:00:00Z 1970-05-20T10:00:00Z..2023-05-20T10:00:00Z configured year-inferred',
    ],
  },
  {
    name: 'a late line keeps its time and is flagged',
    known: { ...UTC, path: 'syslog-20251121' },
    lines: [
      'Nov 20 10:00:05 web1 app: a => 2025-11-20T10:00:05Z configured year-inferred',
      'Nov 20 10:00:03 web1 app: b => 2025-11-20T10:00:03Z configured year-inferred out-of-order',
      'Nov 20 10:00:06 web1 app: c => 2025-11-20T10:00:06Z configured year-inferred',
    ],
  },
  {
    name: 'a clock without a date goes on after midnight, from the date in the file name',
    known: { ...UTC, path: '2009-01-14.log' },
    lines: [
      '23:59:00 a => 2009-01-14T23:59:00Z configured date-inferred',
      '00:01:00 b => 2009-01-15T00:01:00Z configured date-inferred',
    ],
  },
  {
    name: 'a clock without a date ends before the file was written',
    known: { ...UTC, archived: '2025-03-02T08:00:00Z' },
    lines: [
      '22:00:00 a => 2025-03-01T22:00:00Z configured date-inferred',
      '07:30:00 b => 2025-03-02T07:30:00Z configured date-inferred',
    ],
  },
  {
    name: 'a date in digits that nothing decides may be either',
    known: UTC,
    lines: [
      '03/04/2024 01:30:00 a => 2024-04-03T01:30:00Z 2024-03-04T01:30:00Z..2024-04-03T01:30:00Z configured ambiguous-date',
    ],
  },
  {
    name: 'one day over twelve decides the order of all dates in digits',
    known: UTC,
    lines: [
      '04/03/2024 01:30:00 a => 2024-04-03T01:30:00Z configured',
      '04/13/2024 01:30:00 b => 2024-04-13T01:30:00Z configured',
    ],
  },
  {
    name: 'dates in digits are read so that the lines follow one another',
    known: UTC,
    lines: [
      '01/05/2024 01:00:00 a => 2024-05-01T01:00:00Z configured',
      '02/05/2024 01:00:00 b => 2024-05-02T01:00:00Z configured',
      '03/05/2024 01:00:00 c => 2024-05-03T01:00:00Z configured',
    ],
  },
]
