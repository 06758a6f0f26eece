import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { readConfig } from '../../handlers/config.ts'
import { migrateOn, pendingMigrations } from '../../handlers/migrate.ts'
import { testDatabase } from '../database.ts'
import { suite } from '../suite.ts'
import { until } from '../until.ts'
import { drivers, guest, newRoom, openStorage, type Storage, say } from './storage.ts'

const { sqlDir } = readConfig({})

for (const driver of drivers) {
  const test = suite(`migrating on ${driver}`)
  let storage: Storage

  test.before.each(async () => {
    storage = await openStorage(driver)
  })
  test.after.each(() => storage.close())

  /** Begins with an empty database in place of a migrated one. */
  const begin = async () => {
    await storage.close()
    storage = await openStorage(driver, testDatabase)
  }

  const migrated = () => migrateOn(storage.database.client(), sqlDir)
  const indexes = async () => {
    const { rows } = await storage.sql.query<{ valid: boolean }>(
      `select indisvalid as valid from pg_index where indexrelid = to_regclass('sessions_person')`,
    )
    return rows
  }

  test('eight instances that start at once on an empty database all succeed, and one migrates', async () => {
    await begin()
    const applied = await Promise.all(Array.from({ length: 8 }, migrated))
    const workers = applied.filter((names) => names.length > 0)
    assert.equal(workers.length, 1)
    assert.ok(workers[0]?.includes('0001_chat'))
    assert.equal((await storage.sql.query('select slug from rooms')).rows, [{ slug: 'lobby' }])
    assert.equal(await migrated(), [])
    assert.equal(await indexes(), [{ valid: true }])
  })

  test('an index that was left invalid is built again', async () => {
    await storage.sql.query(
      `update pg_index set indisvalid = false where indexrelid = 'sessions_person'::regclass`,
    )
    assert.equal(await indexes(), [{ valid: false }])
    await migrated()
    assert.equal(await indexes(), [{ valid: true }])
  })

  test('an index that is missing is built', async () => {
    await storage.sql.query('drop index sessions_person')
    await migrated()
    assert.equal(await indexes(), [{ valid: true }])
  })

  test('nothing is pending after migrating, and a new file is', async () => {
    assert.equal(await pendingMigrations(storage.sql, sqlDir), [])
    const folder = await mkdtemp(join(tmpdir(), 'natter-sql-'))
    await writeFile(join(folder, '0001_chat.sql'), '')
    await writeFile(join(folder, '0002_later.sql'), '')
    await writeFile(join(folder, 'notes.md'), '')
    assert.equal(await pendingMigrations(storage.sql, folder), ['0002_later'])
    await rm(folder, { recursive: true })
  })

  test('a schema that cannot be brought up to date rejects, and leaves nothing half done', async () => {
    await begin()
    await storage.sql.query('create table people (id int)')
    const error = await migrated().catch((reason: unknown) => reason)
    assert.ok(error instanceof Error)
    assert.is(
      (await storage.sql.query(`select to_regclass('rooms') as rooms`)).rows[0]?.rooms,
      null,
    )
  })

  test('a table that others read for long holds up nobody but the migration', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'natter-sql-'))
    await cp(sqlDir, folder, { recursive: true, dereference: true })
    await writeFile(join(folder, '9998_first.sql'), '-- Up Migration\ncreate table first ();')
    await writeFile(
      join(folder, '9999_then.sql'),
      '-- Up Migration\nalter table people add column later int;',
    )
    const dump = storage.database.client()
    await dump.connect()
    await dump.query('begin')
    await dump.query('lock people in access share mode')
    const locked: string[] = []
    const told = () => void locked.push('told')
    const migrating = migrateOn(storage.database.client(), folder, told, 500)
    await until(() => locked.length > 0)
    // While the migration pauses: behind one that waits for its lock they would wait as well.
    await storage.sql.query('select from people')
    await dump.query('commit')
    await dump.end()
    assert.ok((await migrating).includes('9999_then'))
    assert.equal(await pendingMigrations(storage.sql, folder), [])
    await rm(folder, { recursive: true })
  })

  test('rooms count their messages, also those of the version before while it still runs', async () => {
    const { sql } = storage
    const { person } = await guest(sql)
    const room = await newRoom(sql, person)
    const state = async () => {
      const { rows } = await sql.query<{ messages: number; moved: string | null }>(
        'select messages, moved::text from rooms where id = $1',
        [room.id],
      )
      return rows[0]
    }
    assert.equal(await state(), { messages: 0, moved: null })
    await say(storage, person, room, 'of this version')
    const first = await state()
    await sql.query('update rooms set last_seq = last_seq + 1 where id = $1', [room.id])
    const second = await state()
    await say(storage, person, room, 'of this version again')
    const third = await state()
    assert.equal(
      [first, second, third].map((one) => one?.messages),
      [1, 2, 3],
    )
    const moves = [first, second, third].map((one) => BigInt(one?.moved ?? 0))
    assert.ok(moves.every((move, i) => move > (moves[i - 1] ?? 0n)))
  })

  test.run()
}
