import Markdown, { type Env, type MarkdownIt } from 'markdown-it'
import { limits } from '../../limits.ts'
import { emojiName } from './emoji.ts'
import { harden, type Verdict } from './harden.ts'
import { asDeed, asTyped, type BodyHtml } from './html.ts'
import { mayLink, shownAddress } from './links.ts'
import { mention, type NamedEnv, roomLink } from './named.ts'

/**
 * Rules that are left out: definitions of links are shown nowhere, entities and underlined
 * headings are not what somebody means who types them in a chat.
 */
const unwanted = ['reference', 'entity', 'lheading', 'html_block', 'html_inline']

function createParser(): MarkdownIt {
  // One more than is shown: where a level is reached, the text may go on deeper.
  const maxNesting = limits.markdownLevels + 1
  const md = new Markdown({ html: false, linkify: true, breaks: true, maxNesting })
  md.disable(unwanted)
  md.linkify.set({ fuzzyLink: false, fuzzyIP: false })
  md.linkify.add('ftp:', null).add('//', null)
  md.validateLink = mayLink
  md.normalizeLinkText = shownAddress
  md.inline.ruler.before('escape', 'mention', mention)
  md.inline.ruler.before('escape', 'room', roomLink)
  md.inline.ruler.before('escape', 'emoji', emojiName)
  md.core.ruler.push('harden', harden)
  return md
}

const md = createParser()
const withoutTables = createParser()
withoutTables.disable('table')

/** The HTML of a text that may hold Markdown. */
export function parsed(text: string, named: NamedEnv): BodyHtml {
  const env = { ...named } as Judged
  const parser = hasWideTable(text) ? withoutTables : md
  const html = parser.render(text, env).trimEnd()
  return isGood(env) ? (html as BodyHtml) : asTyped(text)
}

const deed = '/me '

/** The HTML of a text that begins with `/me`, or null when it does not. */
export function parsedDeed(text: string, named: NamedEnv): BodyHtml | null {
  if (!text.startsWith(deed)) return null
  const env = { ...named } as Judged
  const html = md.renderInline(text.slice(deed.length).trimStart(), env)
  return isGood(env) ? asDeed(html) : asTyped(text)
}

type Judged = Env & NamedEnv & { verdict: Verdict }

const isGood = ({ verdict }: Judged): boolean => verdict.isSeen && !verdict.isTooDeep

const delimiterRow = /^[\s>*+\-\d.)]*[|:][-|: \t]*$/

/**
 * Whether some table in a text could have more cells than are shown: each row has all columns, also
 * where it names none.
 */
function hasWideTable(text: string): boolean {
  if (!text.includes('|')) return false
  const lines = text.split('\n')
  let cells = 0
  return lines.some((line, at) => {
    if (!delimiterRow.test(line)) return false
    cells += line.split('|').length * (lines.length - at)
    return cells > limits.tableCells
  })
}
