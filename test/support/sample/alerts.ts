import { SECOND, utc, zulu } from './clock.ts'

type Alert = readonly [
  name: string,
  host: string,
  severity: string,
  receiver: string,
  fingerprint: string,
  starts: string,
  ends: string,
  summary: string,
]

const NEVER = '0001-01-01T00:00:00Z'

const ALERTS: readonly Alert[] = [
  [
    'DiskFillingUp',
    'db1',
    'warning',
    'chat',
    '3c1f0e77a9d2b604',
    '12-30 08:20:30',
    '12-30 08:52:30',
    'db1: /var/lib/postgresql is predicted to be full in less than 24 h (61 % now)',
  ],
  [
    'CertificateExpiresSoon',
    'web01',
    'warning',
    'chat',
    '90b2d41c77ee0a15',
    '12-31 07:00:12',
    '',
    'static.example.net expires in 20 days',
  ],
  [
    'DiskFillingUp',
    'db1',
    'warning',
    'chat',
    '3c1f0e77a9d2b604',
    '12-31 21:35:18',
    '01-01 00:01:48',
    'db1: /var/lib/postgresql is predicted to be full in less than 24 h (71 % now)',
  ],
  [
    'DiskAlmostFull',
    'db1',
    'critical',
    'chat',
    'b7e85d3091fc4a2e',
    '12-31 23:01:38',
    '01-01 00:01:57',
    'db1: /var/lib/postgresql is over 93 % full',
  ],
  [
    'HighRequestRate',
    'web01',
    'warning',
    'chat',
    '5a60cc19e2d7f388',
    '12-31 23:03:39',
    '12-31 23:20:39',
    'web01: 10 times the requests of last Wednesday',
  ],
  [
    'PostgresDown',
    'db1',
    'critical',
    'pager',
    'e1094ab36d58c7f0',
    '12-31 23:08:42',
    '12-31 23:56:42',
    'db1:5432 does not answer the prober',
  ],
  [
    'CheckoutErrorRateHigh',
    'web01',
    'critical',
    'pager',
    '77d3b8f1042ac95e',
    '12-31 23:10:12',
    '01-01 00:10:12',
    'web01: 100 % of checkouts fail',
  ],
  [
    'QueueBacklogHigh',
    'queue1',
    'critical',
    'pager',
    '2f94e6a0bb17d83c',
    '12-31 23:21:12',
    '01-01 00:47:12',
    'queue1: 40 jobs wait for more than 5 min',
  ],
  [
    'BackupLate',
    'db1',
    'warning',
    'chat',
    'c48f20d7e6913b5a',
    '01-01 12:00:12',
    '01-01 12:40:12',
    'db1: the base backup took longer than 45 min',
  ],
]

const notification = (alert: Alert, over: boolean): string => {
  const [alertname, instance, severity, receiver, fingerprint, starts, ends, summary] = alert
  const status = over ? 'resolved' : 'firing'
  const labels = { alertname, instance, severity, job: 'node' }
  return JSON.stringify({
    receiver,
    status,
    alerts: [
      {
        status,
        labels,
        annotations: { summary, runbook_url: `https://wiki.example.com/runbooks/${alertname}` },
        startsAt: zulu(utc(starts)),
        endsAt: over ? zulu(utc(ends)) : NEVER,
        generatorURL: `https://prometheus.example.com/graph?g0.expr=${alertname}`,
        fingerprint,
      },
    ],
    groupLabels: { alertname },
    commonLabels: labels,
    commonAnnotations: { summary },
    externalURL: 'https://alertmanager.example.com',
    version: '4',
    groupKey: `{}:{alertname="${alertname}"}`,
    truncatedAlerts: 0,
  })
}

/** What Alertmanager posted, one payload a line, in the order in which it did. */
export function alertmanager(): string {
  const posted = ALERTS.flatMap((alert) => {
    const fired = { at: utc(alert[5]), text: notification(alert, false) }
    return alert[6] ? [fired, { at: utc(alert[6]), text: notification(alert, true) }] : [fired]
  })
  return posted
    .toSorted((a, b) => a.at - b.at)
    .map(({ text }) => `${text}\n`)
    .join('')
}

const PRIMARY = { id: 'P1ILSE', type: 'user_reference', summary: 'Ilse Brandvoort' }
const SECONDARY = { id: 'P2TOBIN', type: 'user_reference', summary: 'Tobin Wexcombe' }
const SERVICE = { id: 'PSHOP01', type: 'service_reference', summary: 'Web shop' }
const INTEGRATION = {
  id: 'PALERTM',
  type: 'events_api_v2_inbound_integration_reference',
  summary: 'Alertmanager',
}

type Entry = readonly [when: string, type: string, summary: string, agent: object, more?: object]

const notified = (user: object, by: string): object => ({
  user,
  channel: { type: 'notification', notification: { type: by } },
})

const ENTRIES: readonly Entry[] = [
  [
    '12-31 23:08:58',
    'trigger',
    'Triggered through the API',
    INTEGRATION,
    { channel: { type: 'api', details: { alertname: 'PostgresDown', instance: 'db1' } } },
  ],
  ['12-31 23:08:59', 'assign', 'Assigned to Ilse Brandvoort', INTEGRATION],
  [
    '12-31 23:09:01',
    'notify',
    'Notified Ilse Brandvoort by push',
    INTEGRATION,
    notified(PRIMARY, 'push_notification'),
  ],
  [
    '12-31 23:13:01',
    'notify',
    'Notified Ilse Brandvoort by SMS',
    INTEGRATION,
    notified(PRIMARY, 'sms_notification'),
  ],
  [
    '12-31 23:16:02',
    'notify',
    'Notified Ilse Brandvoort by phone',
    INTEGRATION,
    notified(PRIMARY, 'phone_notification'),
  ],
  [
    '12-31 23:18:58',
    'escalate',
    'Escalated to Tobin Wexcombe after 10 minutes without an answer',
    INTEGRATION,
  ],
  [
    '12-31 23:19:00',
    'notify',
    'Notified Tobin Wexcombe by phone',
    INTEGRATION,
    notified(SECONDARY, 'phone_notification'),
  ],
  [
    '12-31 23:20:31',
    'acknowledge',
    'Acknowledged by Tobin Wexcombe',
    SECONDARY,
    { channel: { type: 'mobile' } },
  ],
  [
    '12-31 23:50:02',
    'annotate',
    'Note added by Tobin Wexcombe',
    SECONDARY,
    { channel: { type: 'note', summary: 'disk of db1 is full, see #incident-20251231-checkout' } },
  ],
  [
    '01-01 00:58:04',
    'resolve',
    'Resolved by Tobin Wexcombe',
    SECONDARY,
    { channel: { type: 'website' } },
  ],
]

/** The answer of PagerDuty's API for the incident. */
export function pagerduty(): string {
  const incident = {
    id: 'Q3QUIL1231',
    type: 'incident_reference',
    summary: '[#412] PostgresDown db1',
    html_url: 'https://quillbarn.pager.example.com/incidents/Q3QUIL1231',
  }
  const log_entries = ENTRIES.map(([when, type, summary, agent, more], i) => ({
    id: `R${(utc(when) / SECOND).toString(36).toUpperCase()}${i}`,
    type: `${type}_log_entry`,
    summary,
    created_at: zulu(utc(when)),
    agent,
    service: SERVICE,
    incident,
    ...more,
  }))
  return `${JSON.stringify({ log_entries, limit: 100, offset: 0, more: false, total: null }, null, 2)}\n`
}
