/** Addresses of peers as servers write them: IPv4, IPv6 with or without brackets, host names, with or without a port. */
import type { Fields } from '../../schemas/source-record.ts'

const BYTE = '(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)'
const IPV4 = new RegExp(`^${BYTE}(?:\\.${BYTE}){3}$`)
const LONGEST_IPV6 = 45
const GROUP = /^[0-9A-Fa-f]{1,4}$/
const WITH_PORT = /^(?:\[([^\]]{1,64})\]|([^:]{1,255})):(\d{1,5})$/

/** Whether an index takes a text for an address: a zone behind it (`fe80::1%eth0`) is none of its parts. */
export const isAddress = (text: string): boolean => IPV4.test(text) || isIpv6(text)

/** https://www.rfc-editor.org/rfc/rfc4291#section-2.2 */
function isIpv6(text: string): boolean {
  if (!text.includes(':') || text.length > LONGEST_IPV6) return false
  const halves = text.split('::')
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')))
  let count = groups.length
  if (IPV4.test(groups.at(-1) ?? '')) {
    groups.pop()
    count++
  }
  return (
    groups.every((group) => GROUP.test(group)) &&
    (halves.length === 1 ? count === 8 : halves.length === 2 && count < 8)
  )
}

/** The field for what a peer is called: an index refuses a whole event for a name under `ip`. */
export const addressField = (side: string, peer: string): string =>
  `${side}.${isAddress(peer) ? 'ip' : 'address'}`

/** An address goes to `source.ip`, a name to `source.address`, a port to `source.port`. */
export function setSource(fields: Fields, written: string): void {
  if (IPV4.test(written)) {
    fields['source.ip'] = written
    return
  }
  const m = WITH_PORT.exec(written)
  const peer = m ? (m[1] ?? m[2]!) : written.replace(/^\[(.*)\]$/, '$1')
  if (peer === '' || peer === '-') return
  fields[addressField('source', peer)] = peer
  if (m) fields['source.port'] = Number(m[3])
}
