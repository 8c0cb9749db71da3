/** The fields of a record of a format that is one pattern: what its groups captured, and the values that its message names. */
import type { Fields } from '../../schemas/source-record.ts'
import { addressField, isAddress } from './client-address.ts'
import { NUMBER, PEERS, type PatternFormat } from './pattern-format.ts'

const ADDRESS = /^(source|destination|client|server)\.(?:ip|address)$/
const WITH_PORT = /^(.+):(\d{1,5})$/
/** What stands where there is nothing to say. */
const NOTHING = /^(?:-|"-?"|\s*)$/
const NAMED = /(?:^|[\s,;|([{'])([\w.-]{1,40})=("(?:[^"\\]|\\.)*"|[^\s,;|)\]}']*)/g

/** A name may be told to mean a field (`field: pid = process.pid`). */
export function setField(
  { fields: names, levels }: PatternFormat,
  fields: Fields,
  capture: string,
  written: string,
  isNumber: boolean,
): void {
  const value = written.trim()
  const name = names.get(capture) ?? capture
  const level = name === 'log.level' ? levels.get(value) : undefined
  if (level === undefined && NOTHING.test(value)) return
  if (isNumber) {
    const number = Number(value)
    if (Number.isFinite(number)) fields[name] = number
  } else if (PEERS.has(name)) setPeer(fields, name, value)
  else if (level !== undefined) fields[name] = level
  else {
    const side = ADDRESS.exec(name)?.[1]
    fields[side === undefined ? name : addressField(side, value)] = value
  }
}

/** An address or a name, with its port behind a colon. What may be an IPv6 address is one, unless the protocol always has ports. */
function setPeer(fields: Fields, side: string, value: string): void {
  const hasPort = /^(?:tcp|udp)$/i.test(String(fields['network.transport']))
  const m = isAddress(value) && !hasPort ? null : WITH_PORT.exec(value)
  const host = (m?.[1] ?? value).replace(/^\[(.*)\]$/, '$1')
  fields[addressField(side, host)] = host
  if (m) fields[`${side}.port`] = Number(m[2])
}

/** `pid=12`, `exe="/usr/bin/su"`: the values that the file of the format tells the fields of. */
export function setPairs(format: PatternFormat, fields: Fields, text: string): void {
  if (format.pairs.size === 0) return
  for (const [name, value] of pairsOf(text, format.between)) {
    const field = format.pairs.get(name)
    if (field === undefined) continue
    const isNumber = NUMBER.test(field)
    setField(format, fields, field.replace(NUMBER, ''), value, isNumber)
  }
}

function* pairsOf(text: string, between: string | undefined): Generator<readonly [string, string]> {
  if (between === undefined) {
    for (const [, name, value] of text.matchAll(NAMED))
      yield [name!, value!.startsWith('"') ? value!.slice(1, -1) : value!]
    return
  }
  for (const piece of text.split(between)) {
    const at = piece.indexOf('=')
    if (at > 0) yield [piece.slice(0, at).trim(), piece.slice(at + 1)]
  }
}
