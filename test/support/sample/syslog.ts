import { bsd, HOUR, MINUTE } from './clock.ts'
import { chance, every, type Line } from './lines.ts'
import { BEGIN, END } from './story.ts'

/** Writes the lines of one host's syslog: its clock is local and tells no year. */
export interface Syslog {
  lines: Line[]
  /** `text` begins with the program: `CRON[811]: …`. */
  log(at: number, text: string): void
}

export function syslog(host: string, offset: number): Syslog {
  const lines: Line[] = []
  const log = (at: number, text: string): void => {
    lines.push({ at, text: `${bsd(at, offset)} ${host} ${text}` })
  }
  return { lines, log }
}

const USERS = ['admin', 'test', 'oracle', 'ubuntu', 'git', 'deploy', 'pi']

/** What every Linux host writes all day: timers, cron, the clock, and strangers at the door. */
export function ordinary({ log }: Syslog, seed: number, cron: readonly string[]): void {
  const random = chance(seed)
  const pid = (): number => random.between(900, 31_000)
  for (const at of every(HOUR, BEGIN, END, 0)) {
    log(
      at + 17 * MINUTE + 1000,
      `CRON[${pid()}]: (root) CMD (   cd / && run-parts --report /etc/cron.hourly)`,
    )
  }
  for (const [i, command] of cron.entries()) {
    for (const at of every(15 * MINUTE, BEGIN, END, 0)) {
      log(at + (5 * i + 1) * 1000, `CRON[${pid()}]: ${command}`)
    }
  }
  for (const at of every(70 * MINUTE, BEGIN, END, 50 * MINUTE, seed + 1)) {
    const door = pid()
    const ip = `203.0.113.${random.between(200, 250)}`
    const user = random.pick(USERS)
    const port = random.between(30_000, 60_000)
    log(at, `sshd[${door}]: Invalid user ${user} from ${ip} port ${port}`)
    log(
      at + 900,
      `sshd[${door}]: Connection closed by invalid user ${user} ${ip} port ${port} [preauth]`,
    )
  }
  for (const at of every(6 * HOUR, BEGIN, END, 40 * MINUTE, seed + 2)) {
    log(at, 'systemd[1]: Starting apt-daily.service - Daily apt download activities...')
    log(
      at + random.between(2000, 9000),
      'systemd[1]: Finished apt-daily.service - Daily apt download activities.',
    )
    log(
      at + 9300,
      `chronyd[641]: Selected source 192.0.2.${random.between(120, 124)} (ntp.example.net)`,
    )
  }
  for (const at of every(24 * HOUR, BEGIN, END, 0)) {
    log(at + 1000, 'systemd[1]: Starting logrotate.service - Rotate log files...')
    log(at + 2000, 'systemd[1]: logrotate.service: Deactivated successfully.')
    log(at + 2000, 'systemd[1]: Finished logrotate.service - Rotate log files.')
  }
  for (const at of every(4 * HOUR, BEGIN, END, 3 * HOUR, seed + 3)) {
    const session = random.between(200, 900)
    log(at, `systemd-logind[588]: New session ${session} of user monitor.`)
    log(at + 2000, `systemd-logind[588]: Removed session ${session}.`)
  }
}
