/** What is unread, against a count by hand over any history. */
import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { seedOf, times } from '../random.ts'
import { suite } from '../suite.ts'
import type { Instance } from './app.ts'
import { ask, join, roomOf, type Someone, say } from './ask.ts'
import { listed, markers, read } from './reads.ts'
import { run, startInstances } from './scene.ts'

const test = suite('unread messages, after any history')
const much = { POST_BURST: '100000', ROOMS_PER_HOUR: '100000' }
const { database, here, there } = startInstances(test, ['here', 'there'], much)
const instances = [here, there]

let people: Someone[]

test.before(async () => {
  people = []
  for (const name of ['ann', 'bob', 'cleo']) people.push(await join(at(0).app, name))
})

const at = (i: number) => instances[i % instances.length] as Instance
const person = (i: number) => people[i] as Someone

type Deed =
  | { does: 'post'; who: number; where: number; text: string }
  | { does: 'delete'; where: number; which: number }
  | { does: 'read' | 'turn'; who: number; where: number; n: number }

const who = fc.integer({ min: 0, max: 2 })
const where = fc.integer({ min: 0, max: 1 })
const number = fc.integer({ min: 0, max: 12 })
const text = fc.constantFrom('hello', 'hello', '@ann, look', '@room', '@bob and @room', '@cleo')
const deed: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ does: fc.constant('post' as const), who, where, text }) },
  {
    weight: 2,
    arbitrary: fc.record({ does: fc.constant('delete' as const), where, which: number }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ does: fc.constant('read' as const), who, where, n: number }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ does: fc.constant('turn' as const), who, where, n: number }),
  },
)

type Said = { n: number; by: number; text: string; deleted: boolean; names: Set<number> }

/** The room as somebody would remember it who has seen all of it. */
class Remembered {
  readonly messages: Said[] = []
  /** Who is in it, and so may be named: its maker, and who has written. */
  readonly inIt = new Set([0])
  readonly markers = new Map<number, number>()
  last = 0

  post(by: number, text: string) {
    // Whoever writes here for the first time is in it only from then on.
    const names = new Set<number>()
    people.forEach(({ name }, i) => {
      if (this.inIt.has(i) && text.includes(`@${name}`)) names.add(i)
    })
    this.messages.push({ n: ++this.last, by, text, deleted: false, names })
    this.inIt.add(by)
    this.read(by, this.last)
  }

  read(by: number, n: number) {
    this.markers.set(by, Math.max(this.markers.get(by) ?? 0, n))
  }

  counts(by: number): [unread: number, mentions: number] {
    const marker = this.markers.get(by) ?? (this.inIt.has(by) ? 0 : Number.POSITIVE_INFINITY)
    const unread = this.messages.filter((one) => one.n > marker && one.by !== by && !one.deleted)
    const isNamed = (one: Said) =>
      one.names.has(by) || (one.text.includes('@room') && this.inIt.has(by))
    return [unread.length, unread.filter(isNamed).length]
  }
}

/** Does something at one of the instances, as it is remembered from then on. */
async function happens(deed: Deed, turn: number, slugs: string[], rooms: Remembered[]) {
  const instance = at(turn)
  const slug = slugs[deed.where] as string
  const room = rooms[deed.where] as Remembered
  if (deed.does === 'post') {
    await say(instance.app, person(deed.who), slug, deed.text)
    room.post(deed.who, deed.text)
  } else if (deed.does === 'delete') {
    const said = room.messages[deed.which]
    if (!said || said.deleted) return
    const path = `/r/${slug}/messages/${said.n}`
    await ask(instance.app, path, { by: person(said.by), method: 'DELETE' })
    said.deleted = true
    room.last++
  } else if (deed.does === 'read') {
    const n = Math.min(deed.n, room.last)
    await read(instance, person(deed.who), slug, { n })
    room.read(deed.who, n)
  } else {
    await Promise.all(instances.map(({ reads }) => reads.write()))
    await read(instance, person(deed.who), slug, { n: deed.n, unread: true })
    room.markers.set(deed.who, Math.min(deed.n, room.last))
    // What is read so soon after may have been read before: it is as if a while had passed.
    await run(database, "update read_markers set turned_at = turned_at - interval '1 minute'")
  }
}

test('are those that others wrote after the marker, and were not deleted', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(deed, { minLength: 10, maxLength: 30 }), async (deeds) => {
      const rooms = [new Remembered(), new Remembered()]
      const slugs = await Promise.all(
        rooms.map(() => roomOf(at(0).app, person(0), `Unread ${Math.random()}`)),
      )
      for (const [turn, one] of deeds.entries()) {
        await happens(one, turn, slugs, rooms)
        // Not after each: what is noted here and there has to come together as well.
        if (turn % 5 === 0) await Promise.all(instances.map(({ reads }) => reads.write()))
      }
      await Promise.all(instances.map(({ reads }) => reads.write()))
      for (const [i, room] of rooms.entries()) {
        for (const [by, someone] of people.entries()) {
          const { unread, mentions } = await listed(at(by), someone, slugs[i] as string)
          assert.equal([unread, mentions], room.counts(by), `${someone.name} in room ${i}`)
          const marker = room.markers.get(by)
          const stored = await markers(database, someone, slugs[i] as string)
          assert.equal(stored, marker === undefined ? [] : [marker])
        }
      }
    }),
    { numRuns: times(6, 60), seed: seedOf('unread'), endOnFailure: true },
  )
})

test.run()
