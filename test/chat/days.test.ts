/** The first message of a day, found by key. */
import * as assert from 'uvu/assert'
import { firstSince, readPage } from '../../handlers/chat/pages.ts'
import { chance } from '../random.ts'
import { suite } from '../suite.ts'
import { currently, guest, newRoom, openStorage, type Storage } from './storage.ts'

const test = suite('going to a time')

let storage: Storage

test.before(async () => {
  storage = await openStorage('pg')
})
test.after(() => storage.close())

/** A room in which each number of a log is a message or something else, seconds apart. */
async function talk(seconds: (number | null)[]) {
  const { sql } = storage
  const { person } = await guest(sql)
  const room = await newRoom(sql, person)
  await sql.query(
    `insert into messages (room_id, n, author_id, author_name, author_color, author_kind, body, at)
     select $1, n, $2, 'ann', '#336699', 'guest', 'said', to_timestamp(second)
       from unnest($3::bigint[]) with ordinality as said (second, n) where second is not null`,
    [room.id, person.id, seconds],
  )
  await sql.query('update rooms set last_seq = $2 where id = $1', [room.id, seconds.length])
  return currently(sql, room)
}

test('finds the first one since, whatever is in between', async () => {
  const { int, oneIn } = chance('days')
  for (let round = 0; round < 20; round++) {
    let now = 1_000
    const seconds = Array.from({ length: int(0, 60) }, () => {
      if (oneIn(4)) return null
      now += int(0, 5)
      return now
    })
    const room = await talk(seconds)
    for (let look = 0; look < 20; look++) {
      const second = int(995, now + 5)
      const wanted = seconds.findIndex((one) => one !== null && one >= second) + 1
      const n = await firstSince(storage.sql, room, new Date(second * 1000))
      const page = await readPage(storage.sql, room, { from: 'from', n }, 1)
      assert.is(page.messages[0]?.n ?? 0, wanted, `${second} in ${seconds}`)
    }
  }
})

test.run()
