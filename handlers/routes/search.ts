import type { Context } from 'hono'
import { isAdmitted } from '../chat/access.ts'
import { notAdmitted, Refusal } from '../chat/refusal.ts'
import { type Asked, type Found, search } from '../chat/search/search.ts'
import { refuse } from '../http/refusals.ts'
import { represent } from '../http/representation.ts'
import { type SearchProps, searchFragment, searchJson, searchText } from '../pages/search.tsx'
import { type Answer, visitOf } from './context.ts'
import { linkTo } from './room.ts'

/** `GET /search`: messages that I may read, by their words and by who, where and when. */
export const showSearch: Answer = async (c) => {
  const { person, policy } = await visitOf(c)
  if (!isAdmitted(person?.kind ?? 'visitor', policy)) return notAdmitted(person, policy)
  const asked = askedIn(c)
  const found = await c.var.searches(
    person ? String(person.id) : `at ${c.var.placeOf(c)}`,
    () => search(c.var.searchSql, person, asked),
    // Who types on has let go of the search before.
    () => !c.req.raw.signal.aborted,
  )
  if (found instanceof Refusal)
    return refuse(c, found, () => searchFragment({ asked, person, refusal: found }))
  const more = found?.next ? morePath(asked, found.next) : null
  const props: SearchProps = { asked, person, ...(found ? { found, more } : {}) }
  return represent(
    c,
    {
      json: () => searchJson(found ?? nothing),
      fragment: () => searchFragment(props),
      text: () => searchText(found ?? nothing),
    },
    more === null ? {} : { headers: { link: linkTo(more) } },
  )
}

const nothing: Found = { results: [], next: null }

const askedIn = (c: Context): Asked => ({
  q: c.req.query('q') ?? '',
  room: c.req.query('room') || undefined,
  from: c.req.query('from') || undefined,
  before: c.req.query('before') || undefined,
  sort: c.req.query('sort') || undefined,
})

function morePath(asked: Asked, before: string): string {
  const query = Object.entries({ ...asked, before }).flatMap(([name, value]) =>
    value ? [[name, value]] : [],
  )
  return `/search?${new URLSearchParams(query)}`
}
