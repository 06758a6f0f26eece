/** Two people, and old talk that goes while one of them is away. On a server of its own: time is made to pass. */
import type { BrowserContextOptions, Page } from 'playwright-core'
import { expireTalk } from '../../handlers/chat/retention.ts'
import { readConfig } from '../../handlers/config.ts'
import { type Database, openDatabase } from '../../handlers/drivers/database.ts'
import { migratedDatabase } from '../database.ts'
import { type Natter, startNatter } from '../runner/server.ts'
import { people } from './people.ts'
import { composer, enter, say, shows, state } from './talk.ts'
import { becomes, holds } from './wait.ts'

const test = people('talk that is kept for thirty days')

let natter: Natter
let database: Database

test.before(async () => {
  natter = await startNatter(await migratedDatabase(), { POST_BURST: '1000' })
  database = await openDatabase(readConfig(natter.database).database)
})
test.after(async () => {
  await database.end()
  await natter.stop()
})

/** All that was said so far was said so many days earlier; then what is too old goes. */
async function pass(days: number): Promise<void> {
  for (const table of ['messages', 'log']) {
    await database.pool.query(`update ${table} set at = at - $1 * interval '1 day'`, [days])
  }
  await database.pool.query('update policy set retention_days = 30')
  while ((await expireTalk(database.pool)) > 0);
}

/** In a colour, at that server. */
const there = (): [string, BrowserContextOptions] => ['#3366cc', { baseURL: natter.baseUrl }]

let made = 0

async function roomOf(page: Page): Promise<string> {
  const answer = await page.request.post('/rooms', {
    headers: { accept: 'application/json' },
    data: { name: `Kept ${++made}` },
  })
  return (await answer.json()).room.slug
}

test('who was away while what they stood in went sees what is kept, and has what they wrote', async (scene) => {
  const [ann, ben] = [await scene.guest('Ann', ...there()), await scene.far('Ben', ...there())]
  const room = await roomOf(ann)
  await enter(ann, room)
  await enter(ben, room)
  await say(ann, 'old')
  await shows(ben, ['old'])
  await composer(ben).fill('half a thought')
  await scene.without(ben, async () => {
    await holds(async () => /offline/i.test(await state(ben)), 'it is told')
    await say(ann, 'old as well')
    await say(ann, 'the last of the old')
    await pass(31)
    await say(ann, 'new')
  })
  await shows(ben, ['new'])
  await becomes(() => composer(ben).inputValue(), 'half a thought')
  await say(ben, 'I missed all of it')
  await shows(ben, ['new', 'I missed all of it'])
  await becomes(
    async () => (await ann.locator('.message .body').allTextContents()).at(-1),
    'I missed all of it',
  )
  await ann.reload()
  await shows(ann, ['new', 'I missed all of it'])
})

test('who reads back through talk that went meanwhile comes to what is kept', async (scene) => {
  const [ann, ben] = [await scene.guest('Ann', ...there()), await scene.guest('Ben', ...there())]
  const room = await roomOf(ann)
  for (let n = 1; n <= 120; n++) {
    await ann.request.post(`/r/${room}/messages`, { form: { body: `word ${n}` } })
  }
  await enter(ben, room)
  await pass(31)
  await ben.locator('.message').first().scrollIntoViewIfNeeded()
  await becomes(() => ben.locator('#earlier a').count(), 0)
  await ann.request.post(`/r/${room}/messages`, { form: { body: 'new' } })
  await becomes(async () => (await ben.locator('.message .body').allTextContents()).at(-1), 'new')
})

test.run()
