import { randomUUID } from 'node:crypto'
import type { Context } from 'hono'
import { isAdmitted } from '../chat/access.ts'
import type { Person } from '../chat/people.ts'
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
    turnOf(person, c.var.placeOf(c)),
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

/**
 * Who has one search at a time: somebody with an account; of those who need none, since anybody is as
 * many of them as they like, half of the people of one place. Where no place is counted, nobody.
 */
function turnOf(person: Person | null, place: string): string {
  if (person && person.kind !== 'guest') return String(person.id)
  return place === '' ? randomUUID() : `${place} ${(person?.id ?? 0) % 2}`
}

const nothing: Found = { results: [], next: null }

const askedIn = (c: Context): Asked => ({
  q: c.req.query('q') ?? '',
  room: c.req.query('room') || undefined,
  from: c.req.query('from') || undefined,
  before: c.req.query('before') || undefined,
  sort: c.req.query('sort') || undefined,
  zone: c.req.query('zone') || undefined,
})

function morePath(asked: Asked, before: string): string {
  const query = Object.entries({ ...asked, before }).flatMap(([name, value]) =>
    value ? [[name, value]] : [],
  )
  return `/search?${new URLSearchParams(query)}`
}
