import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { zoneRules } from '../services/normalizer/zones.ts'
import { transitions, ZONEINFO, zoneNames } from './support/tzif.ts'

const LAST = Date.UTC(2038, 0, 1) / 1000

/** Rules of later times change with releases of the data, and the runtime has another release than the system. */
const SETTLED = Date.UTC(2025, 0, 1) / 1000

const LINK =
  'with 2024b it became a link to another zone, which not all builds of the data follow: https://data.iana.org/time-zones/tzdb/NEWS'
const EXPLAINED: Readonly<Record<string, string>> = { EET: LINK, MET: LINK, WET: LINK, CET: LINK }

if (!existsSync(ZONEINFO)) {
  t.plan(0, `${ZONEINFO} is not there: no rules to compare with`)
} else {
  t.test('every transition of every zone is read as the compiled rules of the system say', (t) => {
    const names = zoneNames()
    let compared = 0
    const unknown: string[] = []
    const different = new Map<string, string[]>()
    const unexplained = new Set<string>()
    for (const name of names) {
      const rules = zoneRules(name)
      if (!rules) {
        unknown.push(name)
        continue
      }
      for (const { at, before, after } of transitions(name)) {
        if (at < 0 || at >= LAST || before === after) continue
        compared++
        const wrong: string[] = []
        const has = (wall: number, offset: number): boolean =>
          rules.read(wall).offsets.includes(offset)
        if (!has(at - 1 + before, before)) wrong.push(`the last second with ${before}`)
        if (!has(at + after, after)) wrong.push(`the first second with ${after}`)
        const gap = after - before
        // What the clock shows twice has two readings, and what it skips has none.
        if (gap < 0 && rules.read(at + after).offsets.length !== 2) wrong.push('no repeated hour')
        if (gap > 0 && rules.read(at + before).offsets.length !== 0) wrong.push('no skipped hour')
        if (wrong.length === 0) continue
        if (at < SETTLED && !(name in EXPLAINED)) unexplained.add(name)
        different.set(name, [
          ...(different.get(name) ?? []),
          `${new Date(at * 1000).toISOString()}: ${wrong.join(', ')}`,
        ])
      }
    }
    const version = join(ZONEINFO, 'tzdata.zi')
    const system = existsSync(version) ? readFileSync(version, 'utf8').slice(10, 15) : 'unknown'
    t.comment(
      `${compared} transitions of ${names.length - unknown.length} zones; rules here ${process.versions['tz']}, of the system ${system}; ${different.size} zones differ`,
    )
    for (const [name, all] of different)
      t.comment(
        `${name}: ${all.length}: ${all[0]} (${EXPLAINED[name] ?? 'another release of the rules'})`,
      )
    t.comment(`not known: ${unknown.join(', ')}`)
    t.ok(compared > 1000)
    // Another release may know better about the past too, of some zones.
    const allowed = process.versions['tz'] === system ? 0 : names.length / 50
    t.ok(unexplained.size <= allowed, [...unexplained].join(', '))
    t.end()
  })
}
