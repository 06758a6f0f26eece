/** What was read of a room waits until the server's log has been followed as far as the reader saw it. */
import * as assert from 'uvu/assert'
import { type ServerEvent, ServerLog } from '../../handlers/live/server-log.ts'
import { openStorage, type Storage } from '../chat/storage.ts'
import { suite } from '../suite.ts'
import { watched } from './watched.ts'

const test = suite('the fence of the server’s log')

let storage: Storage

test.before.each(async () => {
  storage = await openStorage('pg')
})
test.after.each(() => storage.close())

function follower() {
  const sql = watched(storage.sql)
  const told: ServerEvent[] = []
  const heard = { lost: 0, errors: 0 }
  const log = new ServerLog({
    sql,
    begin: 0,
    onEvent: (event) => told.push(event),
    onLost: () => heard.lost++,
    onError: () => heard.errors++,
  })
  return Object.assign(heard, { log, told, sql })
}

/** Something that befalls somebody. @returns its number */
async function change(): Promise<number> {
  const { rows } = await storage.sql.query<{ seq: number }>(
    `with counted as (update server set last_seq = last_seq + 1 returning last_seq)
     insert into server_log (seq, type, person_id) select last_seq, 'access.changed', 1 from counted
     returning seq`,
  )
  return rows[0]?.seq ?? 0
}

test('lets pass at once what is as old as what was followed', async () => {
  const { log } = follower()
  assert.is(log.reached(0), undefined)
  await log.reached(await change())
  assert.is(log.reached(1), undefined)
})

test('opens when all up to there has been told, however many wait, and reads once', async () => {
  const { log, told, sql } = follower()
  await change()
  const seq = await change()
  await Promise.all([log.reached(seq), log.reached(1), log.reached(seq)])
  assert.equal(
    told.map(({ seq }) => seq),
    [1, 2],
  )
  assert.is(sql.count, 1)
})

test('refuses where the log cannot be read, and opens the next time', async () => {
  const one = follower()
  const seq = await change()
  one.sql.before = async () => {
    throw new Error('away')
  }
  const refused = await Promise.resolve(one.log.reached(seq)).catch(String)
  assert.match(String(refused), /away/)
  assert.is(one.errors, 1)
  one.sql.before = async () => {}
  await one.log.reached(seq)
  assert.equal(
    one.told.map(({ seq }) => seq),
    [1],
  )
})

test('a number that is not there is a loss, and holds up nobody', async () => {
  const one = follower()
  await one.log.reached(7)
  assert.is(one.lost, 1)
  assert.equal(one.told, [])
  assert.is(one.log.reached(7), undefined)
})

test.run()
