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

/** Ann alone, where it makes no difference that others look on. */
export async function one(scene: Scene): Promise<Omit<Two, 'ben'>> {
  const [room, ann] = [await scene.room(), await scene.guest('Ann Archer')]
  await enter(ann, room)
  return { room, ann }
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
