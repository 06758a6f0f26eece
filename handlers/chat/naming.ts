import { limits } from '../limits.ts'

/** Whom and what a text names, as it was found when the text was written. */
export type Named = {
  people: readonly { id: number; name: string }[]
  /** Addresses of open rooms. */
  rooms: readonly string[]
  /** Everybody in the room. */
  all: boolean
}

export const nothingNamed: Named = { people: [], rooms: [], all: false }

/** What a text may name: looked up when it is stored. */
export type Candidates = {
  /** For each place where somebody may be named, what their name may be. */
  names: string[][]
  slugs: string[]
  all: boolean
}

// Neither in the middle of a word nor in an address, as of mail.
const at = /(?<![\p{L}\p{N}_@/.])@(?=[\p{L}\p{N}])/gu
const hash = /(?<![\p{L}\p{N}_#/&])#([a-z0-9](?:[a-z0-9-]*[a-z0-9])?)(?![\p{L}\p{N}_-])/gu
const everybody = /^room(?![\p{L}\p{N}_-])/iu

/**
 * What a text may name. A name may hold spaces, so that behind each `@` a few words are tried, one
 * more each time.
 * @returns null where it names nothing, which most texts do.
 */
export function candidatesIn(text: string): Candidates | null {
  if (!text.includes('@') && !text.includes('#')) return null
  const names: string[][] = []
  let all = false
  for (const { index } of text.matchAll(at)) {
    // Half of a surrogate pair is no character, and no JSON that PostgreSQL takes.
    const rest = text.slice(index + 1, index + 1 + limits.nameChars * 2).toWellFormed()
    all ||= everybody.test(rest)
    const may = beginnings(rest)
    if (!names.some((known) => known.join('\n') === may.join('\n'))) names.push(may)
    if (names.length >= limits.namedCandidates) break
  }
  const slugs = new Set<string>()
  for (const [, slug = ''] of text.matchAll(hash)) {
    slugs.add(slug)
    if (slugs.size >= limits.namedCandidates) break
  }
  if (names.length === 0 && slugs.size === 0 && !all) return null
  return { names, slugs: [...slugs], all }
}

/** `Ann Archer, hello` begins with `Ann`, `Ann Archer` and so on, with and without what ends a sentence. */
function beginnings(rest: string): string[] {
  const [line = ''] = rest.split('\n')
  const words = line.split(' ').slice(0, limits.nameWords)
  const found: string[] = []
  for (let i = 1; i <= words.length; i++) {
    const whole = words.slice(0, i).join(' ')
    const bare = whole.replace(/[^\p{L}\p{N}]+$/u, '')
    for (const name of new Set([whole, bare])) if (name) found.push(name)
  }
  return found
}

/**
 * What was named of the candidates, in SQL, for a row with `names`, `slugs` and `everybody`: people
 * who are in the room, of several names the longest, and open rooms. Null where that is nobody and nothing.
 */
export const namedIn = (
  room: string,
  row: string,
): string => `case when ${row}.names is not null then (
    select nullif(jsonb_build_object('people', people, 'rooms', rooms, 'all', ${row}.everybody),
                  '{"people": [], "rooms": [], "all": false}')
      from (select coalesce(jsonb_agg(jsonb_build_object('id', p.id, 'name', p.name)), '[]') as people
              from (select distinct id, name
                      from (select w.id, w.name,
                                   rank() over (partition by place order by length(may.name) desc) as longest
                              from json_array_elements(${row}.names) with ordinality places (list, place)
                              cross join json_array_elements_text(list) may (name)
                              join (select d.lowered, w.id, w.name
                                      from (select distinct lower(name) as lowered
                                              from json_array_elements(${row}.names) list,
                                                   json_array_elements_text(list) all_of (name)) d
                                      cross join lateral
                                        (select p.id, p.name
                                           from people p
                                           join members k on k.room_id = ${room} and k.person_id = p.id
                                          where lower(p.name) = d.lowered
                                          limit ${limits.namesakes}) w) w on w.lowered = lower(may.name)) found
                     where longest = 1 order by id limit ${limits.namedPeople}) p) whom,
           (select coalesce(jsonb_agg(o.slug), '[]') as rooms
              from rooms o where o.visibility = 'open'
               and o.slug in (select json_array_elements_text(${row}.slugs))) what) end`
