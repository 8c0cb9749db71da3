import { existsSync } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { WrongUse, type ExitStatus, type Output } from './command.ts'

/** Puts what is printed into a file, under another name until it is whole and on disk. */
export async function intoFile(
  path: string,
  force: boolean,
  print: (out: Output['out']) => Promise<ExitStatus>,
): Promise<ExitStatus> {
  if (!force && existsSync(path))
    throw new WrongUse(`${path} is there: choose another name, or overwrite it with --force`)
  const partial = `${path}.partial`
  const file = await open(partial, force ? 'w' : 'wx').catch(({ code, message }) => {
    throw new WrongUse(
      code === 'EEXIST'
        ? `${partial} is there: another backup writes it, or broke off; delete it, or overwrite it with --force`
        : message,
    )
  })
  let refused: Error | undefined
  try {
    const status = await print(async (chunk) => {
      await file.writeFile(chunk).catch((error: Error) => {
        refused = error
        throw error
      })
    })
    if (status === 0) {
      await file.sync()
      await rename(partial, path)
      const folder = await open(dirname(path))
      await folder.sync()
      await folder.close()
    }
    return status
  } catch (error) {
    // Not what came of it where the printing went on.
    throw refused ?? error
  } finally {
    await file.close()
    await rm(partial, { force: true })
  }
}
