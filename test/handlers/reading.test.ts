import * as assert from 'uvu/assert'
import { suite } from '../suite.ts'
import {
  ask,
  type ChangesJson,
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
import { startInstances } from './scene.ts'

const test = suite('reading')
const { instance } = startInstances(test, ['instance'])

let ann: Someone
let room: string
let live: string

test.before(async () => {
  ann = await join(instance.app, 'ann')
  room = await roomOf(instance.app, ann, 'Reading')
  for (let n = 1; n <= 60; n++) await say(instance.app, ann, room, `message ${n}`)
  live = (await jsonOf<PageJson>(get(''))).live
})

const get = (query: string, form: Form = 'json') =>
  ask(instance.app, `/r/${room}/messages${query}`, { form })

const page = async (query: string) => {
  const { messages, prev, next } = await jsonOf<PageJson>(get(query))
  return [messages.at(0)?.n, messages.at(-1)?.n, prev, next]
}

test('pages are the newest, before, from and around, 50 at the most unless asked', async () => {
  assert.equal(await page(''), [11, 60, 11, null])
  assert.equal(await page('?before=11'), [1, 10, null, 11])
  assert.equal(await page('?from=11'), [11, 60, 11, null])
  assert.equal(await page('?from=0&limit=5'), [1, 5, null, 6])
  assert.equal(await page('?around=30&limit=5'), [28, 32, 28, 33])
  assert.equal(await page('?limit=200'), [1, 60, null, null])
})

test('a page gives the cursor to wait from, and says so in its Link', async () => {
  const response = await get('?before=11')
  const link = `</r/${room}/messages?after=${live}>; rel="next"`
  assert.is(response.headers.get('link'), link)
  assert.is((await jsonOf<PageJson>(response)).live, live)
  assert.match(live, /^[0-9A-Za-z._-]+$/)
})

test('a page of the past leads to the present, and does not wait for it', async () => {
  const past = await (await get('?from=1&limit=5', 'fragment')).text()
  assert.not.match(past, /hx-get="[^"]*after=/)
  const present = await (await get('', 'fragment')).text()
  assert.match(present, new RegExp(`hx-get="/r/${room}/messages\\?after=${live}&amp;wait=25"`))
})

test('changes from the beginning come page by page, all of them, in order', async () => {
  const seen: number[] = []
  let after = '0'
  for (let more = true; more; ) {
    const changes = await jsonOf<ChangesJson>(get(`?after=${after}&limit=25`))
    seen.push(...changes.events.map((event) => event.seq))
    after = changes.next
    more = changes.more
  }
  assert.equal(
    seen,
    Array.from({ length: 60 }, (_, index) => index + 1),
  )
  assert.is(after, live)
})

test('a terminal goes on by the Link', async () => {
  let lines = ''
  let next = `/r/${room}/messages?after=0&limit=25`
  for (let turn = 0; turn < 3; turn++) {
    const response = await ask(instance.app, next, { form: 'text' })
    lines += await response.text()
    next = /<(.*)>; rel="next"/.exec(response.headers.get('link') ?? '')?.[1] ?? ''
    next += '&limit=25'
  }
  assert.is(lines.split('\n').length - 1, 60)
  assert.ok(next.includes(live))
})

test('who is up to date gets nothing at once, with the same cursor', async () => {
  assert.equal(await jsonOf(get(`?after=${live}`)), {
    events: [],
    next: live,
    more: false,
    reset: false,
  })
})

for (const form of forms) {
  test(`what is no cursor is malformed, as ${form}`, async () => {
    for (const after of ['', 'x', '-1', '1', `${live}x`, '%00', '%ff', `${live}%0a`]) {
      await isRefused(form, await get(`?after=${after}`, form), 400, 'malformed')
    }
  })

  test(`a number out of its range is invalid, as ${form}`, async () => {
    const wrong = ['limit=0', 'limit=201', 'limit=x', 'limit=', 'limit=1.5', 'wait=26', 'wait=-1']
    for (const query of [...wrong, 'before=x', 'from=-1', 'around=1e3', `from=${'9'.repeat(17)}`]) {
      const after = query.startsWith('wait') ? `&after=${live}` : ''
      const problem = await isRefused(form, await get(`?${query}${after}`, form), 422, 'invalid')
      const field = query.split('=')[0] ?? ''
      if (problem) assert.equal(Object.keys(problem.fields ?? {}), [field])
    }
  })

  test(`a message that is not there is not found, as ${form}`, async () => {
    for (const n of ['0', '61', '-1', 'x', '9'.repeat(15), '9'.repeat(40), '%00', '1%20']) {
      await isRefused(form, await get(`/${n}`, form), 404, 'not_found')
    }
  })
}

test('a day is gone to, and the present where nothing was said since', async () => {
  const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)
  const numbers = async (date: string) =>
    (
      await jsonOf<PageJson>(ask(instance.app, `/r/${room}/messages?date=${date}&limit=3`))
    ).messages.map(({ n }) => n)
  assert.equal(await numbers(day(-1)), [1, 2, 3])
  const newest = await jsonOf<PageJson>(ask(instance.app, `/r/${room}/messages?limit=3`))
  assert.equal(
    await numbers(day(2)),
    newest.messages.map(({ n }) => n),
  )
  for (const none of [
    'yesterday',
    '2026-02-30',
    '2026-03-31T25:00Z',
    '2026-03-31T10:00',
    '2026-02-30T10:00Z',
  ])
    await isRefused('json', await ask(instance.app, `/r/${room}?date=${none}`), 422, 'invalid')
  await isRefused(
    'json',
    await ask(instance.app, `/r/${room}?date=${day(0)}&from=1`),
    400,
    'malformed',
  )
})

test('after the last message is the present, also where something happened since', async () => {
  const quiet = await roomOf(instance.app, ann, 'Quiet')
  for (let n = 1; n <= 3; n++) await say(instance.app, ann, quiet, `message ${n}`)
  const edited = await ask(instance.app, `/r/${quiet}/messages/3`, {
    by: ann,
    method: 'PATCH',
    json: { body: 'edited' },
  })
  assert.is(edited.status, 200)
  for (const path of [`/r/${quiet}`, `/r/${quiet}/messages`]) {
    const { messages } = await jsonOf<PageJson>(
      ask(instance.app, `${path}?date=2999-01-01`, { by: ann }),
    )
    assert.equal(
      messages.map(({ n }) => n),
      [1, 2, 3],
    )
  }
  const at = async (date: string) => {
    const page = await ask(instance.app, `/r/${quiet}?date=${date}`, { by: ann, form: 'page' })
    return /data-at="(\d+)"/.exec((await page.text()).split('<ol id="messages"')[0] ?? '')?.[1]
  }
  assert.is(await at('2999-01-01'), undefined)
  assert.is(await at('2001-01-01'), '1')
})

test('a time is gone to, wherever it is told from', async () => {
  const [, , third] = (
    await jsonOf<PageJson>(ask(instance.app, `/r/${room}/messages?from=1&limit=3`))
  ).messages
  const at = new Date(third?.at ?? '')
  const first = async (date: string) =>
    (
      await jsonOf<PageJson>(
        ask(instance.app, `/r/${room}/messages?date=${encodeURIComponent(date)}&limit=1`),
      )
    ).messages[0]?.at
  const inKolkata = new Date(at.getTime() + 330 * 60_000).toISOString().replace('Z', '+05:30')
  for (const date of [at.toISOString(), inKolkata]) {
    assert.is(new Date((await first(date)) ?? '').getTime(), at.getTime(), date)
  }
  assert.equal(await page('?limit=3&date=0000-01-01T00:00Z'), [1, 3, null, 4])
  const before = new Date(at.getTime() - 60_000).toISOString()
  assert.ok(new Date((await first(before)) ?? '').getTime() < at.getTime())
})

test('two pages at once are malformed', async () => {
  await isRefused('json', await get('?before=5&after=0'), 400, 'malformed')
  await isRefused('json', await get('?before=5&from=5'), 400, 'malformed')
})

test('the widest limits are taken', async () => {
  assert.is((await get('?limit=200')).status, 200)
  assert.is((await get('?limit=1')).status, 200)
  assert.is((await get('?after=0&wait=25')).status, 200)
  assert.is((await get(`?from=${Number.MAX_SAFE_INTEGER}`)).status, 200)
})

/** Cursors of another database, and of this one as it was before an older backup. */
const lost = () => [`00000000.5`, live.replace(/\d+$/, '61')]

test('a cursor that cannot be continued from is a reset in JSON', async () => {
  const newest = await jsonOf<PageJson>(get(''))
  for (const after of lost()) {
    const answer = await jsonOf<ChangesJson & PageJson>(get(`?after=${after}&wait=25`))
    assert.equal(answer, { ...newest, events: [], next: live, more: false, reset: true })
  }
})

test('a reset for htmx is the newest page in place of the talk', async () => {
  for (const after of lost()) {
    const response = await get(`?after=${after}&wait=25`, 'fragment')
    assert.is(response.headers.get('hx-retarget'), '#talk')
    assert.is(response.headers.get('hx-reswap'), 'outerHTML')
    const body = await isIn('fragment', response)
    assert.match(body, /^<div id="talk"/)
    assert.is(body.match(/<li id="m\d+"/g)?.length, 50)
    assert.ok(body.lastIndexOf('after=') === body.lastIndexOf(`after=${live}`))
  }
})

test('a reset for a terminal is the newest page, and goes on from its Link', async () => {
  for (const after of lost()) {
    const response = await get(`?after=${after}`, 'text')
    assert.ok(response.headers.get('link')?.includes(`after=${live}>`))
    assert.is((await isIn('text', response)).split('\n').length - 1, 50)
  }
})

test('a browser that is far behind is reset, and one that is not gets the changes', async () => {
  const far = await get('?after=0', 'fragment')
  assert.is(far.headers.get('hx-retarget'), '#talk')
  const near = await get(`?after=${live.replace(/\d+$/, '55')}`, 'fragment')
  assert.is(near.headers.get('hx-retarget'), null)
  const body = await isIn('fragment', near)
  assert.is(body.match(/<li id="m\d+"/g)?.length, 5)
  assert.ok(body.endsWith('</div>') && body.includes('id="poller"'))
  assert.ok(body.lastIndexOf('after=') === body.lastIndexOf(`after=${live}`))
})

test('every form of changes links to what comes next', async () => {
  for (const form of forms) {
    const response = await get(`?after=${live}`, form)
    assert.is(response.headers.get('link'), `</r/${room}/messages?after=${live}>; rel="next"`)
  }
})

test.run()
