import { setImmediate } from 'node:timers/promises'
import type { DatabaseSyncInstance } from '@photostructure/sqlite'
import { addErasures, leftOf, type Erasure, type ErasureBatch } from '../../../schemas/erasure.ts'
import { bodyOf, valueOf, type LogRow } from './rows.ts'

const READ_AT_ONCE = 16

export type Overwritten = Pick<LogRow, 'position' | 'body'>

/** What becomes of the messages that hold something of what is erased. */
export async function overwritten(
  db: DatabaseSyncInstance,
  batch: ErasureBatch,
): Promise<Overwritten[]> {
  const erasures = new Map<string, Erasure>()
  addErasures(erasures, batch)
  const next = db.prepare(
    `select * from log where position > ? and topic in ('records', 'rejections') order by position limit ${READ_AT_ONCE}`,
  )
  const rows: Overwritten[] = []
  for (let at = 0; ; await setImmediate()) {
    const some = next.all(at) as LogRow[]
    if (some.length === 0) return rows
    for (const row of some) {
      const value = valueOf(row)
      const left = leftOf(value, erasures)
      if (left !== value) rows.push({ position: row.position, body: bodyOf({ value: left }) })
      at = row.position
    }
  }
}
