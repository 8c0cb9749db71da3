/** As much of a mail as its fields and the beginning of its text need. */
import type { MailHeaders } from './mail-headers.ts'

const NEEDED = [
  'From',
  'To',
  'Cc',
  'Subject',
  'MIME-Version',
  'Content-Type',
  'Content-Transfer-Encoding',
  'Content-Disposition',
]
const VALUE_LIMIT = 16 * 1024
/** Of each part. */
export const PART_LIMIT = 128 * 1024
const BODY_LIMIT = 2 * 1024 * 1024
const NEWLINE = 10
const DASH = 45

/**
 * The mail as mailparser gets it: the fields that are asked of it, and of every part the beginning. The library takes minutes for the worst mails of
 * 25 MiB (folded fields, flowed text), and of an attachment only the name is kept.
 */
export function essence(mail: Buffer, head: MailHeaders): Buffer {
  const fields = NEEDED.flatMap((name) => {
    const value = head.all(name.toLowerCase())[0]
    return value ? [`${name}: ${value.slice(0, VALUE_LIMIT)}\r\n`] : []
  })
  const kept: Buffer[] = [Buffer.from(`${fields.join('')}\r\n`)]
  let size = 0
  let at = head.end
  while (at < mail.length && size < BODY_LIMIT) {
    const next = boundaryAfter(mail, at)
    const piece = mail.subarray(at, Math.min(next, at + PART_LIMIT))
    kept.push(piece)
    size += piece.length
    if (piece.length < next - at) kept.push(Buffer.from('\r\n'))
    at = next
  }
  return Buffer.concat(kept)
}

/** Where the next line that may be a boundary begins, the end of the mail where there is none. */
function boundaryAfter(mail: Buffer, at: number): number {
  for (let end = mail.indexOf(NEWLINE, at); end >= 0; end = mail.indexOf(NEWLINE, end + 1)) {
    if (mail[end + 1] === DASH && mail[end + 2] === DASH) return end + 1
  }
  return mail.length
}
