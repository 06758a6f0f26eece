import { limits } from '../../limits.ts'
import { Refusal } from '../refusal.ts'
import { actorPart, auditPart, eventPart } from './act.ts'
import { foundPart, type MessageAct, messageAct, messageActValues } from './message-act.ts'

/** A message that was deleted just now, and is to be there again. */
export type Restoration = MessageAct & { kind: 'restoration' }

/** Takes a deletion back: whoever deleted it, for a while. What is not deleted is left as it is. */
export const restorations = messageAct<Restoration>(
  (act) => ({ text: statement, values: [...messageActValues(act), limits.undoSeconds] }),
  {
    too_late: () =>
      new Refusal('conflict', 'It is too late to bring this message back. Say it again.'),
  },
)

const statement = `
with ${actorPart}, ${foundPart}, verdict as (
  select case
    when actor.why is not null then actor.why
    when found.n is null then 'no_message'
    when found.deleted_at is null then 'same'
    when found.deleted_by is distinct from person then 'rank'
    when archived then 'archived'
    when found.deleted_at < clock_timestamp() - $5::integer * interval '1 second' then 'too_late'
  end as why
  from actor left join found on true
), back as (
  update messages m set deleted_at = null, deleted_by = null, version = m.version + 1
    from found
   where m.room_id = found.room_id and m.n = found.n and (select why from verdict) is null
  returning m.author_id, m.n
), done as (
  select author_id as about_id, n, '' as detail, false as lost from back
), ${eventPart('message.restored')}, ${auditPart('message.restored', 'about_id <> person')}
select (select why from verdict) as why, (select seq from event) as seq, null as "serverSeq"`
