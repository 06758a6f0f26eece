import type { Sql } from './sql.ts'

/** What the database says of itself. */
export type Server = {
  /** Signs the cookies where the settings name no secret; one for all replicas. */
  secret: string
  /** Signed them before that, and is taken still. */
  secretBefore: string | null
  /** Together with a table's object id it tells this database from any other (live/cursor.ts). */
  word: string
  /** Keys the hashes of addresses. */
  addressKey: string
  /** How far its log has come. */
  lastSeq: number
}

/** Reads the server's row. `word` is mixed with the cluster's own identifier where that is told. */
export async function readServer(sql: Sql): Promise<Server> {
  const { rows } = await sql.query<Server>(
    `select secret, secret_before as "secretBefore", word, address_key as "addressKey",
            last_seq as "lastSeq" from server`,
  )
  const server = rows[0]
  if (!server) throw new Error('The table "server" holds no row: the database was not migrated.')
  return { ...server, word: `${server.word} ${await clusterIdentifier(sql)}` }
}

/**
 * Gives the server another secret to sign cookies with; the one until now is taken still, so that
 * nobody is signed out. Twice, and what was signed by the first is worth nothing any more.
 */
export async function rotateSecret(sql: Sql): Promise<void> {
  await sql.query(
    `with rotated as (
       update server
          set secret_before = secret, secret = gen_random_uuid()::text || gen_random_uuid()::text,
              last_seq = last_seq + 1
       returning last_seq
     )
     insert into server_log (seq, type) select last_seq, 'secret.changed' from rotated`,
  )
}

/** How far the server's log has come. */
export async function readServerSeq(sql: Sql): Promise<number> {
  const { rows } = await sql.query<{ seq: number }>('select last_seq as seq from server')
  return rows[0]?.seq ?? 0
}

/** Hosted databases may keep it to themselves (42501); their restores make new tables anyway. */
async function clusterIdentifier(sql: Sql): Promise<string> {
  try {
    const { rows } = await sql.query<{ id: string }>(
      'select system_identifier::text as id from pg_control_system()',
    )
    return rows[0]?.id ?? ''
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === '42501') return ''
    throw error
  }
}

/**
 * What befalls somebody: another name or kind, whether others are told that they are here, the end of a
 * session, or of what they may see.
 */
export type PersonEvent = 'person.changed' | 'hints.changed' | 'session.ended' | 'access.changed'

/**
 * The last parts of a statement that changes somebody, as far as its `with changed (id)` finds them:
 * the change is written into the server's log, where all instances learn of it. `counted (last_seq)`
 * is its number.
 */
export const intoServerLog = (type: PersonEvent): string =>
  `counted as (
       update server set last_seq = last_seq + 1 where exists (select from changed)
       returning last_seq
     ), logged as (
       insert into server_log (seq, type, person_id)
       select last_seq, '${type}', changed.id from counted, changed
     )`
