import { limits } from '../limits.ts'
import { couldBeCustom, standardEmoji } from './named-emoji.ts'
import type { Person } from './people.ts'
import { invalid, notFound, Refusal } from './refusal.ts'
import type { Sql } from './sql.ts'

/** An emoji that somebody of this server has added. */
export type CustomEmoji = {
  /** Without its colons. */
  name: string
  /** Changes with the picture. */
  version: string
  by: { id: number; name: string }
}

/** The bytes of a picture, and what they are. */
export type Picture = { bytes: Buffer; type: string }

type Row = { name: string; version: string; by_id: number; by_name: string }

/** All of them, by name. Those of somebody banned are not shown. */
export async function listCustomEmoji(sql: Sql): Promise<CustomEmoji[]> {
  const { rows } = await sql.query<Row>(
    `select e.name, e.version, p.id as by_id, p.name as by_name
       from custom_emoji e join people p on p.id = e.by_id
      where p.banned_at is null order by e.name limit $1`,
    [limits.customEmoji],
  )
  return rows.map(({ name, version, by_id, by_name }) => ({
    name,
    version,
    by: { id: by_id, name: by_name },
  }))
}

const reading = new WeakMap<Sql, Promise<CustomEmoji[]>>()

/** The same, read once for all who ask at the same time: one word lets every open page ask. */
export function shareCustomEmoji(sql: Sql): Promise<CustomEmoji[]> {
  const known = reading.get(sql)
  if (known) return known
  const list = listCustomEmoji(sql).finally(() => reading.delete(sql))
  reading.set(sql, list)
  return list
}

/** The picture of one; null where there is none of that name. */
export async function findCustomEmoji(
  sql: Sql,
  name: string,
): Promise<(Picture & { version: string }) | null> {
  const { rows } = await sql.query<Picture & { version: string }>(
    `select e.picture as bytes, e.type, e.version
       from custom_emoji e join people p on p.id = e.by_id
      where e.name = $1 and p.banned_at is null`,
    [name],
  )
  return rows[0] ?? null
}

/**
 * A name as it was typed, with or without its colons.
 * @returns it without them
 */
export function readEmojiName(typed: string | undefined): string | Refusal {
  const name = (typed ?? '')
    .trim()
    .toLowerCase()
    .replace(/^:(.*):$/, '$1')
  if (couldBeCustom(name)) return name
  return invalid({
    name: standardEmoji.has(name)
      ? `There is an emoji called :${name}: already. Choose another name.`
      : 'A name is 2 to 32 of a to z, 0 to 9, +, - and, within it, _, and has a letter, such as party-otter.',
  })
}

/** Whether somebody may add one of this name, before its picture is made. */
export async function mayAddEmoji(sql: Sql, { id }: Person, name: string): Promise<Refusal | null> {
  const { rows } = await sql.query<{ why: Why | null }>(`select ${why} as why`, [
    name,
    id,
    limits.customEmoji,
    limits.customEmojiPerson,
  ])
  return refusalFor(rows[0]?.why ?? null, name)
}

/** Adds one, for all who are let in. */
export async function addCustomEmoji(
  sql: Sql,
  { id }: Person,
  name: string,
  { bytes, type }: Picture,
): Promise<Refusal | null> {
  const { rows } = await sql.query<{ why: Why | null; added: boolean }>(
    `with verdict as (select ${why} as why), added as (
       insert into custom_emoji (name, picture, type, by_id)
       select $1, $5, $6, $2 from verdict where why is null
       on conflict (name) do nothing returning name
     )
     select why, exists (select from added) as added from verdict`,
    [name, id, limits.customEmoji, limits.customEmojiPerson, bytes, type],
  )
  if (rows[0]?.added) return null
  return refusalFor(rows[0]?.why ?? 'taken', name)
}

type Why = 'taken' | 'mine' | 'all'

const why = `case
    when exists (select from custom_emoji where name = $1) then 'taken'
    when (select count(*) from custom_emoji where by_id = $2) >= $4 then 'mine'
    when (select count(*) from custom_emoji) >= $3 then 'all'
  end`

function refusalFor(why: Why | null, name: string): Refusal | null {
  if (why === null) return null
  if (why === 'taken') {
    const says = `There is an emoji called :${name}: already. Choose another name.`
    return new Refusal('conflict', says, { fields: { name: says } })
  }
  return new Refusal(
    'conflict',
    why === 'mine'
      ? `You have added ${limits.customEmojiPerson} emoji. Remove one of them first.`
      : `There are ${limits.customEmoji} emoji already. One has to be removed first.`,
  )
}

/**
 * Removes one of somebody's own, or for a server's owner any: one of somebody else's is written into
 * the audit log. Its name stays where it was written.
 */
export async function removeCustomEmoji(
  sql: Sql,
  { id, kind }: Person,
  name: string,
): Promise<Refusal | null> {
  const { rows } = await sql.query<{ may: boolean }>(
    `with gone as (
       delete from custom_emoji where name = $1 and (by_id = $2 or $3) returning name, by_id
     ), audited as (
       insert into audit (by_id, action, about_id, detail)
       select $2, 'emoji.removed', by_id, ':' || name || ':' from gone where by_id <> $2
     )
     select by_id = $2 or $3 as may from custom_emoji where name = $1`,
    [name, id, kind === 'owner'],
  )
  if (!rows[0]) return notFound('emoji')
  if (rows[0].may) return null
  return new Refusal('not_allowed', 'Whoever added it may remove it, and the server’s owner.')
}
