import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { suite } from '../suite.ts'
import { differences, vendorFolder } from '../vendor.ts'
import { found, none } from './expect.ts'
import { cycles, directions, reserved } from './imports.ts'
import { printing } from './output.ts'
import { resolved, unlocked, unpinned } from './packages.ts'
import { sample } from './sample.ts'
import { sizes } from './sizes.ts'
import { isSql, sqlOutside } from './sql.ts'
import { raisedLimits, timers } from './waiting.ts'

const test = suite('the rules see what breaks them')

test('an import up the house', async () => {
  const sources = await sample({
    'handlers/chat/a.ts': ["import { x } from '../limits.ts'", "import '../live/hub.ts'"],
    'handlers/live/b.ts': ["export * from '../routes/r.ts'", "import { y } from '../chat/a.ts'"],
    'handlers/http/c.ts': ["const app = await import('../app.ts')"],
    'handlers/app.ts': ["import type { Start } from './local/start.ts'"],
    'handlers/node.ts': ["import { app } from './app.ts'", "import '../test/suite.ts'"],
    'handlers/attic/d.ts': [''],
  })
  found(directions(sources), [
    'handlers/chat/a.ts:2',
    'handlers/live/b.ts:1',
    'handlers/http/c.ts:1',
    'handlers/app.ts:1',
    'handlers/node.ts:2',
    'handlers/attic/d.ts:1',
  ])
})

test('a circle of files, and one of rooms', async () => {
  const files = await sample({
    'handlers/chat/a.ts': ["import { b } from './b.ts'"],
    'handlers/chat/b.ts': ["import type { C } from './c.ts'"],
    'handlers/chat/c.ts': ["import { a } from './a.ts'"],
    'test/x.ts': ["import '../handlers/chat/a.ts'"],
  })
  found(cycles(files), ['handlers/chat/c.ts:1'])
  const rooms = await sample({
    'handlers/pages/a.ts': ["import '../http/a.ts'"],
    'handlers/http/b.ts': ["import '../pages/b.ts'"],
  })
  found(cycles(rooms), ['handlers/http/b.ts:1'])
})

test('what is reserved for others', async () => {
  const sources = await sample({
    'handlers/chat/a.ts': ["import { Hono } from 'hono'", "import type { Pool } from 'pg'"],
    'handlers/live/b.ts': ["import pg from 'pg'", "import { openDatabase } from '../drivers/d.ts'"],
    'handlers/http/c.ts': [
      "import { readConfig } from '../config.ts'",
      "import type { Config } from '../config.ts'",
      "import { type Config as Same } from '../config.ts'",
    ],
    'handlers/routes/d.ts': ["import { is } from 'uvu/assert'"],
    'handlers/node.ts': ["import '../drivers/d.ts'", "import { readConfig } from './config.ts'"],
    'handlers/drivers/d.ts': ["const pg = await import('pg')"],
    'test/chat/a.test.ts': ["import { suite } from 'uvu'", "import { is } from 'uvu/assert'"],
    'test/suite.ts': ["import { suite } from 'uvu'"],
  })
  found(reserved(sources), [
    'handlers/chat/a.ts:1',
    'handlers/live/b.ts:1',
    'handlers/live/b.ts:2',
    'handlers/http/c.ts:1',
    'handlers/routes/d.ts:1',
    'test/chat/a.test.ts:1',
  ])
})

test('a long file and a long function', async () => {
  const lines = (count: number) => Array.from({ length: count }, () => '  x()')
  const sources = await sample({
    'handlers/a.ts': Array.from({ length: 301 }, () => 'x()'),
    'handlers/b.ts': ['', 'function fits() {', ...lines(68), '}'],
    'handlers/c.ts': ['', 'const long = () => {', ...lines(69), '}'],
    'handlers/d.tsx': ['export function Long() {', '  return (', ...lines(68), '  )', '}'],
  })
  found(sizes(sources), ['handlers/a.ts:301', 'handlers/c.ts:2', 'handlers/d.tsx:1'])
})

test('SQL outside its rooms', async () => {
  const sources = await sample({
    'handlers/http/a.ts': ["sql.query('select 1')", 'log(`select a room`)'],
    'handlers/routes/b.ts': ['q(`', '  update rooms', '  set name = $1`)', 'sql`rooms`'],
    'handlers/chat/c.ts': ["sql.query('select 1')"],
    'handlers/migrate.ts': ["sql.query('drop index x')"],
  })
  found(sqlOutside(sources), [
    'handlers/http/a.ts:1',
    'handlers/routes/b.ts:1',
    'handlers/routes/b.ts:4',
  ])
})

test('every kind of statement, and no sentence', () => {
  const statements = [
    'select id, name from rooms',
    'SELECT now()',
    'select distinct room_id from log',
    'select … from rooms',
    'insert into rooms values ($1)',
    'update rooms r set name = $1',
    'delete from rooms',
    'with heads as (select 1) select 2',
    'with recursive t(n) as (values (1)) table t',
    'create unique index x on y (z)',
    'alter table rooms add column x int',
    'create database …',
    'drop schema public',
    'listen bells',
    'listen "…"',
    'notify bells, $1',
    'begin',
    'commit',
    'rollback',
    'set local lock_timeout = 100',
    '  -- why\n  select 1',
    "perform pg_notify('bells', '')",
  ]
  const sentences = [
    'Select a colour',
    'select a colour',
    'Update your name',
    'update your name',
    'Delete this message?',
    'delete',
    'With love',
    'with a friend',
    'Create a room',
    'create a table of contents',
    'Set a name',
    'Begin with a word',
    'listen',
    'Copy the link',
    'insert',
  ]
  assert.equal(
    statements.filter((text) => !isSql(text)),
    [],
  )
  assert.equal(sentences.filter(isSql), [])
})

test('printing outside the log', async () => {
  const sources = await sample({
    'handlers/http/a.ts': ['', 'console.log(x)', 'console.error(x)'],
    'handlers/node.ts': ['console.error(x)', 'console.log(x)'],
    'handlers/ops/log.ts': ['console.log(x)'],
    'handlers/local/start.ts': ['console.log(x)'],
  })
  found(printing(sources), ['handlers/http/a.ts:2', 'handlers/http/a.ts:3', 'handlers/node.ts:2'])
})

test('a copy that is not the package’s, one that is missing, and one that comes from nowhere', () => {
  const folder = mkdtempSync(join(tmpdir(), 'natter-vendor-'))
  try {
    cpSync(vendorFolder, folder, { recursive: true })
    assert.equal(differences(folder), [])
    writeFileSync(join(folder, 'htmx.min.js'), 'x')
    writeFileSync(join(folder, 'found-on-the-street.js'), 'x')
    rmSync(join(folder, 'icons.svg'))
    assert.is(differences(folder).length, 3)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('versions that are not pinned, not locked, or come with a registry', () => {
  const manifest = {
    path: 'package.json',
    text: [
      '{ "dependencies": {',
      '"a": "^1.0.0",',
      '"b": "1.0.0-beta.17",',
      '"c": "~1.0.0",',
      '"d": "latest" },',
      '"devDependencies": { "e": "1.0.0" } }',
    ].join('\n'),
  }
  found(unpinned(manifest), ['package.json:2', 'package.json:4', 'package.json:5'])
  const lock = {
    path: 'package-lock.json',
    text: [
      '{ "packages": {',
      '"": { "dependencies": { "a": "1.0.0" }, "devDependencies": { "e": "1.0.0" } },',
      '"node_modules/a": { "resolved": "https://registry.example/a-1.0.0.tgz" } } }',
    ].join('\n'),
  }
  found(resolved(lock), ['package-lock.json:3'])
  found(unlocked(manifest, lock), ['package-lock.json:1'])
  const locked = {
    path: 'package.json',
    text: '{ "devDependencies": { "e": "1.0.0" }, "dependencies": { "a": "1.0.0" } }',
  }
  none(unlocked(locked, lock))
})

test('a broken rule is told with file, line and what to do', async () => {
  const source = await sample({ 'handlers/http/a.ts': ['', 'console.log(1)'] })
  assert.throws(() => none(printing(source)), /handlers\/http\/a\.ts:2: only ops\/log\.ts/)
})

test('a test that waits for a time, or takes more of it than others', async () => {
  const lines = [
    "import { setTimeout as sleep } from 'node:timers/promises'",
    'await new Promise((resolve) => setTimeout(resolve, 50))',
    'await page.waitForTimeout(50)',
  ]
  const sources = await sample({
    'test/browser/a.test.ts': lines,
    'test/until.ts': lines,
    'test/live/b.test.ts': ['await until(() => isThere)', 'clock.setTimeout()'],
  })
  found(
    timers(sources),
    [1, 2, 3].map((line) => `test/browser/a.test.ts:${line}`),
  )
  const limits = await sample({
    'test/chat/a.test.ts': ["suite('fast')", "suite('slow', 120)", "people('slow', [], [], 61)"],
    'test/chat/b.test.ts': ["suite('as the others', 60)"],
    'test/chat/c.test.ts': ['const limit_s = 120', "suite('slow', limit_s)"],
  })
  const raised = ['test/chat/a.test.ts:2', 'test/chat/a.test.ts:3', 'test/chat/c.test.ts:1']
  found(raisedLimits(limits), raised)
})

test.run()
