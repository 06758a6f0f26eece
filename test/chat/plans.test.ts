/** How dear PostgreSQL takes the hot statements for, on a database that it has no statistics of. */
import { randomBytes } from 'node:crypto'
import * as assert from 'uvu/assert'
import { enter, identify } from '../../handlers/chat/entry.ts'
import { listRooms } from '../../handlers/chat/rooms.ts'
import type { Sql, Statement } from '../../handlers/chat/sql.ts'
import { posts } from '../../handlers/chat/writing/post.ts'
import { suite } from '../suite.ts'
import { guest, openStorage, type Storage } from './storage.ts'

const test = suite('what statements are taken to cost')

/** From here on PostgreSQL compiles a plan before it runs it, which takes longer than all the rest. */
const JIT_ABOVE_COST = 100_000

let storage: Storage

test.before(async () => {
  storage = await openStorage('pg')
})
test.after(() => storage.close())

/** What a verb asks, in place of its answers. */
async function asked(verb: (sql: Sql) => Promise<unknown>): Promise<Statement> {
  let statement: Statement | undefined
  const sql: Sql = {
    query(text, values = []) {
      statement ??= { text, values }
      return storage.sql.query(text, values)
    },
  }
  await verb(sql)
  if (!statement) throw new Error('It asked nothing.')
  return statement
}

async function costOf({ text, values }: Statement): Promise<number> {
  const explained = await storage.sql.query<{ 'QUERY PLAN': [{ Plan: { 'Total Cost': number } }] }>(
    `explain (format json) ${text}`,
    values,
  )
  return explained.rows[0]?.['QUERY PLAN'][0].Plan['Total Cost'] ?? Number.NaN
}

test('none of them is dear enough to be compiled', async () => {
  const { person, session } = await guest(storage.sql)
  const batch = Array.from({ length: 512 }, (_, i) => ({
    kind: 'post' as const,
    roomId: 1,
    authorId: person.id,
    session,
    draft: { body: `${i}`, nonce: randomBytes(8).toString('hex'), replyTo: null },
  }))
  const many = Array.from({ length: 500 }, () => ({ session, slug: 'lobby' }))
  const hot: [string, Statement][] = [
    ['a batch of posts', posts.statements(batch)[0] as Statement],
    ['entering', await asked((sql) => enter(sql, many))],
    ['asking who somebody is', await asked((sql) => identify(sql, session))],
    ['listing rooms', await asked((sql) => listRooms(sql, person))],
  ]
  for (const [what, statement] of hot) {
    const cost = await costOf(statement)
    assert.ok(cost < JIT_ABOVE_COST / 2, `${what}: ${cost}`)
  }
})

test.run()
