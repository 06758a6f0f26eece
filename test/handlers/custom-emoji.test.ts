/** Emoji of a server's own: added by members, seen by everybody who is let in. */
import { randomBytes } from 'node:crypto'
import sharp from 'sharp'
import * as assert from 'uvu/assert'
import { limits } from '../../handlers/limits.ts'
import { suite } from '../suite.ts'
import {
  ask,
  type Form,
  forms,
  join,
  jsonOf,
  type PageJson,
  roomOf,
  type Someone,
  say,
} from './ask.ts'
import { isIn, isRefused } from './expect.ts'
import { member, owner, rowsOf } from './members.ts'
import { startInstances } from './scene.ts'
import { bytesOf } from './sending.ts'

const test = suite('custom emoji')
const { database, instance } = startInstances(test, ['instance'])

let ann: Someone
let ben: Someone
let guest: Someone

test.before(async () => {
  ann = await member(instance)
  ben = await member(instance)
  guest = await join(instance.app, 'guest')
})
test.before.each(async () => {
  await rowsOf(database.env, 'delete from custom_emoji')
})

type AuditJson = {
  entries: { by: { id: string }; action: string; about: { id: string } | null; detail: string }[]
}
type EmojiJson = { emoji: { name: string; url: string; by: { id: string; name: string } }[] }

const dots = (width: number, height = width) =>
  sharp(randomBytes(width * height * 3), { raw: { width, height, channels: 3 } })
const small = await dots(32).png().toBuffer()

function add(by: Someone | undefined, name: string, picture?: Uint8Array, form: Form = 'json') {
  const raw = new FormData()
  raw.append('name', name)
  if (picture) raw.append('picture', new Blob([new Uint8Array(picture)]), 'picture')
  return ask(instance.app, '/emoji', { by, form, raw })
}

const get = (path: string, by?: Someone) => ask(instance.app, path, { by })
const list = async (by?: Someone) => (await jsonOf<EmojiJson>(get('/emoji', by))).emoji
const remove = (by: Someone, name: string) =>
  ask(instance.app, `/emoji/${name}`, { by, method: 'DELETE' })

test('one that a member adds is listed for everybody, with a picture as it was', async () => {
  assert.is((await add(ann, ':Party-Otter:', small)).status, 201)
  const [one] = await list()
  assert.equal([one?.name, one?.by.id], ['party-otter', ann.id])
  const answer = await get(one?.url ?? '')
  assert.is(answer.headers.get('content-type'), 'image/png')
  assert.is(answer.headers.get('x-content-type-options'), 'nosniff')
  assert.match(answer.headers.get('content-security-policy') ?? '', /sandbox/)
  const pixels = (bytes: Buffer) => sharp(bytes).raw().toBuffer()
  assert.equal(await pixels(await bytesOf(answer)), await pixels(small))
  const tag = answer.headers.get('etag') ?? ''
  const again = await ask(instance.app, one?.url ?? '', { headers: { 'if-none-match': tag } })
  assert.is(again.status, 304)
  for (const form of forms) {
    const shown = await isIn(form, await ask(instance.app, '/emoji', { by: ann, form }))
    assert.match(shown, /party-otter/)
  }
})

test('a large picture is made small, and tells nothing of who took it', async () => {
  const large = await dots(300)
    .jpeg()
    .withExif({ IFD0: { Artist: 'Ann' } })
    .toBuffer()
  assert.is((await add(ann, 'large', large)).status, 201)
  const { width, format } = await sharp(await bytesOf(get('/emoji/large'))).metadata()
  assert.equal([width, format], [limits.emojiDots, 'webp'])
  const exif = await dots(64)
    .jpeg()
    .withExif({ IFD0: { Artist: 'Ann' } })
    .toBuffer()
  assert.is((await add(ann, 'exif', exif)).status, 201)
  assert.is((await sharp(await bytesOf(get('/emoji/exif'))).metadata()).exif, undefined)
})

test('what is no picture, damaged, too large or without a name that could be one is refused', async () => {
  const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>')
  const broken = Buffer.concat([small.subarray(0, 40), randomBytes(40)])
  // Few bytes, and a gigabyte for whoever shows it; with a second size that is not the one.
  const vast = await sharp({
    create: { width: 9_000, height: 9_000, channels: 3, background: 'white' },
  })
    .png({ compressionLevel: 9, palette: true, colours: 2 })
    .toBuffer()
  assert.ok(vast.length < limits.emojiBytes)
  const size = Buffer.from(small.subarray(8, 33))
  const twice = Buffer.concat([vast.subarray(0, 33), size, vast.subarray(33)])
  // A screen of one dot, and pictures that are larger.
  const beyond = await sharp({
    create: { width: 1_200, height: 1_200, channels: 3, background: 'red' },
  })
    .gif()
    .toBuffer()
  assert.ok(beyond.length < limits.emojiBytes)
  beyond.writeUInt16LE(1, 6)
  beyond.writeUInt16LE(1, 8)
  const huge = randomBytes(limits.emojiSentBytes + 1)
  const moving = await sharp(randomBytes(200 * 200 * 3 * 3), {
    raw: { width: 200, height: 600, channels: 3, pageHeight: 200 },
  })
    .gif({ effort: 1 })
    .toBuffer()
  assert.ok(moving.length > limits.emojiBytes && moving.length < limits.emojiSentBytes)
  const cases: [name: string, picture: Uint8Array | undefined, field: string, status: number][] = [
    ['svg', svg, 'picture', 422],
    ['broken', broken, 'picture', 422],
    ['moving', moving, 'picture', 422],
    ['vast', vast, 'picture', 422],
    ['vast-twice', twice, 'picture', 422],
    ['none', undefined, 'picture', 422],
    ['huge', huge, '', 413],
    ['x', small, 'name', 422],
    ['42', small, 'name', 422],
    ['_so', small, 'name', 422],
    ['so_', small, 'name', 422],
    ['two words', small, 'name', 422],
    ['tada', small, 'name', 422],
    ['"><script>', small, 'name', 422],
  ]
  for (const [name, picture, field, status] of cases) {
    const code = status === 413 ? 'too_large' : 'invalid'
    const problem = await isRefused('json', await add(ann, name, picture), status, code)
    if (field) assert.ok(problem?.fields?.[field], name)
  }
  assert.equal(await list(), [])
})

test('a name is taken once, and what was typed stays on the page', async () => {
  await add(ann, 'our-otter', small)
  const taken = await isRefused('json', await add(ben, 'our-otter', small), 409, 'conflict')
  assert.match(taken?.detail ?? '', /:our-otter: already/)
  const page = await add(ben, 'our-otter', small, 'page')
  assert.is(page.status, 409)
  assert.match(await page.text(), /value="our-otter"/)
})

test('guests and visitors see them and add none', async () => {
  await add(ann, 'our-otter', small)
  await isRefused('json', await add(guest, 'mine', small), 403, 'not_allowed')
  await isRefused('json', await add(undefined, 'mine', small), 401, 'sign_in')
  for (const by of [guest, undefined]) {
    assert.is((await list(by)).length, 1)
    const page = await isIn('page', await ask(instance.app, '/emoji', { by, form: 'page' }))
    assert.not.match(page, /<form/)
  }
})

test('whoever added one removes it, an owner any, and nobody else', async () => {
  await add(ann, 'no-one', small)
  await add(ann, 'no-two', small)
  await isRefused('json', await remove(ben, 'no-one'), 403, 'not_allowed')
  await isRefused('json', await remove(guest, 'no-one'), 403, 'not_allowed')
  await isRefused('json', await remove(ben, 'no-three'), 404, 'not_found')
  assert.is((await remove(ann, 'no-one')).status, 200)
  assert.is((await remove(await owner(instance), 'no-two')).status, 200)
  assert.equal(await list(), [])
  for (const name of ['no-one', '%00', '%20', 'x'.repeat(200), encodeURIComponent('ä')]) {
    await isRefused('json', await get(`/emoji/${name}`), 404, 'not_found')
    await isRefused('json', await remove(ann, name), 404, 'not_found')
  }
})

test('an owner who removes somebody else’s is in the audit log, and who removes their own is not', async () => {
  const boss = await owner(instance)
  await add(ann, 'no-three', small)
  await add(ann, 'no-four', small)
  await add(boss, 'no-five', small)
  await remove(ann, 'no-three')
  await remove(boss, 'no-four')
  await remove(boss, 'no-five')
  const { entries } = await jsonOf<AuditJson>(get('/audit', boss))
  const removals = entries.filter((one) => one.action === 'emoji.removed' && one.by.id === boss.id)
  assert.equal(
    removals.map(({ by, about, detail }) => [by.id, about?.id, detail]),
    [[boss.id, ann.id, ':no-four:']],
  )
  const page = await ask(instance.app, '/audit', { by: boss, form: 'page' })
  assert.match(await page.text(), /removed an emoji of/)
})

test('where only members are let in, only they see them', async () => {
  await add(ann, 'our-otter', small)
  await rowsOf(database.env, "update policy set entry = 'members'")
  await isRefused('json', await get('/emoji'), 401, 'sign_in')
  await isRefused('json', await get('/emoji/our-otter', guest), 401, 'sign_in')
  assert.is((await get('/emoji/our-otter', ben)).status, 200)
  await rowsOf(database.env, "update policy set entry = 'open'")
})

test('a server has so many at the most', async () => {
  const fill = (many: number) =>
    rowsOf(
      database.env,
      `insert into custom_emoji (name, picture, type, by_id)
       select 'emoji-' || i, '', 'image/png', $1 from generate_series(1, $2) i
       on conflict do nothing`,
      [Number(ann.id), many],
    )
  await fill(limits.customEmojiPerson)
  const mine = await isRefused('json', await add(ann, 'another', small), 409, 'conflict')
  assert.match(mine?.detail ?? '', /You have added 50 emoji/)
  assert.is((await add(ben, 'another', small)).status, 201)
  await fill(limits.customEmoji)
  const all = await isRefused('json', await add(ben, 'one-more', small), 409, 'conflict')
  assert.match(all?.detail ?? '', /There are 500 emoji already/)
})

test('those of somebody banned are not shown, and again when they are let in', async () => {
  await add(ben, 'no-more', small)
  await rowsOf(database.env, 'update people set banned_at = now() where id = $1', [Number(ben.id)])
  assert.equal(await list(), [])
  assert.is((await get('/emoji/no-more')).status, 404)
  await rowsOf(database.env, 'update people set banned_at = null where id = $1', [Number(ben.id)])
  assert.is((await list()).length, 1)
})

test('its name in a message is marked for browsers, and is text to everybody else', async () => {
  const room = await roomOf(instance.app, ann, 'Emoji')
  const said =
    'hi :party-otter: and :tada::so-otter:, `:code-otter:` at 10:30:45, std::vector::iterator::x'
  await say(instance.app, ann, room, said)
  const page = await ask(instance.app, `/r/${room}`, { by: ann, form: 'fragment' })
  const names = [...(await page.text()).matchAll(/data-emoji="([^"]*)">([^<]*)</g)]
  assert.equal(
    names.map(([, name, text]) => [name, text]),
    ['party-otter', 'so-otter'].map((name) => [name, `:${name}:`]),
  )
  const { messages } = await jsonOf<PageJson>(get(`/r/${room}`, ann))
  assert.is(messages[0]?.body, said)
})

test.run()
