/** Whoever is removed hears nothing more, whichever replicas their waits are on. */
import { setTimeout as sleep } from 'node:timers/promises'
import * as assert from 'uvu/assert'
import { suite } from '../suite.ts'
import { until } from '../until.ts'
import { expectStatus, type Guest, guest, json, word } from './client.ts'

const test = suite('a member who is removed while they wait', 120)

const WAITS = 100

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

test(`is told nothing of what is said after, in ${WAITS} waits`, async () => {
  const [owner, member] = [await guest('olga'), await guest('ben')]
  const room = await roomFor(owner, member)
  const { live } = expectStatus(await member.ask(`/r/${room}`, asJson), 200)
  const told: string[] = []
  const toldOf = (text: string) => told.filter((one) => one.includes(text))
  const waits = Array.from({ length: WAITS }, () => waitOn(member, room, live, told))
  // Until all of them are held somewhere.
  await sleep(1_000)
  await owner.say(room, 'before-the-end')
  await until(() => toldOf('before-the-end').length === WAITS)
  // Until they are held again.
  await sleep(200)
  const gone = await owner.ask(`/r/${room}/members/${member.id}`, { ...asJson, method: 'DELETE' })
  assert.is(gone.status, 200)
  for (let i = 0; i < 20; i++) await owner.say(room, `after-the-end-${i}`)
  await Promise.all(waits)
  assert.is(toldOf('before-the-end').length, WAITS)
  assert.equal(toldOf('after-the-end'), [])
  assert.is((await member.ask(`/r/${room}`, asJson)).status, 404)
})

test.run()
