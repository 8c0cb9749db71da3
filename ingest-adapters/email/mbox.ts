/**
 * Mailboxes: mails one after the other, each begun by `From sender date`. RFC 4155, https://www.rfc-editor.org/rfc/rfc4155; the variants mboxo, mboxrd,
 * mboxcl in https://www.loc.gov/preservation/digital/formats/fdd/fdd000383.shtml. `>From ` is unescaped as mboxrd does it. Content-Length (mboxcl)
 * is not believed, because it goes stale when programs that do not know it edit the file: https://www.jwz.org/doc/content-length.html;
 * a separator must hold a date instead, which a sentence that begins with "From" does not. The first mail of a mailbox that an IMAP server keeps
 * ("DON'T DELETE THIS MESSAGE", with X-IMAP) is about the mailbox and no mail.
 */
import type { DocumentAdapter, Item } from '../adapter.ts'
import { beginsWithMailHeader, mailHeaders, mailText } from '../shared/mail-headers.ts'
import { mailItem } from '../shared/mail-record.ts'

/** `From alice@example.com  Mon Nov  8 21:54:11 1999`, `From 17@xxx Mon Jan 01 10:00:00 +0000 2024`, `From - …` */
const SEPARATOR =
  /^From \S.{0,150}?\s((?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? +(?:(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) +\d{1,2}|\d{1,2} +(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) +\d{4}) +\d{1,2}:\d\d(?::\d\d)?(?: +[A-Za-z+-][\w+-]{0,5}){0,2}(?: +\d{4})?(?: +[+-]\d{4})?)\s*$/
/** git format-patch marks its files with one date that never changes; in a mailbox such a line stands in an attached patch. */
const PATCH = /^From [0-9a-f]{40,64} Mon Sep 17 00:00:00 2001/

const begins = (line: string): boolean =>
  line.startsWith('From ') && SEPARATOR.test(line.slice(0, 250)) && !PATCH.test(line)

const ESCAPED = /^>(?=>*From )/gm
const NEWLINE = 10

async function read(bytes: Uint8Array, line: number): Promise<Item[]> {
  const document = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const original = mailText(bytes)
  if (original.trim() === '') return [{ context: original.split('\n').length - 1 || 1, line }]
  const end = document.indexOf(NEWLINE)
  const first = document.toString('latin1', 0, end < 0 ? document.length : end).trimEnd()
  const separator = SEPARATOR.exec(first.slice(0, 250))
  if (!separator) return [await mailItem(document, original, line)]
  let mail = end < 0 ? Buffer.alloc(0) : document.subarray(end + 1)
  if (mail.includes('\n>'))
    mail = Buffer.from(mail.toString('latin1').replace(ESCAPED, ''), 'latin1')
  if (mailHeaders(mail).all('x-imap').length > 0) {
    return [{ context: original.trimEnd().split('\n').length, line }]
  }
  return [await mailItem(mail, original, line, separator[1])]
}

export const adapter: DocumentAdapter = {
  title: 'mbox mailbox',
  unit: 'document',
  recognizes: (head) => {
    const lines = head.text.trimStart().split(/\r?\n/, 400)
    return begins(lines[0]!) && beginsWithMailHeader(lines.slice(1))
  },
  begins,
  parse: () => read,
}
