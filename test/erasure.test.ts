import fc from 'fast-check'
import t from 'tap'
import {
  addErasures,
  erased,
  formsOf,
  leftOf,
  maskFor,
  MASK,
  type Erasure,
} from '../schemas/erasure.ts'

const record = (original: string, more: object = {}) => ({
  id: 'e',
  original,
  message: original,
  time: { original: '' },
  fields: {} as Record<string, string | number>,
  ...more,
})

/** What is left after redactions of texts, one after the other. */
const redacted = <T extends { id: string }>(one: T, ...texts: string[]): T => {
  const all = new Map<string, Erasure>()
  for (const text of texts) {
    const mask = maskFor(erased(one, all)!, formsOf(text))
    if (mask) addErasures(all, { erased: [{ id: one.id, masks: [mask] }], streams: [] })
  }
  return erased(one, all)!
}

const SECRET = 'p"ä/ss&<word>'

t.test('a text is found however formats write it', (t) => {
  const inJson = JSON.stringify({ user: SECRET })
  const html = 'p&quot;ä/ss&amp;&lt;word&gt;'
  const table: [how: string, original: string, left: string][] = [
    ['as it is', `as ${SECRET}!`, `as ${MASK}!`],
    ['twice', `${SECRET} ${SECRET}!`, `${MASK} ${MASK}!`],
    ['in JSON', inJson, `{"user":"${MASK}"}`],
    ['with escaped slashes', inJson.replaceAll('/', '\\/'), `{"user":"${MASK}"}`],
    ['in ASCII', inJson.replace('ä', '\\u00e4'), `{"user":"${MASK}"}`],
    ['in upper-case ASCII', inJson.replace('ä', '\\u00E4'), `{"user":"${MASK}"}`],
    ['in JSON in JSON', JSON.stringify({ log: inJson }), `{"log":"{\\"user\\":\\"${MASK}\\"}"}`],
    ['in HTML', `<b>${html}</b>`, `<b>${MASK}</b>`],
    ['in a URL', `/?user=${encodeURIComponent(SECRET)}&x=1`, `/?user=${MASK}&x=1`],
  ]
  for (const [how, original, expected] of table) {
    const message = `said ${SECRET} twice: ${SECRET}`
    const left = redacted(record(original, { message, fields: { 'user.name': SECRET } }), SECRET)
    t.strictSame(
      [left.original, left.message, left.fields],
      [expected, `said ${MASK} twice: ${MASK}`, { 'user.name': MASK }],
      how,
    )
  }
  t.end()
})

t.test('every part of a record that is text of its source is masked, and no other', (t) => {
  const one = record('Zq9canary 4111111111111111 10', {
    stream: 'host-Zq9canary',
    nativeId: 'Zq9canary/1',
    time: { original: '10 Zq9canary', seconds: 10 },
    place: 3,
    fields: {
      'host.name': 'host-Zq9canary',
      'labels.Zq9canary': 1,
      'labels.card': 4111111111111111,
      'labels.other': 10,
      'url.original': 'http://x/?t=Zq9canary',
    },
  })
  t.strictSame(redacted(one, 'Zq9canary', '4111111111111111'), {
    ...one,
    original: `${MASK} ${MASK} 10`,
    message: `${MASK} ${MASK} 10`,
    stream: `host-${MASK}`,
    nativeId: `${MASK}/1`,
    time: { original: `10 ${MASK}`, seconds: 10 },
    fields: {
      'host.name': `host-${MASK}`,
      [`labels.${MASK}`]: 1,
      'labels.card': MASK,
      'labels.other': 10,
      'url.original': `http://x/?t=${MASK}`,
    },
  })
  const encoded = record('U2VjcmV0', { message: 'Secret', fields: { 'user.name': 'Ada' } })
  t.match(
    redacted(encoded, 'Secret'),
    { original: MASK, message: MASK, fields: { 'user.name': MASK } },
    'what is written in a way that is not known is masked whole',
  )
  t.end()
})

t.test('what was deleted stays so, whatever comes before and after it', (t) => {
  const all = new Map<string, Erasure>()
  const masks = [maskFor(record('a secret'), ['secret'])!]
  addErasures(all, {
    erased: [
      { id: 'e', masks },
      { id: 'f', masks },
    ],
    streams: [],
  })
  addErasures(all, { erased: [{ id: 'e' }], streams: [] })
  addErasures(all, { erased: [{ id: 'e', masks }], streams: [] })
  t.equal(erased(record('a secret'), all), undefined)
  t.equal(erased({ id: 'parked e', raw: 'a secret' }, all), undefined, 'also its dead letter')
  t.strictSame(erased({ id: 'parked f', raw: 'a secret' }, all), {
    id: 'parked f',
    raw: `a ${MASK}`,
  })
  const batches = [
    { records: [record('a secret', { id: 'x' }), null] },
    { rejections: [] },
    {},
    7 as never,
  ]
  for (const batch of batches)
    t.equal(leftOf(batch, all), batch, 'the same object when nothing is erased')
  t.strictSame(leftOf({ file: 's', records: [record('a secret'), null] }, all), {
    file: 's',
    records: [null],
  })
  t.end()
})

t.test(
  'no occurrence is left, other records are as they were, doing it again changes nothing',
  (t) => {
    const text = fc.string({
      unit: fc.constantFrom('a', 'b', '"', '\\', '/', '&', '<', 'ä', ' ', '%', '[', '\n'),
      maxLength: 30,
    })
    const secret = fc.string({
      unit: fc.constantFrom('a', 'b', '"', '\\', '/', '&', '<', 'ä', ' ', '%'),
      minLength: 4,
      maxLength: 7,
    })
    const one = fc.record({
      before: text,
      after: text,
      message: text,
      field: text,
      form: fc.nat(3),
      id: fc.constantFrom('e', 'f'),
    })
    fc.assert(
      fc.property(secret, fc.array(one, { minLength: 1, maxLength: 5 }), (hidden, parts) => {
        const forms = [hidden, JSON.stringify(hidden), encodeURIComponent(hidden), '']
        const records = parts.map(({ before, after, message, field, form, id }) =>
          record(before + forms[form]! + after, {
            id,
            message: form === 3 ? message : message + hidden,
            fields: { 'labels.a': field + (form === 1 ? hidden : '') },
          }),
        )
        const all = new Map<string, Erasure>()
        const toMask = records.filter(({ id }) => id === 'e')
        const masks = toMask.flatMap((r) => maskFor(r, formsOf(hidden)) ?? [])
        addErasures(all, { erased: [{ id: 'e', masks }], streams: [] })
        for (const each of records) {
          const left = erased(each, all)!
          if (each.id === 'f') t.equal(left, each)
          else {
            const texts = [left.original, left.message, ...Object.values(left.fields)].map(String)
            for (const said of texts)
              if (said.includes(hidden)) t.fail(`${hidden} is left in ${said}`)
            if (!maskFor(each, formsOf(hidden))) t.equal(left, each)
          }
          const again = erased(left, all)!
          if (again !== left) t.strictSame(again, left)
        }
      }),
      { numRuns: 2000 },
    )
    t.end()
  },
)
