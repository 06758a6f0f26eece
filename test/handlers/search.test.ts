/** Finding what was said: by words, by who, where and when; newest or best first. */
import * as assert from 'uvu/assert'
import { expireTalk } from '../../handlers/chat/retention.ts'
import { prepareSearch, sweepWords } from '../../handlers/chat/search/state.ts'
import { limits } from '../../handlers/limits.ts'
import { migratedDatabase, type TestDatabase } from '../database.ts'
import { suite } from '../suite.ts'
import { type Instance, startInstance } from './app.ts'
import {
  ask,
  forms,
  join,
  jsonOf,
  type MessageJson,
  type ProblemJson,
  roomOf,
  type Someone,
  say,
} from './ask.ts'
import { type History, openHistory } from './history.ts'
import { hostileSearches } from './hostile-searches.ts'
import { indexAll } from './index-all.ts'

const test = suite('search')

type Excerpt = { text: string; marks: { from: number; to: number }[] }
type FoundJson = { results: (MessageJson & { excerpt: Excerpt })[]; next: string | null }

let database: TestDatabase
let instance: Instance
let history: History
let ann: Someone
let bob: Someone

test.before.each(async () => {
  database = await migratedDatabase()
  instance = await startInstance(database.env)
  history = await openHistory(database.env)
  ann = await join(instance.app, 'Ann Archer')
  bob = await join(instance.app, 'bob')
})
test.after.each(async () => {
  await history.end()
  await instance.stop()
  await database.drop()
})

const path = (q: string, more: Record<string, string> = {}) =>
  `/search?${new URLSearchParams({ q, ...more })}`

const find = (q: string, more: Record<string, string> = {}, by: Someone = ann) =>
  jsonOf<FoundJson>(ask(instance.app, path(q, more), { by }))

/** The texts that are found. */
const texts = async (q: string, more: Record<string, string> = {}, by: Someone = ann) =>
  (await find(q, more, by)).results.map(({ body }) => body)

async function refused(q: string, more: Record<string, string> = {}): Promise<string> {
  const response = await ask(instance.app, path(q, more), { by: ann })
  const { code } = await jsonOf<ProblemJson>(response)
  return `${response.status} ${code}`
}

/** Says these, one after the other, and waits for no instance to bring them in. */
async function said(room: string, ...bodies: string[]): Promise<MessageJson[]> {
  const messages: MessageJson[] = []
  for (const body of bodies) messages.push(await say(instance.app, ann, room, body))
  await indexAll(instance.sql)
  return messages
}

test('a word finds the messages that have it, the newest first, in any case', async () => {
  await said('lobby', 'The garden is dry', 'nothing of it', 'in a GARDEN, at last')
  assert.equal(await texts('garden'), ['in a GARDEN, at last', 'The garden is dry'])
  assert.equal(await texts('Garden'), await texts('garden'))
  assert.equal(await texts('meadow'), [])
})

test('several words are all in it, a phrase is in it as it stands, and -word is not', async () => {
  await said('lobby', 'green tea', 'tea that is green', 'green grass', 'black tea')
  assert.equal(await texts('tea green'), ['tea that is green', 'green tea'])
  assert.equal(await texts('"green tea"'), ['green tea'])
  assert.equal(await texts('tea -green'), ['black tea'])
  assert.equal(await texts('tea -"green tea" -black'), ['tea that is green'])
  assert.equal(await texts('grass or black'), ['black tea', 'green grass'])
})

test('a part of a word finds it where no message has it as a word', async () => {
  await said('lobby', 'the Donaudampfschiff leaves', 'gardening with gloves')
  assert.equal(await texts('garden'), ['gardening with gloves'])
  assert.equal(await texts('dampf'), ['the Donaudampfschiff leaves'])
  assert.equal(await texts('garden gloves'), ['gardening with gloves'])
  assert.equal(await texts('ga'), [], 'two letters are no part')
})

test('from: finds by the name that it was written under, a word of it, or the id', async () => {
  await say(instance.app, bob, 'lobby', 'pears')
  await said('lobby', 'pears and plums')
  const both = ['pears and plums', 'pears']
  assert.equal(await texts('pears'), both)
  for (const q of ['pears from:ann', 'pears from:"Ann Archer"', 'from:archer', 'pears from:me']) {
    assert.equal(await texts(q), ['pears and plums'], q)
  }
  assert.equal(await texts('pears', { from: bob.id }), ['pears'])
  assert.equal(await texts('from:bob'), ['pears'])
  assert.equal(await texts('pears from:nobody'), [])
  const emoji = await join(instance.app, '😀')
  await say(instance.app, emoji, 'lobby', 'pears too')
  await indexAll(instance.sql)
  assert.equal(await texts('from:😀'), ['pears too'])
  assert.equal(await texts('from:😎'), [])
})

test('in: and room= look in one room, before: and after: at a time, has: for what is in it', async () => {
  const attic = await roomOf(instance.app, ann, 'Attic')
  await said(attic, 'boxes at https://example.org/boxes')
  await said('lobby', 'boxes `in code`')
  assert.equal(await texts('boxes in:attic'), ['boxes at https://example.org/boxes'])
  assert.equal(await texts('boxes', { room: attic }), ['boxes at https://example.org/boxes'])
  assert.equal(await texts('boxes has:link'), ['boxes at https://example.org/boxes'])
  assert.equal(await texts('has:code'), ['boxes `in code`'])
  assert.equal(await texts('boxes -has:code'), ['boxes at https://example.org/boxes'])
  const form = new FormData()
  form.set('body', 'boxes in a list')
  form.set('file', new File(['one,two'], 'boxes.csv'))
  const sent = await ask(instance.app, '/r/lobby/files', { by: ann, method: 'POST', raw: form })
  assert.is(sent.status, 201)
  await indexAll(instance.sql)
  assert.equal(await texts('has:file'), ['boxes in a list'])
  assert.equal(await texts('boxes -has:file in:lobby'), ['boxes `in code`'])
  await ask(instance.app, `/r/lobby/messages/${(await jsonOf<MessageJson>(sent)).n}`, {
    by: ann,
    method: 'DELETE',
  })
  const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)
  assert.is((await texts(`boxes before:${day(1)} after:${day(-1)}`)).length, 2)
  assert.equal(await texts(`boxes before:${day(-1)}`), [])
  assert.equal(await texts(`boxes after:${day(1)}`), [])
  assert.equal(await texts('boxes', { before: day(-1) }), [])
})

test('days are those of a zone that is told, and UTC’s where none is', async () => {
  await said('lobby', 'parcels')
  // In one of them it is never the day that it is in UTC.
  for (const zone of ['Pacific/Kiritimati', 'Pacific/Pago_Pago', 'UTC']) {
    const today = new Intl.DateTimeFormat('sv', { timeZone: zone }).format()
    assert.equal(await texts(`parcels after:${today}`, { zone }), ['parcels'], zone)
    assert.equal(await texts(`parcels before:${today}`, { zone }), [], zone)
    assert.equal(await texts('parcels', { before: today, zone }), [], zone)
  }
  assert.is(await refused('parcels', { zone: 'Middle/Earth' }), '422 invalid')
  assert.is(await refused('parcels', { zone: 'x'.repeat(5_000) }), '422 invalid')
})

test('what is found is shown by an excerpt around it, with the words marked', async () => {
  const long = `${'before it '.repeat(100)}the Needle 😀 ${'after it '.repeat(100)}`.trim()
  await said('lobby', long)
  const [result] = (await find('needle')).results
  const { text, marks } = result?.excerpt ?? { text: '', marks: [] }
  assert.ok(text.length <= limits.excerptChars + 2)
  assert.equal(
    marks.map(({ from, to }) => text.slice(from, to)),
    ['Needle'],
  )
  assert.is(result?.body, long)
  assert.is(result?.room, 'lobby')
})

test('pages follow each other by key, without a gap, whatever is said meanwhile', async () => {
  const bodies = Array.from({ length: 45 }, (_, at) => `apple ${at}`)
  await said('lobby', ...bodies)
  for (const sort of ['newest', 'best']) {
    const found: string[] = []
    let next: string | null = ''
    while (next !== null) {
      const page: FoundJson = await find('apple', { sort, ...(next ? { before: next } : {}) })
      found.push(...page.results.map(({ body }) => body))
      next = page.next
      await said('lobby', 'apple anew')
    }
    const expected = found.filter((body) => body !== 'apple anew')
    assert.equal(expected.toSorted(), bodies.toSorted(), sort)
    assert.is(found.filter((body) => body === 'apple anew').length, sort === 'best' ? 3 : 0)
    if (sort === 'newest') assert.equal(expected, bodies.toReversed())
  }
})

test('the best is what has the words most', async () => {
  await said('lobby', 'plum plum plum', `one plum in ${'many other words '.repeat(10)}`)
  assert.is((await texts('plum', { sort: 'best' }))[0], 'plum plum plum')
  assert.is((await texts('plum'))[1], 'plum plum plum')
})

test('what was deleted is found by nobody from that moment on, and never again', async () => {
  const [message] = await said('lobby', 'a secret plan')
  const deleted = await ask(instance.app, `/r/lobby/messages/${message?.n}`, {
    by: ann,
    method: 'DELETE',
  })
  assert.is(deleted.status, 200)
  assert.equal(await texts('secret'), [])
  await indexAll(instance.sql)
  assert.equal(await texts('secret'), [])
  const { rows } = await instance.sql.query('select from search where n = $1', [message?.n])
  assert.is(rows.length, 0)
})

test('what was changed is found by its new text, and by its old one no more', async () => {
  const [message] = await said('lobby', 'the old text')
  await history.edit('lobby', message?.n ?? 0, 'the new text')
  assert.equal(await texts('old'), [], 'before it was brought in')
  await indexAll(instance.sql)
  assert.equal(await texts('new'), ['the new text'])
  assert.equal(await texts('old'), [])
})

test('what is too old goes from the search as well, words and all, and so does a room', async () => {
  await said('lobby', 'ancient words', 'modern words')
  for (const table of ['messages', 'log']) {
    const number = table === 'log' ? 'seq' : 'n'
    await instance.sql.query(
      `update ${table} set at = now() - interval '9 days' where ${number} = 1`,
    )
  }
  await instance.sql.query('update policy set retention_days = 7')
  assert.is(await expireTalk(instance.sql), 1)
  assert.equal(await texts('ancient'), [])
  assert.equal(await texts('modern'), ['modern words'])
  await sweepWords(instance.sql)
  const words = async () =>
    (
      await instance.sql.query<{ word: string }>(
        "select word from search_words where word !~ '^ ' order by 1",
      )
    ).rows
  assert.equal(
    (await words()).map(({ word }) => word),
    ['modern', 'words'],
  )
  await instance.sql.query("delete from rooms where slug = 'lobby'")
  const { rows } = await instance.sql.query(
    'select room_id from search union all select room_id from search_rooms',
  )
  assert.equal([...rows, ...(await words())], [])
})

test('rooms that one may not see, and what one may not read of a room, are found by nobody else', async () => {
  const cellar = await roomOf(instance.app, ann, 'Cellar', 'closed')
  await said(cellar, 'wine in the cellar')
  assert.equal(await texts('wine'), ['wine in the cellar'])
  assert.equal(await texts('wine', {}, bob), [])
  assert.is((await ask(instance.app, path('wine'), {})).status, 200)
  const there = await ask(instance.app, path('wine', { room: cellar }), { by: bob })
  const nowhere = await ask(instance.app, path('wine', { room: 'no-such-room' }), { by: bob })
  assert.is(there.status, 404)
  assert.is(await there.text(), await nowhere.text())
  // Let in from now on.
  const link = await ask(instance.app, `/r/${cellar}/links`, {
    by: ann,
    json: { history: 'from_now' },
  })
  const { pathname } = new URL((await jsonOf<{ url: string }>(link)).url)
  await ask(instance.app, pathname, { by: bob, json: {} })
  await said(cellar, 'more wine')
  assert.equal(await texts('wine', {}, bob), ['more wine'])
  assert.equal(await texts('wine', { room: cellar }, bob), ['more wine'])
  await ask(instance.app, `/r/${cellar}/members/${bob.id}`, { by: ann, method: 'DELETE' })
  assert.equal(await texts('wine', {}, bob), [])
})

test('a part of a word tells nothing of words in rooms that one may not see', async () => {
  const cellar = await roomOf(instance.app, ann, 'Cellar', 'closed')
  const bait = Array.from({ length: limits.searchParts }, (_, at) => `secretzz${at + 10}`)
  await said(cellar, 'secreta secretb secretc', 'secretd')
  await say(instance.app, bob, 'lobby', bait.join(' '))
  await indexAll(instance.sql)
  for (const word of bait) {
    const found = await find('secret', {}, bob)
    assert.is(found.results.length, 1, word)
  }
  const { results } = await find('secret', {}, bob)
  assert.equal(
    results.map(({ body }) => body),
    [bait.join(' ')],
  )
})

test('a language finds other forms of a word, and changing it finds them in what was said before', async () => {
  await said('lobby', 'he runs', 'the runners')
  assert.equal(await texts('running'), [])
  assert.equal(await prepareSearch(instance.sql, 'english'), { isKnown: true, hasParts: true })
  assert.equal(await texts('runs'), ['he runs'], 'by the word as it is, meanwhile')
  await indexAll(instance.sql)
  assert.equal(await texts('running'), ['he runs'])
  assert.equal(await texts('the'), ['the runners'], 'the language takes no word away')
  assert.equal(await texts('running -runs'), [])
  const [result] = (await find('running')).results
  assert.equal(result?.excerpt.marks, [{ from: 3, to: 7 }])
  await prepareSearch(instance.sql, 'simple')
  await indexAll(instance.sql)
  assert.equal(await texts('running'), [])
  assert.equal(await prepareSearch(instance.sql, 'klingon'), { isKnown: false, hasParts: true })
  assert.equal(await texts('runs'), ['he runs'])
})

test('long talk is brought in by steps, the newest first', async () => {
  await history.fill('lobby', ann.id, 2 * limits.searchEvents + 5)
  assert.ok((await indexAll(instance.sql)) >= 3)
  assert.equal(await texts('"filled 1"'), ['filled 1'])
  assert.equal(await texts(`"filled ${2 * limits.searchEvents + 5}"`), [
    `filled ${2 * limits.searchEvents + 5}`,
  ])
})

test('every form answers: the page has the form and the hits, marked; a terminal gets lines', async () => {
  await said('lobby', 'a <b>bold</b> statement')
  for (const form of forms) {
    const response = await ask(instance.app, path('bold'), { by: ann, form })
    assert.is(response.status, 200)
    const text = await response.text()
    assert.match(
      text,
      form === 'text' || form === 'json'
        ? /<b>bold<\/b>|\\u003c/
        : /&lt;b&gt;<mark>bold<\/mark>&lt;/,
    )
    assert.is(response.headers.get('vary'), 'Accept, HX-Request')
  }
  const page = await (await ask(instance.app, '/search', { form: 'page' })).text()
  assert.match(page, /<form[^>]*action="\/search"/)
  const none = await (await ask(instance.app, path('zebra'), { form: 'page' })).text()
  assert.match(none, /Nothing found/)
})

test('what cannot be looked for is said clearly', async () => {
  await said('lobby', 'something')
  const nul = await ask(instance.app, '/search?q=a%00b', { by: ann })
  assert.is(nul.status, 400)
  assert.is(await refused('-word'), '422 invalid')
  assert.is(await refused('in:lobby'), '422 invalid')
  assert.is(await refused('has:luck something'), '422 invalid')
  assert.is(await refused('something before:yesterday'), '422 invalid')
  assert.is(await refused('x'.repeat(limits.searchChars + 1)), '422 invalid')
  assert.is(await refused('a '.repeat(limits.searchTerms + 1)), '422 invalid')
  assert.is(await refused('something', { before: 'nonsense' }), '400 malformed')
  assert.is(await refused('something', { sort: 'random' }), '422 invalid')
  assert.is(await refused('something', { room: '../x' }), '404 not_found')
  assert.equal(await find(''), { results: [], next: null })
  assert.equal(await find('', { room: 'lobby' }), { results: [], next: null })
  assert.is(await refused('from:'), '422 invalid')
})

test('hostile searches are answered, and never with a fault of ours', async () => {
  await said('lobby', "some words, o'neill")
  for (const q of hostileSearches) {
    for (const sort of ['newest', 'best']) {
      const response = await ask(instance.app, path(q, { sort }), { by: ann })
      assert.ok(response.status < 500, `${q}: ${response.status} ${await response.clone().text()}`)
    }
    const as = await ask(instance.app, path('words', { from: q }), { by: ann })
    assert.ok(as.status < 500, `from=${q}: ${as.status}`)
  }
  for (const before of ['w1.1.1_1e-99_1', 'w1.1.1_0_1', 'w99999999999999.1.1', 'w1.1.1_99.9_1']) {
    const sort = before.includes('_') ? 'best' : 'newest'
    const response = await ask(instance.app, path('words', { before, sort }), { by: ann })
    assert.ok(response.status < 500, before)
  }
  assert.equal(await texts("o'neill"), ["some words, o'neill"])
  assert.equal(
    instance.lines.filter((line) => /error/i.test(line)),
    [],
  )
})

test.run()
