import * as assert from 'uvu/assert'
import { type Chance, chance, times } from '../random.ts'
import { suite } from '../suite.ts'
import { ask, join, jsonOf, type PageJson, roomOf, type Someone, say } from './ask.ts'
import { type History, openHistory } from './history.ts'
import { browser, program, type Reader } from './readers.ts'
import { startInstances } from './scene.ts'

const test = suite('an old page and what came since are a fresh page')

let people: Someone[]
let history: History
let room: string

const one = <T>(list: T[], index = 0): T => {
  const found = list[index]
  if (found === undefined) throw new Error('not there')
  return found
}

// Before the database goes.
test.after(() => history.end())
const { database, here, there } = startInstances(test, ['here', 'there'])
const instances = [here, there]
test.before(async () => {
  people = []
  for (const name of ['ann', 'ben', 'cleo']) people.push(await join(here.app, name))
  history = await openHistory(database.env)
})
test.before.each(async () => {
  room = await roomOf(one(instances).app, one(people), `Converge ${Math.random()}`)
})

const kinds = { browser, program }

const newest = async () =>
  jsonOf<PageJson>(ask(one(instances).app, `/r/${room}/messages?limit=200`))

/** Reads until there is nothing more, and compares. */
async function converges(reader: Reader, what: string): Promise<void> {
  const { app } = one(instances)
  const { live } = await newest()
  while (reader.cursor !== live) await reader.read(app)
  assert.equal(reader.list(), await reader.fresh(app), what)
}

const isThere = (reader: Reader, n: number) => reader.list().some((message) => message.n === n)

for (const [kind, open] of Object.entries(kinds)) {
  const app = () => one(instances).app

  test(`a ${kind} sees what is posted, edited and deleted`, async () => {
    const first = await say(app(), one(people), room, 'first')
    const reader = await open(app(), room)
    const second = await say(app(), one(people, 1), room, 'second')
    await history.edit(room, first.n, 'first, but better')
    await history.edit(room, second.n, 'second, but better')
    await history.remove(room, first.n)
    await converges(reader, 'all in one')
    const told = JSON.stringify(reader.list())
    assert.ok(told.includes('second, but better'))
    assert.not(told.includes('first, but better'), 'a deleted text is told to nobody')
  })

  test(`a ${kind} that shows the newest messages inserts no older one because it changed`, async () => {
    await history.fill(room, one(people).id, 60)
    const reader = await open(app(), room)
    assert.not(isThere(reader, 5))
    await history.edit(room, 5, 'above the window')
    await history.remove(room, 6)
    await history.edit(room, 30, 'in the window')
    await converges(reader, 'a change above the window')
    assert.equal(
      [isThere(reader, 5), isThere(reader, 6), isThere(reader, 30)],
      [false, false, true],
    )
    assert.ok(JSON.stringify(reader.list()).includes('in the window'))
    assert.is(reader.resets, 0)
  })

  test(`a ${kind} may be told twice`, async () => {
    await history.fill(room, one(people).id, 5)
    const reader = await open(app(), room)
    const before = reader.cursor
    await say(app(), one(people), room, 'once')
    await history.edit(room, 3, 'twice')
    await reader.read(app(), { twice: true })
    const list = reader.list()
    reader.cursor = before
    await reader.read(app())
    assert.equal(reader.list(), list)
    await converges(reader, 'told again')
  })

  test(`a ${kind} whose cursor is lost gets the newest page in place of what it has`, async () => {
    await history.fill(room, one(people).id, 55)
    const reader = await open(app(), room)
    await history.fill(room, one(people).id, 10)
    reader.cursor = '00000000.3'
    await reader.read(app(), { twice: true })
    assert.is(reader.resets, 1)
    assert.is(reader.list().length, 50)
    await history.edit(room, 60, 'after the reset')
    await converges(reader, 'after a reset')
  })
}

test('a browser that is far behind is reset, and a program gets it all', async () => {
  const { app } = one(instances)
  const [page, list] = [await browser(app, room), await program(app, room)]
  await history.fill(room, one(people).id, 120)
  await converges(page, 'a browser')
  await converges(list, 'a program')
  assert.equal([page.resets, page.list().length], [1, 50])
  assert.equal([list.resets, list.list().length], [0, 120])
})

/** Something happens in the room, at one of the instances. */
async function happens({ pick, oneIn, int }: Chance, turn: number): Promise<void> {
  const instance = pick(instances)
  const { messages } = await newest()
  if (messages.length === 0 || !oneIn(3)) {
    await say(instance.app, pick(people), room, `turn ${turn} ${'x'.repeat(int(0, 20))}`)
    return
  }
  const { n } = pick(messages)
  const moved = await (oneIn(3) ? history.remove(room, n) : history.edit(room, n, `edit ${turn}`))
  instance.announce(moved.roomId, moved.seq)
}

/** A reader asks now and then: from one instance or another, less or more, again, or quite lost. */
async function looks(reader: Reader, { pick, oneIn, int }: Chance): Promise<void> {
  const before = reader.cursor
  if (oneIn(30)) reader.cursor = '00000000.1'
  await reader.read(pick(instances).app, { limit: int(1, 60), twice: oneIn(4) })
  if (oneIn(10)) reader.cursor = before
}

/** A reader that always waits, at one instance and then at the other. */
async function follows(reader: Reader, signal: AbortSignal): Promise<void> {
  for (let turn = 0; !signal.aborted; turn++) {
    const { app } = one(instances, turn % instances.length)
    await reader.read(app, { wait: 25, signal })
  }
}

for (let round = 1; round <= times(1, 6); round++) {
  test(`after any history, whoever read it in whatever way (${round})`, async () => {
    const chances = chance(`converge ${round}`)
    await history.fill(room, one(people).id, chances.pick([0, 10, 60]))
    const opened = () =>
      Promise.all([browser, program].map((open) => open(one(instances).app, room)))
    const [readers, followers] = [[...(await opened()), ...(await opened())], await opened()]
    const gone = new AbortController()
    const following = Promise.all(followers.map((reader) => follows(reader, gone.signal)))
    try {
      for (let turn = 0; turn < 60; turn++) {
        await happens(chances, turn)
        for (const reader of readers) if (chances.oneIn(4)) await looks(reader, chances)
      }
    } finally {
      gone.abort()
      await following
    }
    for (const [index, reader] of [...readers, ...followers].entries()) {
      await converges(reader, `reader ${index} of round ${round}`)
    }
  })
}

test.run()
