/**
 * An old page and what came since are a fresh page, after any history of posts, answers, edits,
 * deletions, reactions, pins and memberships at two instances.
 */
import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { seedOf, times } from '../random.ts'
import { suite } from '../suite.ts'
import type { Instance } from './app.ts'
import { ask, join, jsonOf, type PageJson, roomOf, type Someone } from './ask.ts'
import { browser, program, type Reader } from './readers.ts'
import { startInstances } from './scene.ts'

const test = suite('any history of a conversation')
const much = { POST_BURST: '100000', ROOMS_PER_HOUR: '100000' }
const { here, there } = startInstances(test, ['here', 'there'], much)
const instances = [here, there]

let people: Someone[]

test.before(async () => {
  people = []
  for (const name of ['ann', 'Ben Best', 'cleo']) people.push(await join(at(0).app, name))
})

const at = (index: number): Instance => instances[index % instances.length] as Instance
const by = (index: number): Someone => people[index % people.length] as Someone

const kinds = [
  'post',
  'answer',
  'edit',
  'delete',
  'restore',
  'react',
  'unreact',
  'pin',
  'unpin',
  'role',
  'topic',
  'read',
] as const

type Act = { kind: (typeof kinds)[number]; who: number; where: number; which: number }

const act = fc.record({
  // What others quote, and what changes it, happens most.
  kind: fc.constantFrom(...kinds, 'answer' as const, 'answer' as const, 'edit' as const),
  who: fc.nat(2),
  where: fc.nat(1),
  which: fc.nat(40),
})

const texts = ['plain', '@ann, *look*', 'see #lobby', '- a\n- list', '@room now', '`code` & <b>']
const emoji = ['👍', '🎉', ':parrot:']

/** Does something; whether it may be is not the question here. */
async function happens(room: string, { kind, who, where, which }: Act, turn: number) {
  const { app } = at(where)
  const { messages } = await jsonOf<PageJson>(ask(app, `/r/${room}/messages?limit=200`))
  const message = messages[which % Math.max(1, messages.length)]
  const path = `/r/${room}/messages/${message?.n ?? 1}`
  const given = `${path}/reactions/${encodeURIComponent(emoji[which % emoji.length] ?? '')}`
  const body = `${texts[which % texts.length]} ${turn}`
  const acts: Record<
    Exclude<Act['kind'], 'read'>,
    [path: string, method: string, json?: object]
  > = {
    post: [`/r/${room}/messages`, 'POST', { body }],
    answer: [`/r/${room}/messages`, 'POST', { body, ...(message ? { reply_to: message.n } : {}) }],
    edit: [path, 'PATCH', { body }],
    delete: [path, 'DELETE'],
    restore: [path, 'PATCH', { deleted: 'false' }],
    react: [given, 'PUT'],
    unreact: [given, 'DELETE'],
    pin: [`${path}/pin`, 'PUT'],
    unpin: [`${path}/pin`, 'DELETE'],
    role: [
      `/r/${room}/members/${by(which).id}`,
      'PUT',
      { role: which % 2 ? 'moderator' : 'member' },
    ],
    topic: [`/r/${room}`, 'PATCH', { topic: `topic ${turn}` }],
  }
  if (kind === 'read') return
  const [to, method, json] = acts[kind]
  // Who writes what is their own is chosen so that most of it may be.
  const author =
    kind === 'edit' || kind === 'delete'
      ? people.find(({ id }) => id === message?.author.id)
      : undefined
  const answer = await ask(app, to, { by: author ?? by(who), method, ...(json ? { json } : {}) })
  assert.ok(answer.status < 500, `${kind}: ${answer.status} ${await answer.text()}`)
}

async function converges(reader: Reader, room: string): Promise<void> {
  const { app } = at(0)
  const { live } = await jsonOf<PageJson>(ask(app, `/r/${room}/messages?limit=200`))
  while (reader.cursor !== live) await reader.read(app)
  assert.equal(reader.list(), await reader.fresh(app))
}

for (const [kind, open] of Object.entries({ browser, program })) {
  test(`leaves a ${kind} that read it as it came with what one that comes now is shown`, async () => {
    const seed = seedOf(`histories ${kind}`)
    const history = fc.asyncProperty(
      fc.array(act, { minLength: 20, maxLength: 60 }),
      async (acts) => {
        const room = await roomOf(at(0).app, by(0), `History ${Math.random()}`)
        await happens(room, { kind: 'post', who: 0, where: 0, which: 0 }, 0)
        const readers = [await open(at(0).app, room), await open(at(1).app, room)]
        for (const [turn, one] of acts.entries()) {
          await happens(room, one, turn)
          // One reads at each turn, the other now and then, each at the other instance than before.
          await readers[0]?.read(at(turn).app)
          if (one.kind === 'read')
            await readers[1]?.read(at(one.where).app, { twice: one.which % 2 === 0 })
        }
        for (const reader of readers) await converges(reader, room)
      },
    )
    await fc.assert(history, { numRuns: times(3, 40), seed, endOnFailure: true })
  })
}

test.run()
