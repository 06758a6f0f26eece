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

/** All of them, by name. */
export async function listCustomEmoji(sql: Sql): Promise<CustomEmoji[]> {
  const { rows } = await sql.query<Row>(
    `select e.name, e.version, p.id as by_id, p.name as by_name
       from custom_emoji e join people p on p.id = e.by_id order by e.name limit $1`,
    [limits.customEmoji],
  )
  return rows.map(({ name, version, by_id, by_name }) => ({
    name,
    version,
    by: { id: by_id, name: by_name },
  }))
}

/** The picture of one; null where there is none of that name. */
export async function findCustomEmoji(
  sql: Sql,
  name: string,
): Promise<(Picture & { version: string }) | null> {
  const { rows } = await sql.query<Picture & { version: string }>(
    'select picture as bytes, type, version from custom_emoji where name = $1',
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
      : 'A name is 2 to 32 of a to z, 0 to 9, _, + and -, with a letter in it, such as party-otter.',
  })
}

/** Adds one. Everybody sees it wherever its name is written. */
export async function addCustomEmoji(
  sql: Sql,
  { id }: Person,
  name: string,
  { bytes, type }: Picture,
): Promise<Refusal | null> {
  const { rows } = await sql.query<{ name: string | null; many: number }>(
    `with known as (select count(*) as many from custom_emoji), added as (
       insert into custom_emoji (name, picture, type, by_id)
       select $1, $2, $3, $4 from known where many < $5
       on conflict (name) do nothing returning name
     )
     select (select name from added) as name, many from known`,
    [name, bytes, type, id, limits.customEmoji],
  )
  if (rows[0]?.name) return null
  if ((rows[0]?.many ?? 0) >= limits.customEmoji) {
    const says = `There are ${limits.customEmoji} emoji already. Remove one first.`
    return new Refusal('conflict', says)
  }
  const says = `There is an emoji called :${name}: already. Choose another name.`
  return new Refusal('conflict', says, { fields: { name: says } })
}

/** Removes one of somebody's own, or for a server's owner any. Its name stays where it was written. */
export async function removeCustomEmoji(
  sql: Sql,
  { id, kind }: Person,
  name: string,
): Promise<Refusal | null> {
  const { rows } = await sql.query<{ removed: boolean }>(
    `with gone as (
       delete from custom_emoji where name = $1 and (by_id = $2 or $3) returning name
     )
     select exists (select from gone) as removed from custom_emoji where name = $1`,
    [name, id, kind === 'owner'],
  )
  if (!rows[0]) return notFound('emoji')
  if (rows[0].removed) return null
  return new Refusal('not_allowed', 'Whoever added it may remove it, and the server’s owner.')
}
