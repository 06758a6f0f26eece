// What is not listed is no link: its text stays as it was typed. A path leads to a page of this server;
// `//` and `/\` would lead to another.
const allowed = /^(?:https?:\/\/[^/]|mailto:.|tel:\+?\d|\/(?![/\\]))/i

/** Whether an address may stand in a link. @param href normalised, as it would stand there. */
export const mayLink = (href: string): boolean => allowed.test(href)

/** The attributes of a link that somebody wrote. */
export function linkAttributes(href: string): [string, string][] {
  const attributes: [string, string][] = [
    ['href', href],
    ['rel', 'noopener nofollow ugc'],
  ]
  // Mail and telephone open nothing in the browser.
  return /^http/i.test(href) ? [...attributes, ['target', '_blank']] : attributes
}

// They show nothing, or turn what stands beside them: an address could pass for another.
const misleading = /[\p{Default_Ignorable_Code_Point}\p{Bidi_Control}\p{Cc}\u{2800}]/gu

/** An address as it is shown: as it was typed, with what cannot be seen in it written out. */
export const shownAddress = (address: string): string =>
  address.replace(misleading, encodeURIComponent)
