import { existsSync, statSync } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { WrongUse, type ExitStatus, type Output } from './command.ts'

/** Puts what is printed into a file, under another name until it is whole and on disk. */
export async function intoFile(
  path: string,
  force: boolean,
  print: (out: Output['out']) => Promise<ExitStatus>,
): Promise<ExitStatus> {
  if (existsSync(path)) {
    if (!statSync(path).isFile())
      throw new WrongUse(`${path} is no regular file: choose another name, or - for a pipe`)
    if (!force)
      throw new WrongUse(`${path} is there: choose another name, or overwrite it with --force`)
  }
  const partial = `${path}.partial`
  const file = await open(partial, force ? 'w' : 'wx').catch(({ code, message }) => {
    throw new WrongUse(
      code === 'EEXIST'
        ? `${partial} is there: another backup writes it, or broke off; delete it, or overwrite it with --force`
        : message,
    )
  })
  let refused: WrongUse | undefined
  try {
    const status = await print(async (chunk) => {
      await file.writeFile(chunk).catch(({ message }: Error) => {
        throw (refused = new WrongUse(`${path} cannot be written: ${message}`))
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
