import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { renderBody, renderQuote } from '../../handlers/pages/markdown/body.ts'
import { withLargeEmoji } from '../../handlers/pages/markdown/html.ts'
import { envOf, type Named, nobody } from '../../handlers/pages/markdown/named.ts'
import { parsed, parsedDeed } from '../../handlers/pages/markdown/parser.ts'
import { unlisted } from '../hostile/allowed.ts'
import { seedOf, times } from '../random.ts'
import { suite } from '../suite.ts'

const test = suite('the words of a message')

const shown = (text: string, named: Partial<Named> = {}) =>
  renderBody(text, { ...nobody, ...named }, 'den')

/** A link to another server, as all are. */
const away = (href: string, words = href) =>
  `<a href="${href}" rel="noopener nofollow ugc" target="_blank">${words}</a>`

/** Each text is shown so. */
function all(cases: [text: string, html: string][], named: Partial<Named> = {}): void {
  for (const [text, html] of cases) assert.is(shown(text, named), html, text)
}

test('a text keeps its lines and paragraphs, and its signs are no markup', () => {
  all([
    ['hello', '<p>hello</p>'],
    ['a\nb', '<p>a<br>\nb</p>'],
    ['a\n\n\nb & <c> "d"', '<p>a</p>\n<p>b &amp; &lt;c&gt; &quot;d&quot;</p>'],
    ['a * b\nc', '<p>a * b<br>\nc</p>'],
    ['&lt; &amp;', '<p>&amp;lt; &amp;amp;</p>'],
  ])
})

test('words are emphasised, struck, and set as code', () => {
  all([
    ['**a** _b_ ~~c~~', '<p><strong>a</strong> <em>b</em> <s>c</s></p>'],
    ['`<a> *b*`', '<p><code>&lt;a&gt; *b*</code></p>'],
    ['snake_case_name', '<p>snake_case_name</p>'],
    ['\\*a\\*', '<p>*a*</p>'],
  ])
})

test('a quote has the words alone, in one line, whatever they are made of', () => {
  const cases: [text: string, html: string][] = [
    ['**bold** `x` :heart: [text](https://e.org)', 'bold x ❤️ text'],
    ['a\n\n- b\n- ~~c~~\n\n> d', 'a b c d'],
    ['|a|b|\n|-|-|\n|1|2|', 'a b 1 2'],
    ['```js\nif (a < b) 1\n', 'if (a &lt; b) 1'],
    ['/me waves', 'waves'],
    ['a :beanie: <b>&', 'a <span data-emoji="beanie">:beanie:</span> &lt;b&gt;&amp;'],
    ['---', '—'],
    // Cut off in the middle.
    ['well **bo', 'well **bo'],
    ['![a](https://e.org/"><i>) [b](https://e', 'a [b](https://e'],
  ]
  for (const [text, html] of cases) assert.is(renderQuote(text), html, text)
})

test('quotes, lists, headings, rules and tables have their elements', () => {
  all([
    ['> a\n> b', '<blockquote>\n<p>a<br>\nb</p>\n</blockquote>'],
    ['- a\n- b', '<ul>\n<li>a</li>\n<li>b</li>\n</ul>'],
    ['3. a\n4. b', '<ol start="3">\n<li>a</li>\n<li>b</li>\n</ol>'],
    ['a\n\n---', '<p>a</p>\n<hr>'],
  ])
  const table = shown('|a|b|c|\n|-|:-:|-:|\n|1|2|3|')
  assert.match(table, '<div class="wide" tabindex="0">\n<table>')
  assert.match(table, '<td>1</td>\n<td class="center">2</td>\n<td class="right">3</td>')
})

test('a heading stands out, and is none of the page', () => {
  all([
    ['# a', '<p class="heading">a</p>'],
    ['##### *a*', '<p class="heading"><em>a</em></p>'],
    ['a\n===', '<p>a<br>\n===</p>'],
    ['a\n---\nb', '<p>a</p>\n<hr>\n<p>b</p>'],
  ])
})

test('addresses are links, also without any Markdown, and what ends a sentence is none of them', () => {
  all([
    ['https://a.org', `<p>${away('https://a.org')}</p>`],
    ['(see https://a.org/b?c=1&d=2.)', `<p>(see ${away('https://a.org/b?c=1&amp;d=2')}.)</p>`],
    ['[words](https://a.org)', `<p>${away('https://a.org', 'words')}</p>`],
    ['<https://a.org>', `<p>${away('https://a.org')}</p>`],
    ['a@b.org', '<p><a href="mailto:a@b.org" rel="noopener nofollow ugc">a@b.org</a></p>'],
    ['[me](/me)', '<p><a href="/me" rel="noopener nofollow ugc">me</a></p>'],
    ['[call](tel:+1)', '<p><a href="tel:+1" rel="noopener nofollow ugc">call</a></p>'],
    ['README.md and a.py', '<p>README.md and a.py</p>'],
  ])
})

test('other schemes, other servers as paths, and titles make no link', () => {
  const no = ['javascript:x', 'data:x', 'ftp://a.org', '//a.org', '/\ta.org', 'a', '#a', '?a']
  for (const href of no) assert.not.match(shown(`[x](${href})`), '<a', href)
  assert.not.match(shown('[x](https://a.org "b")'), 'title')
})

test('an image is a link with its words, and fetches nothing', () => {
  all([
    ['![a cat](https://a.org/c.png)', `<p>${away('https://a.org/c.png', 'a cat')}</p>`],
    ['![](https://a.org/c.png)', `<p>${away('https://a.org/c.png')}</p>`],
    ['[![a](https://a.org/c.png)](https://b.org)', `<p>${away('https://b.org', 'a')}</p>`],
    ['![a](javascript:x)', '<p>![a](javascript:x)</p>'],
  ])
})

test('a link that could not be seen shows where it leads', () => {
  all([
    ['[](https://a.org)', `<p>${away('https://a.org')}</p>`],
    ['[\u200b](https://a.org)', `<p>${away('https://a.org', '\u200bhttps://a.org')}</p>`],
  ])
})

test('an address shows what turns or hides its letters', () => {
  const html = shown('https://a.org/\u202egnp.exe\u200b')
  assert.match(html, '>https://a.org/%E2%80%AEgnp.exe%E2%80%8B</a>')
})

test('definitions of links stay where they are typed', () => {
  all([['[a]: /b\n\n[a]', '<p>[a]: /b</p>\n<p>[a]</p>']])
})

test('what shows nothing as Markdown is shown as it was typed', () => {
  for (const text of ['#', '>', '-', '```\n```', '| |\n|-|', '-\n-']) {
    const escaped = text.replaceAll('>', '&gt;').replaceAll('\n', '<br>\n')
    assert.is(shown(text), `<p>${escaped}</p>`)
  }
})

test('what is nested too deep, and a table with too many cells, is shown as it was typed', () => {
  assert.match(shown(`${'> '.repeat(10)}deep`), /^(<blockquote>\n){10}<p>deep/)
  assert.match(shown(`${'>'.repeat(10_000)}`), /^<p>(&gt;){10000}<\/p>$/)
  assert.match(shown(`${'*a '.repeat(30)}${'b* '.repeat(30)}`.trim()), /^<p>\*a \*a/)
  const table = `${'|a'.repeat(30)}\n${'|-'.repeat(30)}${'\n|'.repeat(200)}`
  assert.not.match(shown(table), '<table')
  assert.match(shown(table), '<p>|a|a')
})

test('people who are named are called, whatever their names are made of', () => {
  const people = [
    { id: 3, name: 'Ann' },
    { id: 7, name: 'Ann Lee' },
    { id: 9, name: '*_x_* <b>' },
    { id: 4, name: 'İnci' },
  ]
  const call = (id: number, typed: string) =>
    `<a class="mention" data-person="${id}" href="/r/den/members/${id}">${typed}</a>`
  all(
    [
      ['hi @ann, and @ANN LEE', `<p>hi ${call(3, '@ann')}, and ${call(7, '@ANN LEE')}</p>`],
      ['@anna @Ben x@ann', '<p>@anna @Ben x@ann</p>'],
      ['**@Ann**!', `<p><strong>${call(3, '@Ann')}</strong>!</p>`],
      ['@*_x_* <b>', `<p>${call(9, '@*_x_* &lt;b&gt;')}</p>`],
      [
        '`@ann` [@ann](/me)',
        '<p><code>@ann</code> <a href="/me" rel="noopener nofollow ugc">@ann</a></p>',
      ],
      ['https://a.org/@ann', `<p>${away('https://a.org/@ann')}</p>`],
      ['```\n@ann\n```', '<pre tabindex="0"><code>@ann</code></pre>'],
    ],
    { people },
  )
  assert.is(shown('@Ann'), '<p>@Ann</p>')
})

test('everybody is called where that was let through alone', () => {
  const html = '<p><strong class="mention" data-all="">@room</strong> @rooms</p>'
  all([['@room @rooms', html]], { all: true })
  all([['@room', '<p>@room</p>']])
})

test('rooms that are named are links', () => {
  const to = (slug: string) => `<a class="room-link" href="/r/${slug}">#${slug}</a>`
  all(
    [
      ['#lobby, #a-b-', `<p>${to('lobby')}, ${to('a-b')}-</p>`],
      ['#lobbyist x#lobby `#lobby` #none', '<p>#lobbyist x#lobby <code>#lobby</code> #none</p>'],
    ],
    { rooms: ['lobby', 'a-b'] },
  )
})

test('names of emoji become them, outside of code and words', () => {
  all([
    ['well :tada: done', '<p>well 🎉 done</p>'],
    [':heart_eyes: `:tada:` a:tada:b', '<p>😍 <code>:tada:</code> a:tada:b</p>'],
    [':__so__: :42: 10:30:45 ::x::', '<p>:<strong>so</strong>: :42: 10:30:45 ::x::</p>'],
  ])
})

test('a name that could be of the server’s own is marked, and begins nothing within code', () => {
  const custom = (name: string) => `<span data-emoji="${name}">:${name}:</span>`
  all([
    ['so :no_such_name:', `<p>so ${custom('no_such_name')}</p>`],
    ['so :constructor:', `<p>so ${custom('constructor')}</p>`],
    [':tada::ship-it:!', `<p>🎉${custom('ship-it')}!</p>`],
    [
      '[:ship-it:](https://a.example)',
      `<p><a href="https://a.example" rel="noopener nofollow ugc" target="_blank">${custom('ship-it')}</a></p>`,
    ],
    [
      'std::vector::iterator::x a:ship-it: :ship-it:s',
      '<p>std::vector::iterator::x a:ship-it: :ship-it:s</p>',
    ],
  ])
})

test('up to three emoji alone are large', () => {
  all([
    ['🎉', '<p class="emoji-only">🎉</p>'],
    [
      ':our-otter: 🎉',
      '<p class="emoji-only"><span data-emoji="our-otter">:our-otter:</span> 🎉</p>',
    ],
    [':+1: 👩‍👩‍👧‍👦🇺🇳', '<p class="emoji-only">👍 👩‍👩‍👧‍👦🇺🇳</p>'],
    ['🎉🎉🎉🎉', '<p>🎉🎉🎉🎉</p>'],
    ['🎉!', '<p>🎉!</p>'],
    ['1 #', '<p>1 #</p>'],
  ])
})

test('/me is what somebody does', () => {
  all([
    ['/me waves **hard**', '<p class="me-does">waves <strong>hard</strong></p>'],
    ['/me', '<p>/me</p>'],
    ['/melon', '<p>/melon</p>'],
    ['so /me waves', '<p>so /me waves</p>'],
  ])
})

test('fenced code is coloured by classes, and says its language', () => {
  assert.match(
    shown('```ts\nconst a = "<b>"\n```'),
    /^<pre tabindex="0" data-lang="typescript"><code><span class="hljs-keyword">const<\/span>/,
  )
  all([
    ['```nonesuch\na < b\n```', '<pre tabindex="0"><code>a &lt; b</code></pre>'],
    ['```__proto__\na\n```', '<pre tabindex="0"><code>a</code></pre>'],
    ['    a\n    b', '<pre tabindex="0"><code>a\nb</code></pre>'],
  ])
})

test('long code, and code with a long line, has no colours', () => {
  const line = 'const a = 1\n'
  assert.match(shown(`\`\`\`js\n${line.repeat(300)}\`\`\``), 'hljs')
  assert.not.match(shown(`\`\`\`js\n${line.repeat(500)}\`\`\``), 'hljs')
  assert.not.match(shown(`\`\`\`js\n${'a = 1; '.repeat(100)}\n\`\`\``), 'hljs')
})

/** Texts as they are stored, in which Markdown is as likely as none. */
const pieces =
  'a b 1. 2) - + > : . , ( ) ! ? \' " & é 🎉 /me ; = % $ { } x:y 3 | # * _ ` [ ] < \\ ~ @ www. http://a.b'
const texts = fc
  .array(fc.constantFrom(...pieces.split(' '), ' ', ' ', '\n', '\n\n', '  '), { maxLength: 12 })
  .map((parts) =>
    parts
      .join('')
      .replace(/^\s*\n/, '')
      .trimEnd(),
  )
  .filter((text) => text !== '')

test('a text without Markdown is shown the same whether the parser looks at it or not', () => {
  const env = () => envOf(nobody, 'den')
  fc.assert(
    fc.property(texts, (text) => {
      const slow = withLargeEmoji(parsedDeed(text, env()) ?? parsed(text, env()))
      assert.is(shown(text), slow)
      assert.equal(unlisted(slow), [])
      const left = renderQuote(text).replace(/<span data-emoji="([^"<>]+)">:\1:<\/span>/g, '')
      assert.not.match(left, /[<>\n]/)
    }),
    { seed: seedOf('words'), numRuns: times(500, 10_000) },
  )
})

test('a text is shown the same again, and another way where others are named', () => {
  const text = '@ann *says*'
  const before = shown(text)
  assert.is(shown(text), before)
  const named = { people: [{ id: 1, name: 'ann' }] }
  assert.match(shown(text, named), 'data-person="1"')
  assert.match(renderBody(text, { ...nobody, ...named }, 'other'), '/r/other/members/1')
  assert.is(shown(text), before)
})

test.run()
