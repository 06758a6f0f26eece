import { limits } from '../limits.ts'
import type { EntryPolicy } from './access.ts'
import { invalid, type Refusal } from './refusal.ts'
import { ownersOnly } from './roster.ts'
import type { Sql } from './sql.ts'

/** Who may enter and do what, as the server's owner wants it. */
export type Policy = {
  entry: EntryPolicy
  /** Who may make an account. */
  accounts: 'anyone' | 'invited' | 'nobody'
  /** Who may make rooms; anyone is guests as well. */
  rooms: 'anyone' | 'members' | 'owners'
  /** Messages are kept for so many days; null for ever. */
  retentionDays: number | null
  fileBytes: number
}

const columns = `entry, accounts, rooms, retention_days as "retentionDays", file_bytes as "fileBytes"`

export async function readPolicy(sql: Sql): Promise<Policy> {
  const { rows } = await sql.query<Policy>(`select ${columns} from policy`)
  if (!rows[0]) throw new Error('The table "policy" holds no row: the database was not migrated.')
  return rows[0]
}

const choices = {
  entry: ['open', 'invited', 'members'],
  accounts: ['anyone', 'invited', 'nobody'],
  rooms: ['anyone', 'members', 'owners'],
} as const

const BYTES_IN_MIB = 1024 * 1024

/** Checks what a policy is to be, as it was typed; what is not given stays. */
export function readPolicyDraft(
  typed: Record<string, string | undefined>,
  standing: Policy,
): Policy | Refusal {
  const problems: Record<string, string> = {}
  const choice = <Name extends keyof typeof choices>(name: Name): Policy[Name] => {
    const words: readonly string[] = choices[name]
    const word = typed[name] ?? standing[name]
    if (!words.includes(word)) problems[name] = `${name} is ${words.join(' or ')}.`
    return word as Policy[Name]
  }
  const number = (name: string, most: number) => {
    const text = typed[name]
    if (text === undefined) return undefined
    if (/^\d{0,9}$/.test(text) && Number(text || 0) <= most) return Number(text || 0)
    problems[name] = `${name} is a whole number from 0 to ${most}.`
    return undefined
  }
  const days = number('retention_days', limits.retentionDays)
  const mib = number('file_mib', limits.fileMib)
  const policy: Policy = {
    entry: choice('entry'),
    accounts: choice('accounts'),
    rooms: choice('rooms'),
    retentionDays: days === undefined ? standing.retentionDays : days || null,
    fileBytes: mib === undefined ? standing.fileBytes : mib * BYTES_IN_MIB,
  }
  return Object.keys(problems).length > 0 ? invalid(problems) : policy
}

/**
 * Sets the policy, by somebody who is found to be an owner in the same statement. All instances
 * learn of it by the server's log: waits end there, and come back as far as they may.
 * @returns the number of the change; null where nothing changed. `not_allowed` for anybody else.
 */
export async function setPolicy(
  sql: Sql,
  actorId: number,
  policy: Policy,
): Promise<{ seq: number | null } | Refusal> {
  const { rows } = await sql.query<{ owner: boolean; seq: number | null }>(
    `with owner as (
       select from people where id = $1 and kind = 'owner' and banned_at is null
     ), changed as (
       update policy set entry = $2, accounts = $3, rooms = $4, retention_days = $5, file_bytes = $6
        where exists (select from owner)
          and (entry, accounts, rooms, retention_days, file_bytes)
              is distinct from ($2, $3, $4, $5::integer, $6::bigint)
       returning entry
     ), served as (
       update server set last_seq = last_seq + 1 where exists (select from changed) returning last_seq
     ), told as (
       insert into server_log (seq, type) select last_seq, 'policy.changed' from served
     ), audited as (
       insert into audit (by_id, action, detail)
       select $1, 'policy.changed', concat_ws(', ', 'entry ' || $2, 'accounts ' || $3, 'rooms ' || $4,
                coalesce('kept ' || $5 || ' days', 'kept for ever'), 'files ' || $6 || ' bytes')
         from changed
     )
     select exists (select from owner) as owner, (select last_seq from served) as seq`,
    [actorId, policy.entry, policy.accounts, policy.rooms, policy.retentionDays, policy.fileBytes],
  )
  return rows[0]?.owner ? { seq: rows[0].seq } : ownersOnly()
}
