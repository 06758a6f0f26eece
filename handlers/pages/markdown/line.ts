import type { StateCore, Token } from 'markdown-it'
import { isSeen } from '../../chat/text.ts'
import { limits } from '../../limits.ts'
import { linkAttributes, mayLink, shownAddress } from './links.ts'

/** What stands in one paragraph, heading or cell, as it may be on a page. */
export function lineOf(state: StateCore, children: readonly Token[]): Line {
  const line = new Line(state)
  for (const token of children) line.take(token)
  return line
}

class Line {
  readonly tokens: Token[] = []
  /** Whether there is anything to be seen in it. */
  isSeen = false
  isTooDeep = false
  readonly #state: StateCore
  /** The link that is open: a link in a link would end it. */
  #href: string | null = null
  #depth = 0
  #isLinkSeen = false
  /** What ends the sentence behind an address that was found in it. */
  #sentenceEnd = ''

  constructor(state: StateCore) {
    this.#state = state
  }

  take(token: Token): void {
    if (token.level >= limits.markdownLevels) this.isTooDeep = true
    if (token.type === 'link_open') this.#open(token)
    else if (token.type === 'link_close') this.#close(token)
    else if (token.type === 'image') this.#image(token)
    else this.#add(token)
  }

  #open(token: Token): void {
    if (this.#depth++ > 0) return
    this.#href = String(token.attrGet('href') ?? '')
    this.#isLinkSeen = false
    if (!token.meta?.isOurs) token.attrs = linkAttributes(this.#href)
    this.tokens.push(token)
  }

  /** `(see https://example.org.)`: an address that nobody marked ends before the sentence does. */
  #withoutSentenceEnd(open: Token, words: Token): void {
    const end = /[.,:;!?]+$/.exec(words.content)?.[0] ?? ''
    const href = String(open.attrGet('href') ?? '')
    if (end === '' || !href.endsWith(end)) return
    words.content = words.content.slice(0, -end.length)
    open.attrs = linkAttributes(href.slice(0, -end.length))
    this.#sentenceEnd = end
  }

  #close(token: Token): void {
    if (--this.#depth > 0) return
    // A link without a word in it would be one that nobody sees.
    if (!this.#isLinkSeen) this.#text(shownAddress(this.#href ?? ''))
    this.tokens.push(token)
    if (this.#sentenceEnd) this.#text(this.#sentenceEnd)
    this.#sentenceEnd = ''
  }

  /** Nothing is fetched from elsewhere by looking at a message: an image is a link with its words. */
  #image(token: Token): void {
    const src = String(token.attrGet('src') ?? '')
    const words = isSeen(token.content) ? token.content : shownAddress(src)
    const isLink = mayLink(src)
    if (isLink) this.#open(this.#token('link_open', 'a', 1, [['href', src]]))
    this.#text(words)
    if (isLink) this.#close(this.#token('link_close', 'a', -1))
  }

  #text(content: string): void {
    this.#add(Object.assign(this.#token('text', '', 0), { content }))
  }

  #add(token: Token): void {
    const before = this.tokens.at(-1)
    if (before?.type === 'link_open' && before.markup === 'linkify') {
      this.#withoutSentenceEnd(before, token)
    }
    if (token.content && isSeen(token.content)) {
      this.isSeen = true
      this.#isLinkSeen = true
    }
    this.tokens.push(token)
  }

  #token(type: string, tag: string, nesting: -1 | 0 | 1, attrs?: [string, string][]): Token {
    return Object.assign(new this.#state.Token(type, tag, nesting), { attrs: attrs ?? null })
  }
}
