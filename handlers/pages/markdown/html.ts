/** HTML of a message's text: only what is made in this folder is of this type. */
export type BodyHtml = string & { readonly made: unique symbol }

const special = /[&<>"]/g
const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

const escaped = (text: string): string => text.replace(special, (one) => entities[one] ?? '')

/**
 * A text as it was typed: paragraphs and line breaks are all that it has.
 *
 * A break has both `<br>`, for whoever shows the HTML elsewhere, and the line's own end, which is
 * what a browser shows here (public/styles/message.css) and what a text that is taken out of it keeps.
 */
export function asTyped(text: string): BodyHtml {
  const inner = escaped(text)
  if (!inner.includes('\n')) return `<p>${inner}</p>` as BodyHtml
  // Not ` +\n`: tried at each blank of a long run, it costs the square of the run's length.
  const lines = inner.split('\n').map((line) => line.trimEnd())
  const paragraphs = lines.join('<br>\n').split(/(?:<br>\n){2,}/)
  return `<p>${paragraphs.join('</p>\n<p>')}</p>` as BodyHtml
}

const custom = '<span data-emoji="[^"<>]*">[^<>]*</span>'
const enlarged = new RegExp(`^<p>((?:(?:\\p{RGI_Emoji}\\u{fe0f}?|${custom})\\s*){1,3})</p>$`, 'v')
const enlargedChars = 400

/** A text of up to three emoji and nothing else is shown large. */
export function withLargeEmoji(html: BodyHtml): BodyHtml {
  if (html.length > enlargedChars) return html
  return html.replace(enlarged, '<p class="emoji-only">$1</p>') as BodyHtml
}

/** What somebody does, in a line of its own. */
export const asDeed = (inner: string): BodyHtml => `<p class="me-does">${inner}</p>` as BodyHtml

const tags = new RegExp(`(${custom})|<hr>|<[^<>]*>`, 'g')

/** HTML of a text without its elements, but for the places of pictures. */
export const inOneLine = (html: BodyHtml): BodyHtml =>
  html
    .replace(tags, (tag, emoji) => emoji ?? (tag === '<hr>' ? '—' : ''))
    .replace(/\s+/g, ' ')
    .trim() as BodyHtml
