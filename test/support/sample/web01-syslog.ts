import { BERLIN, MINUTE, rfc3339, SECOND, utc } from './clock.ts'
import { chance, every, type Line } from './lines.ts'
import * as story from './story.ts'
import { ordinary, syslog } from './syslog.ts'

export function web01Syslog(): Line[] {
  const host = syslog('web01', BERLIN)
  const { lines, log } = host
  ordinary(host, 301, ['(www-data) CMD (/usr/local/bin/sitemap-refresh)'])

  const deploy = (at: number, version: string): void => {
    log(
      at - 40 * SECOND,
      `sshd[20117]: Accepted publickey for deploy from 192.0.2.50 port 50122 ssh2: ED25519`,
    )
    log(
      at - 31 * SECOND,
      `deploy-agent[744]: unpacked storefront ${version} to /srv/storefront/${version}`,
    )
    log(at - 29 * SECOND, `deploy-agent[744]: link /srv/storefront/current is now ${version}`)
  }
  deploy(story.BANNER_DEPLOYED, '25.12.4')
  stopped(story.BANNER_DEPLOYED - 26 * SECOND)
  started(story.BANNER_DEPLOYED)

  log(
    utc('12-31 23:03:31'),
    'kernel: [1209933.118220] TCP: request_sock_TCP: Possible SYN flooding on port 443. Sending cookies.',
  )
  // the same line twice in a second, and not by accident
  for (const _ of [1, 2]) {
    log(utc('12-31 23:08:02'), 'prober[1602]: tcp 192.0.2.20:5432 connection refused')
  }
  for (const at of every(60 * SECOND, utc('12-31 23:09:00'), utc('12-31 23:56:00'), 0)) {
    log(at + 2000, 'prober[1602]: tcp 192.0.2.20:5432 connection refused')
  }
  log(utc('12-31 23:56:02'), 'prober[1602]: tcp 192.0.2.20:5432 connected in 94 ms')

  deploy(story.ROLLBACK + 5 * SECOND, '25.12.3')
  stopped(story.ROLLBACK)
  for (const [i, after] of [16, 40, 64, 88].entries()) {
    const at = story.ROLLBACK + after * SECOND
    log(at, 'systemd[1]: storefront.service: Main process exited, code=exited, status=1/FAILURE')
    log(at, "systemd[1]: storefront.service: Failed with result 'exit-code'.")
    if (i < 3)
      log(
        at + 14 * SECOND,
        `systemd[1]: storefront.service: Scheduled restart job, restart counter is at ${i + 1}.`,
      )
  }
  const limit = story.ROLLBACK_FAILED
  log(limit, 'systemd[1]: storefront.service: Start request repeated too quickly.')
  log(limit, 'systemd[1]: Failed to start storefront.service - Web shop.')

  log(
    story.STOREFRONT_STARTED - 71 * SECOND,
    'sshd[23904]: Accepted publickey for rachterveld from 198.51.100.61 port 41992 ssh2: ED25519',
  )
  log(
    story.STOREFRONT_STARTED - 12 * SECOND,
    'deploy-agent[744]: link /srv/storefront/current is now 25.12.4',
  )
  log(
    story.STOREFRONT_STARTED - SECOND,
    'sudo: rachterveld : TTY=pts/0 ; PWD=/home/rachterveld ; USER=root ; COMMAND=/usr/bin/systemctl reset-failed storefront',
  )
  log(
    story.STOREFRONT_STARTED,
    'sudo: rachterveld : TTY=pts/0 ; PWD=/home/rachterveld ; USER=root ; COMMAND=/usr/bin/systemctl start storefront',
  )
  started(story.STOREFRONT_READY)

  // held back by the relay for over three minutes: it was written down in the new year and belongs in the old
  const late = utc('12-31 22:58:12')
  const writtenAt = utc('12-31 23:01:40')
  log(late, 'rsyslogd[702]: action-2 suspended: the relay 192.0.2.70:6514 does not answer')
  lines.at(-1)!.writtenAt = writtenAt
  // the last write before somebody copied the file
  lines.push({ at: story.END + 1, text: 'Jan  2 10:00:0' })
  return lines

  function stopped(at: number): void {
    log(at, 'systemd[1]: Stopping storefront.service - Web shop...')
    log(at + 4 * SECOND, 'systemd[1]: Stopped storefront.service - Web shop.')
  }
  function started(at: number): void {
    log(at, 'systemd[1]: Started storefront.service - Web shop.')
  }
}

/** What the devices in the rack send to web01. The power strip loses its clock for one line when it restarts. */
export function devices(): Line[] {
  const random = chance(55)
  const lines: Line[] = []
  const log = (at: number, text: string): void => {
    lines.push({ at, text: `${rfc3339(at, BERLIN)} ${text}` })
  }
  for (const at of every(60 * MINUTE, story.BEGIN, story.END, 50 * MINUTE, 56)) {
    const port = random.between(1, 24)
    const load = random.between(31, 44)
    log(
      at,
      random.pick([
        `sw-rack2 lldpd[311]: neighbour on port ${port} is unchanged`,
        `sw-rack2 portd[298]: port ${port} 1000 Mbit/s full duplex`,
        `ups-rack2 upsd[77]: load ${load} %, battery 100 %, runtime ${90 - load} min`,
        `pdu-rack2 metering[30]: outlets 1 to 8 draw ${(load / 9).toFixed(1)} A`,
      ]),
    )
  }
  const restarted = utc('12-31 17:20:09')
  log(restarted - 2000, 'sw-rack2 portd[298]: port 19 is down')
  lines.push({
    at: restarted,
    text: '1970-01-01T01:00:13+01:00 pdu-rack2 init[1]: power restored, the clock is not set',
  })
  log(restarted + 3000, 'sw-rack2 portd[298]: port 19 is up')
  log(restarted + 9000, 'pdu-rack2 ntpclient[31]: clock set from ntp.example.net')
  return lines
}
