/** What the values of options mean. Each throws WrongUse where a value means nothing. */
import { readFileSync } from 'node:fs'
import { Type } from '../../schemas/type.ts'
import { ROLES, type Role } from '../../schemas/role.ts'
import { Kind } from '../../schemas/timeline-event.ts'
import { Control } from '../../schemas/window.ts'
import { isWorkspace } from '../config.ts'
import { WrongUse } from './command.ts'
import { fits } from '../../schemas/fits.ts'

export function kinds(value: string): string[] {
  const list = value.split(',')
  const wrong = list.find((kind) => !Kind.enum.includes(kind as Kind))
  if (wrong === undefined) return list
  throw new WrongUse(`--kind ${wrong} is no kind; there are: ${Kind.enum.join(', ')}`)
}

export function roles(value: string): Role[] {
  const list = value.split(',')
  const wrong = list.find((role) => !(ROLES as readonly string[]).includes(role))
  if (wrong === undefined) return list as Role[]
  throw new WrongUse(`--roles ${wrong} is no role; there are: ${ROLES.join(', ')}`)
}

export function workspaceName(value: string): string {
  if (isWorkspace(value)) return value
  throw new WrongUse(
    `--workspace ${value} is no name: use lower-case letters, digits and hyphens, at most 63`,
  )
}

export const count =
  (option: string, { from = 0, to = Number.MAX_SAFE_INTEGER } = {}) =>
  (value: string): number => {
    const number = /^\d+$/.test(value) ? Number(value) : NaN
    if (number >= from && number <= to) return number
    throw new WrongUse(`${option} ${value} is no whole number from ${from} to ${to}`)
  }

const Controls = Type.Array(Control)

/** The controls that a file declares. */
export function controlsOf(path: string): Control[] {
  let value: unknown
  try {
    value = JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    throw new WrongUse(`--controls ${path} cannot be read: ${(error as Error).message}`)
  }
  if (fits(Controls, value)) return value
  throw new WrongUse(
    `--controls ${path} is no list of controls: write it as [{"title":"…","query":"…","kind":"…","source":"…"}], with a title in each`,
  )
}
