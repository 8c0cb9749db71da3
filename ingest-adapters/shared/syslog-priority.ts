/** Severity and facility: numbers of RFC 5424 6.2.1, names of syslog(3) and syslog.conf(5). */
import type { Fields } from '../../schemas/source-record.ts'

const SEVERITIES = ['emerg', 'alert', 'crit', 'err', 'warning', 'notice', 'info', 'debug']
const SYNONYMS: ReadonlyMap<string, number> = new Map([
  ['panic', 0],
  ['critical', 2],
  ['error', 3],
  ['warn', 4],
])
const FACILITIES = (
  'kern user mail daemon auth syslog lpr news uucp cron authpriv ftp ntp audit logalert clock ' +
  'local0 local1 local2 local3 local4 local5 local6 local7'
).split(' ')

/** The level by name and by number; nothing where there is no such number. */
export function setSeverity(fields: Fields, code: number): void {
  const name = SEVERITIES[code]
  if (name === undefined) return
  fields['log.level'] = name
  fields['log.syslog.severity.code'] = code
}

export function setFacility(fields: Fields, code: number): void {
  if (FACILITIES[code] !== undefined) fields['log.syslog.facility.code'] = code
}

/** The number between the angle brackets: facility times eight plus severity, at most 191. */
export function setPriority(fields: Fields, priority: number): void {
  setSeverity(fields, priority & 7)
  setFacility(fields, priority >> 3)
}

/** 0 to 7, or -1. */
export const severityNumber = (name: string): number =>
  SYNONYMS.get(name) ?? SEVERITIES.indexOf(name)
/** 0 to 23, or -1. */
export const facilityNumber = (name: string): number => FACILITIES.indexOf(name)

/** Facility and severity of `auth.info`, or by number of `4.6`; undefined for any other word. */
export function namedPriority(word: string): readonly [number, number] | undefined {
  const m = /^(\d{1,2})\.([0-7])$/.exec(word)
  const dot = word.indexOf('.')
  const facility = m ? Number(m[1]) : facilityNumber(word.slice(0, Math.max(dot, 0)))
  const severity = m ? Number(m[2]) : severityNumber(word.slice(dot + 1))
  return facility >= 0 && facility < FACILITIES.length && severity >= 0
    ? [facility, severity]
    : undefined
}
