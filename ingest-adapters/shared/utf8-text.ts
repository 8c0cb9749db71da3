/** Bytes that are meant as text: UTF-8, or Windows-1252 where they are not. */
import iconv from 'iconv-lite'

const UTF8 = new TextDecoder('utf-8', { fatal: true })

export function textOf(bytes: Uint8Array): string {
  try {
    return UTF8.decode(bytes)
  } catch {
    return iconv.decode(Buffer.from(bytes), 'windows-1252')
  }
}
