import { randomBytes } from 'node:crypto'
import { limits } from '../limits.ts'
import type { Person } from './people.ts'
import { invalid, Refusal } from './refusal.ts'
import { brokenConstraint, type Sql } from './sql.ts'
import { lineField } from './text.ts'
import { friendlyName, slugFrom } from './words.ts'

export type Visibility = 'open' | 'closed'

export type Room = {
  id: number
  slug: string
  name: string
  topic: string
  visibility: Visibility
  archived: boolean
  /** Whether it is a conversation of a few people, which has no roles and no moderators. */
  direct: boolean
  /** Somebody who is no moderator may write once in so many seconds; 0 for as they like. */
  slowSeconds: number
  /** Messages are kept for so many days; null for as long as the server keeps any. */
  retentionDays: number | null
  /** The number of the newest event of its log. */
  lastSeq: number
  /** The object id of the table that the row was read from: another after a restore. */
  origin: number
}

export type RoomRow = Omit<Room, 'lastSeq' | 'slowSeconds' | 'retentionDays'> & {
  last_seq: number
  slow_seconds: number
  retention_days: number | null
}

/** The columns that `roomFrom` reads, of a `rooms` that is called `r`. */
export const roomColumns = `r.id, r.slug, r.name, r.topic, r.visibility, r.archived,
  r.direct is not null as direct, r.slow_seconds, r.retention_days, r.last_seq,
  r.tableoid::bigint as origin`

export function roomFrom(row: RoomRow): Room {
  const { last_seq, ...room } = row
  return {
    id: room.id,
    slug: room.slug,
    name: room.name,
    topic: room.topic,
    visibility: room.visibility,
    archived: room.archived,
    direct: room.direct,
    slowSeconds: room.slow_seconds,
    retentionDays: room.retention_days,
    lastSeq: last_seq,
    origin: room.origin,
  }
}

/** A room in a list: with when something was last said in it, or null. */
export type ListedRoom = Room & { lastAt: Date | null }

/** The rooms that somebody may enter, the lobby first, then by name. */
export async function listRooms(sql: Sql, person: Person | null): Promise<ListedRoom[]> {
  const { rows } = await sql.query<RoomRow & { last_at: Date | null }>(
    `select ${roomColumns}, newest.at as last_at
       from rooms r
       left join log newest on newest.room_id = r.id and newest.seq = r.last_seq
      where not r.archived
        and (r.visibility = 'open'
             or exists (select from members m where m.room_id = r.id and m.person_id = $1))
      order by r.slug <> 'lobby', lower(r.name), r.id
      limit ${limits.listedRooms}`,
    [person?.id ?? null],
  )
  return rows.map((row) => ({ ...roomFrom(row), lastAt: row.last_at }))
}

export type RoomDraft = { name: string; topic: string; visibility: Visibility }

/** Checks a new room's fields as they were typed. */
export function readRoomDraft(draft: {
  name?: string | undefined
  topic?: string | undefined
  visibility?: string | undefined
}): RoomDraft | Refusal {
  const problems: Record<string, string> = {}
  const name = lineField(draft.name ?? '', 'The name', 1, limits.roomNameChars)
  if (name.problem) problems.name = name.problem
  const topic = lineField(draft.topic ?? '', 'The topic', 0, limits.topicChars)
  if (topic.problem) problems.topic = topic.problem
  const visibility = draft.visibility ?? 'open'
  const known = visibility === 'open' || visibility === 'closed'
  if (!known) problems.visibility = 'A room is open or closed.'
  if (!known || Object.keys(problems).length > 0) return invalid(problems)
  return { name: name.line ?? '', topic: topic.line ?? '', visibility }
}

/**
 * Makes a room, owned by its maker. An open room has its name for itself (`conflict`); its
 * address is made of the name. A closed room's address always ends in random letters, so that no
 * free or taken address tells of one.
 */
export async function makeRoom(sql: Sql, maker: Person, draft: RoomDraft): Promise<Room | Refusal> {
  const plain = slugFrom(draft.name, limits.slugChars - 10)
  const stem = plain || friendlyName()
  try {
    const slugs = draft.visibility === 'open' ? [stem, withLetters(stem)] : [withLetters(stem)]
    for (const slug of slugs) {
      const room = await insertRoom(sql, maker, draft, slug)
      if (room) return room
    }
  } catch (error) {
    if (brokenConstraint(error) !== 'rooms_open_name') throw error
    const taken = `There is already a room called ${draft.name}. Pick another name.`
    return new Refusal('conflict', taken, { fields: { name: taken } })
  }
  throw new Error('Two free addresses for a room were both taken.')
}

/** The room, or undefined when the address is taken. */
async function insertRoom(sql: Sql, maker: Person, draft: RoomDraft, slug: string) {
  const { rows } = await sql.query<RoomRow>(
    `with r as (
       insert into rooms (slug, name, topic, visibility, created_by) values ($1, $2, $3, $4, $5)
       on conflict (slug) do nothing
       returning *, tableoid
     ), owner as (
       insert into members (room_id, person_id, role) select id, $5, 'owner' from r
     )
     select ${roomColumns} from r`,
    [slug, draft.name, draft.topic, draft.visibility, maker.id],
  )
  return rows[0] && roomFrom(rows[0])
}

const withLetters = (stem: string) => `${stem}-${randomBytes(4).toString('hex')}`
