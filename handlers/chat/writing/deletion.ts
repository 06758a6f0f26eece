import { type Message, type MessageRow, messageColumns, messageFrom } from '../messages.ts'
import { Refusal } from '../refusal.ts'
import {
  type Actor,
  type ActRow,
  actorPart,
  actorValues,
  auditPart,
  eventPart,
  rank,
  refusalOf,
} from './act.ts'
import { single } from './kind.ts'

/** A message that is to be deleted: by its author, or by a moderator. */
export type Deletion = Actor & {
  kind: 'deletion'
  n: number
  /** The version that whoever deletes it has seen; null where they do not say. */
  version: number | null
}

/** The message as it is now. */
export type Deleted = { message: Message }

type Row = ActRow & MessageRow

/** Deletes a message. What is deleted already stays so, and is no event. */
export const deletions = single<Deletion, Row, Deleted>(
  (deletion) => ({
    text: statement,
    values: [...actorValues(deletion), deletion.n, deletion.version],
  }),
  (_, row) => {
    if (row.why === 'changed') return { outcome: changed(), seq: null }
    if (row.why !== null && row.why !== 'deleted') return { outcome: refusalOf(row.why), seq: null }
    return { outcome: { message: messageFrom(row) }, seq: row.seq }
  },
)

const changed = () =>
  new Refusal('conflict', 'This message was changed meanwhile. Look at it again, then decide.')

const statement = `
with ${actorPart}, found as materialized (
  select m.* from messages m, actor
   where m.room_id = actor.room and m.n = $4::bigint and m.n > actor.floor
), verdict as (
  select case
    when actor.why is not null then actor.why
    when found.n is null then 'no_message'
    when found.author_id <> person and (${rank('role')} < ${rank(`'moderator'`)} or direct is not null)
      then 'rank'
    when found.deleted_at is not null then 'deleted'
    when found.version <> $5::integer then 'changed'
    when archived and ${rank('role')} < ${rank(`'moderator'`)} then 'archived'
  end as why
  from actor left join found on true
), gone as (
  update messages m set deleted_at = date_trunc('milliseconds', clock_timestamp()), version = m.version + 1
    from found where m.room_id = found.room_id and m.n = found.n and (select why from verdict) is null
  returning m.*
), done as (
  select author_id as about_id, n, '' as detail, false as lost from gone
), ${eventPart('message.deleted')}, ${auditPart('message.deleted', 'about_id <> person')}
select (select why from verdict) as why, (select seq from event) as seq, null as "serverSeq",
       ${messageColumns}
  from (select 1) one
  left join (select * from gone union all select * from found where not exists (select from gone)) m
    on true`
