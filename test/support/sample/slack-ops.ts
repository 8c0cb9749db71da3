import type { Said } from './slack-incident.ts'

const firing = { color: 'danger' } as const
const resolved = { color: 'good' } as const

/** #ops, from the morning of the day before to the morning after the next. */
export const opsTalk: readonly Said[] = [
  [
    '12-30 08:11:52',
    'r',
    'Morning! Banner texts for the sale are final. I would cut storefront 25.12.4 tomorrow in the late evening so that it is live before midnight.',
  ],
  [
    '12-30 08:19:07',
    'p',
    'Who is around tomorrow night, by the way? I have to put names into the support sheet',
  ],
  [
    '12-30 08:26:40',
    'i',
    "I have the pager, <@U0TOBINW2> is second. I am at my sister's place in Harzrode, laptop comes along",
    { name: 'who' },
  ],
  ['12-30 08:27:31', 'p', 'noted, thanks! and a good slide already', { under: 'who' }],
  [
    '12-30 13:05:18',
    't',
    'Morning from this side of the pond. Base backup took 41 min again, fine for now.',
  ],
  [
    '12-30 13:44:02',
    'i',
    'The disk warning for db1 during the backup came again at 8:20 UTC and went away by itself, same as last week',
  ],
  [
    '12-30 13:46:29',
    't',
    'yes, that is staging for the upload. I will get it its own volume in January',
  ],
  [
    '12-31 07:00:16',
    'alerts',
    '[FIRING] CertificateExpiresSoon static.example.net',
    { ...firing, detail: 'static.example.net expires in 20 days' },
  ],
  ['12-31 07:31:44', 'i', 'known, renewal is booked for the 3rd'],
  [
    '12-31 10:02:13',
    'a',
    'Mail provider wrote: from tomorrow they count per minute and not per hour. We are far below, just so you have heard it.',
  ],
  [
    '12-31 13:41:35',
    't',
    'Could somebody look at <https://git.example.com/quillbarn/shop-config/pull/218|shop-config#218>? Replication slot and firewall rule for the reports standby. The standby itself comes on Friday when the rack is done.',
    { name: 'slot' },
  ],
  [
    '12-31 13:52:20',
    'r',
    'looks fine to me, approved. Anything to watch afterwards?',
    { under: 'slot' },
  ],
  [
    '12-31 13:54:48',
    't',
    'no, until something connects a slot is little more than a bookmark',
    { under: 'slot' },
  ],
  [
    '12-31 14:11:24',
    'deploys',
    'shop-config 7d31c09 is going to production (started by twexcombe)',
  ],
  ['12-31 14:13:05', 'deploys', 'shop-config 7d31c09 is in production: db1, web01'],
  [
    '12-31 17:22:50',
    'i',
    'power strip in rack 2 did a restart just now, everything behind it has two supplies. Ticket for Friday.',
  ],
  [
    '12-31 20:12:09',
    'a',
    'It is 1:42 here and has been 2026 for a while. Greetings from the future, all still works. Good night!',
    { liked: 'fireworks' },
  ],
  [
    '12-31 21:35:22',
    'alerts',
    '[FIRING] DiskFillingUp db1',
    {
      ...firing,
      detail: 'db1: /var/lib/postgresql is predicted to be full in less than 24 h (71 % now)',
      name: 'filling',
    },
  ],
  [
    '12-31 21:49:11',
    'i',
    'think that is the backup staging once more, it clears when the upload is through',
    { under: 'filling' },
  ],
  [
    '12-31 22:41:02',
    'deploys',
    'storefront 25.12.4 is going to production (started by rachterveld)',
  ],
  ['12-31 22:42:10', 'deploys', 'storefront 25.12.4 is in production: web01'],
  [
    '12-31 22:44:38',
    'r',
    '25.12.4 is out, banner turns itself on at midnight Berlin. Off to the balcony',
  ],
  [
    '12-31 22:58:51',
    'p',
    'fireworks have been going for an hour here, the dog lives under my desk now',
  ],
  [
    '12-31 23:01:42',
    'alerts',
    '[FIRING] DiskAlmostFull db1',
    { ...firing, detail: 'db1: /var/lib/postgresql is over 93 % full' },
  ],
  [
    '12-31 23:02:26',
    'r',
    'and we are open! carts are filling up, something like thirty times a normal midnight',
  ],
  [
    '12-31 23:03:43',
    'alerts',
    '[FIRING] HighRequestRate web01',
    { ...firing, detail: 'web01: 10 times the requests of last Wednesday' },
  ],
  [
    '12-31 23:08:49',
    'alerts',
    '[FIRING] PostgresDown db1',
    { ...firing, detail: 'db1:5432 does not answer the prober' },
  ],
  [
    '12-31 23:10:20',
    'alerts',
    '[FIRING] CheckoutErrorRateHigh web01',
    { ...firing, detail: 'web01: 100 % of checkouts fail' },
  ],
  [
    '12-31 23:11:05',
    'p',
    'I get an error page when I press "order". Two customers wrote the same through the form',
  ],
  ['12-31 23:14:31', 'p', '<!here> anybody? the error page is on product pages as well by now'],
  [
    '12-31 23:21:03',
    't',
    'Here. The page reached me a minute ago. I open a channel so that this one stays readable',
  ],
  [
    '12-31 23:21:20',
    'alerts',
    '[FIRING] QueueBacklogHigh queue1',
    { ...firing, detail: 'queue1: 40 jobs wait for more than 5 min' },
  ],
  ['12-31 23:22:40', 't', 'please come to <#C0INC1231|incident-20251231-checkout>'],
  [
    '12-31 23:56:51',
    'alerts',
    '[RESOLVED] PostgresDown db1',
    { ...resolved, detail: 'db1:5432 answers' },
  ],
  [
    '01-01 00:02:01',
    'alerts',
    '[RESOLVED] DiskAlmostFull db1',
    { ...resolved, detail: 'db1: /var/lib/postgresql is 59 % full' },
  ],
  [
    '01-01 00:10:21',
    'alerts',
    '[RESOLVED] CheckoutErrorRateHigh web01',
    { ...resolved, detail: 'web01: 0.4 % of checkouts fail' },
  ],
  [
    '01-01 00:47:21',
    'alerts',
    '[RESOLVED] QueueBacklogHigh queue1',
    { ...resolved, detail: 'queue1: nothing waits' },
  ],
  [
    '01-01 08:58:12',
    'i',
    "Good morning and a happy new year. All graphs flat since one o'clock. We sit together about last night on Friday at 14:00 Berlin, please put whatever you saved into the evidence folder.",
  ],
  [
    '01-01 09:34:27',
    't',
    '<https://git.example.com/quillbarn/shop-config/pull/219|shop-config#219>: a slot may hold back 16 GB at most, then it is the slot that loses and not the shop',
    { name: 'limit' },
  ],
  [
    '01-01 10:06:55',
    'i',
    'approved. and I would like a disk over 90 % to page and not only to talk in here',
    { under: 'limit' },
  ],
  [
    '01-01 10:19:26',
    'deploys',
    'shop-config 0be4a6f is going to production (started by twexcombe)',
  ],
  ['01-01 10:20:31', 'deploys', 'shop-config 0be4a6f is in production: db1'],
  [
    '01-01 11:15:40',
    'p',
    'three people ask why they got their confirmation twice. I answer with what Ananya wrote at night',
  ],
  [
    '01-02 08:06:13',
    'i',
    'shop-config#220 is merged: DiskAlmostFull goes to the pager from now on',
    { liked: 'pager' },
  ],
  [
    '01-02 08:31:58',
    'a',
    'queue1 had its kernel update and is back. Syslog of web01 from the night is in evidence/, as a tar',
  ],
]
