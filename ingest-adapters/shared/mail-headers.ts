/** The header block of a mail as it stands there: names, values unfolded, nothing decoded. RFC 5322 2.2, https://www.rfc-editor.org/rfc/rfc5322#section-2.2 */

import { isUtf8 } from 'node:buffer'

const FIELD = /^([!-9;-~]{1,76})[ \t]*:/
const BLOCK_LIMIT = 1024 * 1024

export interface MailHeaders {
  /** The values under a name in lower case, in the order of the mail: the newest Received first. */
  all(name: string): readonly string[]
  /** How many fields there are. */
  count: number
  /** The byte at which the body begins. */
  end: number
}

/** Reads up to the first blank line. A line that is no field and continues none is passed over. */
export function mailHeaders(mail: Buffer): MailHeaders {
  const block = mail.toString('latin1', 0, BLOCK_LIMIT)
  const read: { name: string; lines: string[] }[] = []
  let at = 0
  while (at < block.length) {
    let end = block.indexOf('\n', at)
    if (end < 0) end = block.length
    const line = block.slice(at, end).trimEnd()
    at = end + 1
    if (line === '') {
      if (read.length > 0) break
      continue
    }
    const first = line.charCodeAt(0)
    if (read.length > 0 && (first === 32 || first === 9)) {
      read.at(-1)!.lines.push(line.trimStart())
      continue
    }
    const m = FIELD.exec(line.trimStart())
    if (m)
      read.push({
        name: m[1]!.toLowerCase(),
        lines: [line.slice(line.indexOf(':') + 1).trimStart()],
      })
  }
  const values = new Map<string, string[]>()
  for (const { name, lines } of read) {
    const value = mailText(Buffer.from(lines.join(' ').trim(), 'latin1'))
    const list = values.get(name)
    if (list) list.push(value)
    else values.set(name, [value])
  }
  return {
    all: (name) => values.get(name) ?? [],
    count: read.length,
    end: Math.min(at, mail.length),
  }
}

/** Bytes as text: UTF-8, or each byte a character, because a mail has an encoding for every part. */
export function mailText(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return buffer.toString(isUtf8(buffer) ? 'utf8' : 'latin1')
}

const KNOWN =
  /^(?:from|to|cc|subject|date|message-id|received|return-path|delivered-to|reply-to|sender|in-reply-to|references|mime-version|envelope-to|resent-from|newsgroups|list-id)$/
const TELLING = /^(?:from|subject|message-id|received|return-path|delivered-to)$/

/**
 * Whether lines begin with a mail's header block: nearly all of them up to the blank line are fields or their continuations,
 * two names are those of mail, one of them of mail alone (HTTP has Date as well).
 */
export function beginsWithMailHeader(lines: readonly string[]): boolean {
  const known = new Set<string>()
  let fields = 0
  let foreign = 0
  for (const [i, line] of lines.entries()) {
    if (line.trim() === '') break
    const name = FIELD.exec(i === 0 ? line.trimStart() : line)?.[1]?.toLowerCase()
    if (name === undefined) {
      if (i === 0) return false
      if (!/^[ \t]/.test(line)) foreign++
      continue
    }
    fields++
    if (KNOWN.test(name)) known.add(name)
  }
  return known.size >= 2 && [...known].some((name) => TELLING.test(name)) && foreign * 4 <= fields
}
