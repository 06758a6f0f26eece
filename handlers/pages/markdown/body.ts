import { limits } from '../../limits.ts'
import { asTyped, type BodyHtml, inOneLine, withLargeEmoji } from './html.ts'
import { Kept } from './kept.ts'
import { envOf, type Named, nobody } from './named.ts'
import { parsed, parsedDeed } from './parser.ts'

// What could mean anything to a rule of the parser: a sign that stands anywhere in a line, an address
// or the name of an emoji, a line that begins a list, a quote or code, blanks that are not single spaces.
const signs = /[\\`*_~[\]<@#|]|[^\S \n]|:\/\/|mailto:|:[a-z\d+_-]+:|^(?:[ \-+>:]|\d+[.)]|\/me )/m

const kept = new Kept<BodyHtml>(limits.renderedChars)

/**
 * The HTML of a message's text, by Markdown. The same for the same text and names, so that it is made
 * once for all who read it.
 *
 * @param body as it was typed.
 * @param named what the server found in it when it was written; what is not in there is plain text.
 * @param slug the room that it stands in.
 * @returns blocks of the elements in test/hostile/allowed.ts, and no others. Nothing in it runs, is fetched by
 *   itself, or is an attribute that htmx acts on.
 */
export function renderBody(body: string, named: Named, slug: string): BodyHtml {
  if (!signs.test(body)) return withLargeEmoji(asTyped(body))
  const isNamed = named.people.length > 0 || named.rooms.length > 0 || named.all
  const key = isNamed ? `${JSON.stringify([slug, named])}\n${body}` : `\n${body}`
  const known = kept.get(key)
  if (known !== undefined) return known
  const env = envOf(isNamed ? named : nobody, slug)
  const html = withLargeEmoji(parsedDeed(body, env) ?? parsed(body, env))
  kept.set(key, html)
  return html
}

/**
 * The beginning of a text in one line, by words and emoji alone; Markdown that was cut off stays as it
 * was typed. Whom it names is called there, not here.
 */
export const renderQuote = (text: string): BodyHtml => inOneLine(renderBody(text, nobody, ''))
