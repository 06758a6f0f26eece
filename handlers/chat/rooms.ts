import { randomBytes } from 'node:crypto'
import { limits } from '../limits.ts'
import { type Level, seesRoom } from './access.ts'
import type { Person } from './people.ts'
import { invalid, Refusal } from './refusal.ts'
import { brokenConstraint, type Sql } from './sql.ts'
import { lineField } from './text.ts'
import { type Counts, countedPart, readUpTo } from './unread.ts'
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
  /** What has this number or a lower one is not kept any more. */
  firstSeq: number
  /** The number of the newest event of its log. */
  lastSeq: number
  /** The object id of the table that the row was read from: another after a restore. */
  origin: number
}

export type RoomRow = Omit<Room, 'firstSeq' | 'lastSeq' | 'slowSeconds' | 'retentionDays'> & {
  first_seq: number
  last_seq: number
  slow_seconds: number
  retention_days: number | null
}

/** The columns that `roomFrom` reads, of a `rooms` that is called `r`. */
export const roomColumns = `r.id, r.slug, r.name, r.topic, r.visibility, r.archived,
  r.direct is not null as direct, r.slow_seconds, r.retention_days, r.first_seq, r.last_seq,
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
    firstSeq: room.first_seq,
    lastSeq: last_seq,
    origin: room.origin,
  }
}

/**
 * What a room `r` is called for `p`, in SQL: a conversation by the others in it.
 */
export const titleOf = `case when r.direct is null then r.name else coalesce((
    select string_agg(o.name, ', ' order by o.id)
      from members om join people o on o.id = om.person_id
     where om.room_id = r.id and o.id <> p.id), r.name) end`

/** A room in a list, as it is for whoever asked. */
export type ListedRoom = Room & {
  /** When something was last said in it, or null. */
  lastAt: Date | null
  /** How many messages were posted in it. */
  messages: number
  /** How far they have read it; null for a visitor, and for a room that is none of theirs. */
  read: number | null
  level: Level
} & Counts

/** The rooms of a list, and what had been committed when it was made, as PostgreSQL says it. */
export type RoomListing = { rooms: ListedRoom[]; seen: string | undefined }

type ListedRow = RoomRow &
  Counts & {
    seen: string
    title: string
    last_at: Date | null
    messages: number
    read: number | null
    level: Level | null
  }

/**
 * The rooms that somebody may enter: the lobby, those that they are in, then the others, by name;
 * of more than `limits.listedRooms` those in which something was said last, and of the rooms where
 * nothing was said yet a few that were made last: whoever makes many crowds out those alone.
 * What they have not read is counted for those that are listed alone, and by key.
 * @param noted how far they have read rooms by what is not stored yet.
 */
export async function listRooms(
  sql: Sql,
  person: Person | null,
  noted: ReadonlyMap<number, number> = new Map(),
): Promise<RoomListing> {
  const { rows } = await sql.query<ListedRow>(
    `with newest_empty as materialized (
       select id from (select id, messages from rooms order by id desc limit ${limits.listedRooms}) young
        where messages = 0 limit ${limits.listedEmptyRooms}
     ), listed as (
       select ${roomColumns}, r.messages, ${titleOf} as title, newest.at as last_at,
              ${readUpTo('noted.n')} as read, m.level, p.id as person,
              case when m.person_id is not null then 0 end as everybody,
              row_number() over (order by r.slug <> 'lobby', m.person_id is null,
                                          r.direct is not null, lower(r.name), r.id) as place
         from (select * from policy limit 1) pol
         left join people p on p.id = $1
         cross join rooms r
         left join members m on m.room_id = r.id and m.person_id = p.id
         left join read_markers x on x.room_id = r.id and x.person_id = p.id
         left join unnest($2::bigint[], $3::bigint[]) noted (room_id, n) on noted.room_id = r.id
         left join log newest on newest.room_id = r.id and newest.seq = r.last_seq
        where not r.archived and ${seesRoom}
        order by r.slug <> 'lobby', m.person_id is null,
                 r.messages = 0 and r.id not in (select id from newest_empty),
                 coalesce(newest.at, r.created_at) desc, r.id
        limit ${limits.listedRooms}
     ), own as materialized (
       select listed.*, case when last_seq > read then read end as after from listed
     ), ${countedPart}
     select counted.*, pg_current_snapshot()::text as seen from counted order by place`,
    [person?.id ?? null, [...noted.keys()], [...noted.values()]],
  )
  const rooms = rows.map((row) => ({
    ...roomFrom(row),
    name: row.title,
    lastAt: row.last_at,
    messages: row.messages,
    read: row.read,
    level: row.level ?? 'everything',
    unread: row.unread,
    mentions: row.mentions,
  }))
  return { rooms, seen: rows[0]?.seen }
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
 * @returns `not_allowed` where rooms are not theirs to make, as the server's policy has it.
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
    return nameTaken(draft.name)(error)
  }
  throw new Error('Two free addresses for a room were both taken.')
}

/** Says of a broken constraint that an open room has that name. */
export const nameTaken =
  (name: string) =>
  (error: unknown): Refusal => {
    if (brokenConstraint(error) !== 'rooms_open_name') throw error
    return nameIsTaken(name)
  }

/** @param name empty where it is the one that the room has already. */
export function nameIsTaken(name: string): Refusal {
  const taken = name
    ? `There is already a room called ${name}. Pick another name.`
    : 'There is already an open room of that name. Give this one another name first.'
  return new Refusal('conflict', taken, { fields: { name: taken } })
}

/** The room, or undefined when the address is taken. */
async function insertRoom(sql: Sql, maker: Person, draft: RoomDraft, slug: string) {
  const { rows } = await sql.query<RoomRow & { may: boolean }>(
    `with may as (
       select from policy pol join people p on p.id = $5
        where p.banned_at is null and (p.kind = 'owner' or pol.rooms = 'anyone'
              or (pol.rooms = 'members' and p.kind = 'member'))
     ), r as (
       insert into rooms (slug, name, topic, visibility, created_by)
       select $1, $2, $3, $4, $5 from may
       on conflict (slug) do nothing
       returning *, tableoid
     ), owner as (
       insert into members (room_id, person_id, role) select id, $5, 'owner' from r
     )
     select ${roomColumns}, exists (select from may) as may
       from (select 1) one left join r on true`,
    [slug, draft.name, draft.topic, draft.visibility, maker.id],
  )
  const row = rows[0]
  if (!row?.may) return notYours()
  return row.id === null ? undefined : roomFrom(row)
}

const notYours = () =>
  new Refusal('not_allowed', 'New rooms are not yours to make here. Ask the server’s owner.')

const withLetters = (stem: string) => `${stem}-${randomBytes(4).toString('hex')}`
