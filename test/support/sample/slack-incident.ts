/** Instant in UTC, a person's letter or a bot, what was said, and what Slack knows about it. */
export type Said = readonly [when: string, who: string, text: string, more?: More]

export interface More {
  /** By which name answers call this message. */
  name?: string
  /** The name of the message that this one answers. */
  under?: string
  edited?: string
  liked?: string
  subtype?: string
  color?: string
  detail?: string
}

/** The channel of the incident. */
export const incidentTalk: readonly Said[] = [
  ['12-31 23:22:34', 't', '<@U0TOBINW2> has joined the channel', { subtype: 'channel_join' }],
  [
    '12-31 23:22:51',
    't',
    '<@U0TOBINW2> set the channel topic: checkout fails since 23:08 UTC | all times UTC please',
    { subtype: 'channel_topic' },
  ],
  [
    '12-31 23:23:48',
    't',
    'What I know so far: no checkout has worked since about 23:08. The prober says PostgresDown. The storefront says it gets no connection from its pool. I lead until Ilse is here.',
  ],
  ['12-31 23:24:10', 'p', '<@U0PIASTO5> has joined the channel', { subtype: 'channel_join' }],
  [
    '12-31 23:24:55',
    'p',
    'Support has six contacts about it, one from New Zealand who is quite cross. May I put something on the help page?',
    { name: 'help' },
  ],
  [
    '12-31 23:25:33',
    't',
    'yes please: "we know and are working on it", nothing about the cause',
    { under: 'help' },
  ],
  ['12-31 23:26:58', 'p', 'is up', { under: 'help', liked: 'white_check_mark' }],
  ['12-31 23:26:12', 'r', '<@U0RUBENA3> has joined the channel', { subtype: 'channel_join' }],
  [
    '12-31 23:27:20',
    'r',
    '25.12.4 went out at 22:41, that is half an hour earlier. It asks the database once more per page, for the coupon. With the midnight rush that could have eaten the pool.',
    { name: 'pool' },
  ],
  [
    '12-31 23:28:46',
    't',
    'fits: "waiting=174", every thread is stuck. But PostgresDown?',
    { under: 'pool' },
  ],
  [
    '12-31 23:29:30',
    'r',
    'the prober logs in like everybody else, no? when all slots are taken it gets none either',
    { under: 'pool' },
  ],
  [
    '12-31 23:31:04',
    't',
    'plausible. Going back is cheap, let us do that first.',
    { under: 'pool' },
  ],
  ['12-31 23:33:02', 'i', '<@U0ILSEBR1> has joined the channel', { subtype: 'channel_join' }],
  [
    '12-31 23:33:20',
    'i',
    'Here. Sorry, there is no reception in the cellar, I saw the three missed pages on the way up. Reading. Tobin, keep the lead?',
  ],
  ['12-31 23:33:41', 't', 'keeping it'],
  ['12-31 23:34:12', 'r', 'going back to 25.12.3 now'],
  [
    '12-31 23:36:25',
    'deploys',
    'storefront 25.12.3 could NOT be put into production on web01: health check failed 4 times',
  ],
  [
    '12-31 23:37:09',
    'r',
    'It does not come up. "Connection to 192.0.2.20:5432 refused". So not the pool, and now the cached pages are gone too. That one is on the rollback, sorry.',
  ],
  [
    '12-31 23:38:00',
    'i',
    'refused, and not timed out. Could that be the firewall? #218 touched it this afternoon',
  ],
  [
    '12-31 23:38:52',
    't',
    'it only adds a rule. But there was that maintenance mail from Quellstrand on the 29th about the link to New York. I ask them on IRC.',
    { name: 'net' },
  ],
  [
    '12-31 23:44:20',
    't',
    'Quellstrand: nothing done tonight, the link is clean, they reach port 22 of 192.0.2.20',
    { under: 'net' },
  ],
  [
    '12-31 23:45:26',
    'i',
    'Ping works, ssh works, 5432 refuses. Then nobody listens there. Has anyone been on db1 itself yet?',
  ],
  [
    '12-31 23:46:01',
    't',
    '... no. I looked at the dashboards, and they just stop at 23:07. Logging in.',
  ],
  [
    '12-31 23:47:52',
    't',
    'Found it. `/var/lib/postgresql  120G  120G  0  100%`. Disk full, postgres panicked at 18:07 here, that is 23:07 UTC, and systemd gave up after three starts.',
  ],
  ['12-31 23:48:33', 'i', 'so the warning at 21:35 was not the backup. I read it as one'],
  ['12-31 23:48:59', 't', 'pg_wal is 51 G. Normal would be 2. Something holds it back'],
  ['12-31 23:49:37', 'r', 'the slot from this afternoon?'],
  [
    '12-31 23:50:14',
    't',
    'Yes. reports_standby has never connected, so everything since 14:12 is kept, and the price job at 22:45 rewrote the whole price table on top. Bookmark, my foot.',
    { name: 'cause' },
  ],
  ['12-31 23:50:41', 'i', 'can we delete the oldest files in pg_wal?', { under: 'cause' }],
  [
    '12-31 23:51:12',
    't',
    'never by hand! There is a ballast file of 4 G for exactly this. Remove it, start, drop the slot, checkpoint.',
    { under: 'cause', liked: 'heavy_check_mark' },
  ],
  ['12-31 23:52:31', 't', 'ballast is gone, 4 G free'],
  [
    '12-31 23:53:18',
    't',
    'postgres is starting, it replays now. No idea how long, no touching please',
  ],
  ['12-31 23:54:44', 'p', 'eleven contacts by now. Is there a time I can tell them?'],
  ['12-31 23:55:10', 't', "half past midnight UTC if all goes well, please say one o'clock"],
  ['12-31 23:55:59', 't', '"ready to accept connections" :tada:'],
  ['12-31 23:57:36', 't', 'slot dropped, checkpoint is running'],
  ['12-31 23:59:41', 't', '59 % and 3071 WAL files fewer'],
  ['01-01 00:00:14', 'i', 'well then, happy new year in UTC as well'],
  ['01-01 00:01:33', 'p', 'I do not want to spoil it, but I still get the error page'],
  [
    '01-01 00:02:25',
    'r',
    'storefront is not running at all. systemd gave up on it after the rollback. Which version do we want?',
  ],
  ['01-01 00:03:07', 'i', '25.12.4, it was innocent'],
  ['01-01 00:04:41', 'r', 'started 25.12.4 on web01 at 00:04:30 UTC', { edited: '01-01 00:06:10' }],
  [
    '01-01 00:05:48',
    'p',
    'My order went through! A wall calendar, please do not cancel it, I need one',
    { liked: 'tada' },
  ],
  ['01-01 00:08:30', 't', 'orders are coming in again, and the error rate is back where it was.'],
  ['01-01 00:12:57', 'a', '<@U0ANANYA4> has joined the channel', { subtype: 'channel_join' }],
  [
    '01-01 00:13:22',
    'a',
    'Good morning, it is 5:43, the backlog alert woke me. 143 jobs were waiting. The worker runs again but the provider answers 421, that is the new limit per minute. I slow us down.',
  ],
  [
    '01-01 00:19:05',
    'a',
    'One more thing: jobs that lost the database between "mail handed over" and "marked as sent" send their mail again. So some customers get two confirmations.',
    { name: 'two' },
  ],
  ['01-01 00:20:11', 'p', 'how many, roughly? and are they charged twice?', { under: 'two' }],
  [
    '01-01 00:24:36',
    'a',
    'six by the log. Nobody is charged twice, payment does not go through that queue',
    { under: 'two' },
  ],
  ['01-01 00:31:20', 'a', 'mailer is at 8 per minute now, no more 421'],
  ['01-01 00:46:50', 'a', 'queue is empty. I go back to bed, call me if not'],
  ['01-01 00:49:15', 'p', 'help page says "solved" now, and I have answered everybody but two'],
  ['01-01 00:58:09', 't', 'closing the page. Ballast file is back in its place since 00:21'],
  [
    '01-01 01:04:02',
    'i',
    'I call it resolved. 57 minutes without checkout. Notes, screenshots and logs please into evidence/ before Friday. Thank you all, go celebrate',
  ],
]
