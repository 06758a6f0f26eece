/** Whoever loses access is told nothing that has a later number, on any instance. */
import * as assert from 'uvu/assert'
import { migratedDatabase, type TestDatabase } from '../database.ts'
import { chance } from '../random.ts'
import { suite } from '../suite.ts'
import { until } from '../until.ts'
import { type Instance, startInstance } from './app.ts'
import { ask, type ChangesJson, type Form, join, jsonOf, roomOf, type Someone } from './ask.ts'

const WAITS = 100

/** The word of each post that was stored, and its number. */
type Posts = Map<string, number>

/** All that somebody was told, whole answers and streams as they came. */
type Told = { texts: string[]; ended: number }

const cursorIn = (link: string | null) => /after=([\w.-]+)/.exec(link ?? '')?.[1] ?? '0'

/** Waits again and again, until the room is not there any more. */
async function poll(at: Instance, by: Someone, room: string, form: Form, told: Told) {
  for (let after = await liveOf(at, by, room); ; ) {
    const path = `/r/${room}/messages?after=${after}&wait=20`
    const answer = await ask(at.app, path, { by, form })
    told.texts.push(await answer.text())
    if (answer.status === 404) break
    assert.is(answer.status, 200)
    after = cursorIn(answer.headers.get('link'))
  }
  told.ended++
}

async function liveOf(at: Instance, by: Someone, room: string): Promise<string> {
  return (await jsonOf<{ live: string }>(ask(at.app, `/r/${room}`, { by }))).live
}

/** The same by event stream: of the room, or of all that somebody sees. */
async function stream(at: Instance, by: Someone, path: string, told: Told) {
  for (;;) {
    const answer = await ask(at.app, path, { by, headers: { accept: 'text/event-stream' } })
    if (answer.status === 404) break
    assert.is(answer.status, 200)
    const reader = answer.body?.getReader()
    const decoder = new TextDecoder()
    for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
      told.texts.push(decoder.decode(part.value, { stream: true }))
    }
  }
  told.ended++
}

/** Waits of somebody, over all instances and in every form. */
function waitEverywhere(all: Instance[], by: Someone, room: string): Told {
  const told: Told = { texts: [], ended: 0 }
  const forms: Form[] = ['json', 'fragment', 'text']
  for (let i = 0; i < WAITS; i++) {
    const at = all[i % all.length] as Instance
    const way = Math.floor(i / all.length) % 5
    const waiting =
      way < 3
        ? poll(at, by, room, forms[way] as Form, told)
        : stream(at, by, way === 3 ? `/r/${room}/messages` : `/me/events?open=${room}`, told)
    waiting.catch((error) => told.texts.push(`failed: ${error}`))
  }
  return told
}

/** Posts through all instances as fast as they take it, until it is told to stop. */
function postEverywhere(all: Instance[], by: Someone, room: string) {
  const posts: Posts = new Map()
  let isOver = false
  const writers = all.map(async (at, place) => {
    for (let i = 0; !isOver; i++) {
      const word = `word-${place}-${i}-end`
      const answer = await ask(at.app, `/r/${room}/messages`, { by, json: { body: word } })
      if (answer.status === 201) posts.set(word, (await jsonOf<{ n: number }>(answer)).n)
    }
  })
  return {
    posts,
    async stop() {
      isOver = true
      await Promise.all(writers)
    },
  }
}

const ways = [
  {
    what: 'a member who is removed from a closed room',
    visibility: 'closed',
    lose: (at: Instance, owner: Someone, room: string, { id }: Someone) =>
      ask(at.app, `/r/${room}/members/${id}`, { by: owner, method: 'DELETE' }),
  },
  {
    what: 'somebody who is banned from an open room',
    visibility: 'open',
    lose: (at: Instance, owner: Someone, room: string, { id }: Someone) =>
      ask(at.app, `/r/${room}/bans/${id}`, { by: owner, method: 'PUT' }),
  },
  {
    what: 'somebody for whom a room is closed',
    visibility: 'open',
    lose: (at: Instance, owner: Someone, room: string) =>
      ask(at.app, `/r/${room}`, { by: owner, method: 'PATCH', json: { visibility: 'closed' } }),
  },
] as const

for (const isSilent of [false, true]) {
  const test = suite(`losing access on three instances${isSilent ? ' that ring no bells' : ''}`)
  let database: TestDatabase
  let all: Instance[]

  test.before(async () => {
    database = await migratedDatabase()
    const env = { ...database.env, POST_RATE: '1000000', POST_BURST: '10000000' }
    all = await Promise.all([1, 2, 3].map(() => startInstance(env, (sql) => sql, { isSilent })))
  })
  test.after(async () => {
    await Promise.all(all.map((one) => one.stop()))
    await database.drop()
  })

  for (const { what, visibility, lose } of ways) {
    test(`${what} is told nothing of after, in ${WAITS} waits`, async () => {
      const chances = chance(what)
      const [first] = all as [Instance]
      const owner = await join(first.app, 'olga')
      const ben = await join(first.app, 'ben')
      const room = await roomOf(first.app, owner, `Room ${chances.int(0, 1e9)}`, visibility)
      if (visibility === 'closed') {
        const made = ask(first.app, `/r/${room}/links`, { by: owner, json: {} })
        const { url } = await jsonOf<{ url: string }>(made)
        assert.is((await ask(first.app, new URL(url).pathname, { by: ben, json: {} })).status, 201)
      }
      // Whom nobody has met is banned by nobody.
      if (what.includes('banned'))
        await ask(first.app, `/r/${room}/messages`, { by: ben, json: { body: 'hello' } })
      const writing = postEverywhere(all, owner, room)
      const told = waitEverywhere(all, ben, room)
      const posts = 30 + chances.int(0, 30)
      await until(() => writing.posts.size > posts && told.texts.join('').includes('-end'))
      const at = all[chances.int(0, all.length - 1)] as Instance
      const lost = await lose(at, owner, room, ben)
      assert.is(lost.status, 200)
      await until(() => told.ended === WAITS)
      await writing.stop()

      const path = `/r/${room}/messages?after=0&limit=200`
      const last = await lossIn(first, owner, path)
      const after = [...writing.posts].filter(([, n]) => n > last)
      assert.ok(after.length > 0, 'something was said after')
      const heard = told.texts.join('')
      assert.equal(
        after.filter(([word]) => heard.includes(word)),
        [],
      )
    })
  }

  /** The number of the event by which access was lost. */
  async function lossIn(at: Instance, by: Someone, path: string): Promise<number> {
    let last = 0
    for (let next = path; ; ) {
      const changes = await jsonOf<ChangesJson>(ask(at.app, next, { by }))
      for (const { seq, type } of changes.events) if (!type.startsWith('message')) last = seq
      if (!changes.more) return last
      next = path.replace(/after=[\w.]+/, `after=${changes.next}`)
    }
  }

  test.run()
}
