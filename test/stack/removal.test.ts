/** A person who is removed hears nothing more, whichever replicas their waits are on. */
import * as assert from 'uvu/assert'
import { suite } from '../suite.ts'
import { until } from '../until.ts'
import { baseUrl, expectStatus, type Guest, guest, json, word } from './client.ts'

const test = suite('a member who is removed while they wait')

const WAITS = 50

const asJson = { headers: { accept: 'application/json' } }

/** A closed room, with somebody in it by a link. */
async function roomFor(owner: Guest, member: Guest): Promise<string> {
  const made = await owner.ask('/rooms', json({ name: `Closed ${word()}`, visibility: 'closed' }))
  const { slug } = expectStatus(made, 201).room
  const { url } = expectStatus(await owner.ask(`/r/${slug}/links`, json({})), 201)
  expectStatus(await member.ask(new URL(url).pathname, json({})), 201)
  return slug
}

/** Waits from a cursor on until the room is not there any more; each on a new connection. */
async function waitOn(by: Guest, room: string, from: string, told: string[]): Promise<void> {
  for (let after = from; ; ) {
    const answer = await by.ask(`/r/${room}/messages?after=${after}&wait=20`, asJson)
    told.push(answer.text)
    if (answer.status === 404) return
    after = expectStatus(answer, 200).next
  }
}

/** Opens a stream that is read until the server ends it. */
async function openStream(by: Guest, room: string, from: string, told: string[]) {
  const headers = { accept: 'text/event-stream', cookie: by.cookie, connection: 'close' }
  const answer = await fetch(`${baseUrl}/r/${room}/messages?after=${from}`, { headers })
  assert.is(answer.status, 200)
  const read = async () => {
    const own = told.push('') - 1
    for await (const chunk of answer.body ?? []) told[own] += Buffer.from(chunk).toString()
  }
  return { ended: read() }
}

test(`is told nothing of what is said after, by ${WAITS} waits and as many streams`, async () => {
  const [owner, member] = [await guest('olga'), await guest('ben')]
  const room = await roomFor(owner, member)
  const { live } = expectStatus(await member.ask(`/r/${room}`, asJson), 200)
  const told: string[] = []
  const toldOf = (text: string) => told.filter((one) => one.includes(text))
  const each = Array.from({ length: WAITS })
  // A stream that is open is held; a wait is held, or on its way.
  const streams = await Promise.all(each.map(() => openStream(member, room, live, told)))
  const waits = each.map(() => waitOn(member, room, live, told))
  await owner.say(room, 'before-the-end')
  await until(() => toldOf('before-the-end').length === 2 * WAITS)
  const gone = await owner.ask(`/r/${room}/members/${member.id}`, { ...asJson, method: 'DELETE' })
  assert.is(gone.status, 200)
  for (let i = 0; i < 20; i++) await owner.say(room, `after-the-end-${i}`)
  await Promise.all([...waits, ...streams.map(({ ended }) => ended)])
  assert.is(toldOf('before-the-end').length, 2 * WAITS)
  assert.equal(toldOf('after-the-end'), [])
  assert.is((await member.ask(`/r/${room}`, asJson)).status, 404)
})

test.run()
