import { BERLIN, spaced, utc } from './clock.ts'

/** The channel of the hosting partner, kept by a bouncer in Berlin: clocks only, the date is in the name of the file. */
const SAID: readonly (readonly [when: string, line: string])[] = [
  ['12-31 23:02:10', '<mosswick> frohes neues to everybody in CET'],
  ['12-31 23:02:44', '<grebe_noc> same to you! quiet shift so far'],
  ['12-31 23:03:30', '*** Joins: pebbleroot (~pr@198.51.100.90)'],
  ['12-31 23:05:59', '<pebbleroot> is the 03:00 window for the core routers in FRA still on?'],
  ['12-31 23:06:31', '<grebe_noc> no, moved to the 7th, change freeze until then'],
  ['12-31 23:17:20', '*** Quits: pebbleroot (Ping timeout: 245 seconds)'],
  ['12-31 23:39:12', '*** Joins: twexcombe (~tobin@198.51.100.23)'],
  [
    '12-31 23:39:40',
    '<twexcombe> hi, quillbarn here. did anything change on the FRA - NYC link tonight? our web host gets "connection refused" from 192.0.2.20 port 5432',
  ],
  ['12-31 23:40:02', '<grebe_noc> hi! let me look'],
  [
    '12-31 23:41:15',
    '<grebe_noc> the mail of the 29th was for the 7th, so no. link is at 4 %, no loss, 88 ms',
  ],
  ['12-31 23:42:03', '<twexcombe> any acl that would send a reset?'],
  [
    '12-31 23:43:27',
    '<grebe_noc> we do not filter inside your net at all. from our looking glass port 22 opens and 5432 refuses, and the reset comes from the host itself',
  ],
  ['12-31 23:43:59', '<twexcombe> so the host. thanks, that helps'],
  [
    '12-31 23:44:21',
    '<grebe_noc> good luck. shout if you want a pair of hands in the rack, we are two tonight',
  ],
  ['12-31 23:58:40', '<mosswick> @twexcombe did you find it?'],
  ['01-01 00:00:35', '<twexcombe> yes, full disk. nothing to do with you, sorry for the noise'],
  ['01-01 00:00:58', '<grebe_noc> it is always the disk'],
  ['01-01 00:01:20', '* mosswick hands out berliners'],
  ['01-01 00:59:30', '*** Quits: twexcombe (Quit: leaving)'],
  ['01-01 02:14:05', '<grebe_noc> all quiet, shift change. night'],
]

export const irc = (): string =>
  SAID.map(([when, line]) => `[${spaced(utc(when), BERLIN).slice(11, 19)}] ${line}\n`).join('')
