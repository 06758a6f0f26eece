import type { Page } from 'playwright-core'
import * as assert from 'uvu/assert'
import { word } from '../stack/client.ts'
import { people } from './people.ts'
import { arrive, enter, say, shows } from './talk.ts'
import { one } from './two.ts'
import { becomes, holds } from './wait.ts'

const test = people('texts that mean harm')

const hostile: [what: string, text: string][] = [
  ['a script', '<script>document.title = "taken"</script>'],
  ['an image that fails', '<img src="/nothing" onerror="document.title = \'taken\'">'],
  ['a drawing that loads', '<svg/onload=document.title="taken">'],
  ['an end of the list', '</p></div></li></ol></div><h1>taken</h1>'],
  ['a comment without an end', '<!-- <textarea><title>'],
  [
    'a directive for the server',
    '<!--#include virtual="/healthz" --><!--# echo var="DOCUMENT_URI" -->',
  ],
  ['a part for htmx', '<hx-partial hx-target="body"><h1>taken</h1></hx-partial>'],
  ['attributes for htmx', '<div hx-get="/me" hx-trigger="load" hx-target="body">x</div>'],
  [
    'a template for htmx',
    '<template hx type="partial" hx-target="#messages"><li>x</li></template>',
  ],
  ['a link that is a script', 'javascript:alert(1) [x](javascript:alert(1))'],
  ['an address with quotes', 'https://example.org/"onmouseover="document.title=1 it'],
  ['entities', '&lt;b&gt; &amp;amp; &#60;i&#62;'],
  ['a placeholder', '{{1+1}} #{1+1} $& $1 %s'],
]

/** What a text can do only when it is taken for markup. */
async function isHarmless(page: Page, title: string): Promise<void> {
  await becomes(() => page.title(), title)
  await becomes(() => page.locator('h1').count(), 1)
  const inBodies = page.locator('.message .body :not(p, a)')
  await becomes(() => inBodies.count(), 0)
  for (const href of await page.locator('.message .body a').evaluateAll(hrefs)) {
    assert.match(href, /^https?:/)
  }
}

const hrefs = (links: Element[]) => links.map((link) => link.getAttribute('href') ?? '')

test('markup in a message is shown as it was typed, on arrival, in the page and without JavaScript', async (scene) => {
  const room = await scene.room()
  const writer = await scene.guest('ann')
  const reader = await scene.guest('ben')
  await enter(writer, room)
  await enter(reader, room)
  const title = await reader.title()
  const wanted = hostile.map(([, text]) => text)
  for (const text of wanted) await say(writer, text)
  for (const page of [writer, reader]) {
    await shows(page, wanted)
    await isHarmless(page, title)
    await enter(page, room)
    await shows(page, wanted)
    await isHarmless(page, title)
  }
  const plain = await scene.guest('cat', '#3366cc', { javaScriptEnabled: false })
  await plain.goto(`/r/${room}`)
  await shows(plain.frameLocator('iframe'), wanted)
})

test('markup in names, topics and rooms is shown as it was typed', async (scene) => {
  const script = `<script>document.title = "taken"</script>${word()}`
  const topic = '"><img src=x onerror=document.title="taken"><!--#include virtual="/healthz" -->'
  const page = await scene.guest('</bdi><b>bold</b>')
  const made = await page.context().request.post('/rooms', { data: { name: script, topic } })
  await arrive(page, () => page.goto(made.headers().location ?? ''))
  await becomes(() => page.title(), `${script} · Natter`)
  await becomes(() => page.locator('h1').textContent(), script)
  await becomes(() => page.locator('.topic').textContent(), topic)
  await becomes(() => page.locator('.topic').getAttribute('title'), topic)
  await becomes(() => page.locator('.me .name').textContent(), '</bdi><b>bold</b>')
  await say(page, 'said')
  await shows(page, ['said'])
  await becomes(() => page.locator('.message .name').textContent(), '</bdi><b>bold</b>')
  await page.goto('/')
  await holds(() => page.getByText(script, { exact: true }).isVisible())
})

const wide: [what: string, text: string][] = [
  ['a very long word', 'w'.repeat(2_000)],
  ['a very long address', `https://example.org/${'x'.repeat(2_000)}`],
  ['10,000 characters', 'All work and no play. '.repeat(500).slice(0, 9_999).concat('.')],
  ['many lines', 'line\n'.repeat(300).trimEnd()],
  ['text from right to left', 'שלום עולם! '.repeat(60).trimEnd()],
  ['both directions at once', `abc \u202eשלום\u202c def العربية 123 ${'ש'.repeat(400)}`],
  ['many marks on one letter', `a${'\u0301'.repeat(500)}`],
  ['emoji', '👩‍👩‍👧‍👦'.repeat(100)],
]

test('long, wide and crossing texts stay as they are, and make nothing wider than the screen', async (scene) => {
  const room = await scene.room()
  const page = await scene.guest('ann', '#3366cc', { viewport: { width: 360, height: 740 } })
  for (const [, text] of wide) await scene.host.say(room, text)
  await enter(page, room)
  const shown = await page.locator('.message .body').allTextContents()
  for (const [index, [what, text]] of wide.entries()) {
    assert.ok(shown[index] === text, `${what} is as it was sent`)
  }
  const overflow = () =>
    page.evaluate(() =>
      ['html', 'body', '#scroller', '#messages', '.body']
        .flatMap((selector) => [...document.querySelectorAll(selector)])
        .filter((element) => element.scrollWidth > element.clientWidth)
        .map(
          (element) => `${element.className || element.tagName} in ${element.parentElement?.id}`,
        ),
    )
  // The styles of what is seldom said come when it is there.
  await becomes(overflow, [])
})

test('a name from right to left turns nothing around it', async (scene) => {
  const [page] = await one(scene, 'שלום')
  await say(page, 'hello')
  await shows(page, ['hello'])
  // In one look: what the sender was answered is replaced by what all are told.
  const [name, at] = await page.evaluate(() =>
    ['.message .name', '.message .at'].map((selector) =>
      document.querySelector(selector)?.getBoundingClientRect(),
    ),
  )
  assert.ok(name && at && name.x < at.x, 'the time stands behind the name')
})

test.run()
