import { limits } from '../../limits.ts'
import { invalid, Refusal } from '../refusal.ts'
import {
  nameIsTaken,
  type Room,
  type RoomRow,
  roomColumns,
  roomFrom,
  type Visibility,
} from '../rooms.ts'
import { lineField } from '../text.ts'
import { type Actor, type ActRow, actorPart, actorValues, rank, refusalOf } from './act.ts'
import { single } from './kind.ts'

/** What of a room is to be another than it is; what is not given stays. */
export type SettingsDraft = {
  name?: string
  topic?: string
  visibility?: Visibility
  archived?: boolean
  slowSeconds?: number
  /** 0 for as long as the server keeps any. */
  retentionDays?: number
}

export type Settings = Actor & { kind: 'settings'; draft: SettingsDraft }

/** The room as it is now. */
export type Settled = { room: Room }

type Typed = Record<string, string | undefined>

/** Checks a room's fields as they were typed. */
export function readSettings(typed: Typed): SettingsDraft | Refusal {
  const problems: Record<string, string> = {}
  const draft: SettingsDraft = {}
  if (typed.name !== undefined) {
    const { line, problem } = lineField(typed.name, 'The name', 1, limits.roomNameChars)
    if (line === undefined) problems.name = problem
    else draft.name = line
  }
  if (typed.topic !== undefined) {
    const { line, problem } = lineField(typed.topic, 'The topic', 0, limits.topicChars)
    if (line === undefined) problems.topic = problem
    else draft.topic = line
  }
  const { visibility, archived } = typed
  if (visibility === 'open' || visibility === 'closed') draft.visibility = visibility
  else if (visibility !== undefined) problems.visibility = 'A room is open or closed.'
  if (archived === 'true' || archived === 'false') draft.archived = archived === 'true'
  else if (archived !== undefined) problems.archived = 'archived is true or false.'
  const slow = wholeNumber(typed, 'slow_seconds', limits.slowSeconds, problems)
  if (slow !== undefined) draft.slowSeconds = slow
  const days = wholeNumber(typed, 'retention_days', limits.retentionDays, problems)
  if (days !== undefined) draft.retentionDays = days
  return Object.keys(problems).length > 0 ? invalid(problems) : draft
}

function wholeNumber(typed: Typed, name: string, most: number, problems: Record<string, string>) {
  const text = typed[name]
  // A field that was left empty is the same as none.
  if (text === undefined) return undefined
  const value = Number(text || 0)
  if (/^\d{0,9}$/.test(text) && value <= most) return value
  problems[name] = `${name} is a whole number from 0 to ${most}.`
  return undefined
}

type Row = ActRow & RoomRow

/** Changes a room. Where nothing would be another, there is no event. */
export const settings = single<Settings, Row, Settled>(
  ({ draft, ...actor }) => ({
    text: statement,
    values: [
      ...actorValues(actor),
      draft.name ?? null,
      draft.topic ?? null,
      draft.visibility ?? null,
      draft.archived ?? null,
      draft.slowSeconds ?? null,
      draft.retentionDays ?? null,
    ],
  }),
  ({ draft }, row) => {
    if (row.why === 'taken') return { outcome: nameIsTaken(draft.name ?? ''), seq: null }
    if (row.why === 'lobby') return { outcome: lobbyStays(), seq: null }
    if (row.why !== null) return { outcome: refusalOf(row.why), seq: null }
    return { outcome: { room: roomFrom(row) }, seq: row.seq, serverSeq: row.serverSeq }
  },
)

const lobbyStays = () =>
  new Refusal('not_allowed', 'The lobby is where everybody arrives: it stays open and in use.')

/**
 * A moderator sets the topic and how slow the room is, an owner all of it. A room that is closed is
 * lost to everybody who is not in it, so that all instances are told.
 */
const statement = `
with ${actorPart}, verdict as (
  select case
    when why is not null then why
    when direct is not null then 'direct'
    when ${rank('role')} < ${rank(`'moderator'`)} then 'rank'
    when role <> 'owner' and ($4::text is not null or $6::text is not null or $7::boolean is not null
                              or $9::integer is not null) then 'rank'
    when slug = 'lobby' and ($6::text = 'closed' or $7::boolean) then 'lobby'
    when archived and $7::boolean is not false then 'archived'
    when exists (select from rooms o, rooms r where r.id = actor.room and o.id <> r.id
                   and o.visibility = 'open' and coalesce($6, r.visibility) = 'open'
                   and lower(o.name) = lower(coalesce($4, r.name))) then 'taken'
  end as why
  from actor
), changed as (
  update rooms r
     set name = coalesce($4, r.name), topic = coalesce($5::text, r.topic),
         visibility = coalesce($6, r.visibility), archived = coalesce($7, r.archived),
         slow_seconds = coalesce($8::integer, r.slow_seconds),
         retention_days = nullif(coalesce($9, r.retention_days, 0), 0),
         last_seq = r.last_seq + 1, moved = pg_current_xact_id()
    from actor
   where r.id = actor.room and (select why from verdict) is null
     and (coalesce($4, r.name), coalesce($5, r.topic), coalesce($6, r.visibility),
          coalesce($7, r.archived), coalesce($8, r.slow_seconds), coalesce($9, r.retention_days, 0))
         is distinct from (r.name, r.topic, r.visibility, r.archived, r.slow_seconds,
                           coalesce(r.retention_days, 0))
  returning ${roomColumns}, actor.visibility as visibility_before
), event as (
  insert into log (room_id, seq, type, by_id, at)
  select changed.id, changed.last_seq, 'room.changed', person, date_trunc('milliseconds', clock_timestamp())
    from actor, changed
  returning seq
), audited as (
  insert into audit (by_id, room_id, action, detail)
  select person, room, 'room.changed', concat_ws(', ',
           case when $4 is not null then 'name' end, case when $5 is not null then 'topic' end,
           'visibility ' || $6, 'archived ' || $7, 'slow ' || $8 || ' s', 'kept ' || $9 || ' days')
    from actor, changed
), served as (
  update server set last_seq = last_seq + 1
   where exists (select from changed where visibility = 'closed' and visibility_before = 'open')
  returning last_seq
), told as (
  insert into server_log (seq, type, room_id) select served.last_seq, 'room.closed', room from served, actor
)
select (select why from verdict) as why, (select seq from event) as seq,
       (select last_seq from served) as "serverSeq", r.*
  from (select 1) one
  left join (
    select id, slug, name, topic, visibility, archived, direct, slow_seconds, retention_days, first_seq, last_seq, origin
      from changed
     union all
    select ${roomColumns} from rooms r, actor where r.id = actor.room and not exists (select from changed)
  ) r on true`
