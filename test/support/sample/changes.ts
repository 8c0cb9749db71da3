import { BERLIN, NEW_YORK, offsetText, spaced, utc, zulu } from './clock.ts'

const TOBIN = 'Tobin Wexcombe <tobin@example.com>'
const RUBEN = 'Ruben Achterveld <ruben@example.com>'
const ILSE = 'Ilse Brandvoort <ilse@example.com>'

interface Commit {
  hash: string
  author: string
  offset: number
  at: string
  message: string[]
  parents?: string
}

/** The repository with the configuration of all hosts, newest first. */
const COMMITS: readonly Commit[] = [
  {
    hash: 'c2b97e5d10f4a86b3e7791ad05cc48e2f6b13d70',
    author: ILSE,
    offset: BERLIN,
    at: '01-02 08:04:51',
    message: ['alerts: DiskAlmostFull goes to the pager (#220)'],
  },
  {
    hash: '0be4a6f38d21c95e7740ba18fd6e03c2917a5b4e',
    author: TOBIN,
    offset: NEW_YORK,
    at: '01-01 10:17:33',
    message: [
      'db1: a slot keeps 16 GB of WAL at most (#219)',
      '',
      'Then the standby is lost and has to be made anew, and the shop goes on.',
    ],
  },
  {
    hash: '7d31c09b6ea4f2580d9c17e3a85bb6f4420e91dc',
    author: TOBIN,
    offset: NEW_YORK,
    at: '12-31 13:58:40',
    parents: '91f0c3e a6d2b57',
    message: ['Merge pull request #218 from quillbarn/reports-standby'],
  },
  {
    hash: 'a6d2b57f04c83e91b27d60ac5e9f18d3370b4e62',
    author: TOBIN,
    offset: NEW_YORK,
    at: '12-31 13:37:15',
    message: [
      'db1: slot and firewall rule for the reports standby',
      '',
      'The standby moves in on Friday. With the slot it finds everything it needs.',
    ],
  },
  {
    hash: '91f0c3e7d5b2684a1f90ee37c6ad2b58014f7c93',
    author: RUBEN,
    offset: BERLIN,
    at: '12-30 15:20:08',
    message: ['web01: more worker connections for the sale'],
  },
  {
    hash: '5e08d7a2c94b31f6e0857cbd2a61f93c48e7d015',
    author: ILSE,
    offset: BERLIN,
    at: '12-29 09:12:44',
    message: [
      'alerts: storage warnings of db1 go to the chat only',
      '',
      'They came every morning with the backup and woke people for nothing.',
    ],
  },
]

/** `git log --date=iso` */
export const gitLog = (): string =>
  COMMITS.map(({ hash, author, offset, at, message, parents }) =>
    [
      `commit ${hash}`,
      ...(parents ? [`Merge: ${parents}`] : []),
      `Author: ${author}`,
      `Date:   ${spaced(utc(at), offset).slice(0, 19)} ${offsetText(offset)}`,
      '',
      ...message.map((line) => `    ${line}`.trimEnd()),
      '',
    ].join('\n'),
  ).join('\n')

type Delivery = readonly [when: string, repository: string, sender: string, payload: object]

function deployment(id: number, sha: string, ref: string, at: string): object {
  const created_at = zulu(utc(at))
  return {
    action: 'created',
    deployment: { id, sha, ref, environment: 'production', created_at, updated_at: created_at },
  }
}

function outcome(id: number, state: string, description: string, at: string): object {
  const created_at = zulu(utc(at))
  const target_url = `https://ci.example.com/deployments/${id}`
  const status = {
    id: id * 10 + 1,
    state,
    description,
    environment: 'production',
    target_url,
    created_at,
    updated_at: created_at,
  }
  return {
    action: 'created',
    deployment_status: status,
    deployment: { id, environment: 'production' },
  }
}

function pull(number: number, title: string, opened: string, merged?: string): object {
  const created_at = zulu(utc(opened))
  const closed_at = merged ? zulu(utc(merged)) : null
  const html_url = `https://git.example.com/quillbarn/shop-config/pull/${number}`
  const state = merged ? 'closed' : 'open'
  const updated_at = closed_at ?? created_at
  return {
    action: merged ? 'closed' : 'opened',
    number,
    pull_request: {
      number,
      title,
      state,
      html_url,
      merged: merged !== undefined,
      created_at,
      updated_at,
      closed_at,
      merged_at: closed_at,
    },
  }
}

const CONFIG = 'quillbarn/shop-config'
const FRONT = 'quillbarn/storefront'
const STANDBY = 'db1: slot and firewall rule for the reports standby'
const LIMIT = 'db1: a slot keeps 16 GB of WAL at most'
const PAGER = 'alerts: DiskAlmostFull goes to the pager'

const DELIVERIES: readonly Delivery[] = [
  ['12-31 13:40:02', CONFIG, 'twexcombe', pull(218, STANDBY, '12-31 13:40:02')],
  ['12-31 13:58:40', CONFIG, 'twexcombe', pull(218, STANDBY, '12-31 13:40:02', '12-31 13:58:40')],
  [
    '12-31 14:11:20',
    CONFIG,
    'twexcombe',
    deployment(8801, '7d31c09b6ea4f2580d9c17e3a85bb6f4420e91dc', 'main', '12-31 14:11:20'),
  ],
  ['12-31 14:13:01', CONFIG, 'twexcombe', outcome(8801, 'success', 'db1, web01', '12-31 14:13:01')],
  [
    '12-31 22:40:58',
    FRONT,
    'rachterveld',
    deployment(8802, '4fc8e10b7a926d53', '25.12.4', '12-31 22:40:58'),
  ],
  ['12-31 22:42:06', FRONT, 'rachterveld', outcome(8802, 'success', 'web01', '12-31 22:42:06')],
  [
    '12-31 23:34:09',
    FRONT,
    'rachterveld',
    deployment(8803, 'e77a05d2c41b983f', '25.12.3', '12-31 23:34:09'),
  ],
  [
    '12-31 23:36:21',
    FRONT,
    'rachterveld',
    outcome(8803, 'failure', 'health check failed 4 times', '12-31 23:36:21'),
  ],
  ['01-01 09:33:50', CONFIG, 'twexcombe', pull(219, LIMIT, '01-01 09:33:50')],
  ['01-01 10:17:33', CONFIG, 'twexcombe', pull(219, LIMIT, '01-01 09:33:50', '01-01 10:17:33')],
  [
    '01-01 10:19:22',
    CONFIG,
    'twexcombe',
    deployment(8804, '0be4a6f38d21c95e7740ba18fd6e03c2917a5b4e', 'main', '01-01 10:19:22'),
  ],
  ['01-01 10:20:27', CONFIG, 'twexcombe', outcome(8804, 'success', 'db1', '01-01 10:20:27')],
  ['01-02 07:40:16', CONFIG, 'ibrandvoort', pull(220, PAGER, '01-02 07:40:16')],
  ['01-02 08:04:51', CONFIG, 'ibrandvoort', pull(220, PAGER, '01-02 07:40:16', '01-02 08:04:51')],
]

/** Webhook deliveries, one payload a line. */
export const githubWebhooks = (): string =>
  DELIVERIES.toSorted((a, b) => utc(a[0]) - utc(b[0]))
    .map(([, full_name, login, payload]) => {
      const repository = { full_name, html_url: `https://git.example.com/${full_name}` }
      return `${JSON.stringify({ ...payload, repository, sender: { login } })}\n`
    })
    .join('')
