import { limits } from '../../limits.ts'
import { Refusal } from '../refusal.ts'
import { actorPart, eventPart } from './act.ts'
import {
  foundPart,
  type MessageAct,
  messageAct,
  messageActValues,
  writesCases,
} from './message-act.ts'

/** A message that is pinned for all who are in the room, or is so no longer. */
export type Pinning = MessageAct & { kind: 'pin'; isPinned: boolean }

/** Pins messages. What is so already is no event. */
export const pins = messageAct<Pinning>(
  (act) => ({
    text: statement,
    values: [...messageActValues(act), act.isPinned, limits.pinsOfRoom],
  }),
  {
    too_many: () =>
      new Refusal(
        'conflict',
        `A room has at most ${limits.pinsOfRoom} pinned messages. Unpin one first.`,
      ),
  },
)

const statement = `
with ${actorPart}, ${foundPart}, verdict as (
  select case
    when actor.why is not null then actor.why
    when found.n is null or found.deleted_at is not null then 'no_message'${writesCases}
    when not is_in and kind <> 'owner' then 'not_in'
    when $5::boolean = (found.pinned_at is not null) then 'same'
    when $5 and (select count(*) from messages m where m.room_id = found.room_id
                    and m.pinned_at is not null and m.deleted_at is null) >= $6::integer then 'too_many'
  end as why
  from actor left join found on true
), changed as (
  update messages m set pinned_at = case when $5 then clock_timestamp() end,
                        pinned_by = case when $5 then actor.person end
    from found, actor
   where m.room_id = found.room_id and m.n = found.n and (select why from verdict) is null
  returning m.n
), done as (
  select null::bigint as about_id, n, '' as detail, false as lost from changed
), ${eventPart('pin.changed')}
select (select why from verdict) as why, (select seq from event) as seq, null as "serverSeq"`
