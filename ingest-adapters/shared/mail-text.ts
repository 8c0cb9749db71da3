/** The part of a mail's body that its sender wrote: without what it quotes, without the signature. */

const ATTRIBUTION =
  /^(?:on .{4,200} wrote:|am .{4,200} schrieb .{0,200}:|le .{4,200} a écrit ?:|.{2,120} (?:wrote|writes|said|schrieb):)$/i
const REST_IS_QUOTED =
  /^(?:-{2,} ?(?:original message|forwarded message|urspr.ngliche nachricht|message d'origine) ?-{2,}|_{20,}|-- ?)$/i

/** At most `limit` characters. */
export function ownText(body: string, limit: number): string {
  const kept: string[] = []
  let size = 0
  for (const raw of body
    .slice(0, 256 * 1024)
    .replaceAll('\0', '')
    .split('\n')) {
    const line = raw.trimEnd()
    if (line.startsWith('>') || line.startsWith('|>')) continue
    if (line === '' && (kept.length === 0 || kept.at(-1) === '')) continue
    if (ATTRIBUTION.test(line)) continue
    if (REST_IS_QUOTED.test(line) && size > 0) break
    kept.push(line)
    size += line.length + 1
    if (size > limit) break
  }
  const text = kept.join('\n').trim()
  return text.length > limit ? `${text.slice(0, limit - 1).trimEnd()}…` : text
}
