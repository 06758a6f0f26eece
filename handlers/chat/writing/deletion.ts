import { actorPart, auditPart, eventPart } from './act.ts'
import {
  foundPart,
  type MessageAct,
  messageAct,
  messageActValues,
  moderatesRoom,
} from './message-act.ts'

/** A message that is to be deleted: by its author, or by a moderator. */
export type Deletion = MessageAct & {
  kind: 'deletion'
  /** The version that whoever deletes it has seen; null where they do not say. */
  version: number | null
}

/** Deletes a message. What is deleted already stays so, and is no event. */
export const deletions = messageAct<Deletion>((deletion) => ({
  text: statement,
  values: [...messageActValues(deletion), deletion.version],
}))

const statement = `
with ${actorPart}, ${foundPart}, verdict as (
  select case
    when actor.why is not null then actor.why
    when found.n is null then 'no_message'
    when found.author_id <> person and not ${moderatesRoom} then 'rank'
    when found.deleted_at is not null then 'same'
    when found.version <> $5::integer then 'changed'
    when archived and not ${moderatesRoom} then 'archived'
  end as why
  from actor left join found on true
), gone as (
  update messages m set deleted_at = date_trunc('milliseconds', clock_timestamp()),
                        deleted_by = actor.person, version = m.version + 1
    from found, actor
   where m.room_id = found.room_id and m.n = found.n and (select why from verdict) is null
  returning m.author_id, m.n
), kept as (
  -- What its author deleted and a moderator deletes as well comes back by the latter's hand alone.
  update messages m set deleted_by = actor.person from found, actor
   where m.room_id = found.room_id and m.n = found.n and found.deleted_at is not null
     and found.author_id <> actor.person and (select why from verdict) = 'same'
), done as (
  select author_id as about_id, n, '' as detail, false as lost from gone
), ${eventPart('message.deleted')}, ${auditPart('message.deleted', 'about_id <> person')}
select (select why from verdict) as why, (select seq from event) as seq, null as "serverSeq"`
