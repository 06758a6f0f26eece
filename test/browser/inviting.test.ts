/** People come by a link, are removed while they look on, and are kept out. */
import type { BrowserContextOptions, FrameLocator, Locator, Page } from 'playwright-core'
import * as assert from 'uvu/assert'
import { ask, expectStatus, type Guest, json, word } from '../stack/client.ts'
import { people, type Scene } from './people.ts'
import { shows, state, texts } from './talk.ts'
import { becomes, holds, matches } from './wait.ts'

const test = people('coming by a link, and going')

const ways: [title: string, options: BrowserContextOptions][] = [
  ['', {}],
  [', without JavaScript', { javaScriptEnabled: false }],
]

const textOf = async (locator: Locator) => ((await locator.textContent()) ?? '').trim()

const hasScripts = (options: BrowserContextOptions) => options.javaScriptEnabled !== false

/** Where the talk stands: in the page, or in the frame for those without scripts. */
const talkOf = (page: Page, options: BrowserContextOptions): Page | FrameLocator =>
  hasScripts(options) ? page : page.frameLocator('.frame')

/** A closed room of the host's. @returns its slug */
async function closedRoom({ host }: Scene): Promise<string> {
  const made = await host.ask('/rooms', json({ name: `Closed ${word()}`, visibility: 'closed' }))
  return expectStatus(made, 201).room.slug
}

/** A link to a room, as its path. */
async function linkTo(host: Guest, room: string, draft: object = {}): Promise<string> {
  const made = await host.ask(`/r/${room}/links`, json(draft))
  return new URL(expectStatus(made, 201).url).pathname
}

/** Somebody without a name opens a link and comes in under one. */
async function come(page: Page, link: string, name: string): Promise<void> {
  await page.goto(link)
  await page.getByLabel('Name').fill(name)
  await page.getByRole('button', { name: 'Come in' }).click()
  await page.waitForURL(/\/r\/closed-/)
}

for (const [how, options] of ways) {
  test(`the owner of a room makes a link, and a guest comes in by it${how}`, async (scene) => {
    const room = await closedRoom(scene)
    await scene.host.say(room, 'before anybody came')
    const owner = await scene.visitor(options)
    await takeOver(owner, scene.host)
    await owner.goto(`/r/${room}/links`)
    await owner.getByLabel('and for').selectOption('1')
    await owner.getByRole('button', { name: 'Make a link' }).click()
    const link = new URL(await textOf(owner.locator('.once'))).pathname
    await owner.goto(`/r/${room}/links`)
    assert.not(await owner.content().then((html) => html.includes(link)), 'it is shown once')

    const page = await scene.visitor(options)
    await come(page, link, 'late-heron')
    await shows(talkOf(page, options), ['before anybody came'])
    await page.locator('#body').fill('thanks for the link')
    await page.getByRole('button', { name: 'Send' }).click()
    await holds(async () => (await texts(talkOf(page, options))).length === 2, 'it was said')

    const second = await scene.visitor(options)
    scene.expectsFault(/404/)
    await second.goto(link)
    await matches(() => textOf(second.locator('main')), /no such invitation/)
  })

  test(`who came to read is offered nothing to write${how}`, async (scene) => {
    const room = await closedRoom(scene)
    await scene.host.say(room, 'something to read')
    const page = await scene.visitor(options)
    await come(page, await linkTo(scene.host, room, { access: 'read' }), 'quiet-newt')
    await shows(talkOf(page, options), ['something to read'])
    await becomes(() => page.locator('#body').count(), 0)
    await matches(() => textOf(page.locator('#foot')), /You may read here/)
  })

  test(`who is let in from now on sees nothing of before${how}`, async (scene) => {
    const room = await closedRoom(scene)
    await scene.host.say(room, 'for those before')
    const page = await scene.visitor(options)
    await come(page, await linkTo(scene.host, room, { history: 'from_now' }), 'new-finch')
    await scene.host.say(room, 'for all')
    await shows(talkOf(page, options), ['for all'])
  })

  test(`who is removed while they look on is told nothing more${how}`, async (scene) => {
    scene.expectsFault(/404/)
    const room = await closedRoom(scene)
    const page = await scene.visitor(options)
    await come(page, await linkTo(scene.host, room), 'curious-mole')
    await scene.host.say(room, 'still for you')
    await shows(talkOf(page, options), ['still for you'])
    const members = expectStatus(await scene.host.ask(`/r/${room}/members`, asJson), 200).members
    const mole = members.find(
      (one: { person: { name: string } }) => one.person.name === 'curious-mole',
    )

    const owner = await scene.visitor(options)
    await takeOver(owner, scene.host)
    await owner.goto(`/r/${room}/members/${mole.person.id}`)
    await owner.getByRole('button', { name: 'Remove from the room' }).click()
    await owner.waitForURL(/\/members$/)
    await scene.host.say(room, 'not for you')
    if (hasScripts(options)) {
      await becomes(() => state(page), 'This room is not open to you any more.')
      await shows(page, ['still for you'])
    } else {
      const frame = page.frameLocator('.frame')
      await frame.getByText('There is no such room').waitFor()
      await becomes(() => texts(frame), [])
    }
    await page.goto(`/r/${room}`)
    await matches(() => textOf(page.locator('main')), /no such room/)
  })

  test(`who is banned from an open room is out of it until the ban is lifted${how}`, async (scene) => {
    scene.expectsFault(/404/)
    const room = await scene.room()
    const page = await scene.guest('loud-goose', '#aa3333', options)
    await page.goto(`/r/${room}`)
    await page.locator('#body').fill('much too loud')
    await page.getByRole('button', { name: 'Send' }).click()
    await holds(async () => (await texts(talkOf(page, options))).length === 1, 'it was said')

    const owner = await scene.visitor(options)
    await takeOver(owner, scene.host)
    await owner.goto(`/r/${room}/messages/1`)
    await owner.getByRole('link', { name: 'About its author' }).click()
    await owner.getByRole('button', { name: 'Ban from the room' }).click()
    await owner.waitForURL(/\/bans$/)
    await matches(() => textOf(owner.locator('main')), /loud-goose/)
    await page.goto(`/r/${room}`)
    await matches(() => textOf(page.locator('main')), /no such room/)

    await owner.getByRole('button', { name: 'Let in again' }).click()
    await owner.getByText('Nobody is banned').waitFor()
    await page.goto(`/r/${room}`)
    await shows(talkOf(page, options), ['much too loud'])
  })

  test(`a moderator deletes what was reported to them${how}`, async (scene) => {
    const room = await scene.room()
    const author = await scene.guest('rude-crow', '#333333', options)
    await author.request.post(`/r/${room}/messages`, { form: { body: 'something rude' } })
    const reader = await scene.guest('polite-swan', '#3366cc', options)
    await reader.goto(`/r/${room}/messages/1`)
    await reader.getByText('Report it').click()
    await reader.getByLabel('Why, if you like').fill('not nice')
    await reader.getByRole('button', { name: 'Report to the moderators' }).click()
    await reader.getByText('The moderators of this room will look at it.').waitFor()

    const owner = await scene.visitor(options)
    await takeOver(owner, scene.host)
    await owner.goto(`/r/${room}/reports`)
    await matches(
      () => textOf(owner.locator('main')),
      /something rude[\s\S]*polite-swan[\s\S]*not nice/,
    )
    await owner.getByRole('button', { name: 'Delete the message' }).click()
    await owner.waitForURL(new RegExp(`/r/${room}/messages/1$`))
    await shows(owner, ['This message was deleted.'])
    await owner.getByRole('button', { name: 'Bring it back' }).waitFor()
  })
}

const asJson = { headers: { accept: 'application/json' } }

/** A browser that is signed in as a guest who speaks without one. */
async function takeOver(page: Page, { cookie }: Guest): Promise<void> {
  const [name = '', value = ''] = cookie.split('=')
  const { url } = await page
    .context()
    .request.get('/healthz')
    .then((answer) => ({ url: answer.url() }))
  await page.context().addCookies([{ name, value, url: new URL(url).origin }])
}

test('the name and topic of a room change under the eyes of those in it', async (scene) => {
  const room = await scene.room()
  const page = await scene.guest()
  await page.goto(`/r/${room}`)
  await page.locator('.app.live').waitFor()
  const name = `Retitled ${word()}`
  await scene.host.ask(`/r/${room}`, json({ name, topic: 'Another topic' }, 'PATCH'))
  await becomes(() => textOf(page.locator('h1')), name)
  await becomes(() => textOf(page.locator('.topic')), 'Another topic')
  await scene.host.ask(`/r/${room}`, json({ archived: true }, 'PATCH'))
  await page.getByText('This room has been archived').waitFor()
  await becomes(() => page.locator('#composer').isVisible(), false)
})

test('a person writes to another alone, and nobody else finds it', async (scene) => {
  const room = await scene.talk('write to me')
  const page = await scene.guest('shy-vole')
  await page.goto(`/r/${room}/members/${scene.host.id}`)
  await page.getByRole('button', { name: 'Write to them alone' }).click()
  await page.waitForURL(/\/r\/talk-/)
  await page.locator('.app.live').waitFor()
  await becomes(() => textOf(page.locator('.head h1')), 'host')
  const path = new URL(page.url()).pathname
  await page.locator('#body').fill('between us')
  await page.keyboard.press('Enter')
  await shows(page, ['between us'])
  assert.match((await scene.host.ask(path)).text, /between us/)
  assert.is((await ask(path)).status, 404)
})

test.run()
