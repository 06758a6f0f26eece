/** Over histories that chance writes: nobody finds a word that they may not read. */
import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { catchUp, roomsBehind } from '../../handlers/chat/search/catch-up.ts'
import { seedOf, times } from '../random.ts'
import { suite } from '../suite.ts'
import {
  ask,
  join,
  jsonOf,
  type MessageJson,
  type PageJson,
  roomOf,
  type Someone,
  say,
} from './ask.ts'
import { type History, openHistory } from './history.ts'
import { indexAll } from './index-all.ts'
import { come, linkTo, startInstances } from './scene.ts'

const test = suite('search, and what one may not read')

/** Each message has one of these, so that most searches meet what others may read. */
const words = ['apple', 'pear', 'applepie', 'plum'] as const
const searches = [
  ...words,
  'app',
  'from:host apple',
  'plum or pear',
  '"pear plum"',
  'from:me',
] as const

const numbered = fc.record({
  room: fc.nat({ max: 2 }),
  who: fc.nat({ max: 2 }),
  at: fc.nat({ max: 30 }),
  words: fc.array(fc.constantFrom(...words), { minLength: 1, maxLength: 3 }),
})
const act = fc.record({
  act: fc.constantFrom(
    'post',
    'post',
    'post',
    'edit',
    'delete',
    'remove',
    'let in',
    'let in from now',
    'ban',
    'unban',
    'close',
    'open',
    'index',
    'look',
  ),
  with: numbered,
})

type Act = typeof act extends fc.Arbitrary<infer A> ? A : never

let history: History

// Before the database goes.
test.after(() => history.end())
const { database, instance } = startInstances(test, ['instance'], {
  ROOMS_PER_HOUR: '100000',
  GUESTS_PER_HOUR: '100000',
  POST_BURST: '100000',
})
test.before(async () => {
  history = await openHistory(database.env)
})

let made = 0

type Scene = { host: Someone; people: Someone[]; rooms: string[] }

async function openScene(): Promise<Scene> {
  const name = `${++made}`
  const host = await join(instance.app, 'host')
  const people = [host]
  for (const who of ['bob', 'cat']) people.push(await join(instance.app, who))
  const rooms: string[] = []
  for (const visibility of ['open', 'closed', 'closed'])
    rooms.push(await roomOf(instance.app, host, `Room ${name} ${rooms.length}`, visibility))
  // So that there is always something to find.
  for (const room of rooms) await say(instance.app, host, room, 'apple pear plum')
  return { host, people, rooms }
}

const pick = <T>(from: readonly T[], at: number): T => from[at % from.length] as T

async function happen(
  { host, people, rooms }: Scene,
  { act: what, with: some }: Act,
): Promise<void> {
  const [room, who] = [pick(rooms, some.room), pick(people, some.who)]
  const { app } = instance
  const byHost = (path: string, method: string, json: object = {}) =>
    ask(app, `/r/${room}${path}`, { by: host, method, json })
  const body = some.words.join(' ')
  const n = async () => {
    const { messages } = await jsonOf<PageJson>(ask(app, `/r/${room}/messages`, { by: host }))
    return messages.length === 0 ? undefined : pick(messages, some.at).n
  }
  if (what === 'post') await ask(app, `/r/${room}/messages`, { by: who, json: { body } })
  if (what === 'edit') await n().then((at) => (at ? history.edit(room, at, body) : undefined))
  if (what === 'delete')
    await n().then((at) => (at ? byHost(`/messages/${at}`, 'DELETE') : undefined))
  if (what === 'remove' && who !== host) await byHost(`/members/${who.id}`, 'DELETE')
  if (what === 'ban' && who !== host) await byHost(`/bans/${who.id}`, 'PUT')
  if (what === 'unban') await byHost(`/bans/${who.id}`, 'DELETE')
  if (what === 'close' || what === 'open')
    await byHost('', 'PATCH', { visibility: what === 'open' ? 'open' : 'closed' })
  if (what.startsWith('let in')) {
    const draft = what === 'let in' ? {} : { history: 'from_now' }
    await come(app, who, await linkTo(app, host, room, draft))
  }
  // A part of what is behind: the search is at another place than the talk.
  if (what === 'index') await catchUp(instance.sql, (await roomsBehind(instance.sql)).slice(0, 2))
}

/** What somebody may read at all, by room and number. */
async function readable({ rooms }: Scene, by: Someone): Promise<Map<string, string>> {
  const texts = new Map<string, string>()
  for (const room of rooms) {
    const answer = await ask(instance.app, `/r/${room}/messages?limit=200`, { by })
    if (answer.status !== 200) continue
    for (const message of (await jsonOf<PageJson>(answer)).messages)
      if (!message.deleted) texts.set(`${room} ${message.n}`, message.body)
  }
  return texts
}

const found = async (q: string, by: Someone, sort: string): Promise<MessageJson[]> =>
  (
    await jsonOf<{ results: MessageJson[] }>(
      ask(instance.app, `/search?${new URLSearchParams({ q, sort })}`, { by }),
    )
  ).results

let compared = 0

/** Whoever searches finds what they may read, as it is now, and nothing else of these rooms. */
async function look(scene: Scene): Promise<void> {
  for (const by of scene.people) {
    const texts = await readable(scene, by)
    for (const q of searches) {
      for (const sort of ['newest', 'best']) {
        for (const { room, n, body } of await found(q, by, sort)) {
          if (!scene.rooms.includes(room)) continue
          compared++
          assert.is(body, texts.get(`${room} ${n}`), `${by.name} finds ${room} ${n} by ${q}`)
        }
      }
    }
  }
}

/** When all is brought in, all that may be read is found. */
async function lookForAll(scene: Scene): Promise<void> {
  await indexAll(instance.sql)
  await look(scene)
  for (const by of scene.people) {
    const texts = await readable(scene, by)
    for (const room of scene.rooms) {
      const mine = [...texts].filter(
        ([at, body]) => at.startsWith(`${room} `) && /\bplum\b/.test(body),
      )
      if (mine.length > 20 || !(await isThere(room, by))) continue
      const numbers = (await found(`plum in:${room}`, by, 'newest')).map(({ n }) => `${room} ${n}`)
      assert.equal(numbers.toSorted(), mine.map(([at]) => at).toSorted(), `${by.name} in ${room}`)
    }
  }
}

const isThere = async (room: string, by: Someone) =>
  (await ask(instance.app, `/r/${room}`, { by })).status === 200

test('a person finds all that they may read and nothing else, whatever happened', async () => {
  const seed = seedOf('search and secrecy')
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 8, maxLength: 40 }), async (acts) => {
      const scene = await openScene()
      for (const each of acts) {
        await happen(scene, each)
        if (each.act === 'look') await look(scene)
      }
      await lookForAll(scene)
    }),
    { seed, numRuns: times(2, 40), endOnFailure: true },
  )
  assert.ok(compared > 50, `${compared} findings are too few to say anything`)
})

test.run()
