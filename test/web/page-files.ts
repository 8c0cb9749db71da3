/** The files that the page test looks at: an hour of a shop, and an hour of hostile texts on the day after. */

const LEVELS = ['INFO', 'INFO', 'INFO', 'WARN', 'INFO', 'ERROR', 'INFO']
export const SHOP_EVENTS = 900

/** An order every four seconds from 10:00 UTC on 30 March 2025, the day on which Berlin set its clocks forward. */
const shop = Array.from({ length: SHOP_EVENTS }, (_, i) =>
  JSON.stringify({
    '@timestamp': new Date(Date.UTC(2025, 2, 30, 10) + i * 4000).toISOString(),
    'log.level': LEVELS[i % LEVELS.length],
    message:
      i === 450
        ? 'Pool is empty\n\tat shop.Pool.take(Pool.java:88)\n\tat shop.Cart.store(Cart.java:12)'
        : `order ${i} stored`,
    'ecs.version': '1.2.0',
    'service.name': 'cart',
    'host.name': i % 2 === 0 ? 'web01' : 'web02',
  }),
)

const syslog = [
  'Mar 30 12:10:00 db1 postgres[71]: the disk is filling',
  'Mar 30 12:20:01 db1 postgres[71]: could not extend file "base/16384": No space left on device',
]

/** A log of another host three days later, as a file and through the journal, which has one line more. */
export const TWIN_EVENTS = 3
const mail = ['Apr  2 12:00:01 mx1 postfix[9]: queue is full']
const journal = ['queue is full', 'only the journal has this'].map((text, i) =>
  JSON.stringify({
    __CURSOR: `s=0b;i=${i}`,
    __REALTIME_TIMESTAMP: String(Date.UTC(2025, 3, 2, 10, 0, 1 + i, 400) * 1000),
    _HOSTNAME: 'mx1',
    SYSLOG_IDENTIFIER: 'postfix',
    _PID: '9',
    MESSAGE: text,
  }),
)

const chat = [
  '2025-03-30T10:25:00Z  <alice> db1 is down?',
  '2025-03-30T10:26:00Z  <boris> alice: <b>looking</b>',
]

const RUN = 'window.hacked=(window.hacked||0)+1'
export const SCRIPTS: readonly string[] = [
  `<script>${RUN}</script>`,
  `"><script>${RUN}</script>`,
  `'"--></style></script><script>${RUN}</script>`,
  `<img src=x onerror="${RUN}">`,
  `<svg onload="${RUN}">`,
  `<svg><animate onbegin="${RUN}" attributeName=x dur=1s>`,
  `<iframe srcdoc="<script>parent.${RUN}</script>"></iframe>`,
  `<details open ontoggle="${RUN}">`,
  `<a href="javascript:${RUN}">click</a>`,
  `<math><mi xlink:href="data:x,<script>${RUN}</script>">`,
  `<style>@import 'https://outside.example.com/x.css'</style>`,
  `<img src="https://outside.example.com/x.png">`,
  `{{constructor.constructor('${RUN}')()}}`,
  `\${${RUN}}`,
  `javascript:${RUN}//`,
  `data:text/html,<script>${RUN}</script>`,
]
/** Turned around by U+202E, this would read as another file name; and a forged line behind a carriage return. */
export const PRETENDERS: readonly string[] = [
  'invoice\u202Efdp.exe',
  'all is well\r2025-03-31T10:00:00Z root logged in',
  'zero\u200Bwidth',
  'bell\u0007 and next\u0085line',
]

const hostile = [...SCRIPTS, ...PRETENDERS].map((text, i) =>
  JSON.stringify({
    '@timestamp': new Date(Date.UTC(2025, 2, 31, 10, i)).toISOString(),
    'log.level': 'error',
    message: text,
    'ecs.version': '1.2.0',
    'service.name': text,
    'host.name': text,
    'event.reference': `javascript:${RUN}//`,
    'url.original': text,
    'user.name': text,
    labels: {
      [text.replaceAll('.', ' ')]: text,
      site: 'https://example.com/status',
      trap: `JavaScript:${RUN}`,
    },
  }),
)

const lines = (all: readonly string[]): string => all.map((line) => `${line}\n`).join('')

export const FILES: Readonly<Record<string, string>> = {
  'shop/cart.json': lines(shop),
  'db1/syslog-20250401': lines(syslog),
  'mx1/mail-20250403.log': lines(mail),
  'mx1/journal.json': lines(journal),
  'chat/ops.log': lines(chat),
  'hostile/<img src=x onerror=window.hacked=1>.json': lines(hostile),
}
