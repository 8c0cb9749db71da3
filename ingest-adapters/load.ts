import { readdir } from 'node:fs/promises'
import type { Adapter } from './adapter.ts'

export interface Loaded {
  /** `<kind folder>/<format>`, from the path of its file. */
  name: string
  adapter: Adapter
}

const KIND_FOLDER = /^[a-z]+$/
const FORMAT_FILE = /^([a-z0-9-]+)\.[jt]s$/

/** All adapters, by name: every file of every kind folder beside this one is a format. Fallbacks stand last. */
export async function loadAdapters(): Promise<Loaded[]> {
  const loaded: Loaded[] = []
  const here = new URL('.', import.meta.url)
  const folders = await readdir(here, { withFileTypes: true })
  for (const folder of folders) {
    if (!folder.isDirectory() || folder.name === 'shared' || !KIND_FOLDER.test(folder.name))
      continue
    for (const file of await readdir(new URL(`${folder.name}/`, here))) {
      const format = FORMAT_FILE.exec(file)?.[1]
      if (!format) continue
      const module = (await import(new URL(`${folder.name}/${file}`, here).href)) as {
        adapter: Adapter
      }
      loaded.push({ name: `${folder.name}/${format}`, adapter: module.adapter })
    }
  }
  const rank = ({ adapter }: Loaded): number => (adapter.fallback ? 1 : 0)
  return loaded.sort((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1))
}
