/** Writes docs/formats.md: `npm run formats`. */
import { writeFile } from 'node:fs/promises'
import { formatsPage, PAGE } from './formats-page.ts'

await writeFile(PAGE, await formatsPage())
