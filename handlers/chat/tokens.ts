import { limits } from '../limits.ts'
import { publicId } from './devices.ts'
import { gather } from './gather.ts'
import type { Person } from './people.ts'
import { invalid, Refusal } from './refusal.ts'
import { newSecret } from './secrets.ts'
import type { Sql } from './sql.ts'
import { lineField } from './text.ts'

/** What a program may do that shows a token: all that its person may, or look alone. */
export type Scope = 'read' | 'write'

/** A token as its person sees it. */
export type Token = {
  /** Tells it from their others, and opens nothing. */
  id: string
  name: string
  scope: Scope
  madeAt: Date
  /** Kept coarsely (uses.ts); null before the first time. */
  usedAt: Date | null
  expiresAt: Date
}

const columns = `${publicId} as id, name, scope, created_at as "madeAt", used_at as "usedAt",
            expires_at as "expiresAt"`

/** The tokens of somebody that are good still, the newest first. */
export async function listTokens(sql: Sql, { id }: Person): Promise<Token[]> {
  const { rows } = await sql.query<Token>(
    `select ${columns} from sessions
      where person_id = $1 and kind = 'token' and expires_at > now()
      order by created_at desc, key`,
    [id],
  )
  return rows
}

export type TokenDraft = { name: string; scope: Scope; seconds: number }

type Typed = { name?: string | undefined; scope?: string | undefined; seconds?: string | undefined }

/** Checks what a token is asked for with. */
export function readTokenDraft(typed: Typed): TokenDraft | Refusal {
  const problems: Record<string, string> = {}
  const name = lineField(typed.name ?? '', 'A name', 1, limits.tokenNameChars)
  if (name.problem) problems.name = name.problem
  const { scope } = typed
  if (scope !== 'read' && scope !== 'write') problems.scope = 'scope is read or write.'
  const seconds = Number(typed.seconds || limits.tokenSecondsDefault)
  const { tokenSecondsMin: least, tokenSecondsMax: most } = limits
  if (!Number.isInteger(seconds) || seconds < least || seconds > most) {
    problems.expires_in = `expires_in is a whole number of seconds from ${least} to ${most}.`
  }
  if (Object.keys(problems).length > 0) return invalid(problems)
  return { name: name.line ?? '', scope: scope as Scope, seconds }
}

/** A token just made. `secret` is shown now and never again. */
export type NewToken = { token: Token; secret: string }

/** What a token begins with, wherever it is found. */
export const TOKEN_PREFIX = 'ntr_'

/**
 * Makes a token of somebody's. Those of theirs that have expired are cleared away.
 * @param session the key of the session that asks: it must still stand.
 * @returns `not_allowed` for guests; `conflict` for whoever has as many as one may have.
 */
export async function makeToken(
  sql: Sql,
  { id }: Person,
  session: Uint8Array,
  { name, scope, seconds }: TokenDraft,
): Promise<NewToken | Refusal> {
  const { text, key } = newSecret(TOKEN_PREFIX)
  const { rows } = await sql.query<Token>(
    `with cleared as (
       delete from sessions where person_id = $1 and kind = 'token' and expires_at <= now()
     )
     insert into sessions (key, person_id, kind, name, scope, expires_at)
     select $2, p.id, 'token', $3, $4, now() + make_interval(secs => $5)
       from people p join sessions s on s.key = $6 and s.person_id = p.id
      where p.id = $1 and p.kind <> 'guest' and p.banned_at is null
     returning ${columns}`,
    [id, key, name, scope, seconds, session],
  )
  if (!rows[0]) return new Refusal('not_allowed', 'Make an account first: tokens are for members.')
  // After it, so that of many that are made at once the last to come sees all others.
  return (await isOneTooMany(sql, id, key)) ? tooMany() : { token: rows[0], secret: text }
}

async function isOneTooMany(sql: Sql, personId: number, key: Uint8Array): Promise<boolean> {
  const { rows } = await sql.query<object>(
    `delete from sessions where key = $2
        and (select count(*) from sessions
              where person_id = $1 and kind = 'token' and expires_at > now()) > $3
     returning key`,
    [personId, key, limits.tokensPerPerson],
  )
  return rows.length > 0
}

const tooMany = () =>
  new Refusal(
    'conflict',
    `You have ${limits.tokensPerPerson} tokens already. End one of them first.`,
  )

/** A token as whoever shows it is let in by it. */
export type ShownToken = { scope: Scope; isBanned: boolean; expiresAt: Date }

/** Looks up a token by its stored key, together with whatever else is shown at the same time. */
export const gatherTokens = (sql: Sql): ((key: Uint8Array) => Promise<ShownToken | null>) =>
  gather((keys: Uint8Array[]) => findTokens(sql, keys), {
    most: limits.entriesAtOnce,
    atOnce: limits.entryStatements,
  })

async function findTokens(sql: Sql, keys: Uint8Array[]): Promise<(ShownToken | null)[]> {
  const { rows } = await sql.query<{ [name in keyof ShownToken]: ShownToken[name] | null }>(
    `select s.scope, p.banned_at is not null as "isBanned", s.expires_at as "expiresAt"
       from unnest($1::bytea[]) with ordinality as asked (key, place)
       left join sessions s on s.key = asked.key and s.kind = 'token' and s.expires_at > now()
       left join people p on p.id = s.person_id
      order by asked.place`,
    [keys],
  )
  return rows.map((row) => (row.scope === null ? null : (row as ShownToken)))
}
