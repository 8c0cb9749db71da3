import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { FormatFile } from '../schemas/format-file.ts'
import type { Adapter } from './adapter.ts'
import { patternAdapter } from './shared/pattern-adapter.ts'
import { BadFormat } from './shared/pattern-format.ts'

export { BadFormat } from './shared/pattern-format.ts'

export interface Loaded {
  /** `<kind folder>/<format>`, from the path of its file. */
  name: string
  adapter: Adapter
}

const HERE = new URL('.', import.meta.url)
/** The files of patterns are read where they are written: the compiler leaves them there. */
const WRITTEN = new URL('../../ingest-adapters/', HERE)
const KIND_FOLDER = /^[a-z]+$/
const FORMAT_FILE = /^([a-z0-9-]+)\.[jt]s$/
const PATTERN_FILE = /(?:^|\/)([a-z0-9-]+)\.format$/

let bundled: Promise<Loaded[]> | undefined

/**
 * All adapters, by name: every file of every kind folder beside this one is a format. Fallbacks stand last. Formats of the user's own stand first, as `logs/<name>`, in place
 * of a bundled one of that name.
 * @throws BadFormat where a file of the user's own is not right.
 */
export async function loadAdapters(own: readonly FormatFile[] = []): Promise<Loaded[]> {
  bundled ??= loadBundled()
  const mine = own.map(({ path, text }) => ({
    name: `logs/${nameOf(path)}`,
    adapter: patternAdapter(text, path),
  }))
  const names = new Set(mine.map(({ name }) => name))
  return [...mine, ...(await bundled).filter(({ name }) => !names.has(name))]
}

function nameOf(path: string): string {
  const name = PATTERN_FILE.exec(path)?.[1]
  if (name !== undefined) return name
  throw new BadFormat(
    `${path}: the name of a file of a format has lower-case letters, digits and hyphens, and ends in .format`,
  )
}

async function loadBundled(): Promise<Loaded[]> {
  const entries = await readdir(HERE, { withFileTypes: true })
  const folders = entries.filter(
    (entry) => entry.isDirectory() && entry.name !== 'shared' && KIND_FOLDER.test(entry.name),
  )
  const loaded = (await Promise.all(folders.map(({ name }) => loadFolder(name)))).flat()
  const rank = ({ adapter }: Loaded): number => (adapter.fallback ? 1 : 0)
  return loaded.sort((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1))
}

async function loadFolder(folder: string): Promise<Loaded[]> {
  const formats = (await readdir(new URL(`${folder}/`, HERE))).flatMap((file) => {
    const format = FORMAT_FILE.exec(file)?.[1]
    return format === undefined ? [] : [{ file, name: `${folder}/${format}` }]
  })
  const modules = formats.map(async ({ file, name }): Promise<Loaded> => {
    const { adapter } = (await import(new URL(`${folder}/${file}`, HERE).href)) as {
      adapter: Adapter
    }
    return { name, adapter }
  })
  const written = await readFormatFiles(fileURLToPath(new URL(`${folder}/`, WRITTEN)))
  const patterns = written.map(({ path, text }) => ({
    name: `${folder}/${nameOf(path)}`,
    adapter: patternAdapter(text, path),
  }))
  return [...(await Promise.all(modules)), ...patterns]
}

/** The files of formats in a folder, by name. */
export async function readFormatFiles(folder: string): Promise<FormatFile[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.format')).sort()
  return Promise.all(
    names.map(async (name) => {
      const path = join(folder, name)
      return { path, text: await readFile(path, 'utf8') }
    }),
  )
}
