import { limits } from '../../limits.ts'
import { dayOf, isZone } from '../days.ts'
import { invalid, notFound, type Refusal } from '../refusal.ts'
import { characters, isStorable, unstorable } from '../text.ts'

/** What is looked for, as far as it can be read without asking the database. */
export type SearchQuery = {
  /** Words and phrases, as `websearch_to_tsquery` takes them. */
  text: string
  /** Each of them; `isWord` where parts of it would do as well. */
  terms: { text: string; isWord: boolean }[]
  /** Words and phrases that must not be in it. */
  without: string[]
  /** Names of authors, any of them. */
  from: string[]
  /** What the message has, all of it; with `-` before it: what it has not. */
  has: string[]
  /** A room's slug. */
  room: string | null
  /** From then on, and until then. */
  after: Date | null
  before: Date | null
}

/** What a message may be asked to have, as `search` holds it. One more line for each. */
const traits = new Map([
  ['link', ' hlink'],
  ['code', ' hcode'],
  ['file', ' hfile'],
])

const part = /(-?)(?:(from|in|before|after|has):(?:"([^"]*)"|(\S*))|("[^"]*"?)|(\S+))/giu

/** What stands beside what was typed. */
type Also = {
  /** A room's slug. */
  room?: string | undefined
  /** A person's name. */
  from?: string | undefined
  /** The time zone that days are of. */
  zone?: string | undefined
}

/**
 * Reads what somebody typed: words, "phrases", -without, `or`, and the operators `from:`, `in:`,
 * `before:`, `after:` and `has:`.
 * @returns null where there is nothing to look for; `invalid` for what cannot be looked for.
 */
export function readSearch(typed: string, also: Also = {}): SearchQuery | null | Refusal {
  if (![typed, also.room ?? '', also.from ?? ''].every(isStorable)) return unstorable()
  for (const [field, text] of Object.entries({ q: typed, from: also.from ?? '' })) {
    if (characters(text) > limits.searchChars)
      return invalid({ [field]: `A search has at most ${limits.searchChars} characters.` })
  }
  const { zone = 'UTC' } = also
  if (!isZone(zone)) return invalid({ zone: 'zone is a time zone, such as Europe/Berlin.' })
  const query = empty()
  const parts = [...typed.matchAll(part)]
  if (parts.length > limits.searchTerms)
    return invalid({ q: `A search has at most ${limits.searchTerms} words.` })
  for (const [, minus, operator, quoted, plain, phrase, word = ''] of parts) {
    const isWithout = minus === '-'
    const value = (quoted ?? plain ?? '').trim()
    const problem =
      operator && readOperator(query, operator.toLowerCase(), { value, isWithout, zone })
    if (problem) return problem
    if (!operator) readTerm(query, phrase ?? word.replace(opening, ''), isWithout)
  }
  if (also.from) query.from.push(also.from.trim())
  if (also.room) query.room = also.room
  if (query.room !== null && !/^[a-z0-9-]+$/.test(query.room)) return notFound('room')
  return parts.length === 0 && !also.from ? null : withSomething(query)
}

const empty = (): SearchQuery => ({
  text: '',
  terms: [],
  without: [],
  from: [],
  has: [],
  room: null,
  after: null,
  before: null,
})

/** Something that a message has to have: what is without something are most messages. */
function withSomething(query: SearchQuery): SearchQuery | Refusal {
  if (query.text !== '' || query.from.length > 0 || query.has.some((one) => one[0] !== '-'))
    return query
  return invalid({ q: 'Add a word to look for, or a name after from:.' })
}

// What stands before a word is none of it; a second "-" would turn the meaning round.
const opening = /^[^\p{L}\p{N}]+/u

function readTerm(query: SearchQuery, text: string, isWithout: boolean): void {
  if (!/[\p{L}\p{N}]/u.test(text)) return
  if (isWithout) query.without.push(text)
  else {
    query.text = query.text === '' ? text : `${query.text} ${text}`
    query.terms.push({ text, isWord: /^[\p{L}\p{N}]+$/u.test(text) })
  }
}

function readOperator(
  query: SearchQuery,
  operator: string,
  { value, isWithout, zone }: { value: string; isWithout: boolean; zone: string },
): Refusal | undefined {
  // Somebody may be in the middle of typing it.
  if (value === '') return undefined
  if (operator === 'has') return readTrait(query, value.toLowerCase(), isWithout)
  if (isWithout) return invalid({ q: `-${operator}: cannot be looked for. Leave the "-" out.` })
  if (operator === 'from') query.from.push(value)
  else if (operator === 'in') query.room = value.toLowerCase().replace(/^#/, '')
  else {
    const day = dayOf(value, zone)
    if (day === null) return invalid({ q: `${operator}: takes a day, such as 2026-11-01.` })
    query[operator as 'before' | 'after'] = day
  }
  return undefined
}

function readTrait(query: SearchQuery, value: string, isWithout: boolean): Refusal | undefined {
  const trait = traits.get(value)
  if (!trait) {
    return invalid({ q: `has: takes ${[...traits.keys()].join(' or ')}, not "${value}".` })
  }
  query.has.push(isWithout ? `-${trait}` : trait)
  return undefined
}
