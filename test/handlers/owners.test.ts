import * as assert from 'uvu/assert'
import { makeFirstOwnerLink, makeOwnerLink } from '../../handlers/chat/entry-links.ts'
import { createLog } from '../../handlers/ops/log.ts'
import { offerFirstOwner } from '../../handlers/ops/owner-link.ts'
import { migratedDatabase, type TestDatabase } from '../database.ts'
import { suite } from '../suite.ts'
import { until } from '../until.ts'
import { type Instance, startInstance } from './app.ts'
import { type Asked, ask, forms, join, say } from './ask.ts'
import { isIn, isRefused } from './expect.ts'
import { auditOf, member, newName, PASSWORD, rowsOf, signIn, someoneIn, whoIs } from './members.ts'

const test = suite('links that make owners', 60)

let database: TestDatabase
let instance: Instance
let other: Instance

test.before.each(async () => {
  database = await migratedDatabase()
  instance = await startInstance(database.env)
  other = await startInstance(database.env)
})
test.after.each(async () => {
  await Promise.all([instance.stop(), other.stop()])
  await database.drop()
})

/** The token of a first owner's link. */
async function firstLink(): Promise<string> {
  const made = await makeFirstOwnerLink(instance.sql)
  assert.ok(made)
  return made.token
}

const open = (token: string, asked: Asked = {}, at = instance) =>
  ask(at.app, `/enter/${token}`, { json: { name: newName(), password: PASSWORD }, ...asked })

const owners = async () =>
  (await rowsOf(database.env, `select id from people where kind = 'owner'`)).length

test('a visitor who opens the link makes the first owner, who is known from then on', async () => {
  const ann = await someoneIn(await open(await firstLink()))
  for (const at of [instance, other]) assert.is((await whoIs(at, ann)).kind, 'owner')
  assert.is((await whoIs(instance, await signIn(other, ann.name))).id, ann.id)
  assert.equal(await auditOf(database.env, ann), [{ by: ann.id, action: 'owner.made' }])
})

test('looking at a link uses nothing up, in any form', async () => {
  const token = await firstLink()
  for (const form of forms) {
    const text = await isIn(form, await ask(instance.app, `/enter/${token}`, { form }))
    assert.not.match(text.replaceAll(`/enter/${token}`, ''), token, 'but for where the form goes')
  }
  assert.is((await ask(instance.app, `/enter/${token}`, { method: 'HEAD' })).status, 200)
  assert.is((await open(token)).status, 201)
})

test('a guest stays who they are, and a member keeps their name and password', async () => {
  const guest = await join(instance.app, 'wandering-owl')
  await say(other.app, guest, 'lobby', 'as a guest')
  const ann = await someoneIn(await open(await firstLink(), { by: guest }))
  assert.is(ann.id, guest.id)
  await until(async () => (await whoIs(other, guest)).kind === 'visitor')
  assert.is((await say(other.app, ann, 'lobby', 'as an owner')).author.kind, 'owner')

  const ben = await member(instance)
  const { token } = await makeOwnerLink(instance.sql)
  const raised = await someoneIn(await open(token, { by: ben, json: {} }))
  assert.equal([raised.id, raised.name], [ben.id, ben.name])
  assert.is((await whoIs(other, raised)).kind, 'owner')
  assert.is((await whoIs(instance, ben)).kind, 'visitor', 'the session that was shown has ended')
  assert.is((await whoIs(instance, await signIn(instance, ben.name))).kind, 'owner')
})

test('of many who come at once, with one link or several, one becomes the owner', async () => {
  const guests = await Promise.all(['a', 'b', 'c'].map((name) => join(instance.app, name)))
  const [one, two] = [await firstLink(), await firstLink()]
  const tries = [
    open(one),
    open(one, {}, other),
    open(two),
    open(two, {}, other),
    ...guests.map((by, i) => open(i === 1 ? two : one, { by }, i === 2 ? other : instance)),
  ]
  const answers = await Promise.all(tries)
  const statuses = answers.map(({ status }) => status).sort()
  assert.equal(statuses, [201, 404, 404, 404, 404, 404, 404])
  assert.is(await owners(), 1)
  const accounts = await rowsOf(database.env, 'select person_id from accounts')
  assert.is(accounts.length, 1, 'those who came late have left no account behind')
  const numbers = await rowsOf(
    database.env,
    'select (select last_seq from server) - (select count(*) from server_log) as gap',
  )
  assert.equal(numbers, [{ gap: '0' }], 'no number of the server’s log was taken for nothing')
})

test('a link is worth nothing once it is used, once there is an owner, or when its time is over', async () => {
  const [used, late, expired] = [await firstLink(), await firstLink(), await firstLink()]
  await rowsOf(
    database.env,
    `update entry_links set expires_at = now() - interval '1 s' where key = sha256($1::bytea)`,
    [expired],
  )
  await isRefused('json', await open(expired), 404, 'not_found')
  assert.is((await open(used)).status, 201)
  for (const token of [used, late, expired, 'x', `${late}x`, 'A'.repeat(43), '%00', '..%2f..']) {
    for (const form of forms) {
      const answer = await ask(instance.app, `/enter/${token}`, { form })
      await isRefused(form, answer, 404, 'not_found')
    }
    await isRefused('json', await open(token), 404, 'not_found')
  }
  assert.is(await makeFirstOwnerLink(instance.sql), null)
})

test('a name that is taken, or a short password, leaves the link and the owner’s place free', async () => {
  const { name } = await member(instance)
  const token = await firstLink()
  await isRefused(
    'json',
    await open(token, { json: { name, password: PASSWORD } }),
    409,
    'conflict',
  )
  await isRefused(
    'json',
    await open(token, { json: { name: 'Ann', password: 'x' } }),
    422,
    'invalid',
  )
  const page = await open(token, { form: 'page', json: undefined, fields: { name, password: 'x' } })
  const text = await page.clone().text()
  await isRefused('page', page, 422, 'invalid')
  assert.ok(text.includes(`value="${name}"`), 'what was typed is still there')
  assert.is(await owners(), 0)
  assert.is((await open(token)).status, 201)
})

test('who is an owner already uses no link up', async () => {
  const ann = await someoneIn(await open(await firstLink()))
  const { token } = await makeOwnerLink(instance.sql)
  await isRefused('json', await open(token, { by: ann, json: {} }), 409, 'conflict')
  assert.is((await open(token)).status, 201)
  assert.is(await owners(), 2)
})

test('the form works without JavaScript, and leads on into the house', async () => {
  const token = await firstLink()
  const fields = { name: 'Ann', color: '#336699', password: PASSWORD }
  const answer = await open(token, { form: 'page', json: undefined, fields })
  assert.equal([answer.status, answer.headers.get('location')], [303, '/'])
  assert.match(answer.headers.getSetCookie().join(), /natter=.*HttpOnly/)
})

test('another site’s page makes nobody an owner', async () => {
  const headers = { origin: 'https://elsewhere.example' }
  await isRefused('json', await open(await firstLink(), { headers }), 403, 'not_allowed')
})

test('a start prints a link while there is no owner, and nothing after', async () => {
  const lines: string[] = []
  const log = createLog('text', (line) => lines.push(line))
  await offerFirstOwner(instance.sql, 'https://chat.example.org', log)
  const [, token = ''] =
    /link=https:\/\/chat\.example\.org\/enter\/([\w-]{43})$/.exec(lines.join('\n')) ?? []
  assert.is((await open(token)).status, 201)
  await offerFirstOwner(instance.sql, 'https://chat.example.org', log)
  assert.is(lines.length, 1)
})

test('the log of requests never holds a link, however it is spelled or whatever becomes of it', async () => {
  const token = await firstLink()
  for (const path of ['/enter/', '//enter/', '/%65nter/', '/Enter/', '/enter//']) {
    for (const tail of ['', '/', '?a=b', '/x']) await ask(instance.app, `${path}${token}${tail}`)
  }
  await open(token)
  await open(token)
  assert.ok(instance.lines.length >= 22)
  assert.not.match(instance.lines.join('\n'), token)
  assert.match(instance.lines.at(-1) ?? '', / POST \/enter\/\* status=404 /)
})

test.run()
