import { existsSync } from 'node:fs'
import { chromium, type Page } from 'playwright-core'
import type { Test } from 'tap'
import { serveFiles } from '../support/serve-sample.ts'
import { FILES } from './page-files.ts'

const CHROMIUM = '/usr/bin/chromium'
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
]

export interface Browsing {
  address: string
  /** A page in a context of its own, loaded; its zone is Asia/Tokyo. */
  open(path: string, viewport?: { width: number; height: number }): Promise<Page>
  /** What the browser said, and what pages asked of other places. */
  complaints: string[]
  foreign: string[]
}

/** A server with the files of the test, and a browser, both until the test ends; undefined, and said, where no browser is. */
export async function browse(t: Test): Promise<Browsing | undefined> {
  if (!existsSync(CHROMIUM)) {
    t.plan(0, `${CHROMIUM} is not here: the page needs a real browser`)
    return undefined
  }
  const { address, stop } = await serveFiles(FILES, 'Europe/Berlin')
  t.teardown(stop)
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS })
  t.teardown(() => browser.close())
  const complaints: string[] = []
  const foreign: string[] = []
  const open = async (path: string, viewport = { width: 1300, height: 900 }): Promise<Page> => {
    const context = await browser.newContext({ viewport, timezoneId: 'Asia/Tokyo' })
    const page = await context.newPage()
    page.on('console', (m) => complaints.push(`${m.type()}: ${m.text()}`))
    page.on('pageerror', (error) => complaints.push(String(error)))
    page.on('dialog', (dialog) => {
      complaints.push(`dialog: ${dialog.message()}`)
      void dialog.dismiss()
    })
    page.on('request', (request) => {
      const url = request.url()
      if (!url.startsWith(`${address}/`) && !url.startsWith('data:image/svg+xml')) foreign.push(url)
    })
    await page.goto(`${address}${path}`)
    await settled(page)
    return page
  }
  return { address, open, complaints, foreign }
}

/** When nothing is being loaded any more. */
export const settled = async (page: Page): Promise<void> => {
  await page.waitForSelector('body.loaded[aria-busy=false]')
}

export const times = (page: Page): Promise<string[]> =>
  page.locator('tr.row time').allTextContents()

/** When the chart counts so, and the list is there too. */
export const summary = async (page: Page, text: string): Promise<void> => {
  await page.locator('#summary').filter({ hasText: text }).waitFor()
  await settled(page)
}

export const sorted = (texts: readonly string[]): string[] =>
  texts.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0))
