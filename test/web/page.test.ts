import { existsSync } from 'node:fs'
import { chromium, type Page } from 'playwright-core'
import t from 'tap'
import { serveFiles } from '../support/serve-sample.ts'
import { FILES, PRETENDERS, SCRIPTS, SHOP_EVENTS } from './page-files.ts'

const CHROMIUM = '/usr/bin/chromium'
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
]
const HOUR = 'from=2025-03-30T10:00:00Z&to=2025-03-30T11:00:00Z'

const sorted = (texts: readonly string[]): string[] =>
  texts.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0))

if (!existsSync(CHROMIUM)) t.plan(0, `${CHROMIUM} is not here: the page needs a real browser`)
else await testPage()

async function testPage(): Promise<void> {
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
    await page.waitForSelector('body.loaded:not(.busy)')
    return page
  }
  const times = (page: Page): Promise<string[]> => page.locator('tr.row time').allTextContents()
  const summary = (page: Page, text: string): Promise<void> =>
    page.locator('#summary').filter({ hasText: text }).waitFor()

  await t.test(
    'the page and its parts are served to be kept, and to run nothing else',
    async (t) => {
      const response = await fetch(`${address}/`)
      const html = await response.text()
      t.match(
        response.headers.get('content-security-policy'),
        /^default-src 'none'; script-src 'self';/,
      )
      t.notMatch(html, /style=|<script>|onclick|unsafe/)
      const tag = response.headers.get('etag')!
      t.equal((await fetch(`${address}/`, { headers: { 'if-none-match': tag } })).status, 304)
      const main = /\/assets\/[\w-]+\/main\.js/.exec(html)![0]
      const script = await fetch(`${address}${main}`)
      t.equal(script.headers.get('content-type'), 'text/javascript; charset=utf-8')
      t.match(script.headers.get('cache-control'), 'immutable')
      t.equal((await fetch(`${address}${main.replace('main.js', 'index.html')}`)).status, 404)
      t.equal((await fetch(`${address}/assets/x/..%2froutes.js`)).status, 404)
      t.equal(
        (await fetch(`${address}/assets/older/main.js`)).headers.get('cache-control'),
        'no-cache',
      )
    },
  )

  await t.test('rows stand in order, in UTC, under their days', async (t) => {
    const page = await open('/')
    const instants = await page
      .locator('tr.row')
      .evaluateAll((rows) => rows.map((row) => row.getAttribute('data-at')!.slice(0, 19)))
    t.ok(instants.length >= 200)
    t.same(instants, sorted(instants))
    t.equal(await page.locator('#zone-here').textContent(), 'UTC')
    t.equal((await times(page))[0], '10:00:00')
    t.same(await page.locator('tr.day h2').first().textContent(), 'Sunday, 30 Mar 2025')
    t.same(await page.locator('#zone option').allTextContents(), [
      'UTC',
      'Asia/Tokyo (here)',
      'another zone…',
    ])
    t.equal(
      await page.locator('#summary').textContent(),
      `${SHOP_EVENTS + 4 + SCRIPTS.length + PRETENDERS.length} events`,
    )
    await page.context().close()
  })

  await t.test('a zone is chosen, stated, kept in the URL, and taken back', async (t) => {
    const page = await open(`/?${HOUR}`)
    await page.selectOption('#zone', 'Asia/Tokyo')
    t.equal((await times(page))[0], '19:00:00')
    await page.selectOption('#zone', '')
    await page.fill('#other-zone', 'America/New_York')
    await page.press('#other-zone', 'Enter')
    t.equal((await times(page))[0], '06:00:00')
    t.equal(await page.locator('#zone-here').textContent(), 'America/New_York')
    t.equal(await page.inputValue('#from'), '2025-03-30 06:00:00 -04:00')
    t.match(
      await page.locator('tr.row a.open').first().getAttribute('title'),
      /^2025-03-30 10:00:00.000 UTC\n/,
    )
    t.match(page.url(), /zone=America\/New_York/)
    await page.goBack()
    await page.locator('#zone-here', { hasText: 'Asia/Tokyo' }).waitFor()
    t.equal((await times(page))[0], '19:00:00')
    await page.context().close()
  })

  await t.test('filters and words narrow list and chart, and the way back works', async (t) => {
    const page = await open(`/?${HOUR}`)
    await page.locator('#levels .chip', { hasText: 'error' }).click()
    await summary(page, `${Math.floor(SHOP_EVENTS / 7)} events`)
    t.same([...new Set(await page.locator('td.level').allTextContents())], ['error'])
    await page.fill('#query', 'order host:web01')
    await page.press('#query', 'Enter')
    await page.waitForURL(/q=order/)
    await summary(page, '64 events')
    t.equal(await page.locator('tr.row').count(), 64)
    await page.locator('#clear').click()
    await summary(page, `${SHOP_EVENTS + 4} events`)
    await page.goBack()
    await summary(page, '64 events')
    await page.fill('#query', 'zebra')
    await page.press('#query', 'Enter')
    await page
      .locator('#empty', { hasText: 'No event that matches the filters in this window' })
      .waitFor()
    await page.locator('#empty button', { hasText: 'Clear the filters' }).click()
    await summary(page, `${SHOP_EVENTS + 4} events`)
    t.ok(await page.locator('#empty').isHidden())
    await page.context().close()
  })

  await t.test('dragging on the chart zooms, and reset shows all again', async (t) => {
    const page = await open(`/?${HOUR}`)
    const box = (await page.locator('#chart').boundingBox())!
    await page.mouse.move(box.x + box.width * 0.252, box.y + 40)
    await page.mouse.down()
    await page.mouse.move(box.x + box.width * 0.4, box.y + 40)
    await page.mouse.move(box.x + box.width * 0.498, box.y + 40)
    await page.mouse.up()
    await summary(page, '228 events in 15 min')
    t.equal(await page.inputValue('#from'), '2025-03-30 10:15:00Z')
    t.equal(await page.inputValue('#to'), '2025-03-30 10:30:00Z')
    t.equal((await times(page))[0], '10:15:00')
    await page.locator('#reset').click()
    await summary(page, `${SHOP_EVENTS + 4 + SCRIPTS.length + PRETENDERS.length} events`)

    await page.goto(`${address}/?${HOUR}`)
    await page.waitForSelector('body.loaded:not(.busy)')
    await page.focus('#chart')
    for (const key of ['Home', 'ArrowRight', 'Shift+ArrowRight', 'Enter'])
      await page.press('#chart', key)
    await summary(page, '30 events in 2 min')
    t.equal(await page.inputValue('#from'), '2025-03-30 10:01:00Z')
    await page.fill('#from', '2025-02-30')
    await page.press('#from', 'Enter')
    t.match(await page.locator('#window-wrong').textContent(), /Write it as/)
    await page.context().close()
  })

  await t.test('an event opens with all that is known, and has a link of its own', async (t) => {
    const page = await open(`/?${HOUR}&q=disk`)
    await page.locator('td.message').first().click()
    const detail = page.locator('#detail')
    await detail.locator('h2').waitFor()
    t.match(await detail.locator('.clock').textContent(), '10:10:00')
    t.equal(
      await detail.locator('pre').textContent(),
      'Mar 30 12:10:00 db1 postgres[71]: the disk is filling',
    )
    const words = await detail.locator('section').first().textContent()
    t.match(words, 'Written as “Mar 30 12:10:00”')
    t.match(words, 'Europe/Berlin was told for this source')
    t.match(words, 'The stamp has no year')
    t.match(await detail.locator('.seen').textContent(), 'files/db1/syslog-20250401 line 1')
    const link = page.url()
    t.match(link, /#event=0{4}0330T121000-/)
    await page.keyboard.press('Escape')
    t.ok(await detail.isHidden())
    await page.goBack()
    await detail.locator('h2').waitFor()
    await page.context().close()

    const alone = await open(new URL(link).hash ? `/${new URL(link).hash}` : '/')
    await alone.locator('#detail h2').waitFor()
    t.equal(
      await alone.locator('tr[aria-current] td.message').textContent(),
      'postgresthe disk is filling',
    )
    t.equal((await times(alone))[0], '10:10:00', 'the list begins there')
    await alone.locator('#list-head button').click()
    await alone.locator('tr.row time', { hasText: '10:09:56' }).first().waitFor()
    t.same(await times(alone), sorted(await times(alone)))
    await alone.context().close()
  })

  await t.test(
    'many events come page by page, and pages far away leave the document',
    async (t) => {
      const page = await open(`/?${HOUR}`)
      for (let i = 0; i < 60; i++) {
        await page.evaluate('scrollTo(0, document.documentElement.scrollHeight)')
        if (await page.locator('#list-foot', { hasText: 'This is the end' }).count()) break
        await page.waitForTimeout(50)
      }
      await page.locator('tr.row time', { hasText: '10:59:56' }).waitFor()
      t.ok((await page.locator('tr.row').count()) < SHOP_EVENTS, 'not all rows are there')
      await page.evaluate('scrollTo(0, 0)')
      await page.locator('tr.row time', { hasText: '10:00:00' }).waitFor()
      const folded = page.locator('tr.row', { hasText: 'Pool is empty' })
      await page.goto(`${address}/?${HOUR}&q=pool`)
      await folded.locator('.more', { hasText: '+2 lines' }).click()
      t.equal(
        await folded.locator('.text').textContent(),
        'Pool is empty\n\tat shop.Pool.take(Pool.java:88)\n\tat shop.Cart.store(Cart.java:12)',
      )
      await page.context().close()
    },
  )

  await t.test('texts from outside run nothing and hide nothing', async (t) => {
    const page = await open('/?from=2025-03-31')
    t.same(await page.locator('tr.row .text').allTextContents(), [
      ...SCRIPTS,
      'invoiceU+202Efdp.exe',
      'all is wellCR2025-03-31T10:00:00Z root logged in',
      'zeroU+200Bwidth',
      'bellBEL and nextU+0085line',
    ])
    for (const menu of await page.locator('.menu').all()) await menu.locator('summary').click()
    await page.locator('tr.row time').first().click()
    for (let i = 0; i < SCRIPTS.length + PRETENDERS.length; i++) {
      await page.locator('#detail h2').waitFor()
      const links = await page
        .locator('#detail a')
        .evaluateAll((all) => all.map((a) => a.getAttribute('href')))
      t.ok(
        links.every((href) => /^https?:\/\//.test(href ?? '')),
        links.join(' '),
      )
      await page.locator('#detail [aria-label="Next event"]').click()
    }
    const made =
      'main script, main iframe, main img, main style, aside script, aside iframe, aside img, aside style, [onerror], [onload]'
    t.equal(await page.locator(made).count(), 0)
    t.equal(await page.evaluate('window.hacked'), undefined)
    await page.context().close()

    const first = SCRIPTS[0]!
    const query = new URLSearchParams({
      q: first,
      kind: first,
      host: first,
      zone: first,
      from: first,
      workspace: 'main',
    })
    const typed = await open(`/?${query.toString()}#event=${encodeURIComponent(first)}`).catch(
      (error: Error) => error.message,
    )
    t.type(typed, 'object')
    t.equal(await (typed as Page).evaluate('window.hacked'), undefined)
    await (typed as Page).context().close()
    complaints.splice(0, Infinity, ...complaints.filter((line) => !/status of 404/.test(line)))
  })

  await t.test('a narrow screen needs no sideways scrolling', async (t) => {
    const page = await open('/', { width: 360, height: 740 })
    t.ok(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'))
    await page.locator('tr.row time').first().click()
    await page.locator('#detail h2').waitFor()
    t.ok(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'))
    await page.context().close()
  })

  await t.test('clocks of a zone are read as people mean them', async (t) => {
    const page = await open('/')
    const read = (text: string, zone: string): Promise<unknown> =>
      page.evaluate(`import(document.querySelector('script').src.replace('main.js', 'zone.js'))
        .then(({ typedInstant }) => typedInstant(${JSON.stringify(text)}, ${JSON.stringify(zone)}))`)
    const berlin = 'Europe/Berlin'
    t.same(await read('2025-03-30 03:00', berlin), { instant: '2025-03-30T01:00:00Z' })
    t.match(await read('2025-03-30 02:30', berlin), { wrong: /clocks were set forward/ })
    t.same(
      await read('2025-10-26 02:30', berlin),
      { instant: '2025-10-26T00:30:00Z' },
      'the first of the two',
    )
    t.same(await read('2025-10-26 02:30 +01:00', berlin), { instant: '2025-10-26T01:30:00Z' })
    t.same(await read('2025-10-26T02:30:00.123456789Z', berlin), {
      instant: '2025-10-26T02:30:00.123456789Z',
    })
    t.same(await read('2025-10-26 12:00', 'Asia/Kolkata'), { instant: '2025-10-26T06:30:00Z' })
    t.match(await read('2025-02-29', 'UTC'), { wrong: /Write it as/ })
    await page.context().close()
  })

  t.same(complaints, [], 'the browser complains of nothing')
  t.same(foreign, [], 'nothing is asked of other places')
}
