/** The search keeps up by itself, apart from what is said. */
import * as assert from 'uvu/assert'
import type { Sql } from '../../handlers/chat/sql.ts'
import { ConfigError, readConfig } from '../../handlers/config.ts'
import { keepIndexed } from '../../handlers/ops/indexing.ts'
import { createLog } from '../../handlers/ops/log.ts'
import { migratedDatabase, type TestDatabase } from '../database.ts'
import { suite } from '../suite.ts'
import { until } from '../until.ts'
import { type Instance, startInstance } from './app.ts'
import { ask, join, jsonOf, type Someone, say } from './ask.ts'

const test = suite('keeping the search up')

let database: TestDatabase
let instance: Instance
let ann: Someone

test.before.each(async () => {
  database = await migratedDatabase()
  instance = await startInstance(database.env)
  ann = await join(instance.app, 'ann')
})
test.after.each(async () => {
  await instance.stop()
  await database.drop()
})

const lines: string[] = []
const keep = (language = 'simple', sql: Sql = instance.sql) =>
  keepIndexed(
    sql,
    language,
    createLog('text', (line) => lines.push(line)),
  )

const isFound = async (q: string): Promise<boolean> => {
  const path = `/search?${new URLSearchParams({ q })}`
  const { results } = await jsonOf<{ results: object[] }>(ask(instance.app, path, { by: ann }))
  return results.length > 0
}

test('what was said before it began is brought in, and then what it is told of', async () => {
  await say(instance.app, ann, 'lobby', 'early words')
  const indexing = keep()
  try {
    await until(() => isFound('early'))
    await say(instance.app, ann, 'lobby', 'later things')
    indexing.note(1)
    await until(() => isFound('later'))
  } finally {
    await indexing.stop()
  }
})

test('a step that is too long for a statement is taken in shorter ones', async () => {
  for (let at = 0; at < 12; at++) await say(instance.app, ann, 'lobby', `word${at}`)
  let failed = 0
  const indexing = keep('simple', {
    query(text, values) {
      // Of `catchUp`: the rooms, how many of them, and how many events of each.
      const isLong = Number(values?.[2] ?? 0) > 5 && text.includes('touched')
      if (!isLong) return instance.sql.query(text, values)
      failed++
      return Promise.reject(new Error('canceling statement due to statement timeout'))
    },
  })
  try {
    await until(async () => {
      const { rows } = await instance.sql.query('select from search')
      return rows.length === 12
    })
    assert.ok(failed > 0)
  } finally {
    await indexing.stop()
  }
})

test('several at once bring in each message once, and in the end all of them', async () => {
  const both = [keep(), keep()]
  try {
    for (let at = 0; at < 20; at++) {
      await say(instance.app, ann, 'lobby', `number${at}`)
      for (const one of both) one.note(1)
    }
    await until(async () => {
      const { rows } = await instance.sql.query('select from search')
      return rows.length === 20
    })
  } finally {
    for (const one of both) await one.stop()
  }
})

test('a language that the database does not know is told of, and changes nothing', async () => {
  lines.length = 0
  const indexing = keep('klingon')
  try {
    await until(() => Promise.resolve(lines.some((line) => line.includes('SEARCH_LANGUAGE'))))
  } finally {
    await indexing.stop()
  }
  const { rows } = await instance.sql.query<{ language: string }>(
    'select language from search_state',
  )
  assert.equal(rows, [{ language: 'simple' }])
})

test('where pg_trgm cannot be had, words are found by their beginnings, and the log says so once', async () => {
  await instance.sql.query('drop extension pg_trgm cascade')
  await instance.sql.query(
    'create or replace function search_parts() returns boolean language sql as $$ select false $$',
  )
  lines.length = 0
  await say(instance.app, ann, 'lobby', 'gardening')
  const indexing = keep()
  try {
    await until(() => isFound('gardening'))
  } finally {
    await indexing.stop()
  }
  assert.ok(await isFound('garden'))
  assert.not(await isFound('dening'))
  assert.is(lines.filter((line) => line.includes('pg_trgm')).length, 1)
})

test('a setting that is no name is refused at the start', () => {
  assert.is(readConfig({ SEARCH_LANGUAGE: 'German' }).searchLanguage, 'german')
  assert.throws(
    () => readConfig({ SEARCH_LANGUAGE: "x'; drop" }),
    (error: unknown) => error instanceof ConfigError,
  )
})

test.run()
