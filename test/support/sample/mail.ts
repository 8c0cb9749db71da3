import { asctime, BERLIN, mailDate, utc } from './clock.ts'
import { orders } from './orders.ts'

const NEW_ZEALAND = 13 * 60
const SUPPORT = 'Quillbarn Support <support@shop.example.com>'

interface Mail {
  when: string
  offset: number
  /** The zone as a comment behind the offset. */
  zone?: string
  from: string
  to: string
  subject: string
  id: string
  answers?: string
  body: string[]
}

const repeated = orders.filter((order) => order.twice).at(-2)!
const twice = repeated.number
/** `Jonna Ivarsen`, whose address says so. */
const customer = repeated.customer
  .split('@')[0]!
  .split('.')
  .map((word) => word[0]!.toUpperCase() + word.slice(1))
  .join(' ')

const MAILS: readonly Mail[] = [
  {
    when: '12-29 09:30:12',
    offset: BERLIN,
    from: 'Quellstrand Hosting NOC <noc@quellstrand.example.net>',
    to: 'ops@shop.example.com',
    subject: 'Planned maintenance: core routers Frankfurt, link Frankfurt - New York',
    id: 'noc-2025-1187@quellstrand.example.net',
    body: [
      'Dear customers,',
      '',
      'we are going to replace two core routers in Frankfurt on January 7 between 03:00 and',
      '05:00 CET. The link to New York may show losses of up to two minutes in that time.',
      '',
      'From December 19 to January 5 nothing is changed in our network.',
      '',
      'Quellstrand Hosting, network operations',
    ],
  },
  {
    when: '12-31 23:21:47',
    offset: NEW_ZEALAND,
    zone: 'NZDT',
    from: 'Marama Tillbrook <m.tillbrook@example.org>',
    to: SUPPORT,
    subject: 'Cannot pay, third try now',
    id: '6a1e.40912@mail.example.org',
    body: [
      'Hello,',
      '',
      "it is New Year's Day over here and I wanted to use your HELLO26 coupon. Every time I press",
      'the order button I wait for half a minute and then read "Something went wrong".',
      '',
      'From my side it looks as if the money is reserved on the card each time, three times 41.60.',
      'Please tell me whether I have ordered three planners or none.',
      '',
      'Marama Tillbrook',
    ],
  },
  {
    when: '12-31 23:43:08',
    offset: BERLIN,
    from: 'Pia Stoltenhoff <support@shop.example.com>',
    to: 'Marama Tillbrook <m.tillbrook@example.org>',
    subject: 'Re: Cannot pay, third try now',
    id: 'sup-88412@shop.example.com',
    answers: '6a1e.40912@mail.example.org',
    body: [
      'Dear Marama Tillbrook,',
      '',
      'you have ordered none so far: our shop cannot save orders at the moment, and a reservation',
      'that no order follows falls away by itself. We are working on it, and I write again as',
      'soon as it runs. The coupon stays valid for you.',
      '',
      'Happy New Year from a bit further west',
      'Pia Stoltenhoff',
      '',
      'On Thu, 1 Jan 2026 at 12:21, Marama Tillbrook wrote:',
      "> it is New Year's Day over here and I wanted to use your HELLO26 coupon. Every time I press",
      '> the order button I wait for half a minute and then read "Something went wrong".',
    ],
  },
  {
    when: '01-01 00:40:55',
    offset: BERLIN,
    from: 'Pia Stoltenhoff <support@shop.example.com>',
    to: 'Marama Tillbrook <m.tillbrook@example.org>',
    subject: 'Re: Cannot pay, third try now',
    id: 'sup-88431@shop.example.com',
    answers: '6a1e.40912@mail.example.org',
    body: [
      'Dear Marama Tillbrook,',
      '',
      'the shop takes orders again since five past midnight UTC, which was 13:05 for you.',
      'HELLO26 works, and the three reservations are gone. Thank you for your patience.',
      '',
      'Pia Stoltenhoff',
    ],
  },
  {
    when: '01-01 08:12:30',
    offset: BERLIN,
    from: `${customer} <${repeated.customer}>`,
    to: SUPPORT,
    subject: `Order ${twice}: two confirmations?`,
    id: 'CAF7x9-2pqo@mail.example.org',
    body: [
      'Good morning,',
      '',
      `for my order ${twice} I got one confirmation just after midnight and the same one again more`,
      'than an hour later. Do I get two parcels now, and do I pay for both?',
      '',
      'Best wishes',
      customer,
    ],
  },
  {
    when: '01-01 11:02:19',
    offset: BERLIN,
    from: 'Pia Stoltenhoff <support@shop.example.com>',
    to: `${customer} <${repeated.customer}>`,
    subject: `Re: Order ${twice}: two confirmations?`,
    id: 'sup-88460@shop.example.com',
    answers: 'CAF7x9-2pqo@mail.example.org',
    body: [
      `Dear ${customer},`,
      '',
      'one parcel, one payment. Our mail queue lost its memory for a moment in the night and sent',
      'six confirmations for a second time; yours was among them. Please ignore the later one.',
      '',
      'Pia Stoltenhoff',
      '',
      `${customer} wrote on 1 January 2026, 09:12:`,
      '> for my order I got one confirmation just after midnight and the same one again',
    ],
  },
]

function mail({ when, offset, zone, from, to, subject, id, answers, body }: Mail): string {
  const at = utc(when)
  const address = /<(.+)>/.exec(from)?.[1] ?? from
  return [
    `From ${address} ${asctime(at, 0)}`,
    `Date: ${mailDate(at, offset)}${zone ? ` (${zone})` : ''}`,
    `From: ${from}`,
    `To: ${to}`,
    `Subject: ${subject}`,
    `Message-ID: <${id}>`,
    ...(answers ? [`In-Reply-To: <${answers}>`, `References: <${answers}>`] : []),
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    '',
    // a line that begins with "From " would begin the next mail
    ...body.map((line) => line.replace(/^(>*From )/, '>$1')),
    '',
    '',
  ].join('\n')
}

/** The support mailbox. */
export const mailbox = (): string => MAILS.map(mail).join('')
