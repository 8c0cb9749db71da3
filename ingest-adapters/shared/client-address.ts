/** Addresses of peers as servers write them: IPv4, IPv6 with or without brackets, host names, with or without a port. */
import type { Fields } from '../../schemas/source-record.ts'

const IPV4 = /^\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}$/
const IPV6 = /^[0-9A-Fa-f:]{0,39}:[0-9A-Fa-f:.]{0,39}(?:%[\w.]{1,16})?$/
const WITH_PORT = /^(?:\[([^\]]{1,64})\]|([^:]{1,255})):(\d{1,5})$/

/** A colon alone does not make an address of version 6: there are at least two. */
export const isAddress = (text: string): boolean =>
  IPV4.test(text) || (IPV6.test(text) && text.indexOf(':') !== text.lastIndexOf(':'))

/** An address goes to `source.ip`, a name to `source.address`, a port to `source.port`. */
export function setSource(fields: Fields, written: string): void {
  if (IPV4.test(written)) {
    fields['source.ip'] = written
    return
  }
  const m = WITH_PORT.exec(written)
  const peer = m ? (m[1] ?? m[2]!) : written.replace(/^\[(.*)\]$/, '$1')
  if (peer === '' || peer === '-') return
  fields[isAddress(peer) ? 'source.ip' : 'source.address'] = peer
  if (m) fields['source.port'] = Number(m[3])
}
