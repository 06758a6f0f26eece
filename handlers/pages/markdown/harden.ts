import type { StateCore, Token } from 'markdown-it'
import { isSeen } from '../../chat/text.ts'
import { limits } from '../../limits.ts'
import { highlighted, languageOf } from './highlight.ts'
import { lineOf } from './line.ts'

/** Set where the text is to be shown as it was typed. */
export type Verdict = { isTooDeep: boolean; isSeen: boolean }

/**
 * The last rule: what is left is what may be on a page. Code gets its colours, links their
 * attributes; and the verdict says whether the structure is one that is worth showing.
 */
export function harden(state: StateCore): void {
  const verdict: Verdict = { isTooDeep: false, isSeen: false }
  const tokens: Token[] = []
  for (const token of state.tokens) {
    if (token.level >= limits.markdownLevels) verdict.isTooDeep = true
    if (token.type === 'inline') {
      const line = lineOf(state, token.children ?? [])
      token.children = line.tokens
      if (line.isSeen) verdict.isSeen = true
      if (line.isTooDeep) verdict.isTooDeep = true
    }
    if (token.type === 'hr') verdict.isSeen = true
    tokens.push(...block(state, token, verdict))
  }
  state.tokens = tokens
  Object.assign(state.env, { verdict })
}

function block(state: StateCore, token: Token, verdict: Verdict): Token[] {
  switch (token.type) {
    case 'fence':
    case 'code_block':
      if (isSeen(token.content)) verdict.isSeen = true
      return code(state, token)
    case 'heading_open':
    case 'heading_close':
      return [title(token)]
    case 'th_open':
    case 'td_open':
      return [aligned(token)]
    case 'table_open':
      return [wide(state, 1), token]
    case 'table_close':
      return [token, wide(state, -1)]
    default:
      return [token]
  }
}

/**
 * A line that stands out, and no heading of the page: those lead through the room, and their levels are
 * not for whoever writes to choose.
 */
function title(token: Token): Token {
  token.tag = 'p'
  if (token.nesting === 1) token.attrs = [['class', 'heading']]
  return token
}

/** By a class: a style of its own is refused by the policy of our pages. */
function aligned(token: Token): Token {
  const side = /right|center/.exec(String(token.attrGet('style') ?? ''))?.[0]
  token.attrs = side ? [['class', side]] : null
  return token
}

/** What is wider than the talk scrolls by itself, by keys too. */
function wide(state: StateCore, nesting: 1 | -1): Token {
  const token = new state.Token(`wide_${nesting === 1 ? 'open' : 'close'}`, 'div', nesting)
  token.block = true
  if (nesting === 1) {
    token.attrs = [
      ['class', 'wide'],
      ['tabindex', '0'],
    ]
  }
  return token
}

function code(state: StateCore, { content, info }: Token): Token[] {
  const language = languageOf(info)
  const text = content.replace(/\n$/, '')
  const coloured = language && highlighted(text, language)
  const make = (type: string, tag: string, nesting: -1 | 0 | 1, inner = '') =>
    Object.assign(new state.Token(type, tag, nesting), { content: inner })
  const pre = make('pre_open', 'pre', 1)
  pre.attrs = [['tabindex', '0']]
  if (language) pre.attrs.push(['data-lang', language])
  return [
    pre,
    make('code_open', 'code', 1),
    // The rule for `html_inline` gives what is made here as it is; none comes from the text.
    coloured ? make('html_inline', '', 0, coloured) : make('text', '', 0, text),
    make('code_close', 'code', -1),
    Object.assign(make('pre_close', 'pre', -1), { block: true }),
  ]
}
