import pg from 'pg'
import * as assert from 'uvu/assert'
import { limits } from '../../handlers/limits.ts'
import { connection } from '../database.ts'
import { suite } from '../suite.ts'
import { until } from '../until.ts'
import {
  type Asked,
  ask,
  cookieOf,
  join,
  jsonOf,
  type PageJson,
  type PersonJson,
  roomOf,
  type Someone,
  say,
} from './ask.ts'
import { isRefused } from './expect.ts'
import { startInstances } from './scene.ts'

const test = suite('accounts', 60)
const { database, instance, other } = startInstances(test, ['instance', 'other'])

const PASSWORD = 'a few plain words'

let made = 0
const newName = () => `member ${++made}`

const open = (name: string, asked: Asked = {}) =>
  ask(instance.app, '/accounts', { json: { name, password: PASSWORD }, ...asked })

const enter = (name: string, password = PASSWORD, asked: Asked = {}, at = instance) =>
  ask(at.app, '/sessions', { json: { name, password }, ...asked })

const leave = (by: Someone, at = instance) =>
  ask(at.app, '/sessions/current', { method: 'DELETE', by })

const me = async (cookie: string, at = instance) =>
  jsonOf<PersonJson>(ask(at.app, '/me', { headers: { cookie } }))

async function member(name = newName()): Promise<Someone> {
  const response = await open(name)
  assert.is(response.status, 201)
  const { id } = await jsonOf<PersonJson>(response.clone())
  return { id, name, cookie: cookieOf(response) }
}

async function rowsOf(text: string, values: unknown[] = []): Promise<object[]> {
  const client = new pg.Client(connection(database.env))
  await client.connect()
  try {
    return (await client.query(text, values)).rows
  } finally {
    await client.end()
  }
}

test('a visitor makes an account, and is a member from then on, everywhere', async () => {
  const ann = await member('Ann Archer')
  for (const at of [instance, other]) {
    const { kind, name } = await me(ann.cookie, at)
    assert.equal([kind, name], ['member', 'Ann Archer'])
  }
})

test('a member signs in by name and password, in large or small letters', async () => {
  const ann = await member('Bea Baker')
  const response = await enter('  bea  BAKER ', PASSWORD, {}, other)
  assert.is(response.status, 201)
  assert.is((await jsonOf<PersonJson>(response.clone())).id, ann.id)
  assert.is((await me(cookieOf(response))).id, ann.id)
  assert.is((await me(ann.cookie)).id, ann.id, 'the other device stays signed in')
})

test('a guest who makes an account stays who they are, with all that is theirs', async () => {
  const guest = await join(instance.app, 'wandering-owl')
  const room = await roomOf(instance.app, guest, 'An owl’s own', 'closed')
  await say(instance.app, guest, room, 'before')
  const response = await open('Olga Owl', { by: guest })
  assert.is(response.status, 201)
  const olga = { id: guest.id, name: 'Olga Owl', cookie: cookieOf(response) }
  assert.equal(await jsonOf<PersonJson>(response).then(({ id, kind }) => ({ id, kind })), {
    id: guest.id,
    kind: 'member',
  })
  assert.is((await say(instance.app, olga, room, 'after')).author.id, guest.id)
})

test('what a guest left waiting ends when their sessions do, as they make an account', async () => {
  const guest = await join(instance.app, 'doubled-dove')
  const room = await roomOf(instance.app, guest, 'A dove’s own', 'closed')
  const { live } = await jsonOf<PageJson>(ask(other.app, `/r/${room}/messages`, { by: guest }))
  const wait = ask(other.app, `/r/${room}/messages?after=${live}&wait=25`, { by: guest })
  await until(() => other.hub.held === 1)
  await open(newName(), { by: guest })
  await until(() => other.hub.held === 0)
  assert.is((await wait).status, 200)
})

test('the guest’s cookie is worth nothing once they have an account', async () => {
  const guest = await join(instance.app, 'passing-fox')
  await say(instance.app, guest, 'lobby', 'hello')
  await open(newName(), { by: guest })
  for (const at of [instance, other]) {
    await until(async () => (await me(guest.cookie, at)).kind === 'visitor')
    const post = await ask(at.app, '/r/lobby/messages', { by: guest, json: { body: 'still here' } })
    await isRefused('json', post, 401, 'sign_in')
  }
})

test('who has an account makes no second one', async () => {
  await isRefused('json', await open(newName(), { by: await member() }), 409, 'conflict')
})

test('two members never have the same name, however it is written', async () => {
  await member('Zoë Quick')
  for (const name of [
    'zoë quick',
    'ZOË  QUICK',
    'Zoe\u0308 Quick',
    'Zoë\u200b Quick',
    'Ｚoë Quick',
  ]) {
    const response = await open(name)
    const problem = await jsonOf<{ code: string; fields: object }>(response.clone())
    assert.equal([response.status, problem.code], [409, 'conflict'], name)
    assert.ok('name' in problem.fields)
  }
})

test('of two who want the same name at once one has it, and the other is told', async () => {
  const name = newName()
  const answers = await Promise.all(Array.from({ length: 6 }, () => open(name)))
  const statuses = answers.map(({ status }) => status).sort()
  assert.equal(statuses, [201, 409, 409, 409, 409, 409])
  const [row] = await rowsOf('select count(*)::int as people from people where name = $1', [name])
  assert.equal(row, { people: 1 }, 'those who were refused left nobody behind')
})

test('a name without an account is a guest’s to use, and tells nobody of accounts', async () => {
  const ann = await member()
  const guest = await join(instance.app, ann.name)
  assert.is((await me(guest.cookie)).kind, 'guest')
})

test('a member signs in with a changed name, and no more with the old one', async () => {
  const ann = await member()
  const name = newName()
  const rename = (to: string) =>
    ask(instance.app, '/me', { method: 'PATCH', by: ann, json: { name: to } })
  assert.is((await rename(name)).status, 200)
  assert.is((await enter(name)).status, 201)
  await isRefused('json', await enter(ann.name), 401, 'sign_in')
  const taken = (await member()).name
  await isRefused('json', await rename(taken), 409, 'conflict')
  assert.is((await me(ann.cookie)).name, name, 'what was refused changed nothing')
})

test('a wrong password, and a name that nobody has, are answered alike', async () => {
  const ann = await member()
  const wrong = await enter(ann.name, 'not that one')
  const nobody = await enter(newName())
  assert.equal(await wrong.json(), await nobody.json())
  assert.equal([wrong.status, nobody.status], [401, 401])
  assert.equal(
    [wrong, nobody].map((one) => one.headers.getSetCookie()),
    [[], []],
  )
})

test('a password is neither too short nor too long, and says so beside its field', async () => {
  for (const password of ['', 'seven77', '👪'.repeat(4), 'x'.repeat(limits.passwordCharsMax + 1)]) {
    const response = await ask(instance.app, '/accounts', { json: { name: newName(), password } })
    const { code, fields } = await jsonOf<{ code: string; fields: object }>(response.clone())
    assert.equal([response.status, code, Object.keys(fields)], [422, 'invalid', ['password']])
  }
  const both = await ask(instance.app, '/accounts', { json: { name: '', password: '' } })
  const { fields } = await jsonOf<{ fields: object }>(both)
  assert.equal(Object.keys(fields).sort(), ['name', 'password'])
})

test('who signs out is a visitor on every instance, and stays signed in elsewhere', async () => {
  const ann = await member()
  const phone = cookieOf(await enter(ann.name))
  await say(other.app, ann, 'lobby', 'about to leave')
  const response = await leave(ann)
  assert.is(response.status, 200)
  assert.match(response.headers.getSetCookie().join(), /natter=; .*Max-Age=0/)
  for (const at of [instance, other]) {
    await until(async () => {
      const post = await ask(at.app, '/r/lobby/messages', { by: ann, json: { body: 'gone' } })
      return post.status === 401
    })
    assert.is((await me(phone, at)).kind, 'member')
  }
  assert.is((await leave(ann)).status, 200, 'again changes nothing')
})

test('who signs out is told nothing more by what they left waiting, on any instance', async () => {
  const ann = await member()
  const room = await roomOf(instance.app, ann, 'Ann’s own', 'closed')
  await say(instance.app, ann, room, 'before')
  const { live } = await jsonOf<PageJson>(ask(other.app, `/r/${room}/messages`, { by: ann }))
  const waits = [
    ask(other.app, `/r/${room}/messages?after=${live}&wait=25`, { by: ann }),
    ask(other.app, `/me/events?open=${room}&after=${live}&wait=25`, { by: ann }),
    ask(instance.app, `/r/${room}/messages?after=${live}`, {
      by: ann,
      headers: { accept: 'text/event-stream' },
    }),
  ]
  const frame = ask(other.app, `/r/${room}/frame?after=${live}&wait=25`, { by: ann, form: 'page' })
  await until(() => other.hub.held === 3 && instance.hub.held === 1)
  await leave(ann)
  await until(() => other.hub.held === 0 && instance.hub.held === 0)
  const answers = await Promise.all(waits)
  for (const answer of answers) assert.is(answer.status, 200)
  assert.is((await frame).status, 404, 'a frame shows the room anew, to whoever may see it then')
  // That they were here themselves is told a second after they came.
  const told = (await (answers[2]?.text() ?? '')).replace(/event: hint\n.*\n\n/g, '')
  assert.not.match(told, /event|data/)
  await until(async () => (await ask(other.app, `/r/${room}`, { by: ann })).status === 404)
})

test('signing in makes a new session, and ends the one that was shown', async () => {
  const ann = await member()
  const guest = await join(instance.app, 'borrowed-browser')
  const response = await enter(ann.name, PASSWORD, { by: guest })
  assert.is.not(cookieOf(response), guest.cookie)
  assert.is((await me(guest.cookie)).kind, 'visitor')
})

test('an instance stops believing the session that a sign-in ended', async () => {
  const guest = await join(instance.app, 'believed-bear')
  const head = async () =>
    (await rowsOf('select type, person_id from server_log order by seq desc limit 1'))[0]
  assert.is((await enter((await member()).name, PASSWORD, { by: guest })).status, 201)
  assert.equal(await head(), { type: 'session.ended', person_id: guest.id })
})

test('a name that nobody can have is refused before anything is done with it', async () => {
  await isRefused('json', await enter('x'.repeat(limits.nameChars + 1)), 422, 'invalid')
  await isRefused('json', await enter('ﷺ'.repeat(limits.nameChars + 1)), 422, 'invalid')
  await isRefused('json', await enter(' '), 422, 'invalid')
})

test('while as many passwords wait as may, others are refused at once', async () => {
  let isOver = false
  const passwords = limits.passwordsWaiting + limits.passwordsAtOnce
  const waiting = Array.from({ length: passwords }, async () => {
    while (!isOver) await instance.passwords.hash('one of many')
  })
  const refused = await enter(newName())
  isOver = true
  await Promise.all(waiting)
  assert.ok(Number(refused.headers.get('retry-after')) > 0)
  await isRefused('json', refused, 503, 'unavailable')
  await isRefused('json', await enter(newName()), 401, 'sign_in')
})

test('a refused form leaves the other forms of the page as they were', async () => {
  const guest = await join(instance.app, 'steady-stork')
  const fields = { name: 'Somebody Else', password: 'not that one' }
  const page = await ask(instance.app, '/sessions', { form: 'page', by: guest, fields })
  const [profile = ''] = /<form[^>]*action="\/me".*?<\/form>/s.exec(await page.text()) ?? []
  assert.match(profile, /value="steady-stork"/)
  assert.match(profile, /value="#336699"/)
})

test('a member whose other tab still shows the forms is told why they were refused', async () => {
  const ann = await member()
  for (const path of ['/sessions', '/accounts']) {
    const fields = { name: newName(), password: 'another one' }
    const text = await (await ask(instance.app, path, { form: 'page', by: ann, fields })).text()
    assert.match(text, /role="alert"/, path)
  }
})

test('a wrong password ends no session', async () => {
  const guest = await join(instance.app, 'careful-cat')
  await enter((await member()).name, 'not that one', { by: guest })
  assert.is((await me(guest.cookie)).kind, 'guest')
})

test('who tries too often is told to wait, with the right password too, and others are not', async () => {
  const [ann, ben] = [await member(), await member()]
  const tries = Array.from({ length: limits.signIns }, (_, i) => enter(ann.name, `guess ${i}`))
  for (const response of await Promise.all(tries)) assert.is(response.status, 401)
  const late = await enter(ann.name)
  assert.ok(Number(late.headers.get('retry-after')) > 0)
  await isRefused('json', late, 429, 'slow_down')
  assert.is((await enter(ben.name)).status, 201)
  assert.is((await me(ann.cookie)).kind, 'member', 'who is signed in stays so')
})

test('no password stands in the database, in a log or in an answer', async () => {
  const ann = await member()
  const page = await ask(instance.app, '/sessions', {
    form: 'page',
    fields: { name: ann.name, password: 'wrong but secret' },
  })
  assert.is(page.status, 401)
  const text = await page.text()
  assert.not.match(text, /wrong but secret/)
  assert.ok(text.includes(`value="${ann.name}"`), 'the name that was typed is still there')
  const stored = await rowsOf('select password from accounts')
  assert.not.match(JSON.stringify(stored), new RegExp(PASSWORD))
})

test('forms work without JavaScript: an account, signing out, and signing in again', async () => {
  const name = newName()
  const opened = await open(name, {
    form: 'page',
    json: undefined,
    fields: { name, password: PASSWORD, to: '/r/lobby' },
  })
  assert.equal([opened.status, opened.headers.get('location')], [303, '/r/lobby'])
  const by = { id: '', name, cookie: cookieOf(opened) }
  const page = await (await ask(instance.app, '/me', { form: 'page', by })).text()
  assert.match(page, /Sign out/)
  assert.not.match(page, /Make an account/)
  const out = await ask(instance.app, '/sessions/current', {
    form: 'page',
    by,
    fields: { _method: 'DELETE' },
  })
  assert.is(out.status, 303)
  assert.is((await me(by.cookie)).kind, 'visitor')
  const back = await ask(instance.app, '/sessions', {
    form: 'page',
    fields: { name, password: PASSWORD, to: 'https://elsewhere.example/' },
  })
  assert.equal([back.status, back.headers.get('location')], [303, '/'])
})

test('another site’s page signs nobody in, out or up', async () => {
  const ann = await member()
  const headers = { origin: 'https://elsewhere.example' }
  const foreign = [
    open(newName(), { headers }),
    enter(ann.name, PASSWORD, { headers }),
    ask(instance.app, '/sessions/current', { method: 'DELETE', by: ann, headers }),
  ]
  for (const response of await Promise.all(foreign))
    await isRefused('json', response, 403, 'not_allowed')
  assert.is((await me(ann.cookie)).kind, 'member')
})

test.run()
