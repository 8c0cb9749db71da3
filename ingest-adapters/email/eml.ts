/**
 * One mail, as .eml files and Maildir hold it: RFC 5322, https://www.rfc-editor.org/rfc/rfc5322, with MIME, https://www.rfc-editor.org/rfc/rfc2045.
 * Recognized by its header block, because a Maildir's files have no extension. A body or an encoding that is broken costs the text, never the mail.
 */
import type { DocumentAdapter, Head } from '../adapter.ts'
import { beginsWithMailHeader, mailText } from '../shared/mail-headers.ts'
import { mailItem } from '../shared/mail-record.ts'

const LINES = 400
/** The byte order mark of UTF-8, which would be part of the first field's name. */
const MARK = Buffer.from([0xef, 0xbb, 0xbf])

export const adapter: DocumentAdapter = {
  title: 'e-mail message',
  unit: 'document',
  recognizes: (head: Head) => beginsWithMailHeader(head.text.trimStart().split(/\r?\n/, LINES)),
  parse: () => async (bytes, line) => {
    const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const mail = whole.subarray(0, MARK.length).equals(MARK) ? whole.subarray(MARK.length) : whole
    return [await mailItem(mail, mailText(bytes), line)]
  },
}
