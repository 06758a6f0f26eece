/** What a message's HTML may hold, and a look at whether it holds anything else. */
import { type DefaultTreeAdapterTypes, parseFragment } from 'parse5'

type Node = DefaultTreeAdapterTypes.ChildNode
type Element = DefaultTreeAdapterTypes.Element

const words = (text: string) => new Set(text.split(' '))

/** Every element, with the attributes that it may have. */
const elements: Record<string, Set<string>> = {
  a: words('href rel target class data-person'),
  blockquote: words(''),
  br: words(''),
  code: words(''),
  div: words('class tabindex'),
  em: words(''),
  hr: words(''),
  li: words(''),
  ol: words('start'),
  p: words('class'),
  pre: words('tabindex data-lang'),
  s: words(''),
  span: words('class data-emoji'),
  strong: words('class data-all'),
  table: words(''),
  tbody: words(''),
  td: words('class'),
  th: words('class'),
  thead: words(''),
  tr: words(''),
  ul: words(''),
}

/** Every value of an attribute. */
const values: Record<string, RegExp> = {
  class: /^(?:gone|me-does|emoji-only|heading|wide|right|center|mention|room-link)$/,
  'data-all': /^$/,
  'data-emoji': /^[a-z\d_+-]{2,32}$/,
  'data-lang': /^[a-z]+$/,
  'data-person': /^\d+( \d+)*$/,
  href: /^(?:https?:\/\/[^/]|mailto:.|tel:\+?\d|\/(?![/\\]))/i,
  rel: /^noopener nofollow ugc$/,
  start: /^\d{1,9}$/,
  tabindex: /^0$/,
  target: /^_blank$/,
}

/** highlight.js's own, the only one that a `span` has. */
const highlighted = /^(?:hljs-[a-z_-]+|language-[a-z]+)(?: [a-z]+_+)*$/

/**
 * What is in some HTML that may not be in a message's.
 * @returns a line for each; empty when all is well
 */
export function unlisted(html: string): string[] {
  // An element that is not closed, or closes what is around it, would take in what comes after.
  const { childNodes } = parseFragment(`<ol><li><div>${html}</div><b></b></li></ol><i></i>`)
  const [list, after] = childNodes
  const [item] = childrenOf(list)
  const [body, behind] = childrenOf(item)
  const names = [list, after, item, body, behind].map((node) => node?.nodeName).join(' ')
  const lengths = [childNodes, childrenOf(list), childrenOf(item)].map(({ length }) => length)
  if (names !== 'ol i li div b' || String(lengths) !== '2,1,2') return ['an open end']
  const found: string[] = []
  for (const node of childrenOf(body)) look(node, found, 0)
  return found
}

const childrenOf = (node: Node | undefined): Node[] =>
  node && 'childNodes' in node ? node.childNodes : []

const levels_max = 50

function look(node: Node, found: string[], level: number): void {
  if (level > levels_max) found.push(`more than ${levels_max} levels`)
  if (node.nodeName === '#text') return
  if (!('tagName' in node)) return void found.push(node.nodeName)
  found.push(...faultsOf(node))
  for (const child of node.childNodes) look(child, found, level + 1)
}

function faultsOf({ tagName, attrs, parentNode }: Element): string[] {
  const may = elements[tagName]
  if (!may) return [`<${tagName}>`]
  const isNested = tagName === 'a' && isInLink(parentNode)
  const names = attrs.map(({ name }) => name)
  const isLink = tagName === 'a' && names.includes('href')
  const isOurs = attrs.some(
    ({ name, value }) => name === 'class' && /mention|room-link/.test(value),
  )
  const lacks = isLink && !isOurs && !names.includes('rel') ? ['a link without rel'] : []
  const wrong = attrs.filter(({ name, value }) => {
    const pattern = tagName === 'span' && name === 'class' ? highlighted : values[name]
    return !may.has(name) || !pattern?.test(value)
  })
  return [
    ...(isNested ? ['a link in a link'] : []),
    ...lacks,
    ...wrong.map(({ name, value }) => `<${tagName} ${name}="${value}">`),
  ]
}

function isInLink(node: Element['parentNode']): boolean {
  for (let up = node; up && 'tagName' in up; up = up.parentNode) if (up.tagName === 'a') return true
  return false
}

/** The HTML of each message in a fragment of talk. */
export function bodiesIn(fragment: string): string[] {
  return [...fragment.matchAll(/<div class="body" dir="auto">([\s\S]*?)<\/div><\/li>/g)].map(
    ([, html = '']) => html,
  )
}
