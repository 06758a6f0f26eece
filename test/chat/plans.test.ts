/** How dear PostgreSQL takes the hot statements for, on a database that it has no statistics of. */
import { randomBytes } from 'node:crypto'
import * as assert from 'uvu/assert'
import { enter, identify } from '../../handlers/chat/entry.ts'
import { listRooms } from '../../handlers/chat/rooms.ts'
import { search } from '../../handlers/chat/search/search.ts'
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

/** All that a verb asks. */
async function allAsked(verb: (sql: Sql) => Promise<unknown>): Promise<Statement[]> {
  const statements: Statement[] = []
  await verb({
    query(text, values = []) {
      if (!text.startsWith('explain')) statements.push({ text, values })
      return storage.sql.query(text, values)
    },
  })
  return statements
}

/** The plan of each statement, as text. */
async function plansOf(statements: Statement[]): Promise<string> {
  const plans: object[] = []
  for (const { text, values } of statements) {
    const explained = await storage.sql.query(`explain (format json) ${text}`, values)
    plans.push(...explained.rows)
  }
  return JSON.stringify(plans)
}

test('a search goes by the index of words, and for a frequent word by time, and reads no table whole', async () => {
  const { person } = await guest(storage.sql)
  await storage.sql.query(
    `insert into search (room_id, n, at, version, edition, words)
     select 1 + n % 50, n, timestamptz '2020-01-01' + n * interval '1 minute', 1, 1,
            to_tsvector('simple', 'common word' || n || case when n % 5000 = 0 then ' rare' else '' end)
       from generate_series(1, 50000) n`,
  )
  await storage.sql.query(
    `insert into rooms (slug, name, visibility, messages)
     select 'plan-' || i, 'Plan ' || i, 'open', 1000 from generate_series(1, 50) i`,
  )
  await storage.sql.query('analyze search')
  const asked = (q: string, more: object = {}) =>
    allAsked((sql) => search(sql, person, { q, ...more })).then(plansOf)
  const [rare, common, room] = [
    await asked('rare'),
    await asked('common'),
    await asked('common in:plan-7'),
  ]
  assert.match(rare, /search_gin/)
  assert.not.match(rare, /search_at/)
  assert.match(common, /search_at/)
  assert.not.match(common, /search_gin/)
  assert.match(room, /search_pkey/)
  for (const plan of [rare, common, room]) {
    assert.not.match(plan, /"Seq Scan"[^}]*"Relation Name":"(search|messages|log)"/)
  }
})

test.run()
