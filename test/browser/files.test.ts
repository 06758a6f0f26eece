import { randomBytes } from 'node:crypto'
import type { Page } from 'playwright-core'
import sharp from 'sharp'
import * as assert from 'uvu/assert'
import { people } from './people.ts'
import { composer, submit } from './talk.ts'
import { one, pair } from './two.ts'
import { becomes, matches } from './wait.ts'

const test = people('files')

const picture = (width: number, height: number) =>
  sharp(randomBytes(width * height * 3), { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer()

/** Chooses files by the button. */
async function choose(page: Page, files: { name: string; mimeType: string; buffer: Buffer }[]) {
  const chooser = page.waitForEvent('filechooser')
  await page.getByRole('button', { name: 'Add files' }).click()
  await (await chooser).setFiles(files)
}

/** Drops a text file on the page. */
const drop = (page: Page, name: string, text: string) =>
  page.evaluate(
    ([name, text]) => {
      const dataTransfer = new DataTransfer()
      dataTransfer.items.add(new File([text ?? ''], name ?? ''))
      for (const type of ['dragover', 'drop']) {
        const event = new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer })
        document.getElementById('scroller')?.dispatchEvent(event)
      }
    },
    [name, text],
  )

/** How far from the page's side something of a message begins, and what stands before it in a list. */
const sideOf = (page: Page, what: string) =>
  page
    .locator(`.message .body ${what}`)
    .evaluate((one) => `${one.getBoundingClientRect().left} ${getComputedStyle(one).listStyleType}`)

const links = (page: Page) => page.locator('.message .file bdi').allTextContents()
const pending = (page: Page) => page.locator('.pending bdi').allTextContents()

test('one sends a picture by the button and a file by dropping it, the other sees both at once', async (scene) => {
  const [ann, ben] = await pair(scene)
  const buffer = await picture(1000, 500)
  await choose(ann, [{ name: 'garden.png', mimeType: 'image/png', buffer }])
  await becomes(() => pending(ann), ['garden.png'])
  await submit(ann, 'our garden')
  const image = ben.locator('.message img')
  await image.waitFor()
  await becomes(
    () =>
      image.evaluate((one: HTMLImageElement) => [one.naturalWidth, one.alt, one.width, one.height]),
    [800, 'garden.png', 400, 200],
  )
  await becomes(() => ben.locator('.message .body p').allTextContents(), ['our garden'])
  await becomes(() => composer(ann).inputValue(), '')
  await becomes(() => pending(ann), [])

  assert.is(await sideOf(ben, 'img'), await sideOf(ben, 'p'), 'a file stands where the text does')

  await drop(ann, 'notes.txt', 'a few notes')
  await becomes(() => pending(ann), ['notes.txt'])
  await composer(ann).press('Enter')
  await becomes(() => links(ben), ['notes.txt'])
  const download = ben.waitForEvent('download')
  await ben.locator('.message .file').click()
  assert.is((await download).suggestedFilename(), 'notes.txt')
})

test('several stand above the composer until they are sent, and each can be taken away', async (scene) => {
  const [ann] = await one(scene, 'ann')
  for (const name of ['one.txt', 'two.txt', 'three.txt']) await drop(ann, name, name)
  await becomes(() => pending(ann), ['one.txt', 'two.txt', 'three.txt'])
  await ann.getByRole('button', { name: 'Do not send two.txt' }).click()
  await ann.getByRole('button', { name: 'Send', exact: true }).click()
  await becomes(() => links(ann), ['one.txt', 'three.txt'])
  await becomes(() => ann.locator('.message').count(), 1)
})

test('what is refused is said, and nothing typed or chosen is lost', async (scene) => {
  const [ann] = await one(scene, 'ann')
  scene.expectsFault(/status of 422/)
  const buffer = Buffer.concat([Buffer.of(0xff, 0xd8, 0xff, 0xe0), randomBytes(500)])
  await choose(ann, [{ name: 'broken.jpg', mimeType: 'image/jpeg', buffer }])
  await submit(ann, 'look at this')
  await ann.locator('#refused .alert').waitFor()
  await matches(() => ann.locator('#refused').textContent(), /“broken\.jpg” begins like a picture/)
  assert.equal(
    [await composer(ann).inputValue(), await pending(ann)],
    ['look at this', ['broken.jpg']],
  )
  await ann.getByRole('button', { name: 'Do not send broken.jpg' }).click()
  await composer(ann).press('Enter')
  await becomes(() => ann.locator('.message .body p').allTextContents(), ['look at this'])
})

test('when the network goes in the middle, the same is sent once more, and nothing is lost', async (scene) => {
  const [ann, ben] = await pair(scene)
  scene.expectsFault(/ERR_FAILED/)
  let cut = 0
  await ann.route('**/files', (route) => (cut++ > 0 ? route.continue() : route.abort()))
  await drop(ann, 'once.txt', 'once')
  await becomes(() => pending(ann), ['once.txt'])
  await composer(ann).press('Enter')
  await ann.locator('#refused .alert').waitFor()
  await becomes(() => pending(ann), ['once.txt'])
  await composer(ann).press('Enter')
  await becomes(() => pending(ann), [])
  await becomes(() => links(ben), ['once.txt'])
  assert.is(cut, 2)
})

test('sending can be stopped, and what is left goes on', async (scene) => {
  const [ann] = await one(scene, 'ann')
  let held = 0
  await ann.route('**/files', (route) => {
    // The first is never answered.
    if (held++ > 0) return route.continue()
  })
  await drop(ann, 'large.txt', 'large')
  await drop(ann, 'small.txt', 'small')
  await becomes(() => pending(ann), ['large.txt', 'small.txt'])
  await composer(ann).press('Enter')
  await ann.locator('.pending progress:visible').first().waitFor()
  await ann.getByRole('button', { name: 'Do not send large.txt' }).click()
  await becomes(() => links(ann), ['small.txt'])
})

test('a file with words answers what is answered, and does not go with an edit', async (scene) => {
  const [page] = await one(scene, 'ann')
  await submit(page, 'which plan?')
  await becomes(() => composer(page).inputValue(), '')
  const act = async (name: string) => {
    await page.locator('#m1').hover()
    await page.locator('.acts').getByRole('button', { name, exact: true }).click()
  }
  await act('Answer')
  await page.locator('.mode').waitFor()
  await drop(page, 'plan.txt', 'the plan')
  await becomes(() => pending(page), ['plan.txt'])
  await submit(page, 'this one')
  await becomes(() => links(page), ['plan.txt'])
  await becomes(() => page.locator('#m2 .answers').count(), 1)
  await becomes(() => page.locator('.mode').count(), 0)

  await drop(page, 'later.txt', 'for later')
  await becomes(() => pending(page), ['later.txt'])
  await act('Edit')
  await becomes(() => composer(page).inputValue(), 'which plan?')
  await submit(page, 'which plan, please?')
  await becomes(() => page.locator('#m1 .body').textContent(), 'which plan, please?')
  await becomes(() => page.locator('.mode').count(), 0)
  await becomes(() => pending(page), ['later.txt'])
  await composer(page).press('Enter')
  await becomes(() => links(page), ['plan.txt', 'later.txt'])
})

test.run()
