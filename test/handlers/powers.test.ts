/** Whatever people do, nobody becomes an owner or reads a room that they were never let into. */
import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { type Role, roles } from '../../handlers/chat/access.ts'
import { seedOf, times } from '../random.ts'
import { suite } from '../suite.ts'
import { ask, join, jsonOf, type Someone } from './ask.ts'
import { startInstances } from './scene.ts'

const test = suite('powers')

const much = { POST_BURST: '1000000', ROOMS_PER_HOUR: '1000000', GUESTS_PER_HOUR: '1000000' }
const { instance } = startInstances(test, ['instance'], much)

const PEOPLE = 4

/** A room as it must be: who is what in it, by what they were allowed to do. */
type Model = {
  slug: string
  isClosed: boolean
  roles: Map<number, Role>
  /** Everybody who was ever let into it by somebody entitled, or while it was open. */
  letIn: Set<number>
  links: { path: string; access: 'read' | 'write' }[]
}

type Act = { verb: (typeof verbs)[number]; who: number; whom: number; room: number; pick: number }

const verbs = [
  'make',
  'link',
  'join',
  'put',
  'remove',
  'ban',
  'unban',
  'settings',
  'post',
  'direct',
  'account',
  'rename',
  'policy',
  'people',
] as const

const acts = fc.array(
  fc.record({
    verb: fc.constantFrom(...verbs),
    who: fc.nat(PEOPLE - 1),
    whom: fc.nat(PEOPLE - 1),
    room: fc.nat(3),
    pick: fc.nat(7),
  }),
  { minLength: 10, maxLength: 40 },
)

const rank = (role: Role | undefined) => (role ? roles.indexOf(role) : -1)
const isOk = (status: number) => status < 400

/** One history: the people, the rooms that they have made, and what must hold. */
class History {
  readonly people: Someone[] = []
  readonly rooms: Model[] = []

  async begin(): Promise<void> {
    for (let i = 0; i < PEOPLE; i++) this.people.push(await join(instance.app, `person ${i}`))
  }

  async act(act: Act): Promise<void> {
    const room = this.rooms[act.room % Math.max(1, this.rooms.length)]
    if (act.verb === 'make') return this.#make(act)
    if (['account', 'rename', 'policy', 'people'].includes(act.verb)) return this.#elsewhere(act)
    if (act.verb === 'direct') {
      await this.#ask(act.who, '/directs', 'POST', { people: this.#id(act.whom) })
      return
    }
    if (!room) return
    if (act.verb === 'link' || act.verb === 'join') return this.#invite(act, room)
    return this.#change(act, room)
  }

  #id = (i: number) => (this.people[i] as Someone).id
  #ask = (who: number, path: string, method: string, body: object = {}) =>
    ask(instance.app, path, { by: this.people[who], method, json: body })

  async #make({ who, pick }: Act): Promise<void> {
    const isClosed = pick % 2 === 0
    const named = { name: `Room ${Math.random()}`, visibility: isClosed ? 'closed' : 'open' }
    const answer = await this.#ask(who, '/rooms', 'POST', named)
    assert.is(answer.status, 201)
    const { slug } = (await jsonOf<{ room: { slug: string } }>(answer)).room
    const letIn = new Set(isClosed ? [who] : this.people.keys())
    this.rooms.push({ slug, isClosed, roles: new Map([[who, 'owner']]), letIn, links: [] })
  }

  async #invite({ verb, who, pick }: Act, room: Model): Promise<void> {
    if (verb === 'link') {
      const access = pick % 2 ? 'read' : 'write'
      const answer = await this.#ask(who, `/r/${room.slug}/links`, 'POST', { access })
      if (!isOk(answer.status)) return
      assert.ok(rank(room.roles.get(who)) >= rank('moderator'), 'a link by somebody without a rank')
      const { url } = await jsonOf<{ url: string }>(answer)
      room.links.push({ path: new URL(url).pathname, access })
      return
    }
    const link = room.links[pick % Math.max(1, room.links.length)]
    if (!link || !isOk((await this.#ask(who, link.path, 'POST')).status)) return
    room.letIn.add(who)
    if (!room.roles.has(who)) room.roles.set(who, link.access === 'read' ? 'reader' : 'member')
  }

  /** What changes a room or its people: what was allowed must have been this person's to do. */
  async #change({ verb, who, whom, pick }: Act, room: Model): Promise<void> {
    const path = `/r/${room.slug}`
    const [mine, theirs] = [room.roles.get(who), room.roles.get(whom)]
    const moderates = rank(mine) >= rank('moderator')
    const outranks = mine === 'owner' || rank(theirs) < rank(mine)
    if (verb === 'put') {
      const role = roles[pick % roles.length] as Role
      const answer = await this.#ask(who, `${path}/members/${this.#id(whom)}`, 'PUT', { role })
      if (!isOk(answer.status)) return
      const isDown = who === whom && rank(role) <= Math.max(rank(mine), rank('member'))
      const isGiven = moderates && outranks && (rank(role) < rank('moderator') || mine === 'owner')
      assert.ok(isDown || isGiven, `${mine ?? 'nobody'} made ${theirs ?? 'nobody'} ${role}`)
      room.roles.set(whom, role)
      room.letIn.add(whom)
    } else if (verb === 'remove' || verb === 'ban') {
      const place = verb === 'ban' ? 'bans' : 'members'
      const method = verb === 'ban' ? 'PUT' : 'DELETE'
      const answer = await this.#ask(who, `${path}/${place}/${this.#id(whom)}`, method)
      if (!isOk(answer.status)) return
      assert.ok(
        (who === whom && verb === 'remove') || (moderates && outranks),
        `${verb} by ${mine}`,
      )
      room.roles.delete(whom)
      if (room.isClosed) room.letIn.delete(whom)
    } else if (verb === 'unban') {
      const answer = await this.#ask(who, `${path}/bans/${this.#id(whom)}`, 'DELETE')
      if (isOk(answer.status)) assert.ok(moderates)
    } else if (verb === 'settings') {
      const visibility = pick % 2 ? 'open' : 'closed'
      const answer = await this.#ask(who, path, 'PATCH', { visibility })
      if (!isOk(answer.status)) return
      assert.is(mine, 'owner')
      room.isClosed = visibility === 'closed'
      room.letIn = new Set(room.isClosed ? room.roles.keys() : this.people.keys())
    } else {
      const answer = await this.#ask(who, `${path}/messages`, 'POST', { body: 'said' })
      if (!isOk(answer.status)) return
      assert.ok(room.letIn.has(who))
      if (!room.roles.has(who)) room.roles.set(who, 'member')
    }
  }

  async #elsewhere({ verb, who, whom, pick }: Act): Promise<void> {
    if (verb === 'rename')
      await this.#ask(who, '/me', 'PATCH', { name: `named ${pick}`, kind: 'owner' })
    else if (verb === 'policy') {
      const refused = await this.#ask(who, '/policy', 'PATCH', { entry: 'members' })
      assert.is(refused.status, 403)
    } else if (verb === 'people') {
      const path = `/people/${this.#id(whom)}`
      assert.is((await this.#ask(who, path, 'PATCH', { kind: 'owner' })).status, 403)
      assert.is((await this.#ask(who, `${path}/ban`, 'PUT')).status, 403)
      assert.is((await this.#ask(who, '/people', 'POST', { name: 'another' })).status, 403)
    }
  }

  /** What must hold after every act. */
  async holds(): Promise<void> {
    const owners = await instance.sql.query("select from people where kind = 'owner'")
    assert.is(owners.rows.length, 0, 'nobody owns the server')
    for (const room of this.rooms) {
      const { rows } = await instance.sql.query<{ id: number }>(
        `select m.person_id as id from members m join rooms r on r.id = m.room_id
          where r.slug = $1 and m.role = 'owner'`,
        [room.slug],
      )
      for (const { id } of rows) {
        const who = this.people.findIndex((one) => one.id === String(id))
        assert.is(room.roles.get(who), 'owner', 'an owner whom no owner made')
      }
      for (const who of this.people.keys())
        if (!room.letIn.has(who)) await this.#readsNothing(who, room)
    }
  }

  async #readsNothing(who: number, { slug }: Model): Promise<void> {
    const paths = ['', '/messages', '/messages?after=0', '/messages/1', '/members', '/settings']
    for (const path of paths) {
      const { status } = await ask(instance.app, `/r/${slug}${path}`, { by: this.people[who] })
      assert.is(status, 404, `${path} of a room that ${who} was never let into`)
    }
    const listed = await ask(instance.app, '/', { by: this.people[who] })
    assert.not.ok((await listed.text()).includes(`"${slug}"`))
  }
}

test('of people who are no owners of the server, nobody gets what nobody gave them', async () => {
  const seed = seedOf('powers')
  const property = fc.asyncProperty(acts, async (all) => {
    const history = new History()
    await history.begin()
    for (const act of all) {
      await history.act(act)
      await history.holds()
    }
  })
  await fc.assert(property, { seed, numRuns: times(6, 60), endOnFailure: true })
})

test.run()
