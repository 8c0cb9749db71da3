/** Writes the data of the bundled sample incident, deploy/sample, anew. It comes out the same, byte for byte, on every run. */
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { alertmanager, pagerduty } from './sample/alerts.ts'
import { githubWebhooks, gitLog } from './sample/changes.ts'
import { postgresql } from './sample/db1-postgresql.ts'
import { db1Syslog } from './sample/db1-syslog.ts'
import { evidenceArchive, NOTE } from './sample/evidence.ts'
import { irc } from './sample/irc.ts'
import { fileOf } from './sample/lines.ts'
import { mailbox } from './sample/mail.ts'
import { mailer, queue1Syslog, worker } from './sample/queue1.ts'
import { slackExport } from './sample/slack.ts'
import { accessFiles, nginx } from './sample/web01-nginx.ts'
import { storefront } from './sample/web01-storefront.ts'
import { devices, web01Syslog } from './sample/web01-syslog.ts'

const { access, error } = nginx()
const { older, newer } = accessFiles(access)
const web01 = fileOf(web01Syslog())

const files: Record<string, string | Buffer> = {
  'logs/web01/syslog': web01,
  'logs/web01/devices.log': fileOf(devices()),
  'logs/web01/nginx/access.log.1': older,
  'logs/web01/nginx/access.log': newer,
  'logs/web01/nginx/error.log': fileOf(error),
  'logs/web01/storefront.log': fileOf(storefront()),
  'logs/db1/syslog': fileOf(db1Syslog()),
  'logs/db1/postgresql-16-main.log': fileOf(postgresql()),
  'logs/queue1/syslog': fileOf(queue1Syslog()),
  'logs/queue1/worker.log': fileOf(worker()),
  'logs/queue1/mailer-json.log': fileOf(mailer()),
  'chat/irc/quellstrand-noc_20260101.log': irc(),
  'alerts/alertmanager-webhooks.jsonl': alertmanager(),
  'alerts/pagerduty-log-entries.json': pagerduty(),
  'mail/support.mbox': mailbox(),
  'changes/shop-config-git-log.txt': gitLog(),
  'changes/github-webhooks.jsonl': githubWebhooks(),
  'evidence/web01-syslog-20260102.tar.gz': await evidenceArchive(web01),
  'evidence/for-friday.txt': NOTE,
}
for (const [name, content] of slackExport()) files[`chat/slack/${name}`] = content

const folder = process.argv[2] ?? 'deploy/sample'
for (const [name, content] of Object.entries(files)) {
  const path = join(folder, name)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, content)
}
