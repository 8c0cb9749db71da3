/** Rewrites what the fixtures are expected to give: `npm run golden [word in the name…]`. Look at the difference before you commit it. */
import { readFile, writeFile } from 'node:fs/promises'
import { fixtures, outcome } from './golden.ts'

const words = process.argv.slice(2)
for (const { name, input, expected } of await fixtures()) {
  if (words.length > 0 && !words.some((word) => name.includes(word))) continue
  const before = await readFile(expected, 'utf8').catch(() => '')
  const { text } = await outcome(input)
  if (text === before) continue
  await writeFile(expected, text)
  console.log(`${before === '' ? 'made' : 'changed'}: ${name}`)
}
