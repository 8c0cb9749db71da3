import t from 'tap'
import { folder, imported, wrongSums } from './support/recount.ts'

const rows = 'Nr;Seen;What\n1;2024-05-01 10:00;db1 is slow\n2;2024-05-01 10:05;failover\n'

t.test('a table of which no column is surely that of the time says what to do', async (t) => {
  const cwd = folder(t, {
    'in/evident.csv': 'Time,What,Who\n2024-05-01 10:00,db1 is slow,Ana\n',
    'in/not-evident.csv': rows,
    'in/told.csv': `# recount: time=Seen, message=What, zone=Europe/Berlin\n${rows}`,
    'in/told-wrong.csv': `# recount: time=Opened, message=What\n${rows}`,
    'in/unicode-text.txt': Buffer.from(
      '\ufeffWhen\tWhat\n2024-05-01 10:00\tÄrger\n2024-05-01 10:01\tdone\n',
      'utf16le',
    ),
    'in/words.txt': 'Dear all,\nthe database is back, and so are we.\n',
  })
  const { status, ledger } = await imported(['in'], cwd)
  t.equal(status, 1)
  t.strictSame(wrongSums(ledger), [])
  t.match(ledger.files, [
    { path: 'in/evident.csv', adapter: 'notes/table', events: 1 },
    {
      adapter: null,
      reason: /no column is surely that of the time: put a line "# recount: time=COLUMN/,
      rejected: 3,
    },
    { path: 'in/told-wrong.csv', adapter: null, reason: /a column that is not in the header/ },
    { path: 'in/told.csv', adapter: 'notes/table', events: 2, rejected: 0 },
    { path: 'in/unicode-text.txt', adapter: 'notes/table', events: 2 },
    { path: 'in/words.txt', adapter: null, reason: /no format fits$/ },
  ])
})
