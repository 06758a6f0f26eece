/** One or two people in a room, and what they choose at a message. */
import type { Page } from 'playwright-core'
import type { Scene } from './people.ts'
import { enter } from './talk.ts'

type Two = { room: string; ann: Page; ben: Page }

/** Ann and Ben, each with a name and a wire of their own, in a room of theirs. */
export async function two(scene: Scene): Promise<Two> {
  const room = await scene.room()
  const [ann, ben] = [await scene.far('Ann Archer'), await scene.far('ben', '#cc3366')]
  for (const page of [ann, ben]) await enter(page, room)
  return { room, ann, ben }
}

/** Somebody in a room of their own, by default a guest like any. */
export async function one(
  scene: Scene,
  ...who: Parameters<Scene['guest']>
): Promise<[page: Page, room: string]> {
  const [page, room] = [await scene.guest(...who), await scene.room()]
  await enter(page, room)
  return [page, room]
}

/** Somebody without a name in a room, where this was said before. */
export async function onlooker(
  scene: Scene,
  said: string[] = [],
  options?: Parameters<Scene['visitor']>[0],
): Promise<[page: Page, room: string]> {
  const [page, room] = [await scene.visitor(options), await scene.room()]
  for (const text of said) await scene.host.say(room, text)
  await enter(page, room)
  return [page, room]
}

/** Ann and Ben in a room of theirs, both by the network of the server. */
export async function pair(scene: Scene): Promise<[ann: Page, ben: Page, room: string]> {
  const [ann, room] = await one(scene, 'Ann')
  const ben = await scene.guest('Ben')
  await enter(ben, room)
  return [ann, ben, room]
}

/** The last message that holds a text. */
export const message = (page: Page, text: string) =>
  page.locator('.message', { hasText: text }).last()

/** Chooses something in the bar of a message. */
export async function choose(page: Page, text: string, ...names: string[]): Promise<void> {
  await message(page, text).hover()
  for (const name of names) {
    await page.locator('.acts').getByRole('button', { name, exact: true }).click()
  }
}
