import { suite } from '../suite.ts'
import { found } from './expect.ts'
import { pageFaults, styleFaults, templateFaults } from './markup.ts'
import { rawHtml } from './raw-html.ts'
import { sample } from './sample.ts'
import { scriptFaults } from './scripts.ts'

const test = suite('the rules of markup see what breaks them')

test('raw HTML outside its file', async () => {
  const sources = await sample({
    'handlers/pages/a.tsx': [
      "import { html } from 'hono/html'",
      `const a = html\`<b>\${x}</b>\``,
      'const b = raw(x)',
      'const c = <p dangerouslySetInnerHTML={{ __html: x }} />',
      "const d = c.html('<p>hello</p>')",
      'const e = c.html(<p>hello</p>)',
      'element.innerHTML = x',
      "element.insertAdjacentHTML('beforeend', x)",
      'const f = x as BodyHtml',
    ],
    'handlers/pages/markdown/b.ts': ['const a = x as BodyHtml'],
    'handlers/pages/raw.tsx': ["import { raw } from 'hono/html'", 'raw(x)'],
  })
  found(
    rawHtml(sources),
    [1, 2, 3, 4, 5, 7, 8, 9].map((line) => `handlers/pages/a.tsx:${line}`),
  )
})

test('markup in templates that a strict policy refuses', async () => {
  const lines = [
    'const a = <p style="color:red">x</p>',
    'const b = <style>x</style>',
    'const c = <script>x</script>',
    'const d = <button onclick="x()">x</button>',
    'const e = <button onClick={x}>x</button>',
    'const f = <form hx-on:htmx:after-request="x()" />',
    'const g = <form hx-vals="js:{a: 1}" />',
    "const h = <a href={x ? 'javascript:x()' : '/'}>x</a>",
    'const i = <form hx-trigger="click[ctrlKey]" />',
    `const j = <img src={\`https://elsewhere.example/\${x}\`} />`,
    'const k = <link rel="stylesheet" href="//elsewhere.example/x.css" />',
    "const l = <p {...{ 'hx-on:click': 'x()' }} />",
  ]
  const fine = [
    'const m = <a href="https://elsewhere.example/">x</a>',
    'const n = <script src="/natter.js" defer />',
    'const o = <form hx-trigger="load, every 2s" hx-sync="this:drop" />',
    `const p = <use href={\`/vendor/icons.svg#\${name}\`} />`,
  ]
  const sources = await sample({ 'handlers/pages/a.tsx': lines, 'handlers/pages/b.tsx': fine })
  found(
    templateFaults(sources),
    lines.map((_, index) => `handlers/pages/a.tsx:${index + 1}`),
  )
})

test('markup in pages and style sheets that a strict policy refuses', () => {
  const lines = [
    '<p style="color:red">',
    '<style>p { color: red }</style>',
    '<script>x()</script>',
    "<button onclick='x()'>",
    '<form hx-on:click="x()">',
    '<form data-hx-vals=js:x>',
    '<a href="javascript:x()">',
    '<form hx-trigger="click[x > 1]">',
    '<script src="https://elsewhere.example/x.js"></script>',
    '<link rel="stylesheet" href="//elsewhere.example/x.css">',
    '<img srcset="/a.png 1x, https://elsewhere.example/a.png 2x">',
  ]
  const fine = [
    '<!doctype html>',
    '<!-- <style>a comment</style> -->',
    '<!--# include virtual="/_fragment" stub="away" -->',
    '<script src="/natter.js" defer></script>',
    '<a href="https://elsewhere.example/">one = two</a>',
    '<meta http-equiv="refresh" content="3">',
  ]
  const page = (name: string, content: string[]) => ({
    path: `public/${name}.html`,
    text: content.join('\n'),
  })
  found(
    pageFaults([page('a', lines), page('b', fine)]),
    lines.map((_, index) => `public/a.html:${index + 1}`),
  )
  const css =
    '@import "https://x.example/a.css";\na { background: url(/b.svg) }\nb { src: url("//x.example/c") }'
  found(styleFaults([{ path: 'public/a.css', text: css }]), ['public/a.css:1', 'public/a.css:3'])
})

test('scripts that a strict policy refuses', async () => {
  const lines = [
    'eval(x)',
    "new Function('return 1')",
    "setTimeout('x()', 10)",
    "element.setAttribute('style', x)",
    "element.setAttribute('onclick', x)",
  ]
  const fine = ['setTimeout(x, 10)', "element.setAttribute('open', '')", "element.on('x', y)"]
  const sources = await sample({ 'public/natter/a.js': lines, 'public/natter/b.js': fine })
  found(
    scriptFaults(sources),
    lines.map((_, index) => `public/natter/a.js:${index + 1}`),
  )
})

test.run()
