import pg from 'pg'
import * as assert from 'uvu/assert'
import type { Draft } from '../../handlers/chat/messages.ts'
import type { Person } from '../../handlers/chat/people.ts'
import { Refusal } from '../../handlers/chat/refusal.ts'
import type { Room } from '../../handlers/chat/rooms.ts'
import { databaseIsAway } from '../../handlers/chat/sql.ts'
import { openDatabase } from '../../handlers/drivers/database.ts'
import { connection } from '../database.ts'
import { type Chance, chance, times } from '../random.ts'
import { suite } from '../suite.ts'
import { drivers, guest, newRoom, openStorage, post, type Storage } from './storage.ts'
import { type Queue, queueOn } from './writing.ts'

type Sent = { author: Person; room: Room; draft: Draft }

/** An instance's queue, on connections of its own. */
async function instance(storage: Storage) {
  const database = await openDatabase(storage.config)
  database.onBroken(() => {})
  const queue = queueOn(database.transact)
  return {
    queue,
    async stop() {
      await queue.writing.stop()
      await database.end()
    },
  }
}

/** Sends a post until it is settled, to one instance or another, as a client does. */
async function settle({ pick }: Chance, queues: Queue[], sent: Sent): Promise<number> {
  for (;;) {
    try {
      const posted = await post(pick(queues), sent.author, sent.room, sent.draft)
      if (!(posted instanceof Refusal)) return posted.message.n
      assert.is(posted.code, 'unavailable', posted.detail)
    } catch (error) {
      if (!databaseIsAway(error)) throw error
    }
  }
}

/** Breaks a connection of an instance, if there is one. */
async function breakOne(breaker: pg.Pool): Promise<void> {
  await breaker.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and application_name = 'natter' and pid <> pg_backend_pid()
      order by random() limit 1`,
  )
}

for (const driver of drivers) {
  const test = suite(`writing by many, on ${driver}`)

  test('two instances, many rooms, retries, copies and broken connections: all is stored once, without a gap', async () => {
    const luck = chance(`writing by many on ${driver}`)
    const { int, pick, oneIn } = luck
    const storage = await openStorage(driver)
    const { sql } = storage
    const instances = [await instance(storage), await instance(storage)]
    const queues = instances.map(({ queue }) => queue)
    const authors = await Promise.all(['ann', 'ben', 'cleo'].map((name) => guest(sql, name)))
    const maker = (await guest(sql)).person
    const rooms = await Promise.all(Array.from({ length: 12 }, () => newRoom(sql, maker)))
    const breaker = new pg.Pool({ ...connection(storage.env), max: 1 })

    const acknowledged = new Map<Sent, Set<number>>()
    const write = async (sent: Sent) => {
      const n = await settle(luck, queues, sent)
      acknowledged.set(sent, (acknowledged.get(sent) ?? new Set()).add(n))
    }
    const writer = async (name: string) => {
      const all: Promise<void>[] = []
      for (let turn = 0; turn < times(20, 100); turn++) {
        const draft = { body: `${name} ${turn}`, nonce: `${name} ${turn}`, replyTo: null }
        const sent = { author: pick(authors).person, room: pick(rooms), draft }
        const copies = oneIn(4) ? int(2, 4) : 1
        for (let copy = 0; copy < copies; copy++) all.push(write(sent))
        if (oneIn(5)) await Promise.all(all.splice(0))
        if (oneIn(60)) await breakOne(breaker)
      }
      await Promise.all(all)
    }
    await Promise.all(Array.from({ length: 16 }, (_, i) => writer(`w${i}`)))
    for (const one of instances) await one.stop()

    for (const room of rooms) {
      const { rows } = await sql.query<{ n: number; seq: number; nonce: string }>(
        `select m.n, l.seq, m.nonce from messages m full join log l on l.room_id = m.room_id and l.seq = m.n
          where coalesce(m.room_id, l.room_id) = $1 order by l.seq`,
        [room.id],
      )
      const sent = [...acknowledged].filter(([one]) => one.room === room)
      assert.is(rows.length, sent.length, 'as many are stored as were sent')
      rows.forEach(({ n, seq }, i) => {
        assert.equal([n, seq], [i + 1, i + 1])
      })
      for (const [{ draft }, numbers] of sent) {
        assert.is(numbers.size, 1, 'every copy was told the same number')
        for (const n of numbers) assert.is(rows[n - 1]?.nonce, draft.nonce)
      }
      const counts = await sql.query<{ last_seq: number; messages: number }>(
        'select last_seq, messages from rooms where id = $1',
        [room.id],
      )
      assert.equal(counts.rows, [{ last_seq: rows.length, messages: rows.length }])
    }
    const { rows } = await sql.query<{ deadlocks: number }>(
      'select deadlocks from pg_stat_database where datname = current_database()',
    )
    assert.is(rows[0]?.deadlocks, 0)
    await breaker.end()
    await storage.close()
  })

  test.run()
}
