import * as assert from 'uvu/assert'
import { type Page, readPage, type Stretch } from '../../handlers/chat/pages.ts'
import type { Room } from '../../handlers/chat/rooms.ts'
import { chance } from '../random.ts'
import { suite } from '../suite.ts'
import { currently, drivers, guest, newRoom, openStorage, type Storage, say } from './storage.ts'

type Numbered = Exclude<Stretch, { from: 'since' }>

/** What a page shows, and where it leads, as plain numbers. */
type Numbers = { shown: number[]; prev: number | null; next: number | null }

const numbersOf = (page: Page): Numbers => ({
  shown: page.messages.map((message) => message.n),
  prev: page.prev,
  next: page.next,
})

/** The same from a plain list of all numbers, in order. */
function model(all: number[], stretch: Numbered, limit: number): Numbers {
  const [start, end] = bounds(all, stretch, limit)
  const shown = all.slice(start, end)
  const pivot = 'n' in stretch ? stretch.n : null
  return {
    shown,
    prev: start > 0 ? (shown[0] ?? pivot) : null,
    next: end < all.length ? (all[end] ?? null) : null,
  }
}

function bounds(
  all: number[],
  stretch: Exclude<Stretch, { from: 'since' }>,
  limit: number,
): [number, number] {
  if (stretch.from === 'newest') return [Math.max(0, all.length - limit), all.length]
  const below = all.filter((n) => n < stretch.n).length
  if (stretch.from === 'before') return [Math.max(0, below - limit), below]
  if (stretch.from === 'from') return [below, Math.min(all.length, below + limit)]
  const half = Math.floor(limit / 2)
  return [Math.max(0, below - half), Math.min(all.length, below + limit - half)]
}

for (const driver of drivers) {
  const test = suite(`pages on ${driver}`)
  let storage: Storage
  let room: Room
  let empty: Room
  /** Message numbers have gaps, since other events take numbers as well. */
  let all: number[]

  test.before(async () => {
    storage = await openStorage(driver)
    const { sql } = storage
    const { person } = await guest(sql)
    room = await newRoom(sql, person)
    empty = await newRoom(sql, person)
    all = []
    for (let turn = 1; turn <= 30; turn++) {
      if (turn % 4 === 0) {
        await sql.query('update rooms set last_seq = last_seq + $2 where id = $1', [room.id, turn])
      }
      all.push((await say(storage, person, room, `message ${turn}`)).message.n)
    }
    room = await currently(sql, room)
  })
  test.after(() => storage.close())

  test('the newest page of an empty room is empty, and leads nowhere', async () => {
    const nowhere = { shown: [], prev: null, next: null }
    assert.equal(numbersOf(await readPage(storage.sql, empty, { from: 'newest' }, 50)), nowhere)
    for (const from of ['before', 'from', 'around'] as const) {
      assert.equal(numbersOf(await readPage(storage.sql, empty, { from, n: 5 }, 50)), nowhere)
    }
  })

  test('a page holds its messages whole, oldest first', async () => {
    const page = await readPage(storage.sql, room, { from: 'newest' }, 2)
    assert.equal(
      page.messages.map((message) => message.body),
      ['message 29', 'message 30'],
    )
  })

  test('following prev from the newest page visits every message once', async () => {
    const seen: number[] = []
    let page = await readPage(storage.sql, room, { from: 'newest' }, 7)
    assert.is(page.next, null)
    for (;;) {
      seen.unshift(...numbersOf(page).shown)
      if (page.prev === null) break
      page = await readPage(storage.sql, room, { from: 'before', n: page.prev }, 7)
    }
    assert.equal(seen, all)
  })

  test('following next from the first message visits every message once', async () => {
    const seen: number[] = []
    let page = await readPage(storage.sql, room, { from: 'from', n: 0 }, 7)
    assert.is(page.prev, null)
    for (;;) {
      seen.push(...numbersOf(page).shown)
      if (page.next === null) break
      page = await readPage(storage.sql, room, { from: 'from', n: page.next }, 7)
    }
    assert.equal(seen, all)
  })

  test('a page that ends exactly at the end leads nowhere further', async () => {
    const whole = numbersOf(await readPage(storage.sql, room, { from: 'newest' }, all.length))
    assert.equal(whole, { shown: all, prev: null, next: null })
    const forward = await readPage(storage.sql, room, { from: 'from', n: 1 }, all.length)
    assert.equal(numbersOf(forward), { shown: all, prev: null, next: null })
  })

  test('any page is what a plain list says', async () => {
    const { int, pick } = chance(`pages on ${driver}`)
    const last = all.at(-1) ?? 0
    for (let turn = 0; turn < 300; turn++) {
      const from = pick(['newest', 'before', 'from', 'around'] as const)
      const n = pick([int(0, last + 5), pick(all), 0, Number.MAX_SAFE_INTEGER])
      const stretch: Numbered = from === 'newest' ? { from } : { from, n }
      const limit = pick([1, 2, int(1, 40), 200])
      const page = numbersOf(await readPage(storage.sql, room, stretch, limit))
      assert.equal(page, model(all, stretch, limit), `${JSON.stringify(stretch)} limit ${limit}`)
    }
  })

  test('a page ends where the room had come to when its reader was let in', async () => {
    const early = { ...room, lastSeq: all[9] ?? 0 }
    const newest = await readPage(storage.sql, early, { from: 'newest' }, 3)
    assert.equal(numbersOf(newest).shown, all.slice(7, 10))
    assert.is(newest.next, null)
    const forward = await readPage(storage.sql, early, { from: 'from', n: all[8] ?? 0 }, 50)
    assert.equal(numbersOf(forward).shown, all.slice(8, 10))
  })

  test('who was let in from some number on sees nothing before it, and no end of it', async () => {
    const floor = all[19] ?? 0
    const whole = await readPage(storage.sql, room, { from: 'newest' }, 50, floor)
    assert.equal(numbersOf(whole).shown, all.slice(20))
    assert.is(whole.prev, null)
    const before = await readPage(storage.sql, room, { from: 'before', n: floor }, 50, floor)
    assert.equal(before.messages, [])
    const around = await readPage(storage.sql, room, { from: 'around', n: floor - 5 }, 4, floor)
    assert.equal(numbersOf(around).shown, all.slice(20, 22))
  })

  test('long messages make short pages, and paging through them misses none', async () => {
    const { person } = await guest(storage.sql)
    let long = await newRoom(storage.sql, person)
    const text = 'x'.repeat(10_000)
    for (let i = 0; i < 120; i++) await say(storage, person, long, text)
    long = await currently(storage.sql, long)
    const seen: number[] = []
    for (let from: number | null = 1; from !== null; ) {
      const page: Page = await readPage(storage.sql, long, { from: 'from', n: from }, 200)
      assert.ok(page.messages.length <= 52, `${page.messages.length} long messages at once`)
      seen.push(...page.messages.map((message) => message.n))
      from = page.next
    }
    const backwards: number[] = []
    for (let page = await readPage(storage.sql, long, { from: 'newest' }, 200); ; ) {
      backwards.unshift(...page.messages.map((message) => message.n))
      if (page.prev === null) break
      page = await readPage(storage.sql, long, { from: 'before', n: page.prev }, 200)
    }
    const every = Array.from({ length: 120 }, (_, n) => n + 1)
    assert.equal(seen, every)
    assert.equal(backwards, every)
  })

  test.run()
}
