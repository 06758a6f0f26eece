import * as assert from 'uvu/assert'
import { limits } from '../../handlers/limits.ts'
import { suite } from '../suite.ts'
import { until } from '../until.ts'
import {
  type Asked,
  ask,
  forms,
  join,
  jsonOf,
  type PageJson,
  type PersonJson,
  type Someone,
} from './ask.ts'
import { isIn, isPrivate, isRefused } from './expect.ts'
import {
  auditOf,
  member,
  newName,
  owner,
  PASSWORD,
  rowsOf,
  signIn,
  someoneIn,
  whoIs,
} from './members.ts'
import { startInstances } from './scene.ts'

const test = suite('the people of a server', 60)
const { database, instance, other } = startInstances(test, ['instance', 'other'])

let olga: Someone

test.before(async () => {
  olga = await owner(instance)
})

type ListedJson = PersonJson & { used_at: string | null; banned: boolean }
type RosterJson = { people: ListedJson[]; next: string | null }
type InvitedJson = { person: PersonJson; url: string }

const as = (by: Someone, path: string, asked: Asked = {}) =>
  ask(instance.app, path, { by, ...asked })

const listed = async (id: string): Promise<ListedJson | undefined> => {
  const { people } = await jsonOf<RosterJson>(as(olga, `/people?after=${Number(id) - 1}`))
  return people.find((one) => one.id === id)
}

/** Adds a member. @returns them and the path of their link */
async function added(name = newName()) {
  const answer = await as(olga, '/people', { json: { name } })
  assert.is(answer.status, 201)
  const { person, url } = await jsonOf<InvitedJson>(answer)
  return { person, path: new URL(url).pathname }
}

const use = (path: string, asked: Asked = {}, at = other) =>
  ask(at.app, path, { json: { password: PASSWORD }, ...asked })

const kind = (by: Someone, id: string, to: string) =>
  as(by, `/people/${id}`, { method: 'PATCH', json: { kind: to } })

const ban = (by: Someone, id: string, method = 'PUT') => as(by, `/people/${id}/ban`, { method })

test('is for its owners alone, in every form and whatever is done', async () => {
  const [ann, guest] = [await member(instance), await join(instance.app, 'guest')]
  const acts: [path: string, asked: Asked][] = [
    ['/people', {}],
    ['/people', { json: { name: 'Nobody' } }],
    [`/people/${olga.id}`, { method: 'PATCH', json: { kind: 'member' } }],
    [`/people/${ann.id}`, { method: 'PATCH', json: { kind: 'owner' } }],
    [`/people/${ann.id}/link`, { method: 'POST' }],
    [`/people/${guest.id}/ban`, { method: 'PUT' }],
    [`/people/${guest.id}/ban`, { method: 'DELETE' }],
    ['/people/999999/ban', { method: 'DELETE' }],
  ]
  for (const form of forms) {
    for (const [path, asked] of acts) {
      for (const by of [ann, guest]) {
        await isRefused(form, await as(by, path, { form, ...asked }), 403, 'not_allowed')
      }
      await isRefused(form, await ask(instance.app, path, { form, ...asked }), 401, 'sign_in')
    }
  }
  assert.equal(await auditOf(database.env, ann), [])
})

test('lists who has an account, and not the guests, page by page', async () => {
  await join(instance.app, 'only passing')
  const made = await rowsOf(
    database.env,
    `with made as (
       insert into people (name, color, kind) select 'many ' || n, '#336699', 'member'
         from generate_series(1, $1::int) as n returning id, name
     )
     insert into accounts (person_id, login) select id, name from made returning person_id`,
    [limits.listedPeople],
  )
  const seen: ListedJson[] = []
  for (let after: string | null = '0'; after !== null; ) {
    const { people, next }: RosterJson = await jsonOf(as(olga, `/people?after=${after}`))
    assert.ok(people.length <= limits.listedPeople)
    seen.push(...people)
    after = next
  }
  const [{ count } = { count: 0 }] = (await rowsOf(
    database.env,
    'select count(*)::int as count from accounts',
  )) as { count: number }[]
  assert.ok(made.length < count)
  assert.is(new Set(seen.map(({ id }) => id)).size, count)
  assert.equal(seen[0], { ...seen[0], id: olga.id, kind: 'owner', banned: false })
  assert.not.ok(seen.some(({ name }) => name === 'only passing'))
  for (const form of forms) await isIn(form, await as(olga, '/people', { form }))
  for (const after of ['x', '-1', '1.5', '']) {
    await isRefused('json', await as(olga, `/people?after=${after}`), 400, 'malformed')
  }
})

test('an owner adds a member, who signs in by the link and sets a password', async () => {
  const name = newName()
  const { person, path } = await added(name)
  assert.equal([person.name, person.kind], [name, 'member'])
  assert.is((await listed(person.id))?.used_at, null)
  const shown = await isIn('page', await ask(other.app, path, { form: 'page' }))
  assert.ok(shown.includes(name))
  const ann = await someoneIn(await use(path))
  assert.is(ann.id, person.id)
  assert.is((await whoIs(instance, await signIn(instance, name))).id, person.id)
  assert.ok((await listed(person.id))?.used_at)
  assert.equal(await auditOf(database.env, person), [{ by: olga.id, action: 'member.added' }])
})

test('a link works once, for one of those who come at once, and only with a password where there is none', async () => {
  const { path } = await added()
  for (const password of ['', 'short']) {
    await isRefused('json', await use(path, { json: { password } }), 422, 'invalid')
  }
  const answers = await Promise.all([use(path), use(path), use(path, {}, instance)])
  assert.equal(answers.map(({ status }) => status).sort(), [201, 404, 404])
  for (const form of forms) {
    await isRefused(form, await ask(instance.app, path, { form }), 404, 'not_found')
  }
})

test('another link keeps the password, or takes a new one and ends all other sessions', async () => {
  const ann = await member(instance)
  const link = async () => {
    const answer = await as(olga, `/people/${ann.id}/link`, { method: 'POST' })
    return new URL((await jsonOf<InvitedJson>(answer)).url).pathname
  }
  const kept = await someoneIn(await use(await link(), { json: {} }))
  assert.is(kept.id, ann.id)
  assert.is((await whoIs(other, ann)).id, ann.id, 'the other device stays signed in')

  const [older, newer] = [await link(), await link()]
  await isRefused('json', await use(older), 404, 'not_found')
  const fresh = await someoneIn(await use(newer, { json: { password: 'quite another one' } }))
  for (const at of [instance, other]) {
    for (const { cookie } of [ann, kept]) {
      await until(async () => (await whoIs(at, { cookie })).kind === 'visitor')
    }
    assert.is((await whoIs(at, fresh)).id, ann.id)
  }
  const old = { name: ann.name, password: PASSWORD }
  assert.is((await ask(instance.app, '/sessions', { json: old })).status, 401)
  const audit = await auditOf(database.env, ann)
  assert.equal(audit, Array(3).fill({ by: olga.id, action: 'sign_in_link.made' }))
})

test('who opens a link of somebody else’s leaves the guest behind that they were', async () => {
  const guest = await join(instance.app, 'borrowed-browser')
  const { person, path } = await added()
  assert.is((await someoneIn(await use(path, { by: guest }))).id, person.id)
  for (const at of [instance, other]) {
    await until(async () => (await whoIs(at, guest)).kind === 'visitor')
  }
})

test('no links are made for owners, guests, the banned and nobody', async () => {
  const [guest, ben] = [await join(instance.app, 'guest'), await member(instance)]
  const { person, path } = await added()
  await ban(olga, ben.id)
  const link = (id: string) => as(olga, `/people/${id}/link`, { method: 'POST' })
  for (const id of [olga.id, ben.id]) await isRefused('json', await link(id), 409, 'conflict')
  for (const id of [guest.id, '999999', 'x', '1e3']) {
    await isRefused('json', await link(id), 404, 'not_found')
  }
  await ban(olga, person.id)
  await isRefused('json', await use(path), 404, 'not_found')
})

test('a name that is a member’s is refused, and one that is none', async () => {
  const { name } = await member(instance)
  await isRefused('json', await as(olga, '/people', { json: { name } }), 409, 'conflict')
  for (const bad of ['', '\u200b', 'x'.repeat(limits.nameChars + 1)]) {
    await isRefused('json', await as(olga, '/people', { json: { name: bad } }), 422, 'invalid')
  }
  const page = await as(olga, '/people', { form: 'page', fields: { name } })
  assert.ok((await page.text()).includes(`value="${name}"`), 'what was typed is still there')
})

test('a link is shown once, and the page that shows it is kept by nobody', async () => {
  const name = '<b>"Ann" & co'
  const page = await as(olga, '/people', { form: 'page', fields: { name } })
  isPrivate(page)
  const text = await page.text()
  const [url = ''] = /http:\/\/localhost\/enter\/[\w-]{43}/.exec(text) ?? []
  assert.ok(url)
  assert.not.ok(text.includes('<b>'))
  assert.not.match(await (await as(olga, '/people', { form: 'page' })).text(), '/enter/')
  const stored = JSON.stringify(await rowsOf(database.env, 'select * from entry_links'))
  assert.not.match(stored, url.slice(-43))
  const outside = { host: 'chat.example.org', 'x-forwarded-proto': 'https' }
  const answer = await as(olga, '/people', { json: { name: newName() }, headers: outside })
  assert.match((await jsonOf<InvitedJson>(answer)).url, /^https:\/\/chat\.example\.org\/enter\//)
})

test('a member becomes an owner on every instance, and a member again', async () => {
  const ann = await member(instance)
  assert.is((await kind(olga, ann.id, 'owner')).status, 200)
  assert.is((await kind(olga, ann.id, 'owner')).status, 200, 'again changes nothing')
  assert.is((await ask(other.app, '/people', { by: ann })).status, 200)
  assert.is((await kind(ann, ann.id, 'member')).status, 200)
  assert.is((await ask(other.app, '/people', { by: ann })).status, 403)
  assert.equal(await auditOf(database.env, ann), [
    { by: olga.id, action: 'owner.made' },
    { by: ann.id, action: 'owner.unmade' },
  ])
  for (const [id, to, status, code] of [
    [ann.id, 'guest', 422, 'invalid'],
    [ann.id, '', 422, 'invalid'],
    ['999999', 'owner', 404, 'not_found'],
    [(await join(instance.app, 'guest')).id, 'owner', 404, 'not_found'],
  ] as const) {
    await isRefused('json', await kind(olga, id, to), status, code)
  }
})

test('there is always an owner left, also when two make members of each other at once', async () => {
  await isRefused('json', await kind(olga, olga.id, 'member'), 409, 'conflict')
  for (let round = 0; round < 8; round++) {
    const ann = await member(instance)
    await kind(olga, ann.id, 'owner')
    const answers = await Promise.all([
      kind(ann, olga.id, 'member'),
      ask(other.app, `/people/${ann.id}`, { by: olga, method: 'PATCH', json: { kind: 'member' } }),
    ])
    const left = await rowsOf(database.env, `select id::text from people where kind = 'owner'`)
    assert.is(left.length, 1, answers.map(({ status }) => status).join())
    const [{ id } = { id: '' }] = left as { id: string }[]
    if (id !== olga.id) {
      assert.is((await kind(ann, olga.id, 'owner')).status, 200)
      assert.is((await kind(ann, ann.id, 'member')).status, 200)
    }
  }
})

test('who is banned cannot sign in, and what they wait for ends on every instance', async () => {
  const ann = await member(instance)
  const { live } = await jsonOf<PageJson>(ask(other.app, '/r/lobby/messages', { by: ann }))
  const wait = ask(other.app, `/r/lobby/messages?after=${live}&wait=25`, { by: ann })
  await until(() => other.hub.held === 1)
  const banned = await ban(olga, ann.id)
  assert.is((await jsonOf<ListedJson>(banned)).banned, true)
  await until(() => other.hub.held === 0)
  assert.is((await wait).status, 200)
  const json = { name: ann.name, password: PASSWORD }
  await isRefused('json', await ask(other.app, '/sessions', { json }), 403, 'not_allowed')
  assert.is((await ban(olga, ann.id)).status, 200, 'again changes nothing')
  const sessions = 'select from sessions where person_id = $1'
  assert.is((await rowsOf(database.env, sessions, [ann.id])).length, 1, 'a browser stays known')
  assert.is((await ban(olga, ann.id, 'DELETE')).status, 200)
  assert.is((await ask(other.app, '/sessions', { json })).status, 201)
  assert.equal(await auditOf(database.env, ann), [
    { by: olga.id, action: 'person.banned' },
    { by: olga.id, action: 'person.unbanned' },
  ])
})

test('a guest may be banned, an owner and nobody may not', async () => {
  const guest = await join(instance.app, 'noisy-goose')
  assert.is((await ban(olga, guest.id)).status, 200)
  const rows = await rowsOf(
    database.env,
    'select banned_at is not null as banned from people where id = $1',
    [guest.id],
  )
  assert.equal(rows, [{ banned: true }])
  await isRefused('json', await ban(olga, olga.id), 409, 'conflict')
  for (const id of ['999999', 'x']) await isRefused('json', await ban(olga, id), 404, 'not_found')
})

test('forms work without JavaScript', async () => {
  const { person } = await added()
  const send = (path: string, fields: Record<string, string>) =>
    as(olga, `/people/${person.id}${path}`, { form: 'page', fields })
  for (const [path, fields] of [
    ['', { _method: 'PATCH', kind: 'owner' }],
    ['', { _method: 'PATCH', kind: 'member' }],
    ['/ban', { _method: 'PUT' }],
    ['/ban', { _method: 'DELETE' }],
  ] as const) {
    const answer = await send(path, fields)
    assert.equal([answer.status, answer.headers.get('location')], [303, '/people'])
  }
  assert.is((await auditOf(database.env, person)).length, 5)
  assert.match(await isIn('page', await send('/link', {}), 201), '/enter/')
  await isRefused('page', await send('', { _method: 'PUT', kind: 'owner' }), 404, 'not_found')
})

test.run()
