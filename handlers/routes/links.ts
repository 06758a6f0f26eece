import type { Context } from 'hono'
import { type Link, listLinks, makeLink, readLinkDraft, revokeLink } from '../chat/links.ts'
import { Refusal } from '../chat/refusal.ts'
import { newSecret } from '../chat/secrets.ts'
import { readFields } from '../http/body.ts'
import { originOf } from '../http/outside.ts'
import { formOf, represent } from '../http/representation.ts'
import { linkJson, linksFragment, linksText } from '../pages/links.tsx'
import { type Acting, acted, enterToAct, idIn } from './acts.ts'
import type { Answer } from './context.ts'

/** `GET /r/{room}/links`: the room's invitation links. What each holds is not told again. */
export const showLinks: Answer = async (c) => {
  const entry = await enterToAct(c)
  if (entry instanceof Refusal) return entry
  const links = await listLinks(c.var.sql, hostOf(entry))
  return links instanceof Refusal ? links : represent(c, viewsOf(entry, links))
}

const hostOf = ({ room, person, standing }: Acting) => ({ room, personId: person.id, standing })

const viewsOf = ({ room, standing }: Acting, links: Link[]) => ({
  json: () => ({ links: links.map((link) => linkJson(link)) }),
  fragment: () => linksFragment({ room, standing, links }),
  text: () => linksText(links),
})

/** `POST /r/{room}/links`: another link. Only this answer tells what it holds. */
export const createLink: Answer = async (c) => {
  // In this order: a body may take its time, and what they may do is looked at after it.
  const fields = await readFields(c)
  const entry = await enterToAct(c)
  if (entry instanceof Refusal) return entry
  if (fields instanceof Refusal) return fields
  const draft = readLinkDraft(fields)
  if (draft instanceof Refusal) return draft
  const tooOften = await c.var.paces.links(entry.person.id)
  if (tooOften) return tooOften
  const { text, key } = newSecret()
  const link = await makeLink(c.var.sql, hostOf(entry), draft, key)
  if (link instanceof Refusal) return link
  return showMade(c, entry, link, `${originOf(c)}/join/${text}`)
}

/** On a page of its own, which a browser shows at once: a redirect could not hold what is told once. */
async function showMade(
  c: Context,
  entry: Acting,
  link: Link,
  url: string,
): Promise<Response | Refusal> {
  const { room, standing } = entry
  const isHtml = formOf(c) === 'page' || formOf(c) === 'fragment'
  const links = isHtml ? await listLinks(c.var.sql, hostOf(entry)) : []
  if (links instanceof Refusal) return links
  return represent(
    c,
    {
      json: () => linkJson(link, url),
      fragment: () => linksFragment({ room, standing, links, made: url }),
      text: () => `${url}\n`,
    },
    { status: 201, headers: { location: `/r/${room.slug}/links` } },
  )
}

/** `DELETE /r/{room}/links/{id}`: revokes a link. */
export const removeLink: Answer = async (c) => {
  const entry = await enterToAct(c)
  if (entry instanceof Refusal) return entry
  const revoked = await revokeLink(c.var.sql, hostOf(entry), idIn(c, 'id'))
  if (revoked instanceof Refusal) return revoked
  return acted(c, `/r/${entry.room.slug}/links`, {
    json: () => ({ revoked: true }),
    fragment: () => '',
    text: () => 'revoked\n',
  })
}
