import type { Page } from 'playwright-core'
import t from 'tap'
import { browse, sorted, times, type Browsing } from './browser.ts'
import { PRETENDERS, SCRIPTS, SHOP_EVENTS } from './page-files.ts'

const HOUR = 'from=2025-03-30T10:00:00Z&to=2025-03-30T11:00:00Z'

const browsing = await browse(t)
if (browsing) await testEvents(browsing)

async function testEvents({ address, complaints, foreign, open }: Browsing): Promise<void> {
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
    'what came through two channels stands there once, and both can be seen',
    async (t) => {
      const page = await open('/?from=2025-04-02T00:00:00Z&to=2025-04-03T00:00:00Z')
      const messages = page.locator('tr.row:not([hidden]) .text')
      t.strictSame(await messages.allTextContents(), ['queue is full', 'only the journal has this'])
      t.match(await page.locator('#summary').textContent(), '3 events', 'two events they stay')
      const also = page.locator('button.also:visible')
      t.equal(await also.count(), 1)
      t.equal(await also.textContent(), 'also in logs/journald')
      await also.first().click()
      t.equal(await messages.count(), 3)
      await also.first().click()
      t.equal(await messages.count(), 2)
      await messages.first().click()
      const detail = page.locator('#detail')
      await detail.locator('h3', { hasText: 'The same, seen elsewhere' }).waitFor()
      await detail.locator('button.link').click()
      await detail.locator('.seen', { hasText: 'journal.json' }).waitFor()
      t.equal(await messages.count(), 3, 'the one that is open is shown')
      await page.context().close()
    },
  )

  await t.test('the time of a source is told on the page, and taken back', async (t) => {
    const page = await open('/?q=disk')
    const detail = page.locator('#detail')
    const openSource = async (): Promise<void> => {
      await page.locator('td.message').first().click()
      // Closed again when the event was read anew.
      await detail.locator('details:not([open]) summary', { hasText: 'The time of db1' }).click()
      await detail.locator('.source-time form').first().waitFor()
    }
    const clock = async (expected: string): Promise<void> => {
      await page.locator('tr.row time', { hasText: expected }).first().waitFor()
      t.equal((await times(page))[0], expected)
    }
    await openSource()
    t.match(
      await detail.locator('.source-time').textContent(),
      '2 events in the zone that was told',
    )
    t.match(
      await detail.locator('.source-time').textContent(),
      'begins in 2025 (the date in syslog-20250401)',
    )
    const [zone, seconds] = [0, 1].map((n) => detail.locator('.source-time form').nth(n))
    await zone!.locator('input').fill('Asia/Tokyo')
    await zone!.locator('button[type=submit]').click()
    await clock('03:10:00')
    await openSource()
    await seconds!.locator('input').fill('-420')
    await seconds!.locator('button[type=submit]').click()
    await clock('03:03:00')
    for (const [form, expected] of [
      [seconds, '03:10:00'],
      [zone, '10:10:00'],
    ] as const) {
      await openSource()
      await form!.locator('button', { hasText: 'Take back' }).click()
      await clock(expected)
    }
    await page.context().close()
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
    const page = await open('/?from=2025-03-31&to=2025-04-01')
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
