import type { Page } from 'playwright-core'
import * as assert from 'uvu/assert'
import { people } from './people.ts'
import { enter, say } from './talk.ts'
import { becomes } from './wait.ts'

const test = people('days and times')

/** The messages of a page appear to be from these times. */
async function withTimes(page: Page, path: string, times: string[]): Promise<void> {
  await page.route(`**${path}`, async (route) => {
    const answer = await route.fetch()
    let next = 0
    const body = (await answer.text()).replace(/data-at="[^"]*"/g, () => {
      return `data-at="${times[next++]}"`
    })
    await route.fulfill({ response: answer, body })
  })
}

/** Opens a room whose messages appear to be from these times. */
async function enterWithTimes(page: Page, room: string, times: string[]): Promise<void> {
  await withTimes(page, `/r/${room}`, times)
  await enter(page, room)
}

const clock = (page: Page) => page.locator('.message .at time').allTextContents()

test('times are those of the viewer’s own place', async (scene) => {
  const room = await scene.talk('what time is it')
  const places = { 'Asia/Kolkata': '15:30', 'America/New_York': '05:00' }
  for (const [timezoneId, here] of Object.entries(places)) {
    const page = await scene.visitor({ timezoneId, locale: 'en-GB' })
    await enterWithTimes(page, room, ['2026-03-02T10:00:00.000Z'])
    await becomes(() => clock(page), [here])
  }
})

test('what is pinned and what is saved has the time of the viewer’s place too, and the day where it was another', async (scene) => {
  const room = await scene.room()
  const zone = { timezoneId: 'Asia/Kolkata', locale: 'en-GB' }
  const page = await scene.guest('ann', '#3366cc', zone)
  for (const text of ['first', 'second']) {
    const n = await scene.host.say(room, text)
    await scene.host.ask(`/r/${room}/messages/${n}/pin`, { method: 'PUT' })
    await page.request.put(`/r/${room}/messages/${n}/saved`)
  }
  const times = ['2026-03-02T16:30:00.000Z', '2026-03-03T04:30:00.000Z']
  await page.clock.setFixedTime('2026-03-03T12:00:00Z')
  for (const path of [`/r/${room}/pins`, '/saved']) {
    await withTimes(page, path, times)
    await page.goto(path)
    await becomes(() => clock(page), ['2 Mar 2026, 22:00', '10:00'])
    await becomes(() => page.locator('.day, .follows').count(), 0, path)
  }
})

test('a day that one goes to begins at one’s own midnight', async (scene) => {
  const room = await scene.talk('hello')
  const begins = {
    'Asia/Kolkata': '2026-03-30T18:30:00.000Z',
    'America/New_York': '2026-03-31T04:00:00.000Z',
  }
  for (const [timezoneId, at] of Object.entries(begins)) {
    const page = await scene.visitor({ timezoneId })
    await page.goto(`/r/${room}/days`)
    await page.getByLabel('The day').fill('2026-03-31')
    await page.getByRole('button', { name: 'Go' }).click()
    await page.locator('.message', { hasText: 'hello' }).waitFor()
    assert.is(new URL(page.url()).searchParams.get('date'), at)
  }
})

test('each day begins with its line, by the viewer’s midnight', async (scene) => {
  const room = await scene.talk('late', 'still late', 'early', 'today')
  const page = await scene.visitor({ timezoneId: 'Europe/Berlin', locale: 'en-GB' })
  await page.clock.setFixedTime('2026-03-04T12:00:00Z')
  await enterWithTimes(page, room, [
    '2025-03-01T22:58:00.000Z',
    '2025-03-01T22:59:00.000Z',
    '2025-03-01T23:01:00.000Z',
    '2026-03-04T08:00:00.000Z',
  ])
  const days = ['Saturday, 1 March 2025', 'Sunday, 2 March 2025', 'Today']
  await becomes(() => page.locator('.day').allTextContents(), days)
  assert.equal(await page.locator('.day + .message .body').allTextContents(), [
    'late',
    'early',
    'today',
  ])
  await becomes(() => page.locator('.follows .body').allTextContents(), ['still late'])
})

test('after five minutes the same person begins anew', async (scene) => {
  const room = await scene.talk('one', 'soon', 'later')
  const page = await scene.visitor()
  await enterWithTimes(page, room, [
    '2026-03-02T10:00:00.000Z',
    '2026-03-02T10:04:59.000Z',
    '2026-03-02T10:09:59.000Z',
  ])
  await becomes(() => page.locator('.follows .body').allTextContents(), ['soon'])
})

test('a new message of today gets the line of today, once', async (scene) => {
  const room = await scene.talk('long ago')
  const page = await scene.guest()
  await enterWithTimes(page, room, ['2024-02-29T10:00:00.000Z'])
  await say(page, 'now')
  await say(page, 'and now')
  assert.equal((await page.locator('.day').allTextContents()).slice(1), ['Today'])
})

test.run()
