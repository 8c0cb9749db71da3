import t from 'tap'
import { browse, settled, sorted, summary, times, type Browsing } from './browser.ts'
import { PRETENDERS, SCRIPTS, SHOP_EVENTS, TWIN_EVENTS } from './page-files.ts'

const HOUR = 'from=2025-03-30T10:00:00Z&to=2025-03-30T11:00:00Z'

const browsing = await browse(t)
if (browsing) await testControls(browsing)

async function testControls({ address, complaints, foreign, open }: Browsing): Promise<void> {
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
      `${SHOP_EVENTS + 4 + TWIN_EVENTS + SCRIPTS.length + PRETENDERS.length} events`,
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
    await summary(
      page,
      `${SHOP_EVENTS + 4 + TWIN_EVENTS + SCRIPTS.length + PRETENDERS.length} events`,
    )

    await page.goto(`${address}/?${HOUR}`)
    await settled(page)
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

  t.same(complaints, [], 'the browser complains of nothing')
  t.same(foreign, [], 'nothing is asked of other places')
}
